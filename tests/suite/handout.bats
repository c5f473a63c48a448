#!/usr/bin/env bats
# The tarball for students, scripts/instructor/handout: nothing in it gives a reference away, and it works by itself.

load helper

setup_file() {
    load helper
    export work path pristine
    work=$(mktemp -d) # bats' own folders are closed to other users
    chmod a+rx "$work"
    # Here bats is first on PATH as its own part, which works in bats only.
    path=${PATH//"$BATS_LIBEXEC:"/}
    BUILD=$work/build "$top/scripts/instructor/handout" >"$work/said"
    mkdir "$work/pristine" "$work/home" "$work/copy"
    unpack "$work/pristine"
    pristine=$work/pristine/oslabs
    unpack "$work"
    (cd "$top" && tar -c --exclude=./build --exclude=./.git --exclude=./slides .) | tar -x -C "$work/copy"
    git -C "$work/copy" init -q
    git -C "$work/copy" add .
}

teardown_file() {
    rm -rf "$work"
}

# unpack FOLDER: makes oslabs in it.
unpack() {
    tar -xzf "$work/build/handout/oslabs.tar.gz" -C "$1"
}

# student VERB...: types make in the unpacked handout, with nothing of ours in the environment.
student() {
    (cd "$work/oslabs" && env -i PATH="$path" HOME="$work/home" make -s "$@" </dev/null)
}

# solve FOLDER: the student has written the references there.
solve() {
    local file
    for file in "$top"/solutions/*/*.c; do
        sed -e '/\/\/|/d' -e '/\/\/ \(BEGIN\|END\) SOLUTION$/d' "$file" >"$1/${file#"$top/solutions/"}"
    done
}

# A handout of the copy; the time of its files does not count.
pack() {
    rm -rf "$BATS_TEST_TMPDIR/build"
    run --separate-stderr env BUILD="$BATS_TEST_TMPDIR/build" SOURCE_DATE_EPOCH=1700000000 "$work/copy/scripts/instructor/handout"
}

verbs_of() {
    make -s -C "$1" help | sed -n 's/^  make \([a-z-]*\)\(N*\) .*/\1\2/p' | sort
}

# --- what is in it ------------------------------------------------------------------------------

# bare FILE: without comments and blanks.
bare() {
    sed -E 's:/\*([^*]|\*[^/])*\*/::g; s://.*::' "$1" | tr -d ' \t\r'
}

# The lines between the markers. Two kinds say nothing: those without a letter, such as "}", and those
# that stand outside of the markers in some reference, because they are in a starter.
hidden_lines() {
    local file
    for file in "$top"/solutions/*/*.c; do
        sed -e '/^ *\/\/|/d' -e '/BEGIN SOLUTION/,/END SOLUTION/d' "$file" >"$BATS_TEST_TMPDIR/part"
        bare "$BATS_TEST_TMPDIR/part" >>"$BATS_TEST_TMPDIR/open"
        sed -n -e '/^ *\/\/|/d' -e '/SOLUTION$/d' -e p <(sed -n '/BEGIN SOLUTION/,/END SOLUTION/p' "$file") >"$BATS_TEST_TMPDIR/part"
        bare "$BATS_TEST_TMPDIR/part" >>"$BATS_TEST_TMPDIR/inside"
    done
    grep '[a-z]' "$BATS_TEST_TMPDIR/inside" | sort -u | grep -vxFf <(grep . "$BATS_TEST_TMPDIR/open")
}

# found FILE HIDDEN-LINES: the hidden lines in a file: a line of it, or, from 12 characters on, a part
# of a line, in a comment too.
found() {
    bare "$1" | grep -xFf "$2" || true
    tr -d ' \t\r' <"$1" | grep -Ff <(grep -E '.{12}' "$2") || true
}

@test "no line of a reference is in it that students are to write" {
    local file count=0
    hidden_lines >"$BATS_TEST_TMPDIR/hidden"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/hidden")" -ge 20 ]
    # The witness and the scripts are whole programs, in which these lines are common.
    printf '%s\n' 'return0;' 'return-1;' 'returntrue;' 'returnfalse;' 'structstatinfo;' 'if(enabled)' >"$BATS_TEST_TMPDIR/common"
    grep -vxFf "$BATS_TEST_TMPDIR/common" "$BATS_TEST_TMPDIR/hidden" >"$BATS_TEST_TMPDIR/telling"
    while IFS= read -r file; do
        case $file in
            */scripts/* | */witness/*) found "$file" "$BATS_TEST_TMPDIR/telling" ;;
            *) found "$file" "$BATS_TEST_TMPDIR/hidden" ;;
        esac | sed "s|^|$file: |"
        count=$((count + 1))
    done < <(find "$pristine" -type f) >"$BATS_TEST_TMPDIR/found"
    diff /dev/null "$BATS_TEST_TMPDIR/found"
    [ "$count" -ge 50 ]
}

@test "that search finds each hidden line, as a line, with a comment, and long ones in a sentence" {
    local line hidden
    hidden_lines >"$BATS_TEST_TMPDIR/hidden"
    mapfile -t hidden <"$BATS_TEST_TMPDIR/hidden"
    for line in "${hidden[@]}"; do
        echo "	$line /* so */ // and so" >"$BATS_TEST_TMPDIR/file"
        found "$BATS_TEST_TMPDIR/file" "$BATS_TEST_TMPDIR/hidden" | grep -qF "$line"
        echo "it is ${line:0:5} ${line:5}, then" >"$BATS_TEST_TMPDIR/file"
        [ "${#line}" -lt 12 ] || found "$BATS_TEST_TMPDIR/file" "$BATS_TEST_TMPDIR/hidden" | grep -qF "$line"
    done
}

@test "no marker, wrong or right program, record, test of the suite, note on teaching or history is in it" {
    run grep -rnE '(BEGIN|END) *SOLUTION|//\|' "$pristine"
    [ "$status" = 1 ]
    run bash -c 'tar -tzf "$1" | grep -E "/(solutions|wrong|right|hostile|records|suite|slides|build|\.git|\.ci)(/|$)|\.(diff|record|bak|orig)$"' \
        - "$work/build/handout/oslabs.tar.gz"
    [ "$status" = 1 ]
    # By content, too, whatever a file is called.
    # What is a demonstration, with nothing to write, is given as it is.
    find "$top"/solutions "$top"/tests/suite "$top/slides" -type f -size +0 -exec cksum {} + |
        grep -vFf <(cd "$top/tests" && grep -lx '# what: demonstration' [0-9]*.bats | sed 's,.*,/solutions/&/,; s/[.]bats//') |
        cut -d' ' -f1,2 | sort -u >"$BATS_TEST_TMPDIR/ours"
    find "$pristine" -type f -exec cksum {} + | cut -d' ' -f1,2 | sort -u >"$BATS_TEST_TMPDIR/theirs"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/ours")" -ge 100 ]
    comm -12 "$BATS_TEST_TMPDIR/ours" "$BATS_TEST_TMPDIR/theirs" >"$BATS_TEST_TMPDIR/both"
    diff /dev/null "$BATS_TEST_TMPDIR/both"
}

