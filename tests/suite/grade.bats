#!/usr/bin/env bats
# make grade: from a folder of submissions to marks. What is collected, judged and reported has
# tests of its own (collect, judge, results), and so have attacks (hostile) and hosts.

load helper

# Three students with a program for each lab, handed in or not.
programs=$((3 * $(grep -Lx '# what: demonstration' "$top"/tests/[0-9]*-*.bats | wc -l)))

# A project of our own, whose checks can be changed, and a class of three.
setup_file() {
    load helper
    export project=$BATS_FILE_TMPDIR/project
    mkdir "$project"
    cp -r "$top"/{Makefile,labs,scripts,solutions} "$project"
    mkdir "$project/tests"
    cp -r "$top"/tests/{*.bats,*.bash,errno.hints,weights,witness} "$project/tests"
    export class=$BATS_FILE_TMPDIR/class
    mkdir -p "$class/right" "$class/half"
    cp -r "$top"/solutions/*/ "$class/right"
    cp "$top"/labs/01*/*.c "$top"/solutions/04*/*.c "$class/half"
    (cd "$top/solutions" && tar -czf "$class/packed.tar.gz" ./*/*.c)
    make -s -C "$project" "$project/build/witness" BUILD="$project/build"
    export base=$BATS_FILE_TMPDIR/base
    [ -n "$(no_cage)" ] || graded "$class" "$base"
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
    env -u MAKEFLAGS make -s -C "$project" BUILD="$project/build" grade SUBMISSIONS="$1" GRADES="$2" "${@:3}"
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
    cut -f 3 "$grades/students/$1/$2/verdicts" | sort | uniq -c | xargs
}

@test "A reference gets all points, packed or not, and what was not handed in none" {
    for student in right packed; do
        for lab in 01-clone-pid1 02-unshare-fork 03-setns-join 04-ns-inode-listing 06-busy-loop; do
            [ "$(cut -f 3 "$grades/students/$student/$lab/verdicts" | sort -u)" = pass ]
        done
    done
    [ "$(verdicts half 04-ns-inode-listing)" = '7 pass' ]
    [[ $(verdicts half 01-clone-pid1) = *fail* ]]
    [[ $(verdicts half 02-unshare-fork) != *pass* ]]
    grep -q 'is not there' "$grades/students/half/02-unshare-fork/verdicts"
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
    [ "$(verdicts packed 01-clone-pid1)" = "$checks_of_1 pass" ]
}

@test "A check that has changed judges the old records, and runs nothing" {
    local before=$BATS_TEST_TMPDIR/before
    touch "$before"
    change 01-clone-pid1 's/^@test "Arguments that make/@test "Words that make/'
    again
    [[ $output = *'0 programs were run'* ]]
    grep -q 'Words that make' "$grades/students/packed/01-clone-pid1/verdicts"
    [ -z "$(find "$grades/students" -name record -newer "$before")" ]
}

@test "Steps that have changed make the records of that lab again" {
    change 02-unshare-fork 's/^#>   start 1 2/#>   start 1 3/'
    again
    echo "$output"
    [[ $output = *'3 programs were run'* ]]
    grep -qE ' start [0-9]+ 1 3$' "$grades/students/right/02-unshare-fork/record"
}

# ran NUMBER: graded again, and so many programs were run.
ran() {
    again
    echo "$output"
    [[ $'\n'$output = *$'\n'"$1 programs were run"* ]]
}

# When each file of the students was made.
times() {
    find "$grades/students" -mindepth 2 -type f -printf '%p %T@\n' | sort
}

