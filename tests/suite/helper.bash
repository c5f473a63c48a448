# What the tests of the suite share.
# shellcheck shell=bash

top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

# make in the project, as a user calls it, with a build folder of this test file.
project() {
    make -s -C "$top" BUILD="$BATS_FILE_TMPDIR/build" "$@"
}

needs_root() {
    [ "$EUID" = 0 ] || skip 'not here: it needs root; sudo make test'
}

# as_nobody COMMAND...: as a plain user.
as_nobody() {
    setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# no_cage [COMMAND]...: why no cage for strangers' programs can be made here, by that command; or nothing.
no_cage() {
    local why
    if ! command -v bwrap >/dev/null; then
        echo 'not here: bubblewrap is missing; scripts/need bwrap'
        return
    fi
    why=$("$@" bwrap --unshare-pid --unshare-net --unshare-ipc --ro-bind / / --dev /dev --proc /proc \
        unshare --user --map-root-user --mount --pid --fork true 2>&1) ||
        echo "not here: ${why//$'\n'/ }; make test IN=vm"
}

needs_cage() {
    local why
    why=$(no_cage "$@")
    [ -z "$why" ] || skip "$why"
}

# As we are, or in a user namespace.
needs_namespaces() {
    unshare --pid --fork true 2>/dev/null || unshare --user --map-root-user true 2>/dev/null ||
        skip 'not here: no namespaces; make doctor says what gives them'
}

# The reference was run: each of its checks has passed, or this machine cannot show it.
is_right() {
    [ "$status" = 0 ] || [[ $output = *'Error 77'* && $output != *FAIL* ]]
}

# poll SECONDS COMMAND...: until the command succeeds, or the time is up.
poll() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
    done
}

# free GROUP: no witness holds its lock. One that was made just now is not locked yet.
free() {
    [ -d "$1" ] && flock --nonblock "$1" true 2>/dev/null
}

# What a run could have left on the machine: groups of witnesses that are dead, mounts, shared memory
# of tests/suite/misbehave.c. Other tests run at the same time: what they are just using does not count.
ledger() {
    local group
    for group in /sys/fs/cgroup/oslabs-* /sys/fs/cgroup/*/oslabs-*; do
        if free "$group" && sleep 0.2 && free "$group"; then
            echo "$group"
        fi
    done
    cut -d' ' -f5 /proc/self/mountinfo
    grep -h ' 600 ' /proc/sysvipc/shm || true
    find /dev/shm -name litter
}

# nothing_new BEFORE: all that is on the machine now was there in that ledger, or goes soon: others are
# at work on this machine, too.
nothing_new() {
    poll "${2:-30}" has_nothing_new "$1" || {
        echo 'this is left:'
        cat "$1.new"
        return 1
    }
}
has_nothing_new() {
    comm -13 <(sort "$1") <(ledger | sort) >"$1.new"
    [ ! -s "$1.new" ] || { sleep 0.2 && false; }
}
