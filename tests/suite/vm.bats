#!/usr/bin/env bats
# scripts/machine/vm: what a guest is, and that nothing is left of it however it ends.
# shellcheck disable=SC2016 # a script in '...' is for the guest's shell

load helper

# A kernel is downloaded once; without a network and without one in the cache no guest can run.
setup() {
    local scripts=$BATS_TEST_DIRNAME/../../scripts
    command -v "qemu-system-$(uname -m)" >/dev/null || skip "not here: no QEMU; scripts/machine/need qemu"
    command -v cpio >/dev/null || skip "not here: no cpio; scripts/machine/need cpio"
    "$scripts/machine/vm-kernel" 6.1 "$(uname -m)" >/dev/null || skip "not here: no kernel; scripts/machine/vm true"
    vm=$BATS_TEST_DIRNAME/../../scripts/machine/vm
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
    [ ! "${open-}" ] || rm -rf "$open"
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

# What the guest has of its own would hide them. The mask of who calls is no matter of the guest's user.
@test "a folder below /run, and one below /dev, are seen in the guest, by a plain user of it, too" {
    [ -w /run ] && [ -w /dev/shm ] || skip 'not here: it needs root, to make folders in /run and /dev/shm; sudo make test'
    run="/run/vm test.$$" dev="/dev/shm/vm test.$$"
    mkdir "$run" "$dev"
    echo one >"$run/file"
    echo two >"$dev/file"
    chmod -R a+rX "$run" "$dev"
    status=0
    (cd "$run" && umask 077 && "$vm" --user plain --see "$dev" cat file "$dev/file") >out 2>&1 || status=$?
    rm -r "$run" "$dev"
    [ "$status" = 0 ]
    [ "$(cat out)" = $'one\ntwo' ]
}

@test "a folder that the guest cannot have: a sentence, and 125" {
    cd /proc/self
    run "$vm" true
    [ "$status" = 125 ]
    [[ $output == *'The guest has no folder /proc/'* ]]
}

# quick COMMAND...: in time, because what is wrong is found before a guest is started.
quick() {
    run timeout 60 "$@"
    echo "$output"
    [ "$status" = 125 ]
}

@test "no room, no temporary folder, no home to write in, a kernel that may not be read: a remedy, and 125" {
    quick env TMPDIR=/nonexistent "$vm" true
    [[ $output == *'TMPDIR=FOLDER'* ]]
    quick env HOME=/proc/nowhere XDG_CACHE_HOME= "$vm" true
    [[ $output == *'XDG_CACHE_HOME=FOLDER'* ]]
    [ "$EUID" = 0 ] || return 0
    mkdir full
    quick unshare -m sh -c 'mount -t tmpfs -o size=1m full full && TMPDIR=$PWD/full exec "$0" true' "$vm"
    [[ $output == *'TMPDIR=FOLDER'*'has room'* ]]
    quick unshare -m sh -c 'mount -t tmpfs -o size=1m full full && XDG_CACHE_HOME=$PWD/full exec "$0" true' "$vm"
    [[ $output == *'XDG_CACHE_HOME=FOLDER'*'has room'* ]]
    folder=$(mktemp -d -p /tmp)
    cp "${vm%/*}/vm-kernel" "$folder"
    install -m 600 /dev/null "$folder/vmlinuz-1"
    chmod 755 "$folder"
    install -d -o 65534 "$folder/cache"
    quick setpriv --reuid=65534 --regid=65534 --clear-groups env XDG_CACHE_HOME="$folder/cache" \
        "$folder/vm-kernel" "$folder/vmlinuz-1" x86_64
    rm -r "$folder"
    [[ $output == *"sudo chmod a+r '$folder/vmlinuz-1'"* ]]
}

@test "without HOME the home is what the system knows; root keeps nothing in that of somebody else" {
    kernel=$(env -u XDG_CACHE_HOME -u HOME "$vm-kernel" 6.1 "$(uname -m)")
    [ -s "$kernel/initrd" ]
    [ "$EUID" = 0 ] || skip 'not here: the rest needs root; sudo make test'
    mkdir home
    chown 65534 home
    run env -u XDG_CACHE_HOME HOME="$PWD/home" "$vm-kernel" 6.1 "$(uname -m)"
    [ "$output" = "$kernel" ]
    run env XDG_CACHE_HOME="$PWD/home/cache" "$vm-kernel" 6.1 "$(uname -m)"
    [ "$output" = "$kernel" ]
    [ -z "$(ls -A home)" ]
}

# make_initrd alone, on modules that depmod takes for such.
@test "modules that are packed by xz or zstd are unpacked; what cannot be is named" {
    PATH=$PATH:/usr/sbin:/sbin
    command -v zstd >/dev/null || skip 'not here: no zstd; scripts/machine/need zstd'
    [[ $(depmod --version) == *+ZSTD*+XZ* || $(depmod --version) == *+XZ*+ZSTD* ]] || skip 'not here: this depmod reads neither'
    fail() { printf '%s\n' "$@" && exit 125; }
    eval "$(sed -n '/^unpack_module()/,/^}/p; /^make_initrd()/,/^}/p' "$vm-kernel")"
    wanted=$(grep -E '^(modules|useful)=' "$vm-kernel")
    modules=lib/modules/9.9/kernel
    mkdir -p bin "$modules"
    for module in virtio_pci 9pnet_virtio 9p overlay virtio_blk; do
        echo 'static const char a[] __attribute__((section(".modinfo"), used)) = "license=GPL";' |
            "${CC:-cc}" -x c -c -o "$modules/$module.ko" -
    done
    zstd -q --rm "$modules/9p.ko"
    xz "$modules/overlay.ko"
    cp "$(type -P true)" bin/busybox
    export -f fail make_initrd unpack_module
    bash -euo pipefail -c "$wanted"$'\nmake_initrd 9.9'
    [ "$(head -qc 4 initrd.d/modules/*.ko | tr -dc E | wc -c)" = 5 ]
    cpio -it --quiet <initrd | grep modules/105.ko
    rm -r initrd*
    cp "$(type -P true)" bin/busybox
    unpack_module() { cat "$1"; }
    run bash -euo pipefail -c "$wanted"$'\nmake_initrd 9.9'
    [ "$status" = 125 ]
    [[ $output == *'could not be unpacked'*'scripts/machine/need xz zstd'* ]]
}

@test "where another group has a CPU for itself alone, the witness's group gets another one" {
    "${CC:-cc}" -std=gnu11 -O2 -o witness "$top"/tests/witness/*.c
    printf '%s\n' '#> run a' '#>   cpuset' >scenario
    chmod 755 . witness
    run "$vm" --cgroup v1 --cpus 2 -- sh -c 'set -e
        cd /sys/fs/cgroup/cpuset && mkdir special
        echo 0 >special/cpuset.mems && echo 1 >special/cpuset.cpus && echo 1 >special/cpuset.cpu_exclusive
        "$1" --ask "$2"
        echo 0-1 >special/cpuset.cpus
        "$1" --ask "$2"' sh "$PWD/witness" "$PWD/scenario"
    echo "$output"
    [ "$status" = 0 ]
    [[ $output = *' cpuset v1'*'/special has all CPUs for itself alone; write 0 into its cpuset.cpu_exclusive, or '*VM=1* ]]
    [ "$(grep -c ' not-here ' <<<"$output")" = 1 ]
}

@test "all checks of all labs pass in a guest with pure cgroup v2" {
    run make -s -C "$BATS_TEST_DIRNAME/../.." BUILD="$BATS_TEST_TMPDIR/build" check FROM=solutions VM=1 CGROUP=v2
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

@test "where a part of the tree was delegated, as to a login, the labs about groups need no root" {
    local top=$BATS_TEST_DIRNAME/../..
    open=$(TMPDIR='' mktemp -d) # bats' own folders are closed to other users
    chmod 755 "$open"
    run make -s -C "$top" BUILD="$open/build" FROM=solutions check15 check16 check17 check23 VM=1 VMUSER=login
    grep -qE '^[0-9]{2} passed, 0 failed, 0 blocked, 0 not here, 0 errors$' <<<"$output" || { echo "$output" && false; }
    grep -q '^[0-9.]* cage as-user ' "$open"/build/*/solutions/23-container-run/record
    run make -s -C "$top" BUILD="$open/build" FROM=solutions check15 VM=1 VMUSER=plain
    [[ $output = *'making cgroups needs root'* ]]
    run -2 "$vm" --user login --cgroup v1 true
}

# A shell of make vm, by keys. What is typed waits for the prompt, because the guest's shell throws away what came before.
@test "make vm CGROUP=v1: it says where one is; the eight steps as printed, and the second look that two of them need" {
    command -v expect >/dev/null || skip 'not here: no expect; scripts/machine/need expect'
    cat >drive <<'END'
set timeout 200
spawn -noecho bash -c "stty rows 24 columns 200; CGROUP=v1 exec [lindex $argv 0]"
foreach line [split [read -nonewline [open [lindex $argv 1]]] "\n"] {
    expect -re {# $} {} timeout { puts "\nno prompt"; exit 97 } eof { puts "\nno shell"; exit 98 }
    send -- "$line\r"
}
expect eof {} timeout { puts "\nit does not end"; exit 99 }
exit [lindex [wait] 3]
END
    printf '%s' '#!/bin/bash' $'\n' 'while [ True ];do' $'\n:\n' 'done;' >run.sh
    cat >steps <<'END'
PS1='# '
bash run.sh &
ps -eLo ruser,lwp,psr,args | grep $! | grep -v grep
mkdir cgroups
mount -t cgroup -o cpuset cgroups ./cgroups/
mkdir group0
echo "step 5 as printed: <$(ls group0/)>"
cd cgroups
mkdir group0
echo $! >> group0/tasks
echo 2 > group0/cpuset.cpus
cat group0/cpuset.cpus
echo 0 > group0/cpuset.mems
echo $! >> group0/tasks
echo "in it: <$(grep -cx $! group0/tasks)>"
until ps -eLo ruser,lwp,psr,args | grep $! | grep -v grep | awk '{ print "PSR <" $3 ">" }' | grep 2; do :; done
exit
END
    run expect -f drive "$(realpath "${vm%/*}/in-vm")" steps
    echo "$output"
    [ "$status" = 0 ]
    [[ $output =~ 'virtual machine: Linux '[0-9.]+.*', cgroup v1, CPUs: 4'.*' LOST '.*'To leave, type: exit' ]]
    [[ $output = *'Two need a second look'*'step 5 as printed: <>'*'No space left on device'*'in it: <1>'*'PSR <2>'* ]]
    [ "$(grep -c 'write error: No space left' <<<"$output")" = 1 ]
    [ -z "$(ls "$TMPDIR")" ]
}