@test "The time of no file counts: an older witness, checks, points and program; a clock that went back" {
    local mine=$BATS_TEST_TMPDIR/class before
    # All that was made is from the future.
    find "$grades" -exec touch -h -d '+2 days' {} +
    cp -r "$class" "$mine"
    ran 0
    [[ $output != *'Clock skew'* ]]
    echo 'int main(void) { return 0; }' >"$mine/right/01-clone-pid1/clone-pid1.c"
    find "$mine" -exec touch -d '2001-01-01' {} +
    class=$mine ran 1
    [[ $(verdicts right 01-clone-pid1) = *fail* ]]
    before=$(times)
    # Other points judge the old records of that lab, and no others.
    change 04-ns-inode-listing 's/points:2/points:3/'
    touch -d '2001-01-01' "$check"
    class=$mine ran 0
    cut -f 4 "$grades/students/right/04-ns-inode-listing/verdicts" | grep -qx 3
    [ "$(times | grep -v /04-ns-inode-listing/verdicts)" = "$(grep -v /04-ns-inode-listing/verdicts <<<"$before")" ]
    [ "$(times)" != "$before" ]
    # New times of what is the same judge nothing.
    touch "$project"/tests/*.bats "$project/tests/record.bash"
    before=$(times)
    class=$mine ran 0
    [ "$(times)" = "$before" ]
    # Another witness runs all, also one that is older.
    printf '\n' >>"$project/build/witness"
    touch -d '2001-01-01' "$project/build/witness"
    cd "$project"
    run scripts/instructor/grade "$mine" "$grades"
    make -s BUILD="$project/build" -B "$project/build/witness" 2>/dev/null || rm "$project/build/witness"
    [[ $output = *$'\n'"$programs programs were run"* ]]
}

@test "Another compiler, or other flags, run all again" {
    run graded "$class" "$grades" CFLAGS=-O1
    [[ $output = *$'\n'"$programs programs were run"* ]]
    run graded "$class" "$grades" CFLAGS=-O1
    [[ $output = *'0 programs were run'* ]]
}

# is_graded GRADES: a class of one, who has handed in two right programs.
is_graded() {
    grep -qE '^"one",12,13,' "$1/grades.csv" || { ls -lA "$1" && return 1; }
}

@test "Any path: the right marks, whatever is in the names of submissions, grades and TMPDIR" {
    local name at=$BATS_TEST_TMPDIR/at i=0
    mkdir "$at"
    cd "$at"
    # shellcheck disable=SC2016 # nothing is to be expanded
    for name in "it's R&D" 'a$b 100%' 'a:b#c' 'a"b (late)' -x '~a=b;c*' 'Zoë\tb'; do
        mkdir -p "$at/$name/one" "$at/tmp $name"
        cp -r "$top"/solutions/0[12]* "$at/$name/one"
        run env TMPDIR="$at/tmp $name" make -s -C "$project" BUILD="$project/build" grade \
            SUBMISSIONS="$at/$name" GRADES="$at/out/$name"
        echo "$name: $output"
        [ "$status" = 0 ]
        is_graded "$at/out/$name"
        [ -z "$(ls -A "$at/tmp $name")" ]
        i=$((i + 1))
    done
    [ "$(find "$at/out" -mindepth 1 -maxdepth 1 | wc -l)" = "$i" ]
}

@test "A checkout in a folder of any name, and CDPATH, POSIXLY_CORRECT and the like, change no mark" {
    local at="$BATS_TEST_TMPDIR/it's R&D \$x 100% (\"1\")"
    cp -r "$project" "$at"
    mkdir -p "$BATS_TEST_TMPDIR/in/one" "$BATS_TEST_TMPDIR/home/scripts"
    cp -r "$top"/solutions/0[12]* "$BATS_TEST_TMPDIR/in/one"
    cd "$at"
    run env CDPATH=".:$BATS_TEST_TMPDIR/home" TAR_OPTIONS=--what UNZIP=-l GREP_OPTIONS=-v \
        WITNESS="$project/build/witness" BUILD="$at/build" scripts/instructor/grade ../in ../out
    echo "$output"
    [ "$status" = 0 ]
    is_graded "$BATS_TEST_TMPDIR/out"
}

# refused TEXT SUBMISSIONS GRADES: status 2, that text, and nothing was made.
refused() {
    local before
    before=$(find . | sort)
    run graded "${@:2}"
    echo "$output"
    [ "$status" = 2 ]
    [[ $output = *"$1"* ]]
    diff <(echo "$before") <(find . | sort)
}

@test "Folders that are of no use are refused before anything is written" {
    cd "$BATS_TEST_TMPDIR"
    mkdir -p at/in/alice
    cd at
    local here=$PWD
    cp -r "$top"/solutions/01* in/alice
    touch file
    refused 'lies in the other' "$here/in" "$here/in/grades"
    refused 'lies in the other' "$here/in" "$here/in"
    refused 'lies in the other' "$here/in" "$here"
    refused 'is not there' "$here/nowhere" "$here/out"
    refused 'is a file' "$here/file" "$here/out"
    refused 'of no use' "$here/in" "$here/file"
    # shellcheck disable=SC2088 # it is left as it is
    refused 'left the ~' '~nobody/in' "$here/out"
    # shellcheck disable=SC2088
    refused 'left the ~' "$here/in" '~nobody/grades'
    refused 'control character' "$here/in" "$here/a"$'\e'"b"
    [ ! -e "$project/~nobody" ]
    # make leaves out a TMPDIR that is not there; by hand it is named.
    # shellcheck disable=SC2016 # the inner shell expands it
    run env TMPDIR=/nonexistent bash -c 'cd "$1" && scripts/instructor/grade "$2" "$3"' - "$project" "$here/in" "$here/out"
    [ "$status" = 2 ]
    [[ $output = *'TMPDIR=FOLDER'* ]]
    [ ! -e "$here/out" ]
    # A folder with something of somebody's, under a name that we would use.
    local name
    for name in feedback kit students grades.csv; do
        mkdir -p "mine/$name"
        refused "has a $name in it that is not from here" "$here/in" "$here/mine"
        rm -r mine
    done
    # What else is in it stays.
    mkdir -p mine/notes
    echo mine >mine/notes/alice.md
    run graded "$here/in" "$here/mine"
    [ "$status" = 0 ]
    [ "$(<mine/notes/alice.md)" = mine ]
    [ -e mine/grades.csv ]
}

@test "Two gradings into one folder: one waits, and says so; both have the marks of one alone" {
    local i
    rm "$grades"/students/*/*/record
    for i in 1 2; do
        graded "$class" "$grades" >"$BATS_TEST_TMPDIR/said-$i" 2>&1 3>&- &
    done
    for i in 1 2; do
        wait -n || { cat "$BATS_TEST_TMPDIR"/said-* && return 1; }
    done
    grep -q 'This one waits' "$BATS_TEST_TMPDIR"/said-*
    [ "$(cat "$BATS_TEST_TMPDIR"/said-* | grep -c "^$programs programs were run")" = 1 ]
    [ "$(cat "$BATS_TEST_TMPDIR"/said-* | grep -c '^0 programs were run')" = 1 ]
    diff "$base/grades.csv" "$grades/grades.csv"
}