@test "it has one folder, and in it files and folders that are nobody's" {
    tar -tvzf "$work/build/handout/oslabs.tar.gz" --numeric-owner |
        grep -vE '^(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x) 0/0 +[0-9]+ [-0-9]+ [:0-9]+ oslabs/[A-Za-z0-9./_-]*$' >"$BATS_TEST_TMPDIR/other" || true
    diff /dev/null "$BATS_TEST_TMPDIR/other"
    tar -tzf "$work/build/handout/oslabs.tar.gz" | LC_ALL=C sort -c
    grep -qF 'tar -xzf oslabs.tar.gz && cd oslabs && make' "$work/said"
}

@test "the same files give the same bytes: again, with other rights, in another zone, by another user" {
    local by=()
    BUILD=$BATS_TEST_TMPDIR/again "$top/scripts/instructor/handout"
    cmp "$work/build/handout/oslabs.tar.gz" "$BATS_TEST_TMPDIR/again/handout/oslabs.tar.gz"
    pack
    [ "$status" = 0 ]
    cp -r "$work/copy" "$work/other copy"
    chmod -R g+w "$work/other copy"
    mkdir -m 777 "$work/theirs"
    [ "$EUID" != 0 ] || by=(as_nobody)
    (umask 077 && "${by[@]}" env TZ=Asia/Tokyo LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH=1700000000 \
        BUILD="$work/theirs" "$work/other copy/scripts/instructor/handout")
    cmp "$BATS_TEST_TMPDIR/build/handout/oslabs.tar.gz" "$work/theirs/handout/oslabs.tar.gz"
}

