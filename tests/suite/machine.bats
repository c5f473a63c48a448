#!/usr/bin/env bats
# The scripts that a person may type by hand, in an environment that is not what they expect.
# shellcheck disable=SC2016,SC2046 # what is written in '...' is for others; words

load helper

# Folders of the names that the scripts change to, where CDPATH finds them first.
setup_file() {
    load helper
    mkdir -p "$BATS_FILE_TMPDIR/elsewhere"/{scripts,tests/suite,.ci,initrd.d}
}

setup() {
    cd "$top" || return
}

# same COMMAND...: prints the same, and ends the same, with CDPATH and without.
same() {
    run env -u CDPATH "$@"
    local plain=$status$output
    run env CDPATH="$BATS_FILE_TMPDIR/elsewhere:." "$@"
    diff <(echo "$plain") <(echo "$status$output")
}

@test "CDPATH changes nothing" {
    same scripts/student/points
    same scripts/suite/mutants no-such-lab
    same tests/suite/kill-at-random
    same tests/suite/make-class "$BATS_TEST_TMPDIR/class" 1
    same scripts/presenter/present 01-no-such-lab
    same scripts/presenter/demo 01-no-such-lab
    # Each that goes to the top of the project.
    run grep -rLE '^unset CDPATH|lib\.bash' $(grep -rlF 'cd "$(dirname' scripts .ci tests/suite/{make-class,kill-at-random})
    echo "$output"
    [ -z "$output" ]
}

@test "the virtual machine sees the build folder, wherever that is" {
    mkdir -p "$BATS_TEST_TMPDIR/scripts/machine" "$BATS_TEST_TMPDIR/some where"
    cp scripts/machine/in-vm "$BATS_TEST_TMPDIR/scripts/machine"
    cp scripts/lib.bash "$BATS_TEST_TMPDIR/scripts"
    printf '#!%s\nprintf "<%%s>" "$@"\n' "$BASH" >"$BATS_TEST_TMPDIR/scripts/machine/vm"
    chmod +x "$BATS_TEST_TMPDIR/scripts/machine/vm"
    BUILD="$BATS_TEST_TMPDIR/some where" run "$BATS_TEST_TMPDIR/scripts/machine/in-vm" true
    [[ $output == *"<--see><$BATS_TEST_TMPDIR/some where>"*'<true>' ]]
}

@test "a program for the virtual machine is compiled for any processor" {
    local cc=$BATS_TEST_TMPDIR/cc
    printf '#!%s\necho "$*" >>"$0.log"\nexec %q "$@"\n' "$BASH" "$(type -P "${CC:-cc}")" >"$cc"
    chmod +x "$cc"
    project FROM=solutions VM=1 CC="$cc" CFLAGS='-O3 -march=native -mtune=native' programs
    grep -- '-O3' "$cc.log"
    ! grep -- ' -m' "$cc.log" || false
}

# suite [NAME=VALUE]...: scripts/suite/test on one file, which says what its tests get to see.
suite() {
    printf '@test "one" {\n    env >"%s"\n}\n' "$BATS_TEST_TMPDIR/seen" >"$BATS_TEST_TMPDIR/one.bats"
    run env BUILD="$BATS_TEST_TMPDIR/build" "$@" scripts/suite/test "$BATS_TEST_TMPDIR/one.bats"
    echo "$output"
}

@test "the suite runs, and its tests see nothing of the environment that is the project's own, or bash's" {
    local names='VM SUBMISSIONS GRADES ARCH FROM CGROUP CPUS KERNEL HOSTS STEP CAGE INSIDE MAKEFLAGS CDPATH BASH_ENV NO_COLOR GLOBIGNORE'
    # shellcheck disable=SC2086 # words
    suite $(printf '%s=/x ' $names) TERM=dumb LC_ALL=xx_YY.UTF-8
    [ "$status" = 0 ]
    [[ $output = *'1 passed, 0 failed, 0 skipped' ]]
    ! grep -E "^(${names// /|})=|=dumb|xx_YY" "$BATS_TEST_TMPDIR/seen" || false
}

@test "what the suite cannot do without is named before it begins, with what to type: exit status 2" {
    local bin=$BATS_TEST_TMPDIR/bin
    mkdir "$bin"
    suite TMPDIR=/nonexistent
    [ "$status" = 2 ]
    [[ $output = *TMPDIR=FOLDER* ]]
    printf '#!%s\necho Bats 1.1.0\n' "$BASH" >"$bin/bats"
    chmod +x "$bin/bats"
    suite PATH="$bin:$PATH"
    [ "$status" = 2 ]
    [[ $output = *'bats 1.1.0 is too old'*'1.2.1 is the oldest'*'Type: '* ]]
    rm "$bin/bats"
    printf '#!%s\necho "env: unrecognized option" >&2\nexit 125\n' "$BASH" >"$bin/env"
    chmod +x "$bin/env"
    suite PATH="$bin:$PATH"
    [ "$status" = 2 ]
    [[ $output = *'coreutils 8.31'*'scripts/machine/need timeout find'* ]]
}