# on_disk OPTIONS COMMAND: the command in a shell, with a small disk of such mount options at $disk. $0 is
# the project, $1 the class.
on_disk() {
    export disk=$BATS_TEST_TMPDIR/disk
    mkdir -p "$disk"
    # shellcheck disable=SC2016 # the inner shell expands it
    unshare -m bash -c 'mount -t tmpfs -o "$3" tmpfs "$disk" && cd "$0" && eval "$4"' "$project" "$class" - "$1" "$2"
}

@test "A full disk is nobody's failed check: one sentence with what to do, and then it goes on" {
    needs_root
    local out=$BATS_TEST_TMPDIR/out
    # Room for a record, and for no program.
    # shellcheck disable=SC2016 # the inner shell expands it
    run on_disk size=1m 'head -c 1M /dev/zero >"$disk/fill" 2>/dev/null
        truncate -s -12K "$disk/fill"
        TMPDIR=$disk scripts/instructor/cage "'"$grades/kit"'" 01-clone-pid1 "$1/right/01-clone-pid1/clone-pid1.c" "'"$out"'"; echo "status $?"'
    echo "$output"
    [[ $output = *'No space left on device'*'status 1' ]]
    [ ! -e "$out" ]
    # shellcheck disable=SC2016
    run on_disk size=8m 'head -c 8M /dev/zero >"$disk/fill" 2>/dev/null
        truncate -s -32K "$disk/fill"
        TMPDIR=$disk scripts/instructor/grade "$1" "'"$out"'"; echo "status $?"
        rm "$disk/fill"
        TMPDIR=$disk scripts/instructor/grade "$1" "'"$out"'"; echo "status $?"'
    echo "$output"
    [[ $output = *'no room left on the disk of GRADES='*TMPDIR=FOLDER*'status 1'*'status 0' ]]
    diff "$base/grades.csv" "$out/grades.csv"
    # The same of the disk of GRADES.
    # shellcheck disable=SC2016
    run on_disk size=300k 'scripts/instructor/grade "$1" "$disk/out"; echo "status $?"'
    echo "$output"
    [[ $output = *'no room left'*'status 1' ]]
}

@test "A disk on which no program may run is named, with what to type" {
    needs_root
    # shellcheck disable=SC2016 # the inner shell expands it
    run on_disk noexec 'TMPDIR=$disk scripts/instructor/grade "$1" "'"$grades"'" || echo "status $?"
        rm "'"$grades"'"/students/half/01*/record
        scripts/instructor/grade "$1" "$disk/out" || echo "status $?"'
    echo "$output"
    [[ $output = *'No program can run in '*disk*noexec*TMPDIR=FOLDER*'status 3'*'No program can run in '*'/kit'*'status 3' ]]
    [[ $output != *CAGE=none* ]]
}

@test "In a group with a smaller share of the CPU there is a cage all the same" {
    needs_root
    local mount group
    mount=$(awk '/ - cgroup / && ("," $NF ",") ~ /,cpu,/ { print $5; exit }' /proc/self/mountinfo)
    [[ $mount && -w $mount ]] || skip 'not here: no cgroup v1 with the controller cpu; make test VM=1 CGROUP=v1'
    group=$mount/$(basename "$BATS_TEST_TMPDIR")-$$
    mkdir "$group"
    echo 50000 >"$group/cpu.cfs_quota_us"
    rm "$grades"/students/half/01-clone-pid1/record
    # shellcheck disable=SC2016 # the inner shell expands it
    run bash -c 'echo $$ >"$0/tasks" && cd "$1" && scripts/instructor/grade "$2" "$3"' "$group" "$project" "$class" "$grades"
    echo "$output"
    poll 20 rmdir "$group"
    [ "$status" = 0 ]
    [[ $output = *'1 programs were run'* ]]
}