@test "who has solved the labs packs starters all the same, and nothing else that lies in the tree" {
    local file
    pack
    mv "$BATS_TEST_TMPDIR/build" "$BATS_TEST_TMPDIR/first"
    solve "$work/copy/labs"
    for file in "$work"/copy/labs/*/*.c; do
        cp "$file" "$file.2026-01-02.030405"
        cp "$file" "${file%/*}/mine.txt"
        cp "$file" "$work/copy/tests/witness/${file##*/}.orig"
        cp "$file" "$work/copy/scripts/student/"
    done
    pack
    (cd "$work/copy" && git clean -qfd && git clean -qfdX)
    [ "$status" = 0 ]
    cmp "$BATS_TEST_TMPDIR/first/handout/oslabs.tar.gz" "$BATS_TEST_TMPDIR/build/handout/oslabs.tar.gz"
}

# refused FILE TEXT: that text at the end of the file of the copy is found, and nothing is packed.
refused() {
    cp "$work/copy/$1" "$BATS_TEST_TMPDIR/kept"
    printf '%s\n' "$2" >>"$work/copy/$1"
    pack
    cp "$BATS_TEST_TMPDIR/kept" "$work/copy/$1"
    [ "$status" = 1 ]
    [ -z "$output" ]
    [[ ${stderr_lines[0]} = "$1:"[1-9]*": this is "* ]]
    [[ ${stderr_lines[-1]} = 'Nothing was packed.'*'make handout' ]]
    [ -z "$(find "$BATS_TEST_TMPDIR/build" -type f ! -name .made-by-make)" ]
}

@test "it refuses to pack a line of a reference, or a marker" {
    refused labs/02-unshare-fork/hints '    child  = fork();'
    refused labs/03-setns-join/README.md 'You need if (setns(fd, CLONE_NEWPID) == -1) there.'
    refused labs/06-busy-loop/README.md 'burn(); // in each turn'
    refused README.md '    /* if (!put(group, "cpuset.cpus", cpu)) */'
    refused tests/05-cgroup-cpuset-pin.bats '# if (!put(group, "cgroup.procs", argv[1]))'
    refused tests/errno.hints '	err(1, "setns");'
    refused tests/witness/look.c '// BEGIN SOLUTION'
    refused labs/01-clone-pid1/hints '    //| // TODO'
    # A mistake in a reference makes no starter.
    echo '// BEGIN SOLUTION' >>"$work/copy/solutions/01-clone-pid1/clone-pid1.c"
    pack
    cp "$top/solutions/01-clone-pid1/clone-pid1.c" "$work/copy/solutions/01-clone-pid1/"
    [ "$status" = 1 ]
    [[ $stderr = *'without an END SOLUTION'* ]]
    [ -z "$(find "$BATS_TEST_TMPDIR/build" -type f ! -name .made-by-make)" ]
}

@test "a new lab is in it, and no list was edited" {
    mkdir "$work/copy/solutions/99-new" "$work/copy/labs/99-new"
    printf '%s\n' '// BEGIN SOLUTION' '//| // TODO' 'solve();' '// END SOLUTION' >"$work/copy/solutions/99-new/new.c"
    echo '# Lab 99: new' >"$work/copy/labs/99-new/README.md"
    printf '%s\n' '# bats test_tags=points:1' '@test "new" {' '}' >"$work/copy/tests/99-new.bats"
    git -C "$work/copy" add -- {solutions,labs}/99-new tests/99-new.bats
    pack
    rm -r "$work"/copy/{solutions,labs}/99-new "$work/copy/tests/99-new.bats"
    [ "$status" = 0 ]
    tar -xzf "$BATS_TEST_TMPDIR/build/handout/oslabs.tar.gz" -C "$BATS_TEST_TMPDIR"
    [ "$(<"$BATS_TEST_TMPDIR/oslabs/tests/starters/99-new.c")" = '// TODO' ]
    [[ $(make -s -C "$BATS_TEST_TMPDIR/oslabs") = *new*'not started'* ]]
    [ "$(<"$BATS_TEST_TMPDIR/oslabs/labs/99-new/new.c")" = '// TODO' ]
}

