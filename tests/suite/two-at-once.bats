#!/usr/bin/env bats
# Two makes in one tree: each says what is right, or waits for the other.

load helper

setup_file() {
    load helper
    export tree=$BATS_FILE_TMPDIR/tree
    copy_of_project "$tree"
    make -s -C "$tree" witness
}

setup() {
    program=$tree/labs/01-clone-pid1/clone-pid1.c
    starter=$("$tree/scripts/suite/starter" "$tree/solutions/01-clone-pid1/clone-pid1.c")
    solution=$(sed -e '/\/\/|/d' -e '/\/\/ \(BEGIN\|END\) SOLUTION$/d' "$tree/solutions/01-clone-pid1/clone-pid1.c")
    running=()
}

teardown() {
    local process
    for process in "${running[@]}"; do
        { kill "$process" && wait "$process"; } || true
    done
}

project() {
    make -s -C "$tree" "$@"
}

@test "two that check and one that records: each says what is right, and nothing is left" {
    local process round i
    local -a all
    for round in 1 2 3; do
        all=()
        for i in 1 2; do
            project check1 FROM=solutions >"$BATS_TEST_TMPDIR/$i" 2>&1 3>&- &
            all+=($!)
        done
        project record1 FROM=solutions >"$BATS_TEST_TMPDIR/record" 2>&1 3>&- &
        all+=($!)
        for process in "${all[@]}"; do
            wait "$process"
        done
        grep -q "$all_passed" "$BATS_TEST_TMPDIR/1"
        grep -q "$all_passed" "$BATS_TEST_TMPDIR/2"
        [ "$(tail -n 1 "$BATS_TEST_TMPDIR/record")" = end ]
    done
    [ -z "$(find "$tree/build" -name '*.[0-9]*')" ]
}

@test "the second one waits for the first one, says so, and checks what lies there then" {
    command -v flock >/dev/null || skip 'not here: no flock(1), so nobody waits; scripts/machine/need flock'
    echo "$starter" >"$program"
    mkdir -p "$tree/build/labs/01-clone-pid1"
    exec {lock}<"$tree/build/labs/01-clone-pid1"
    flock "$lock"
    make -s -C "$tree" check1 >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- {lock}<&- &
    running=($!)
    poll 180 grep -q 'waits for it' "$BATS_TEST_TMPDIR/said"
    echo "$solution" >"$program"
    exec {lock}<&-
    wait "${running[0]}"
    running=()
    grep -q "$all_passed" "$BATS_TEST_TMPDIR/said"
}

@test "the file is saved under make watchN while others check it: every verdict is right" {
    local watch=$BATS_TEST_TMPDIR/watch i
    echo "$solution" >"$program"
    make -s -C "$tree" watch1 >"$watch" 2>&1 </dev/null 3>&- &
    running=($!)
    poll 180 grep -q 'q quits' "$watch"
    for i in 1 2 3 4; do
        echo "/* $i */" >>"$program"
        run project check1
        [ "$status" = 0 ]
        [[ $output = *"$all_passed"* ]]
    done
    checked() {
        [ "$(grep -c 'q quits' "$watch")" -ge 2 ] && [ "$(tail -n 1 "$watch" | grep -c 'q quits')" = 1 ]
    }
    poll 180 checked
    [ "$(grep -c ' passed, ' "$watch")" = "$(grep -c "$all_passed" "$watch")" ]
}
