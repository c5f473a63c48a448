#!/usr/bin/env bats
# scripts/suite/lint, in a tree of its own, with tools that only write down that they had their turn.
# shellcheck disable=SC2016 # a script in quotes is for another shell

load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    mkdir -p scripts/{suite,machine} solutions/01-x tests bin
    cp "$BATS_TEST_DIRNAME"/../../scripts/suite/{lint,translations} scripts/suite/
    cp "$BATS_TEST_DIRNAME/../../scripts/lib.bash" scripts/
    printf '#!/bin/sh\n' >tests/x.bats
    printf 'int main(void)\n{\n}\n' >solutions/01-x/x.c
    printf '#!/bin/sh\n' >scripts/machine/need
    chmod +x scripts/machine/need
    for tool in shellcheck shfmt clang-format clang-tidy cppcheck gcc clang musl-gcc; do
        tool "$tool" ''
    done
    PATH=$PWD/bin:$PATH
}

tool() {
    printf '#!/bin/sh\necho "%s $*" >>%q\n%s\n' "$1" "$PWD/log" "$2" >"bin/$1"
    chmod +x "bin/$1"
}

all_had_their_turn() {
    for tool in shellcheck shfmt clang-format clang-tidy cppcheck gcc clang musl-gcc; do
        grep "^$tool " log
    done
}

@test "without findings lint is silent" {
    run scripts/suite/lint
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    all_had_their_turn
}

@test "each tool sees its files" {
    scripts/suite/lint
    grep '^shellcheck .* scripts/machine/need scripts/suite/lint scripts/suite/translations$' log
    grep '^shellcheck .* tests/x.bats$' log
    grep '^shfmt .* scripts/machine/need scripts/suite/lint scripts/suite/translations scripts/lib.bash tests/x.bats$' log
    for tool in clang-format clang-tidy cppcheck gcc clang musl-gcc; do
        grep "^$tool .*solutions/01-x/x.c" log
    done
}

@test "a finding fails, and the other tools still have their turn" {
    for tool in shellcheck shfmt clang-format clang-tidy cppcheck gcc clang musl-gcc; do
        tool "$tool" 'echo x:1: finding; exit 1'
        run scripts/suite/lint
        [ "$status" -eq 1 ]
        [[ $output == *"x:1: finding"*"lint: $tool has findings"* ]]
        all_had_their_turn
        tool "$tool" ''
        rm log
    done
}

@test "a tool that is missing is not here, with the command that gets it" {
    printf '#!/bin/sh\n[ "$2" != cppcheck ] || { echo "missing: cppcheck; install with: GET"; exit 1; }\n' >scripts/machine/need
    run scripts/suite/lint
    [ "$status" -eq 77 ]
    [ "$output" = "lint: cppcheck is not here: missing: cppcheck; install with: GET" ]
    tool gcc 'exit 1'
    run scripts/suite/lint
    [ "$status" -eq 1 ]
}

@test "a warning of the compiler is a finding with file and line" {
    rm bin/gcc
    command -v gcc || skip "not here: no gcc; apt-get install gcc"
    run scripts/suite/lint
    [ "$status" -eq 0 ]
    printf 'int f(void)\n{\n    return 0;\n}\nint main(void)\n{\n}\n' >solutions/01-x/x.c
    run scripts/suite/lint
    [ "$status" -eq 1 ]
    [[ $output == *"solutions/01-x/x.c:1:"*missing-prototypes* ]]
}

@test "a worksheet without its translation is a finding" {
    mkdir -p labs/01-x
    echo '# Lab 1: x' >labs/01-x/README.md
    run scripts/suite/lint
    [ "$status" -eq 1 ]
    [[ $output == *'labs/01-x/README.md has no translation'*'lint: translations has findings'* ]]
    all_had_their_turn
}

@test "scripts/suite/lint explains itself, and refuses wrong usage" {
    run scripts/suite/lint --help
    [ "$status" -eq 0 ]
    [[ $output == "Usage: scripts/suite/lint"* ]]
    run scripts/suite/lint x
    [ "$status" -eq 2 ]
}

@test "the project itself has no finding" {
    PATH=${PATH#*:} # no stubs
    run "$BATS_TEST_DIRNAME/../../scripts/suite/lint"
    echo "$output"
    [ "$status" != 77 ] || skip "not here: $(grep -m 1 'is not here' <<<"$output")"
    [ "$status" = 0 ]
}
