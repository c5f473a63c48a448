#!/usr/bin/env bats
# The checks tell wrong programs from right ones: tests/suite/wrong, tests/suite/right, scripts/suite/mutants.

load helper

setup_file() {
    cd "$BATS_TEST_DIRNAME/../.." || return
    command -v patch >/dev/null || return 0
    BUILD=$BATS_FILE_TMPDIR/build scripts/suite/mutants >"$BATS_FILE_TMPDIR/table" || [ $? -le 77 ]
}

setup() {
    cd "$top" || return
    command -v patch >/dev/null || skip 'not here: no patch; apt-get install patch'
}

# misses KIND: no program of that kind was judged wrongly.
misses() {
    cat "$BATS_FILE_TMPDIR/table"
    missed=$(grep "^$1 " "$BATS_FILE_TMPDIR/table" || true)
    [ -z "$(sed '/: not-here: /d' <<<"$missed")" ]
    [ -z "$missed" ] || skip "not here: ${missed##*: not-here: }"
}

@test "no wrong program gets through, and each gets the message that is meant for it" {
    misses wrong
}

@test "no right program is refused, however it is written" {
    misses right
}

not_here() {
    grep -c "^$1 $lab/.*: not-here: " "$BATS_FILE_TMPDIR/table" || true
}

@test "each lab has twelve wrong programs and four right ones at least, and all of them are judged" {
    for check in tests/[0-9]*-*.bats; do
        lab=$(basename "$check" .bats)
        wrong=("tests/suite/wrong/$lab"/*.*) right=("tests/suite/right/$lab"/*.*)
        echo "$lab: ${#wrong[@]} wrong, ${#right[@]} right"
        [ "${#wrong[@]}" -ge 12 ]
        [ "${#right[@]}" -ge 4 ]
        judged="[0-9]*/$((${#wrong[@]} - $(not_here wrong)))"
        grep -q "^$lab  *$judged  *$judged  *[0-9]*/$((${#right[@]} - $(not_here right)))$" "$BATS_FILE_TMPDIR/table"
    done
}

@test "every wrong program names a check that there is" {
    grep -rh 'Fails: ' tests/suite/wrong | sed 's/.*Fails: //' | sort -u | while read -r name; do
        echo "$name"
        grep -qF "@test \"$name\"" tests/[0-9]*.bats
    done
}

# one FIELD...: a program with that header and that text in a folder, to be judged.
program() {
    mkdir -p "$BATS_TEST_TMPDIR/$1/01-clone-pid1"
    { printf '/*\n%s\n*/\n' "$3" && cat "$4"; } >"$BATS_TEST_TMPDIR/$1/01-clone-pid1/$2.c"
}

@test "scripts/suite/mutants notices a wrong program that passes, a wrong message, and a right one that fails" {
    solution=solutions/01-clone-pid1/clone-pid1.c constants=tests/suite/wrong/01-clone-pid1/constants.c
    name=$(sed -n 's/^ \* Fails: //p' "$constants")
    echo 'int main(void) { return' >"$BATS_TEST_TMPDIR/broken.c"
    program wrong passes "Fails: $name" "$solution"
    program wrong other-message "$(printf 'Fails: %s\nSays: something else\n' "$name")" "$constants"
    program wrong other-check 'Fails: Another check' "$constants"
    program wrong caught "$(printf 'Fails: %s\nSays: no process was made\n' "$name")" "$constants"
    program right refused 'What: it only prints' "$constants"
    program right broken 'What: it does not compile' "$BATS_TEST_TMPDIR/broken.c"
    program right accepted 'What: the solution' "$solution"
    BUILD=$BATS_FILE_TMPDIR/build WRONG=$BATS_TEST_TMPDIR/wrong RIGHT=$BATS_TEST_TMPDIR/right run scripts/suite/mutants 1
    echo "$output"
    [ "$status" -eq 1 ]
    [[ ${lines[1]} =~ ^01-clone-pid1\ +3/4\ +1/4\ +1/3$ ]]
    [[ $output == *'wrong 01-clone-pid1/passes: passed: every check'* ]]
    [[ $output == *'wrong 01-clone-pid1/other-message: message: '*'seen: no process'* ]]
    [[ $output == *'wrong 01-clone-pid1/other-check: message: it failed first in: '* ]]
    [[ $output == *'right 01-clone-pid1/refused: fail: '* ]]
    [[ $output == *'right 01-clone-pid1/broken: broken: '* ]]
    [[ $output != */caught* && $output != */accepted* ]]
}

@test "scripts/suite/mutants --help prints its usage, and a lab that there is not is wrong usage" {
    run scripts/suite/mutants --help
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == 'usage: scripts/suite/mutants '* ]]
    run scripts/suite/mutants 99
    [ "$status" -eq 2 ]
}
