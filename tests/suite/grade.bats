#!/usr/bin/env bats
# make grade: from a folder of submissions to marks. What is collected, judged and reported has
# tests of its own (collect, judge, results), and so have attacks (hostile) and hosts.

load helper

# A project of our own, whose checks can be changed, and a class of three.
setup_file() {
    load helper
    export project=$BATS_FILE_TMPDIR/project
    mkdir "$project"
    cp -r "$top"/{Makefile,labs,scripts,solutions} "$project"
    mkdir "$project/tests"
    cp -r "$top"/tests/{*.bats,*.bash,*.awk,errno,weights,witness} "$project/tests"
    export class=$BATS_FILE_TMPDIR/class
    mkdir -p "$class/right" "$class/half"
    cp -r "$top"/solutions/*/ "$class/right"
    cp "$top"/labs/01*/*.c "$top"/solutions/04*/*.c "$class/half"
    (cd "$top/solutions" && tar -czf "$class/packed.tar.gz" ./*/*.c)
    make -s -C "$project" "$project/build/witness" BUILD="$project/build"
    export base=$BATS_FILE_TMPDIR/base
    [ -n "$(no_cage)" ] || SUDO='' graded "$class" "$base"
}

setup() {
    needs_cage
    grades=$BATS_TEST_TMPDIR/grades
    if [ -d "$base/students" ]; then cp -a "$base" "$grades"; fi
}

# Puts back what a test has changed in the project.
teardown() {
    if [ -e "$BATS_TEST_TMPDIR/check" ]; then cp "$BATS_TEST_TMPDIR/check" "$check"; fi
}

# change CHECK SED: another check file, until the end of the test.
change() {
    check=$project/tests/$1.bats
    cp "$check" "$BATS_TEST_TMPDIR/check"
    sed "$2" "$BATS_TEST_TMPDIR/check" >"$check"
    ! cmp -s "$check" "$BATS_TEST_TMPDIR/check"
}

# make grade, as a teacher types it, in that project.
graded() {
    env -u MAKEFLAGS make -s -C "$project" BUILD="$project/build" grade IN="$1" OUT="$2" "${@:3}"
}

again() {
    run graded "$class" "$grades"
    [ "$status" = 0 ] || {
        echo "$output"
        return 1
    }
}

# verdicts STUDENT LAB: as a line of counts.
verdicts() {
    cut -f 3 "$grades/students/$1/$2/result" | sort | uniq -c | xargs
}

@test "A reference gets all points, packed or not, and what was not handed in none" {
    for student in right packed; do
        for lab in 01-clone-pid1 02-unshare-fork 03-setns-join 04-ns-inode-listing 06-busy-loop; do
            [ "$(cut -f 3 "$grades/students/$student/$lab/result" | sort -u)" = pass ]
        done
    done
    [ "$(verdicts half 04-ns-inode-listing)" = '7 pass' ]
    [[ $(verdicts half 01-clone-pid1) = *fail* ]]
    [[ $(verdicts half 02-unshare-fork) != *pass* ]]
    grep -q 'is not there' "$grades/students/half/02-unshare-fork/result"
}

@test "When nothing has changed nothing is run" {
    again
    [[ $output = *'0 programs were run'* ]]
}

@test "A file that has changed is run again, and no other" {
    local mine=$BATS_TEST_TMPDIR/class
    cp -r "$class" "$mine"
    echo 'int main(void) { return 0; }' >"$mine/right/01-clone-pid1/clone-pid1.c"
    run graded "$mine" "$grades"
    [[ $output = *$'\n''1 programs were run'* || $output = '1 programs were run'* ]]
    [[ $(verdicts right 01-clone-pid1) = *fail* ]]
    [ "$(verdicts packed 01-clone-pid1)" = '6 pass' ]
}

@test "A check that has changed judges the old records, and runs nothing" {
    local before=$BATS_TEST_TMPDIR/before
    touch "$before"
    change 01-clone-pid1 's/^@test "Arguments that make/@test "Words that make/'
    again
    [[ $output = *'0 programs were run'* ]]
    grep -q 'Words that make' "$grades/students/packed/01-clone-pid1/result"
    [ -z "$(find "$grades/students" -name record -newer "$before")" ]
}

