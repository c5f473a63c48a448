#!/usr/bin/env bats
# What is judged is the file that lies there now, whatever the times of files say.

load helper

setup_file() {
    load helper
    export tree=$BATS_FILE_TMPDIR/tree
    copy_of_project "$tree"
    make -s -C "$tree" witness
}

setup() {
    lab=01-clone-pid1
    program=$tree/labs/$lab/clone-pid1.c
    starter >"$program"
}

teardown() {
    [ -z "${watch:-}" ] || { kill "$watch" && wait "$watch"; } || true
}

project() {
    make -s -C "$tree" "$@"
}

starter() {
    "$tree/scripts/suite/starter" "$tree/solutions/$lab/clone-pid1.c"
}

# solution [SED-SCRIPT]: the reference, with a mistake perhaps.
solution() {
    sed -e '/\/\/|/d' -e '/\/\/ \(BEGIN\|END\) SOLUTION$/d' -e "${1:-}" "$tree/solutions/$lab/clone-pid1.c"
}

# passes, fails [VARIABLE=VALUE]...: what make check1 says of the program.
passes() {
    run project check1 "$@"
    [[ $status = 0 && $output = *"$all_passed"* ]]
}
fails() {
    run project check1 "$@"
    [[ $status = 2 && $output = *FAIL*'Error 1'* ]]
}

# map STATE [VARIABLE=VALUE]...: what the map says of lab 1.
map() {
    local map
    map=$(project "${@:2}")
    [[ $(grep ' clone-pid1 ' <<<"$map") = *" $1 "* ]]
}

@test "another tree in the same place, with older files" {
    local from=$BATS_TEST_TMPDIR/alice
    cp -r "$tree/solutions" "$from"
    touch -d '2 days ago' "$from"/*/*.c
    passes FROM="$from"
    map 'done' FROM="$from"
    rm -r "$from"
    cp -r "$tree/labs" "$from"
    touch -d '3 days ago' "$from"/*/*.c
    map 'not started' FROM="$from"
    fails FROM="$from"
}

@test "make resetN, and the kept file put back with its old time" {
    solution >"$program"
    touch -d '1 hour ago' "$program"
    passes
    project reset1
    fails
    mv "$program".[0-9]* "$program"
    map 'not checked'
    run project hint1
    [[ $output = *'was changed since'* ]]
    passes
    map 'done'
}

@test "cp -p, and an archive unpacked over a solved lab" {
    solution >"$program"
    passes
    starter >"$BATS_TEST_TMPDIR/clone-pid1.c"
    touch -d 2020-01-01 "$BATS_TEST_TMPDIR/clone-pid1.c"
    cp -p "$BATS_TEST_TMPDIR/clone-pid1.c" "$program"
    map 'not started'
    fails
    solution >"$program"
    passes
    tar -c -C "$BATS_TEST_TMPDIR" clone-pid1.c | tar -x -C "${program%/*}"
    fails
}

@test "a clock that was ahead when the program was built" {
    solution >"$program"
    passes
    find "$tree/build" -exec touch -d '2 days' {} +
    solution 's/CLONE_NEWPID | SIGCHLD/SIGCHLD/' >"$program"
    map 'not checked'
    fails
    [[ $output != *'lock skew'* ]]
    [[ $(project) = *" of $checks_of_1 checks "* ]]
}

@test "files from the future are checked once, and no longer changed" {
    solution >"$program"
    touch -d '2 days' "$program"
    passes
    map 'done'
    run project hint1
    [[ $output = *'No check has failed'* ]]
    run project solution1
    [ "$status" = 0 ]
    solution 's/CLONE_NEWPID | SIGCHLD/SIGCHLD/' >"$program"
    touch -d '2 days' "$program"
    fails
    run project hint1
    [[ $output = 'Hint '* ]]
}

