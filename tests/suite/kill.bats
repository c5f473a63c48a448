#!/usr/bin/env bats
# SIGKILL at random moments leaves nothing after the next command. KILLS=300 for a long run of it.

load helper

# tree NUMBER DIR: a tree of wrong programs, of each lab the one of that number.
tree() {
    local check lab file
    for check in "$top"/tests/[0-9]*-*.bats; do
        lab=$(basename "$check" .bats)
        mkdir -p "$2/$lab"
        file=$(find "$top/tests/suite/wrong/$lab" -type f | sort | sed -n "$1p")
        "$top/tests/suite/program" "$lab" "$file" "$2/$lab/${lab#*-}.c"
    done
}

@test "SIGKILL to make, bats or the witness at random moments: nothing is left" {
    needs_root
    unshare --pid --fork --mount-proc true || skip 'not here: no PID namespace; see make doctor'
    command -v patch >/dev/null || skip 'not here: no patch; apt-get install patch'
    local number
    for number in 3 8 12; do
        tree "$number" "$BATS_TEST_TMPDIR/$number"
    done
    run "$BATS_TEST_DIRNAME/kill-at-random" "${KILLS:-8}" "$BATS_TEST_TMPDIR/build" solutions \
        "$BATS_TEST_TMPDIR"/{3,8,12}
    echo "$output"
    [ "$status" = 0 ]
    [[ $output =~ ([0-9]+)\ processes\ killed,\ nothing\ left ]]
    [ "${BASH_REMATCH[1]}" -gt 0 ]
}