@test "README.md is the project's without what a student has no use for" {
    run diff "$top/README.md" "$pristine/README.md"
    [ "$(grep -c '^>' <<<"$output")" = 0 ]
    run ! grep -q 'handout:' "$pristine/README.md"
    # Each mark has its other one.
    [ "$(grep -c '^<!-- handout: off -->$' "$top/README.md")" = "$(grep -c '^<!-- handout: on -->$' "$top/README.md")" ]
    grep -q '^## For students' "$pristine/README.md"
}

@test "the Chinese pages are in it with LANG=zh behind make, and only then; their links lead somewhere" {
    local zh=$BATS_TEST_TMPDIR/zh page link
    export SOURCE_DATE_EPOCH=1700000000
    pack
    [ -z "$(find "$pristine" -name '*.zh.md')" ]
    LANG=zh make -s -C "$work/copy" BUILD="$BATS_TEST_TMPDIR/plain" handout
    cmp "$BATS_TEST_TMPDIR"/{build,plain}/handout/oslabs.tar.gz
    make -s -C "$work/copy" BUILD="$zh" handout LANG=zh
    tar -xzf "$zh/handout/oslabs.tar.gz" -C "$zh"
    diff <(cd "$work/copy" && find . -name '*.zh.md' | sort) <(cd "$zh/oslabs" && find . -name '*.zh.md' | sort)
    find "$zh/oslabs" -name '*.zh.md' | while IFS= read -r page; do
        grep -oE '\]\([^)]*\)' "$page" | sed 's/^](\(.*\))$/\1/' | grep -v '^http' | while IFS= read -r link; do
            [ -e "${page%/*}/$link" ] || echo "$page: $link"
        done
    done >"$BATS_TEST_TMPDIR/missing"
    diff /dev/null "$BATS_TEST_TMPDIR/missing"
    [[ $(make -s -C "$zh/oslabs") = *'Read:  labs/01-clone-pid1/README.md, or README.zh.md'* ]]
    [[ $(make -s -C "$pristine") = *'Read:  labs/01-clone-pid1/README.md'$'\n'* ]]
    run --separate-stderr make -s -C "$work/copy" BUILD="$zh" handout LANG=fr
    [ "$status" = 2 ]
    [[ $stderr = *"no pages in the language 'fr'. Type: make handout LANG=zh"* ]]
}

# --- it works by itself ---------------------------------------------------------------------------

@test "README and worksheets name only verbs and files that are there" {
    local sheet verb link
    for sheet in "$pristine"/README.md "$pristine"/labs/*/README.md; do
        while IFS= read -r verb; do
            grep -qx "${verb/%[0-9]/N}" <(verbs_of "$pristine") || echo "$sheet: make $verb"
        done < <(grep -oE '(`|^    )make [a-z]+[0-9N]?' "$sheet" | sed 's/.*make //')
        while IFS= read -r link; do
            [ -e "${sheet%/*}/$link" ] || echo "$sheet: $link"
        done < <(grep -oE '\]\([^)]*\)|(src|srcset)="[^"]*"' "$sheet" | sed 's/.*[("]\([^)"]*\)[)"]$/\1/' | grep -v '^http')
    done >"$BATS_TEST_TMPDIR/missing"
    diff /dev/null "$BATS_TEST_TMPDIR/missing"
}

@test "each script that is called there is there" {
    find "$pristine"/{Makefile,scripts,tests} -type f -exec sed -E 's/(^|[ \t])#.*//; s:[$]here/:scripts/machine/:' {} + |
        grep -oE 'scripts/[a-z]+/[a-z-]+(\.[a-z]+)?' | sort -u |
        while IFS= read -r name; do
            case $name in
                # Where there are references only.
                scripts/suite/* | scripts/instructor/*) ;;
                *) [ -e "$pristine/$name" ] || echo "$name" ;;
            esac
        done >"$BATS_TEST_TMPDIR/missing"
    diff /dev/null "$BATS_TEST_TMPDIR/missing"
}

@test "from the map to a hint: make, lab1, hint1, record1, run1, reset1, points, help, clean" {
    needs_namespaces
    run student
    [ "$status" = 0 ]
    [[ $output = *clone-pid1*'not started'*'Next:  make lab1'* ]]
    [[ $output != *'make demo'* ]]
    run student lab1
    [ "$status" = 2 ]
    [[ $output = *FAIL*TODO*'Next: change labs/01-clone-pid1/clone-pid1.c'*'make hint1'* ]]
    run student hint1
    [ "$status" = 0 ]
    [[ $output = 'Hint 1: '* ]]
    run student record1
    [ "$status" = 0 ]
    [[ $output = 'witness '*$'\nend' ]]
    run student run1 ARGS=0
    [[ $output = *'TODO 1'*'Error 1'* ]]
    echo '/* mine */' >>"$work/oslabs/labs/01-clone-pid1/clone-pid1.c"
    run student reset1
    [ "$status" = 0 ]
    cmp "$work/oslabs/labs/01-clone-pid1/clone-pid1.c" "$pristine/tests/starters/01-clone-pid1.c"
    grep -qF '/* mine */' "$work"/oslabs/labs/01-clone-pid1/clone-pid1.c.[0-9]*
    run student points
    [ "$status" = 0 ]
    run student help
    [ "$status" = 0 ]
    student clean
    [ ! -e "$work/oslabs/build" ]
}

