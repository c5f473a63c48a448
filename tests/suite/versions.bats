#!/usr/bin/env bats
# Tools by version: every bats from 1.2.1 on gives the same verdicts; what is older is named and refused.
# And files as other systems leave them: without run bits, on noexec, with CRLF, with older headers.

load helper

# 1.2.1 is that of Ubuntu 22.04 and Debian 11, 1.7 the last that needs its trap, 1.11.1 is that of Debian 13.
versions=(1.2.1 1.7.0 1.11.1 1.13.0)

setup_file() {
    load helper
    local version
    export BUILD=$BATS_FILE_TMPDIR/build
    for version in 1.2.0 "${versions[@]}"; do
        mkdir "$BATS_FILE_TMPDIR/$version"
        npm install --silent --prefer-offline --no-audit --no-fund --prefix "$BATS_FILE_TMPDIR/$version" \
            "bats@$version" >/dev/null 2>&1 </dev/null || return 0
    done
}

setup() {
    cd "$top" || return
    bin=$BATS_TEST_TMPDIR/bin
    mkdir "$bin" "$BATS_TEST_TMPDIR/tmp"
}

needs_versions() {
    [ -e "$BATS_FILE_TMPDIR/${versions[-1]}/node_modules/bats/bin/bats" ] ||
        skip 'not here: npm gets no bats of these versions; scripts/machine/need npm, and a network'
}