@test "a header of one's own, beside the program and elsewhere" {
    local header
    for header in my.h '../my headers/other.h'; do
        mkdir -p "${program%/*}/../my headers"
        solution "/#define _GNU_SOURCE/!b;a #include \"$header\"" |
            sed 's/CLONE_NEWPID | SIGCHLD/FLAGS/' >"$program"
        header=${program%/*}/$header
        echo '#define FLAGS (CLONE_NEWPID | SIGCHLD)' >"$header"
        passes
        map 'done'
        echo '#define FLAGS (CLONE_NEWUTS | SIGCHLD)' >"$header"
        touch -d 2020-01-01 "$header"
        map 'not checked'
        fails
        rm "$header"
    done
    rmdir "$tree/labs/my headers"
}

@test "other flags, and another compiler" {
    solution '/^#include <sched.h>/a #ifdef WRONG\n#undef CLONE_NEWPID\n#define CLONE_NEWPID 0\n#endif' >"$program"
    passes
    fails CFLAGS='-O2 -DWRONG'
    passes
    printf '#!/bin/sh\nexec %s -DWRONG "$@"\n' "${CC:-cc}" >"$BATS_TEST_TMPDIR/my cc"
    chmod +x "$BATS_TEST_TMPDIR/my cc"
    fails CC="'$BATS_TEST_TMPDIR/my cc'"
    passes
    [[ $(project run1 CFLAGS='-g -fsanitize=undefined' 2>&1) = *'child: my PID is 1'* ]]
}

@test "a corrected witness arrives with an old date; without a correction it stays as it is" {
    local before=$tree/build/witness
    touch "$BATS_TEST_TMPDIR/now"
    project witness
    [ ! "$before" -nt "$BATS_TEST_TMPDIR/now" ]
    cp -r "$tree/tests/witness" "$BATS_TEST_TMPDIR/"
    echo 'const char correction[] = "it is corrected";' >>"$tree/tests/witness/main.c"
    touch -d 2020-01-01 "$tree"/tests/witness/*
    project witness
    grep -q 'it is corrected' "$tree/build/witness"
    cp -p "$BATS_TEST_TMPDIR"/witness/* "$tree/tests/witness/"
    project witness
    run grep -q 'it is corrected' "$tree/build/witness"
    [ "$status" = 1 ]
}

@test "two trees never share what is made of them" {
    local dir=$BATS_TEST_TMPDIR
    mkdir "$dir/x"
    cp -r "$tree/solutions" "$dir/A B"
    cp -r "$tree/labs" "$dir/A_B"
    touch -d '3 days ago' "$dir"/A_B/*/*.c
    passes FROM="$dir/A B"
    map 'not started' FROM="$dir/A_B"
    fails FROM="$dir/A_B"
    map 'done' FROM="$dir/A B"
    cp -r "$tree/labs" "$tree/.._x"
    cp -r "$tree/solutions" "$BATS_FILE_TMPDIR/x"
    passes FROM=../x
    map 'not started' FROM=.._x
    map 'done' FROM=../x
}

@test "make watchN sees an older file, and a header of one's own" {
    local out=$BATS_TEST_TMPDIR/out
    # said TEXT CHECKS: that stands there once, after so many checks.
    said() {
        [[ $(grep -c "$1" "$out") = 1 && $(grep -c 'q quits' "$out") = "$2" ]]
    }
    solution '/#define _GNU_SOURCE/!b;a #include "my.h"' | sed 's/CLONE_NEWPID | SIGCHLD/FLAGS/' >"$program"
    echo '#define FLAGS (CLONE_NEWPID | SIGCHLD)' >"${program%/*}/my.h"
    make -s -C "$tree" watch1 >"$out" 2>&1 </dev/null 3>&- &
    watch=$!
    poll 180 said "$all_passed" 1
    echo '#define FLAGS SIGCHLD' >"${program%/*}/my.h"
    poll 180 said "$all_passed" 2
    starter >"$BATS_TEST_TMPDIR/clone-pid1.c"
    touch -d 2020-01-01 "$BATS_TEST_TMPDIR/clone-pid1.c"
    cp -p "$BATS_TEST_TMPDIR/clone-pid1.c" "$program"
    poll 180 said 'to be done: TODO 1' 3
    rm "${program%/*}/my.h"
}