# type_printed: what the verb tells students to type, where the archive lies.
type_printed() {
    local line
    line=$(sed -n 's/^Students type: //p' "$work/said")
    run env -i PATH="$path" HOME="$work/home" bash -c "cd '$1' && ${line/ make/ make -s}" </dev/null
    [ "$status" = 0 ]
}

@test "a newer handout over an older one: what the student wrote stays, checks and witness are the new ones" {
    local mine=$BATS_TEST_TMPDIR/mine file
    mkdir "$mine"
    cp "$work/build/handout/oslabs.tar.gz" "$mine"
    type_printed "$mine"
    [[ $output = *clone-pid1*'not started'*'Next:  make lab1'* ]]
    cmp "$mine/oslabs/labs/03-setns-join/setns-join.c" "$pristine/tests/starters/03-setns-join.c"
    solve "$mine/oslabs/labs"
    echo notes >"$mine/oslabs/labs/01-clone-pid1/notes"
    (cd "$mine/oslabs/labs" && cksum ./*/*.c ./*/notes) >"$BATS_TEST_TMPDIR/before"
    # The correction has a time long ago: a clock can be wrong, and a copy keeps times.
    echo '# corrected' >>"$work/copy/tests/01-clone-pid1.bats"
    echo '/* corrected */' >>"$work/copy/tests/witness/main.c"
    pack
    cp "$BATS_TEST_TMPDIR/build/handout/oslabs.tar.gz" "$mine"
    cp "$top/tests/01-clone-pid1.bats" "$work/copy/tests/"
    cp "$top/tests/witness/main.c" "$work/copy/tests/witness/"
    type_printed "$mine"
    type_printed "$mine"
    [[ $output != *'not started'* ]]
    tar -xzf "$mine/oslabs.tar.gz" -C "$mine"
    (cd "$mine/oslabs/labs" && cksum ./*/*.c ./*/notes) | diff "$BATS_TEST_TMPDIR/before" -
    grep -qx '# corrected' "$mine/oslabs/tests/01-clone-pid1.bats"
    grep -qx '/\* corrected \*/' "$mine/oslabs/tests/witness/main.c"
}