# by VERSION COMMAND...: with that bats first on PATH, where nothing of the bats around it is left.
by() {
    local path=$BATS_FILE_TMPDIR/$1/node_modules/bats/bin:${PATH//"$BATS_LIBEXEC:"/}
    env -u BATS_ROOT -u BATS_RUN_TMPDIR TMPDIR="$BATS_TEST_TMPDIR/tmp" PATH="$path" "${@:2}"
}

# stub NAME BODY: a tool that is first on PATH.
stub() {
    printf '#!%s\n%s\n' "$BASH" "$2" >"$bin/$1"
    chmod 755 "$bin/$1"
    PATH=$bin:$PATH
}

@test "each bats gives golden records of each lab the verdicts of scripts/student/judge, and leaves nothing" {
    needs_versions
    local lab record records version n=0
    bats() {
        by "$version" bats "$@"
    }
    find / -maxdepth 1 | sort >"$BATS_TEST_TMPDIR/before"
    for lab in tests/suite/records/*/; do
        lab=$(basename "$lab")
        cp -r "tests/suite/records/$lab" "$BATS_TEST_TMPDIR/"
        scripts/student/judge "tests/$lab.bats" "$BATS_TEST_TMPDIR/$lab"/*.record
        records=("$BATS_TEST_TMPDIR/$lab"/*.record)
        for record in "${records[@]::4}" "${records[@]: -2}"; do
            version=${versions[n++ % ${#versions[@]}]}
            echo "$version $record"
            diff -u <(by_judge "${record%record}verdicts") <(by_bats "tests/$lab.bats" "$record")
        done
    done
    find / -maxdepth 1 | sort | diff "$BATS_TEST_TMPDIR/before" -
    rmdir "$BATS_TEST_TMPDIR/tmp" # nothing is in it
}

@test "the oldest bats, typed by hand: it has the program recorded first, and the starter fails" {
    needs_versions
    run by 1.2.1 bats --tap tests/01-clone-pid1.bats
    [ "$status" = 0 ]
    FROM=labs run by 1.2.1 bats --tap tests/01-clone-pid1.bats
    [ "$status" = 1 ]
    [ "$(grep -c '# skip blocked: check [12] must pass first' <<<"$output")" = $((checks_of_1 - 1)) ]
}

@test "the helper of these tests gives an old bats what they use" {
    needs_versions
    local version
    mkdir -p "$BATS_TEST_TMPDIR/tests/suite"
    cp tests/suite/helper.bash "$BATS_TEST_TMPDIR/tests/suite/"
    cp tests/01-*.bats "$BATS_TEST_TMPDIR/tests/" # the helper counts its checks
    sed 's/^test "/@&/' >"$BATS_TEST_TMPDIR/tests/suite/one.bats" <<'END'
load helper
setup_file() {
    echo file >"$BATS_FILE_TMPDIR/file"
}
test "folders" {
    grep file "$BATS_FILE_TMPDIR/file"
    [[ -d $BATS_TEST_TMPDIR && ! -e $BATS_TEST_TMPDIR/mine ]]
    : >"$BATS_TEST_TMPDIR/mine"
}
test "folders again" {
    [[ -d $BATS_TEST_TMPDIR && ! -e $BATS_TEST_TMPDIR/mine ]]
}
test "run" {
    run -3 bash -c 'echo a; echo b >&2; exit 3'
    [ "$output" = $'a\nb' ]
    run ! false
    run --separate-stderr bash -c 'echo a; printf "b\nc\n" >&2; exit 3'
    [ "$status $output $stderr ${stderr_lines[1]}" = $'3 a b\nc c' ]
}
test "run fails" {
    run -3 true
}
test "run fails too" {
    run ! true
}
END
    for version in "${versions[@]}"; do
        run by "$version" bats --tap "$BATS_TEST_TMPDIR/tests/suite/one.bats"
        echo "$version: $output"
        [ "$(grep -oE '^(not )?ok [0-9]' <<<"$output" | tr -d '\n')" = 'ok 1ok 2ok 3not ok 4not ok 5' ]
    done
}

# must_refuse COMMAND...: with a sentence that names the version, and what to type.
must_refuse() {
    run "$@"
    echo "$status: $output"
    [ "$status" != 0 ]
    [[ $output = *'bats 1.'[012]*' is too old ('*'): 1.2.1 is the oldest that works. Type: '* ]]
}

@test "a bats before 1.2.1 is named and refused by need and make test; a lab needs no bats" {
    needs_versions
    stub bats 'case $* in *--version*) echo "Bats 1.1.0" ;; *) echo "Bad command line option" && exit 1 ;; esac'
    must_refuse scripts/machine/need bats
    must_refuse scripts/machine/need --try bats
    must_refuse make -s test BUILD="$BUILD"
    [[ $output = *'Error 70'* ]]
    run make -s doctor BUILD="$BUILD"
    [[ $(tr -s ' \n' ' ' <<<"$output") = *'bats 1.1.0 is too old '*' 1.2.1 is the oldest that works. Type: git clone '* ]]
    run by 1.2.0 bats tests/01-clone-pid1.bats
    [ "$status" != 0 ]
    [[ $output = *'this bats is too old for the checks. Type: scripts/machine/need bats'* ]]
    run make -s lab1 FROM=solutions BUILD="$BUILD"
    [[ $status = 0 && $output = *"$all_passed"* ]]
}

# verbs: what a student, and then an instructor, types in the folder of the project.
verbs() {
    local line
    while IFS= read -r line; do
        run bash -c "$line"
        echo "$line: $status: ${output:0:2000}"
        [[ $output != *'ermission denied'* && $output != *$'\r'* && $output != *'not found'* ]]
        [ "$status" = 0 ] || [[ $output = *'Error 77'* ]]
    done <<'END'
make -s
make -s help
make -s lab1 | grep 'TODO 1'
make -s hint1
make -s record1
make -s run1 FROM=solutions
make -s check1 FROM=solutions
make -s doctor
make -s points
make -s demo1
make -s solution1 SPOIL=1
make -s handout
mkdir one && cp -r solutions one/alice && CAGE=none make -s grade SUBMISSIONS=one GRADES=marks
grep -q alice marks/grades.csv
END
}

@test "a tree that has lost its run bits does all the same" {
    copy_of_project "$BATS_TEST_TMPDIR/tree"
    cd "$BATS_TEST_TMPDIR/tree"
    find . -type f -exec chmod a-x {} +
    verbs
}

@test "a clone with the line ends of Windows has those of Linux" {
    command -v git >/dev/null || skip 'not here: no git; scripts/machine/need git'
    copy_of_project "$BATS_TEST_TMPDIR/tree"
    cd "$BATS_TEST_TMPDIR/tree"
    export HOME=$BATS_TEST_TMPDIR GIT_CONFIG_NOSYSTEM=1
    git init -q
    git add -A
    git -c user.name=x -c user.email=x commit -q -m x
    git clone -q -c core.autocrlf=true . ../clone
    cd ../clone
    run grep -rlI --exclude-dir=.git $'\r$' .
    [ "$status" = 1 ]
    diff -r --exclude=.git ../tree .
    verbs
}

@test "all that is compiled compiles with the headers of glibc 2.31, which know no call after clone3" {
    local file old=$BATS_TEST_TMPDIR/old.h
    {
        echo '#include <sys/syscall.h>'
        echo '#include <sys/syscall.h>' | "${CC:-cc}" -E -dM - |
            awk '$2 ~ /^__NR_/ && $3 > 435 { sub("__NR", "SYS", $2); print "#undef " $2 }'
    } >"$old"
    grep SYS_close_range "$old" || skip 'not here: the headers are that old'
    for file in tests/witness/*.c scripts/*/*.c scripts/*/*/*.c {labs,solutions}/*/*.c tests/suite/*.c; do
        "${CC:-cc}" -std=gnu11 -fsyntax-only -include "$old" "$file"
    done
}
