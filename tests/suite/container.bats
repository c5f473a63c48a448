#!/usr/bin/env bats
# Lab 23: what its reference promises beyond its checks. It starts COMMAND, and so the tests for all labs
# (contract.bats) are not for it. CONTAINERS=200 for a long run of those that are killed.

load helper

setup_file() {
    load helper
    project FROM=solutions program-23-container-run witness
    work=$(mktemp -d) # bats' own folders are closed to other users
    cp "$BATS_FILE_TMPDIR/build/solutions/23-container-run/container-run" "$work"
    mkdir -p "$work/root/proc" "$work/root/dev"
    cp "$BATS_FILE_TMPDIR/build/witness" "$work/root/probe"
    chmod -R 755 "$work"
    export work
}

teardown_file() {
    rm -rf "$work"
}

setup() {
    cd "$work" || return
    needs_namespaces
    name=box-$$-$RANDOM
    ! grep -qa /ld- <(head -c 4096 root/probe) || skip 'not here: no static C library; see make lab23'
}

# contained LIMITS WORD...: the probe in a container, with MIB and PIDS.
contained() {
    ./container-run "$name" root "$1" "$2" /probe "${@:3}"
}

# Whether something of a container is left: a process, a group, a mount.
left() {
    pgrep -fx -- "(\./container-run $name .*|/probe .*$name.*)" ||
        find /sys/fs/cgroup -name "container.$name" | grep . ||
        grep -F " $work/root" /proc/self/mountinfo
}

nothing_left() {
    ! left >/dev/null 2>&1
}

@test "container-run prints the lines of its head, and COMMAND its own" {
    run contained 0 0 facts exit 42
    echo "$output"
    [ "$status" = 42 ]
    [[ ${lines[0]} =~ ^container:\ $name\ is\ PID\ [0-9]+$ ]]
    [ "${lines[-1]}" = 'container: ended with 42' ]
    [[ $output = *"probe: pid 1 parent 0 uid 0 gid 0"*"probe: hostname $name"* ]]
}

@test "bad, missing and too few arguments of container-run are refused: status 2, usage" {
    local bad
    for bad in "" "$name" "$name root" "$name root 0 0" "$name root x 0 /probe" "$name root 0 -1 /probe" \
        "$name root 1.5 0 /probe" "$name root 0 0x1 /probe" "$name root 99999999 0 /probe" "a/b root 0 0 /probe"; do
        # shellcheck disable=SC2086
        run --separate-stderr ./container-run $bad
        echo "$bad: $status"
        [ "$status" = 2 ]
        # shellcheck disable=SC2154
        [[ -z $output && $stderr = usage:* ]]
    done
    run ./container-run '' root 0 0 /probe
    [ "$status" = 2 ]
}

@test "what is not there is an error: status 1, and why" {
    run --separate-stderr ./container-run "$name" /nowhere 0 0 /probe
    [ "$status" = 1 ]
    [[ $stderr = 'container-run: /nowhere: No such file or directory' ]]
    run --separate-stderr ./container-run "$name" root 0 0 /nothing
    [ "$status" = 1 ]
    [[ $stderr = 'container-run: /nothing: No such file or directory' ]]
}

@test "its environment, its signals and its descriptors are its own" {
    # shellcheck disable=SC2016
    run env SECRET=x bash -c 'trap "" CHLD; exec 7<.; exec "$@"' - ./container-run "$name" root 0 0 /probe outside exit 3
    echo "$output"
    [ "$status" = 3 ]
    [[ $output = *'found nothing outside'* ]]
}

@test "it ends with its reader, and where a line is lost" {
    run bash -c './container-run "$0" root 0 0 /probe exit 0 >/dev/full' "$name"
    [ "$status" = 1 ]
    mkfifo pipe
    # shellcheck disable=SC2016
    run timeout 60 bash -c 'exec 9<>pipe 8>pipe 9<&-; exec ./container-run "$0" root 0 0 /probe stay "$0" >&8' "$name" # nobody reads
    rm pipe
    [[ $status != 0 && $status != 124 ]]
    poll 30 nothing_left
}

@test "limits: one that root gives, and one that is too much to ask of a plain user" {
    local said
    [ "$EUID" != 0 ] || skip 'not here: this test is for a plain user, and the next one does it as root'
    said=$(contained 64 20 exit 0 2>&1) || true
    [[ $said = *'no group for the limits (0 0 does without)'* || $said = *'ended with 0'* ]]
}

@test "a group that was given to a plain user is enough for limits" {
    needs_root
    local controller paths=()
    for controller in memory pids; do
        [ -d "/sys/fs/cgroup/$controller" ] || skip 'not here: no hierarchies of v1; in v2 the checks show it'
    done
    for controller in memory pids; do
        paths+=("/sys/fs/cgroup/$controller/given-$name")
        mkdir "${paths[-1]}"
        chown -R 65534 "${paths[-1]}"
    done
    # shellcheck disable=SC2016 # the inner shell expands it
    run bash -c 'for group in "${@:3}"; do echo $$ >"$group/tasks"; done
        exec setpriv --reuid=65534 --regid=65534 --clear-groups ./container-run "$1" "$2" 32 9 /probe processes memory 64' \
        - "$name" root "${paths[@]}"
    rmdir "${paths[@]}"
    echo "$output"
    [[ $output = *'started 8 processes, then EAGAIN'*'child ended with 137'* ]]
}