@test "Steps that have changed make the records of that lab again" {
    change 02-unshare-fork 's/^#>   start 1 2/#>   start 1 3/'
    again
    echo "$output"
    [[ $output = *'3 programs were run'* ]]
    grep -q ' start 2 1 3' "$grades/students/right/02-unshare-fork/record"
}

@test "Ctrl-C ends it with 130, and the same command goes on where it was" {
    rm "$grades"/students/*/*/record
    cd "$project"
    setsid env --default-signal=INT -u MAKEFLAGS JOBS=1 scripts/grade "$class" "$grades" >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
    local pid=$!
    poll 300 has_two_records # the last one counts when make has heard of it
    kill -INT -- -"$pid" || cat "$BATS_TEST_TMPDIR/log"
    wait "$pid" || status=$?
    [ "$status" = 130 ]
    poll 60 gone "$pid"
    local made
    made=$(find "$grades"/students/*/*/record | wc -l)
    echo "$made records; $(cat "$BATS_TEST_TMPDIR/log")"
    ((made > 0 && made < 18))
    again
    [[ $output = *"$((18 - made)) programs were run"* ]]
}

has_two_records() {
    [ "$(compgen -G "$grades/students/*/*/record" | wc -l)" -ge 2 ]
}

gone() {
    ! kill -0 -- -"$1" 2>/dev/null
}

@test "Without bubblewrap it refuses to run strangers' programs, unless told so" {
    local bin=$BATS_TEST_TMPDIR/bin
    mkdir "$bin"
    find /usr/bin /bin /usr/sbin -maxdepth 1 ! -name bwrap -exec ln -sf {} "$bin" \; 2>/dev/null
    cd "$project"
    rm "$grades"/students/half/01-clone-pid1/record
    run env PATH="$bin" scripts/grade "$class" "$grades"
    [ "$status" = 3 ]
    [[ $output = *'scripts/need bwrap'*'CAGE=none'* ]]
    [ ! -e "$grades/students/half/01-clone-pid1/record" ]
    run env PATH="$bin" CAGE=none scripts/grade "$class" "$grades"
    [ "$status" = 0 ]
    [[ $output = *'CAGE=none: '*'1 programs were run'* ]]
    [[ $(verdicts half 01-clone-pid1) = *fail* ]]
}

@test "A plain user grades in a user namespace; lab 5 is not here, no mark, and run again on demand" {
    needs_root
    needs_cage as_nobody
    chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR"
    chmod -R a+rX "$project" "$class"
    grades=$BATS_TEST_TMPDIR/theirs
    install -d -m 777 "$grades"
    cd "$project"
    run as_nobody env HOME=/nonexistent TMPDIR=/tmp SUDO= scripts/grade "$class" "$grades"
    [ "$status" = 0 ]
    [[ $output = *'cannot give it: a limit of the kernel for memory'* ]]
    [ "$(verdicts right 01-clone-pid1)" = '6 pass' ]
    [[ $(verdicts right 05-cgroup-cpuset-pin) = *'not here'* && $(verdicts right 05-cgroup-cpuset-pin) != *fail* ]]
    run as_nobody env HOME=/nonexistent SUDO= AGAIN=1 scripts/grade "$class" "$grades"
    [[ $output = *'2 programs were run'* ]] # right and packed have handed in lab 5
}

@test "Wrong usage is refused: status 2, and what to type" {
    cd "$project"
    run scripts/grade
    [ "$status" = 2 ]
    [[ $output = *'make grade IN='*usage* ]]
    run scripts/grade /nowhere "$grades"
    [ "$status" = 2 ]
    [[ $output = */nowhere* ]]
    run graded "$class" "$BATS_TEST_TMPDIR/with blanks"
    [ "$status" = 0 ]
    [ -s "$BATS_TEST_TMPDIR/with blanks/grades.csv" ]
}