@test "a starter is put where it is missing, by each verb, with the owner of the tree; a dry run puts nothing" {
    local mine=$BATS_TEST_TMPDIR/mine verb
    mkdir "$mine"
    unpack "$mine"
    (cd "$mine/oslabs" && env -i PATH="$path" make -n lab1 >/dev/null 2>&1) || true
    [ -z "$(find "$mine/oslabs/labs" -name '*.c*')" ]
    [ "$EUID" != 0 ] || chown -R 65534 "$mine/oslabs"
    for verb in map hint1 lab2; do
        rm -f "$mine"/oslabs/labs/*/*.c
        (cd "$mine/oslabs" && env -i PATH="$path" HOME="$work/home" make -s "$verb" </dev/null) || true
        cmp "$mine/oslabs/labs/02-unshare-fork/unshare-fork.c" "$mine/oslabs/tests/starters/02-unshare-fork.c"
    done
    [ "$EUID" != 0 ] || [ -z "$(find "$mine/oslabs/labs" ! -user 65534)" ]
    [ -z "$(find "$mine/oslabs/labs" -name '*.c.*')" ]
}

@test "a file under another name: the starter is put there, and a word about it" {
    local mine=$BATS_TEST_TMPDIR/mine file
    mkdir "$mine"
    unpack "$mine"
    file=$mine/oslabs/labs/01-clone-pid1/clone-pid1.c
    echo mine >"$file "
    run env -i PATH="$path" HOME="$work/home" make -s -C "$mine/oslabs" map
    [ "$status" = 0 ]
    [[ ${lines[1]} = *"mv 'labs/01-clone-pid1/clone-pid1.c ' "* && ${lines[2]} = 'The starter was put there.' ]]
    cmp "$file" "$mine/oslabs/tests/starters/01-clone-pid1.c"
    [ "$(<"$file ")" = mine ]
    # It is said once.
    run env -i PATH="$path" HOME="$work/home" make -s -C "$mine/oslabs" map
    [[ $output != *'mv '* ]]
}

@test "a tree of somebody else gives the same archive; neither CDPATH nor TAR_OPTIONS changes it" {
    needs_root
    local theirs=$BATS_TEST_TMPDIR/theirs
    command -v git >/dev/null || skip 'not here: no git; scripts/machine/need git'
    cp -r "$work/copy" "$theirs"
    git -C "$theirs" init -q
    git -C "$theirs" -c user.name=x -c user.email=x@localhost commit -q --allow-empty --date='2001-01-01' -m x
    BUILD=$BATS_TEST_TMPDIR/one "$theirs/scripts/instructor/handout"
    chown -R 65534 "$theirs"
    cd "$theirs"
    env CDPATH=".:$theirs" TAR_OPTIONS=--exclude=README.md HOME=/nonexistent BUILD="$BATS_TEST_TMPDIR/two" scripts/instructor/handout
    cmp "$BATS_TEST_TMPDIR"/{one,two}/handout/oslabs.tar.gz
}

@test "where there is no room, or no TMPDIR, nothing is packed, and it says what to type" {
    run --separate-stderr env TMPDIR=/nonexistent BUILD="$BATS_TEST_TMPDIR/one" "$top/scripts/instructor/handout"
    [ "$status" = 1 ]
    [[ $stderr = *'Nothing was packed. '*TMPDIR=FOLDER* ]]
    needs_root
    # shellcheck disable=SC2016 # the inner shell expands it
    run unshare -m sh -c 'mkdir "$1" && mount -t tmpfs -o size=16k tmpfs "$1" && BUILD=$1 "$2/scripts/instructor/handout"; status=$?
        find "$1" -type f; exit "$status"' - "$BATS_TEST_TMPDIR/small" "$top"
    [ "$status" != 0 ]
    [[ $output = *'Nothing was packed. '*BUILD=FOLDER* ]]
    [[ $output != *oslabs.tar.gz.new ]]
    [ ! -e "$BATS_TEST_TMPDIR/small/handout/oslabs.tar.gz" ]
}

@test "make doctor says what runs here" {
    run student doctor
    [ "$status" = 0 ] || [[ $output = *'Error 77'* ]]
    [[ $output = *'ns-inode-listing'*'busy-loop'* ]]
}

@test "the references, put into labs/, get the verdicts there that they get here" {
    needs_namespaces
    solve "$work/oslabs/labs"
    student check >"$BATS_TEST_TMPDIR/out" || true
    grep -E '^  [a-zA-Z]' "$BATS_TEST_TMPDIR/out" >"$BATS_TEST_TMPDIR/there"
    make -s -C "$top" BUILD="$work/build" check FROM=solutions | grep -E '^  [a-zA-Z]' >"$BATS_TEST_TMPDIR/here" || true
    grep -q '^  pass ' "$BATS_TEST_TMPDIR/there"
    run ! grep -E '^  (FAIL|blocked|error)' "$BATS_TEST_TMPDIR/there"
    diff "$BATS_TEST_TMPDIR/here" "$BATS_TEST_TMPDIR/there"
    run student
    [[ $output = *'clone-pid1 '*done* ]]
    run student hint1
    [[ $output = *'No check has failed'* ]]
}

@test "another tree by FROM, its checks by bats alone, and a save under make watch1" {
    needs_namespaces
    mkdir -p "$work/a friend/01-clone-pid1"
    cp "$pristine/tests/starters/01-clone-pid1.c" "$work/a friend/01-clone-pid1/clone-pid1.c"
    run student check1 FROM="$work/a friend"
    [[ $output = *FAIL*'Error 1'* ]]
    solve "$work/oslabs/labs"
    run env -i PATH="$path" HOME="$work/home" bats "$work/oslabs/tests/01-clone-pid1.bats"
    [ "$status" = 0 ]
    cd "$work/oslabs"
    setsid env -i PATH="$path" HOME="$work/home" make -s watch1 >"$BATS_TEST_TMPDIR/watch" 2>&1 </dev/null 3>&- &
    poll 60 grep -q 'q quits' "$BATS_TEST_TMPDIR/watch"
    kill -- -$!
    wait $! || true
    grep -qE '[0-9] passed, 0 failed|not here' "$BATS_TEST_TMPDIR/watch"
    is_over() {
        ! pgrep -s "$1"
    }
    poll 10 is_over $!
}

@test "what needs the references says that this is a handout, and what there is" {
    verbs_of "$top" >"$BATS_TEST_TMPDIR/ours"
    verbs_of "$work/oslabs" >"$BATS_TEST_TMPDIR/theirs"
    [ -z "$(comm -13 "$BATS_TEST_TMPDIR/ours" "$BATS_TEST_TMPDIR/theirs")" ]
    local verb
    for verb in demoN demo solutionN test starters handout; do
        comm -23 "$BATS_TEST_TMPDIR/ours" "$BATS_TEST_TMPDIR/theirs" | grep -qx "$verb"
    done
    comm -23 "$BATS_TEST_TMPDIR/ours" "$BATS_TEST_TMPDIR/theirs" >"$BATS_TEST_TMPDIR/missing"
    while IFS= read -r verb; do
        run student "${verb/%N/3}"
        [ "$status" = 2 ]
        echo "$output"
        [[ ${output//$'\n'/ } = *"no verb '${verb/%N/3}'"*'This is a handout'*'with your instructor.'*"'make help'"* ]]
        [ "${#lines[@]}" -le 4 ]
    done <"$BATS_TEST_TMPDIR/missing"
    for verb in hint nonsense; do
        run student "$verb"
        [[ $status = 2 && $output != *instructor* ]]
    done
    run bash -c "cd '$work/oslabs/labs/01-clone-pid1' && env -i PATH='$path' HOME='$work/home' make -s hint </dev/null"
    [ "$status" = 0 ]
    run student lab1 FROM=solutions
    [ "$status" = 2 ]
    [[ $output = *'There is no solutions/01-clone-pid1/clone-pid1.c'* ]]
}

@test "a plain user unpacks it, and all there stays theirs" {
    needs_root
    mkdir -m 777 "$work/plain"
    as_nobody tar -xzf "$work/build/handout/oslabs.tar.gz" -C "$work/plain"
    student_nobody() {
        (cd "$work/plain/oslabs" && as_nobody env -i PATH="$path" HOME=/nonexistent SUDO= make -s "$@" </dev/null)
    }
    student_nobody map
    solve "$work/plain/oslabs/labs"
    run student_nobody lab1
    [[ $output != *FAIL* && $output != *error\ * ]]
    [[ $output = *' passed, 0 failed, 0 blocked'* || $output = *'not here'* ]]
    run student_nobody lab5
    [[ $output != *FAIL* && $output = *'Error 77'* ]]
    find "$work/plain/oslabs" ! -user 65534 >"$BATS_TEST_TMPDIR/other"
    diff /dev/null "$BATS_TEST_TMPDIR/other"
}

@test "scripts/instructor/handout explains itself, and refuses wrong usage" {
    run "$top/scripts/instructor/handout" --help
    [ "$status" = 0 ]
    [[ $output = 'usage: scripts/instructor/handout'* ]]
    run --separate-stderr "$top/scripts/instructor/handout" somewhere
    [ "$status" = 2 ]
    [ -z "$output" ]
    [[ $stderr = 'usage: scripts/instructor/handout'* ]]
}