@test "a name in use is refused, and a group that was left is used again" {
    needs_root
    ./container-run "$name" root 32 9 /probe stay "$name" >out 2>err 3>&- &
    local first=$!
    poll 30 grep -q stays out || { kill "$first" && cat err && skip "not here: $(cat err)"; }
    run contained 32 9 exit 0
    [ "$status" = 1 ]
    [[ $output = *'is in use'* ]]
    kill -KILL "$first"
    wait "$first" || true
    poll 30 contained 32 9 exit 0 # until the last of it has died
    nothing_left
}

not() {
    ! "$@" >/dev/null
}

# No process of the container lives on. One that does is ended, too.
must_be_gone() {
    poll 30 not pgrep -f -- "$name" || { pkill -KILL -f -- "$name" && false; }
}

@test "containers that are killed at random moments leave nothing" {
    local i limits pid victim
    for ((i = 0; i < ${CONTAINERS:-20}; i++)); do
        limits=(0 0)
        [ "$EUID" != 0 ] || ((i % 2)) || limits=(32 9)
        ./container-run "$name" root "${limits[@]}" /probe facts stay "$name" >out 2>err 3>&- &
        pid=$! victim=$!
        sleep "0.0$((RANDOM % 40 + 10))"
        ((RANDOM % 2)) || victim=$(pgrep -P "$pid" || echo "$pid")
        kill -s "$(shuf -n 1 -e TERM INT KILL)" "$victim" 2>/dev/null || true
        kill "$pid" 2>/dev/null || true
        wait "$pid" || true
        must_be_gone
    done
    # SIGKILL gives nobody time to remove a group: who uses the name next does.
    [ "$EUID" != 0 ] || poll 30 contained 32 9 exit 0 || skip 'not here: no groups'
    run ! left
}

@test "a container whose parent was killed before it could ask for its end does not begin" {
    printf '%s\n' '#define _GNU_SOURCE' '#include <sys/prctl.h>' '#include <unistd.h>' \
        '#define prctl(what, ...) ({ while ((what) == PR_SET_PDEATHSIG && access("killed", F_OK) == -1) { } prctl(what, __VA_ARGS__); })' >slow.h
    cc -include ./slow.h -o slow "$top/solutions/23-container-run/container-run.c"
    ./slow "$name" root 0 0 /probe stay "$name" >out 2>err 3>&- &
    local pid=$!
    poll 30 grep -q 'is PID' out || { kill "$pid" && cat err && skip "not here: $(cat err)"; }
    poll 30 grep -q '^State:.S' "/proc/$pid/status" || { kill "$pid" && false; } # it waits: all has been said to the container
    kill -KILL "$pid"
    wait "$pid" || true
    touch killed
    must_be_gone
    [ "$(wc -l <out)" = 1 ]
}

@test "scripts/student/root makes a root of busybox, and leaves what it has not made" {
    bash "$top/scripts/machine/need" --try busybox-static >/dev/null || skip 'not here: no static busybox'
    bash "$top/scripts/student/root" "$BATS_TEST_TMPDIR/made"
    run ./container-run "$name" "$BATS_TEST_TMPDIR/made" 0 0 sh -c 'ps | wc -l; hostname; ls /dev | wc -l'
    echo "$output"
    [ "$status" = 0 ]
    [[ $output = *$'\n4\n'"$name"$'\n6\n'* || $output = *$'\n3\n'"$name"$'\n6\n'* ]]
    bash "$top/scripts/student/root" "$BATS_TEST_TMPDIR/made"
    mkdir "$BATS_TEST_TMPDIR/mine"
    touch "$BATS_TEST_TMPDIR/mine/file"
    run bash "$top/scripts/student/root" "$BATS_TEST_TMPDIR/mine"
    [ "$status" = 2 ]
    [ "$(ls "$BATS_TEST_TMPDIR/mine")" = file ]
}

@test "make race: each tool that is here, in turn, beside a table of what each does" {
    bash "$top/scripts/machine/need" --try busybox-static >/dev/null || skip 'not here: no static busybox'
    run project FROM=solutions ROUNDS=2 race
    echo "$output"
    [ "$status" = 0 ]
    [[ $output = *'minimal C '*' ms  x  1.00'*'container-run '*' ms  x '*'What each of them does'* ]]
    [[ $output != *failed* ]]
    [ -z "$(find /sys/fs/cgroup -name 'group-of-race-*')" ]
}

@test "make break23: each of the five is broken by what is meant for it, and a right container by none" {
    command -v patch >/dev/null || skip 'not here: no patch; apt-get install patch'
    run project break23 ESCAPE=tests/suite/prey/escape.c
    echo "$output"
    [ "$status" = 0 ]
    [[ $output = *'5 of 5 are broken'* ]]
    run project break23 ESCAPE=tests/prey/escape.c
    [ "$status" = 2 ]
    [[ $output = *'TODO 1'*'TODO 5'*'0 of 5 are broken'* ]]
    local prey kept=kept-$RANDOM$RANDOM
    echo "$kept" >secret
    cp "$BATS_FILE_TMPDIR/build/break/keeper" .
    "${CC:-cc}" -std=gnu11 -static -o root/escape "$top/tests/suite/prey/escape.c"
    ./keeper "$name" "$kept" >keeper.out 3>&- &
    local keeper=$!
    for prey in old-root descriptor proc jail network; do
        run bash -c './container-run "$0" root 0 0 /escape "$1" "$2" "$0" 9</ | tr "\0" " "' "$name" "$prey" "$work/secret"
        echo "$prey: $output"
        [[ $output != *"$kept"* ]]
    done
    kill "$keeper"
}
