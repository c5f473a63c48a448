#!/usr/bin/env bats
# scripts/vm: what a guest is, and that nothing is left of it however it ends.
# shellcheck disable=SC2016 # a script in '...' is for the guest's shell

load helper

# A kernel is downloaded once; without a network and without one in the cache no guest can run.
setup() {
    local scripts=$BATS_TEST_DIRNAME/../../scripts
    command -v "qemu-system-$(uname -m)" >/dev/null || skip "not here: no QEMU; scripts/need qemu"
    command -v cpio >/dev/null || skip "not here: no cpio; scripts/need cpio"
    "$scripts/vm-kernel" 6.1 "$(uname -m)" >/dev/null || skip "not here: no kernel; scripts/vm true"
    vm=$BATS_TEST_DIRNAME/../../scripts/vm
    cd "$BATS_TEST_TMPDIR" || return
    mkdir tmp
    export TMPDIR=$PWD/tmp
}

# start COMMAND...: in a session of its own, so that everything it starts can be found by it.
start() {
    setsid env --default-signal=INT "$@" >out 2>&1 3>&- &
    session=$!
}

within() { # SECONDS COMMAND...
    local end=$((SECONDS + $1))
    until "${@:2}"; do
        ((SECONDS < end)) || return 1
        sleep 0.1
    done
}

teardown() {
    [ ! "${session-}" ] || kill -KILL -- "-$session" 2>/dev/null || true
    [ ! -e out ] || cat out
}

no_process() {
    ! pgrep -s "$session"
}

nothing_left() {
    no_process && [ -z "$(ls tmp)" ]
}

@test "a guest has its own kernel and pure cgroup v2, sees this folder, and passes the exit status on" {
    echo hello >file
    run -7 "$vm" --cpus 2 sh -c 'uname -n -r; nproc; stat -f -c %T /sys/fs/cgroup; cat file; echo "$1" >&2; exit 7' x 'a  "b'
    [[ ${lines[0]} == "guest 6.1."* ]]
    [ "$(printf '%s\n' "${lines[@]:1}")" = "$(printf '%s\n' 2 cgroup2fs hello 'a  "b')" ]
    [ -z "$(ls tmp)" ]
}

@test "of what a guest writes only a shared folder is kept; a plain user is no root" {
    mkdir -m 777 shared
    run -0 "$vm" --user plain --share shared sh -c 'id -u >shared/kept && echo x >/tmp/vm-test-lost && ls /tmp/vm-test-lost'
    [ "$(cat shared/kept)" -gt 0 ]
    [ ! -e /tmp/vm-test-lost ]
}

@test "wrong usage is told, with status 2 and without a guest" {
    run -2 "$vm"
    run -2 "$vm" --cgroup v3 true
    [[ $output == *"--cgroup is v1, hybrid or v2, not 'v3'"* ]]
    run -2 "$vm" --cpus 0 true
    run -2 "$vm" --kernel banana true
    run -2 "$vm" --nonsense true
    [ -z "$(ls tmp)" ]
}

@test "a kernel that Debian does not have: the error names those that it has" {
    run -125 "$vm" --kernel 9.99 true
    [[ $output != *"could not read"* ]] || skip "not here: Debian's archives were not reached; look at the network"
    [[ $output == *"no kernel 9.99"*" 6.1 "* ]]
    [ -z "$(ls tmp)" ]
}

@test "a guest that panics is an error of its own, with the kernel's last words" {
    run -125 "$vm" sh -c 'echo c >/proc/sysrq-trigger'
    [[ $output == *"ended without a result"*"Kernel panic"* ]]
    [ -z "$(ls tmp)" ]
}

@test "a guest that does not end is ended when its time is up" {
    start "$vm" --timeout 2 sleep 1000
    status=0
    wait "$session" || status=$?
    [ "$status" -eq 124 ]
    grep 'time is up' out
    within 5 nothing_left
}

@test "Ctrl-C ends the guest, output comes live, and nothing is left" {
    start "$vm" sh -c 'echo ready; sleep 1000'
    within 60 grep -q ready out
    kill -INT -- "-$session"
    status=0
    wait "$session" || status=$?
    [ "$status" -eq 130 ]
    within 5 nothing_left
}

@test "a killed runner takes its guest along" {
    start "$vm" sleep 1000
    within 60 pgrep -s "$session" -f ^qemu
    kill -KILL "$session"
    within 10 no_process
}

@test "all checks of all labs pass in a guest with pure cgroup v2" {
    run make -s -C "$BATS_TEST_DIRNAME/../.." BUILD="$BATS_TEST_TMPDIR/build" check FROM=solutions IN=vm CGROUP=v2
    echo "$output"
    [ "$status" = 0 ]
    [[ $output = *' passed, 0 failed, 0 blocked, 0 not here, 0 errors'* ]]
}

# The walk as the article prints it; what today's kernel adds is that step 6 waits for step 7.
@test "the article's eight steps can be typed in a guest with cgroup v1" {
    cat >steps <<'END'
set -u
printf '%s\n' '#!/bin/bash' 'while [ True ];do' ':' 'done;' >run.sh
bash run.sh & # 1, 2
pid=$!
psr() {
    ps -eLo ruser,lwp,psr,args | grep $pid | grep -v grep | awk '{ print $3 }'
}
until [ -n "$(psr)" ]; do :; done # 3
mkdir cgroups # 4
mount -t cgroup -o cpuset cgroups ./cgroups/
cd cgroups
mkdir group0 # 5
echo $pid >>group0/tasks # 6, too early
cpu=$((1 - $(psr)))
cat cpuset.mems >group0/cpuset.mems
echo $cpu >group0/cpuset.cpus # 7
cat group0/cpuset.cpus
echo $pid >>group0/tasks # 6
[ "$(cat group0/tasks)" = $pid ] && echo 'in the group'
for i in 1 2 3 4 5 6 7 8 9; do [ "$(psr)" = $cpu ] && break; done
[ "$(psr)" = $cpu ] && echo "on CPU $cpu" # 8
kill $pid
wait $pid
rmdir group0
END
    run "$vm" --cgroup v1 --cpus 2 -- bash steps
    echo "$output"
    [ "$status" = 0 ]
    [[ $output = *'No space left on device'* ]]
    [[ $output = *'in the group'* ]]
    [[ $output =~ on\ CPU\ [01] ]]
}