@test "A cage that breaks is an error, and no mark: the others have theirs" {
    local bin=$BATS_TEST_TMPDIR/bin
    mkdir "$bin"
    # The cage of one compiler does not come into being.
    printf '%s\n' '#!/usr/bin/env bash' 'case "$*" in *half*clone-pid1.c*) echo "bwrap: no more processes" >&2; exit 1 ;; esac' \
        "exec $(command -v bwrap) \"\$@\"" >"$bin/bwrap"
    chmod +x "$bin/bwrap"
    rm "$grades"/students/{half,right}/01-clone-pid1/record
    PATH=$bin:$PATH run graded "$class" "$grades"
    echo "$output"
    [ "$status" != 0 ]
    [[ $output = *'the cage of the compiler failed'*'no more processes'* ]]
    [ ! -e "$grades/students/half/01-clone-pid1/record" ] || ! grep build-failed "$grades/students/half/01-clone-pid1/record"
    grep -q '^"right",12,' "$grades/grades.csv"
    again
    diff "$base/grades.csv" "$grades/grades.csv"
}

@test "Ctrl-C ends it with 130, and the same command goes on where it was" {
    rm "$grades"/students/*/*/record
    cd "$project"
    setsid env --default-signal=INT -u MAKEFLAGS JOBS=1 scripts/instructor/grade "$class" "$grades" >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
    local pid=$!
    poll 300 has_two_records # the last one counts when make has heard of it
    kill -INT -- -"$pid" || cat "$BATS_TEST_TMPDIR/log"
    wait "$pid" || status=$?
    [ "$status" = 130 ]
    poll 60 gone "$pid"
    local made
    made=$(find "$grades"/students/*/*/record | wc -l)
    echo "$made records; $(cat "$BATS_TEST_TMPDIR/log")"
    ((made > 0 && made < programs))
    again
    [[ $output = *"$((programs - made)) programs were run"* ]]
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
    run env PATH="$bin" scripts/instructor/grade "$class" "$grades"
    [ "$status" = 3 ]
    [[ $output = *'scripts/machine/need bwrap'*'CAGE=none'* ]]
    [ ! -e "$grades/students/half/01-clone-pid1/record" ]
    run env PATH="$bin" CAGE=none scripts/instructor/grade "$class" "$grades"
    [ "$status" = 0 ]
    [[ $output = *'CAGE=none: '*'1 programs were run'* ]]
    [[ $(verdicts half 01-clone-pid1) = *fail* ]]
}

@test "A plain user grades in a user namespace; what makes groups is not here, no mark, and run again on demand" {
    needs_root
    needs_cage as_nobody
    chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR"
    chmod -R a+rX "$project" "$class"
    grades=$BATS_TEST_TMPDIR/theirs
    install -d -m 777 "$grades"
    cd "$project"
    run as_nobody env HOME=/nonexistent TMPDIR=/tmp SUDO= scripts/instructor/grade "$class" "$grades"
    [ "$status" = 0 ]
    [[ $output = *'cannot give it: a limit of the kernel for memory'* ]]
    [ "$(verdicts right 01-clone-pid1)" = "$checks_of_1 pass" ]
    [[ $(verdicts right 05-cgroup-cpuset-pin) = *'not here'* && $(verdicts right 05-cgroup-cpuset-pin) != *fail* ]]
    local open
    open=$(grep -lE $'^[^\t]*\t[^\t]*\tnot here\t' "$grades"/students/*/*/verdicts | wc -l)
    [ "$open" -ge "$((2 * $(grep -l '^#> *cpuset' tests/[0-9]*.bats | wc -l)))" ] # of right and packed
    run as_nobody env HOME=/nonexistent SUDO= AGAIN=1 scripts/instructor/grade "$class" "$grades"
    [[ $output = *"$open programs were run"* ]]
}

@test "Wrong usage is refused: status 2, and what to type" {
    cd "$project"
    run scripts/instructor/grade
    [ "$status" = 2 ]
    [[ $output = *'make grade SUBMISSIONS='*usage* ]]
    run scripts/instructor/grade /nowhere "$grades"
    [ "$status" = 2 ]
    [[ $output = */nowhere* ]]
    run graded "$class" "$BATS_TEST_TMPDIR/with blanks"
    [ "$status" = 0 ]
    [ -s "$BATS_TEST_TMPDIR/with blanks/grades.csv" ]
}
