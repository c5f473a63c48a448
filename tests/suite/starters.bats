#!/usr/bin/env bats
# The starters in labs/ and their generator, scripts/suite/starter.

load helper

setup_file() {
    cd "$BATS_TEST_DIRNAME/../.." || return
    export ROOT=$PWD
}

# Neither the settings of who runs this, nor the repository from whose hook it is run.
setup() {
    cd "$BATS_TEST_TMPDIR" || return
    unset "${!GIT_@}"
    export HOME=$PWD XDG_CONFIG_HOME=$PWD GIT_CONFIG_NOSYSTEM=1
}

# generate LINE...: makes a starter from these lines.
generate() {
    printf '%s\n' "$@" >solution.c
    run "$ROOT/scripts/suite/starter" solution.c
}

must_fail_at() {
    [ "$status" -eq 1 ]
    [[ $output == "solution.c:$1: "*"$2"* ]]
    [ "${#lines[@]}" -eq 1 ]
}

# A tree with one lab, in git if the argument is git.
make_tree() {
    [ "$1" != git ] || command -v git >/dev/null || skip 'not here: no git; scripts/machine/need git'
    mkdir -p tree/scripts/suite tree/solutions/01-x tree/labs/01-x
    cp "$ROOT/scripts/suite/starter" tree/scripts/suite/
    cp "$ROOT/scripts/lib.bash" tree/scripts/
    cd tree || return
    printf '%s\n' '// BEGIN SOLUTION' '//| starter' 'solution' '// END SOLUTION' >solutions/01-x/x.c
    echo committed >labs/01-x/x.c
    [ "$1" != git ] || { git init -q . && git add . && git -c user.name=x -c user.email=x@x commit -qm x; }
}

compilers() {
    local cc
    for cc in gcc clang; do
        command -v "$cc"
    done
}

@test "the starters in labs/ are those that the solutions make" {
    for solution in "$ROOT"/solutions/*/*.c; do
        if is_demonstration "$ROOT/tests/$(basename "${solution%/*}").bats"; then
            diff -u "$solution" "$ROOT/labs/${solution#*/solutions/}"
            continue
        fi
        "$ROOT/scripts/suite/starter" "$solution" | diff -u "$ROOT/labs/${solution#*/solutions/}" -
    done
}

@test "labs/ has a program for each solution, and no other" {
    # escape.c is the student's, of make break23
    diff <(cd "$ROOT/solutions" && printf '%s\n' */*.c) <(cd "$ROOT/labs" && printf '%s\n' */*.c | sed '/\/escape[.]c$/d')
}

@test "no marker is left in a starter" {
    run grep -nE 'SOLUTION|//\|' "$ROOT"/labs/*/*.c
    [ "$status" -eq 1 ]
    [ -z "$output" ]
}

@test "a starter has no line of the solution's blocks" {
    for solution in "$ROOT"/solutions/*/*.c; do
        ! is_demonstration "$ROOT/tests/$(basename "${solution%/*}").bats" || continue
        # Lines such as a brace, or one that stands outside of the blocks too, give nothing away.
        awk '/BEGIN SOLUTION/ { inside = 1; next }
             /END SOLUTION/ { inside = 0; next }
             { sub(/^ +/, "") }
             !inside { open[$0] }
             inside && !/^\/\/\|/ && length > 8 { hidden[$0] }
             END { for (line in hidden) if (!(line in open)) print line }' "$solution" >hidden
        [ -s hidden ]
        run grep -nFf hidden "$ROOT/labs/${solution#*/solutions/}"
        [ "$status" -eq 1 ]
    done
}

@test "each starter compiles without a warning, runs, says TODO on stderr, and fails" {
    [ -n "$(compilers)" ] || skip "not here: no gcc or clang; apt-get install gcc"
    for cc in $(compilers); do
        for starter in "$ROOT"/labs/*/*.c; do
            ! is_demonstration "$ROOT/tests/$(basename "${starter%/*}").bats" || continue
            "$cc" -std=gnu11 -O2 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wno-unused -Wno-unused-parameter -Werror \
                -o starter "$starter"
            status=0
            arguments_of "$starter"
            timeout -k 1 30 ./starter "${arguments[@]}" >out 2>err 3>&- || status=$?
            echo "$cc $starter: exit status $status"
            # On some machines a starter does not get as far as that.
            grep TODO err || grep -E ': (Operation not permitted|Permission denied|Read-only file system)$|has cpuset' err
        done
    done
}

@test "a starter of labs 1 to 14 has at most 100 lines, that of lab 5 160, that of lab 14 130" {
    local file most lines
    for file in "$ROOT"/labs/{0[1-9],1[0-4]}-*/*.c; do
        [[ $file != */escape.c ]] || continue
        most=100
        [[ $file != */05-* ]] || most=160
        [[ $file != */14-* ]] || most=130 # it keeps a namespace in three ways
        lines=$(wc -l <"$file")
        echo "$lines $file"
        ((lines > 60 && lines <= most))
    done
}

@test "a block becomes its starter lines, with their indentation" {
    generate 'a' '    // BEGIN SOLUTION' '    //| // TODO' '    //|     b();' '    //|' '    c();' '    // END SOLUTION' 'd'
    [ "$status" -eq 0 ]
    [ "$output" = "$(printf '%s\n' 'a' '    // TODO' '        b();' '' 'd')" ]
}

@test "a starter line outside of a block is for the starter alone" {
    generate '//| todo();' '//|' a '// BEGIN SOLUTION' '//| b' c '// END SOLUTION'
    [ "$status" -eq 0 ]
    [ "$output" = "$(printf '%s\n' 'todo();' '' a b)" ]
}

@test "an END without a BEGIN is an error" {
    generate a '// END SOLUTION'
    must_fail_at 2 'without a BEGIN'
}

@test "a BEGIN without an END is an error" {
    generate a '// BEGIN SOLUTION' '//| b' c
    must_fail_at 2 'without an END'
}

@test "a block in a block is an error" {
    generate '// BEGIN SOLUTION' '//| b' c '// BEGIN SOLUTION' '// END SOLUTION' '// END SOLUTION'
    must_fail_at 4 'began in line 1'
}

@test "a block without a starter line is an error" {
    generate '// BEGIN SOLUTION' c '// END SOLUTION'
    must_fail_at 3 'no //| line'
}

@test "a block without a line of a solution is an error" {
    generate '// BEGIN SOLUTION' '//| b' '' '// END SOLUTION'
    must_fail_at 4 'no line of a solution'
}

@test "a marker that is spelled wrong is an error" {
    for line in '//BEGIN SOLUTION' '// BEGIN SOLUTION {' 'x(); // END SOLUTION' '/* BEGIN SOLUTION */' '//|outside' \
        $'// BEGIN SOLUTION\r'; do
        generate a "$line" '//| b' c '// END SOLUTION'
        must_fail_at 2 'spelled wrong'
    done
    generate '// BEGIN SOLUTION' '//|b' c '// END SOLUTION'
    must_fail_at 2 'spelled wrong'
}

@test "a solution without a block is an error" {
    generate a b
    must_fail_at 2 'no block'
}

@test "a wrong marker prints no part of a starter" {
    printf '%s\n' a '// END SOLUTION' >solution.c
    run bash -c '"$1" solution.c 2>/dev/null' - "$ROOT/scripts/suite/starter"
    [ "$status" -eq 1 ]
    [ -z "$output" ]
}

@test "--all writes starters over those that git has, and no second time" {
    make_tree git
    run scripts/suite/starter --all
    [ "$status" -eq 0 ]
    [ "$output" = "written: labs/01-x/x.c" ]
    [ "$(<labs/01-x/x.c)" = starter ]
    run scripts/suite/starter --all
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "--all writes a starter that is not there yet" {
    make_tree
    rm -r labs
    run scripts/suite/starter --all
    [ "$status" -eq 0 ]
    [ "$(<labs/01-x/x.c)" = starter ]
    [ "$(<labs/01-x/Makefile)" = "include ../lab.mk" ]
}

@test "--all keeps a student's work, and says how to lose it" {
    make_tree git
    echo changed >labs/01-x/x.c
    run scripts/suite/starter --all
    [ "$status" -eq 1 ]
    [[ $output == *"labs/01-x/x.c is kept"*"--force"* ]]
    git add .
    run scripts/suite/starter --all
    [ "$status" -eq 1 ]
    [ "$(<labs/01-x/x.c)" = changed ]
    run scripts/suite/starter --all --force
    [ "$status" -eq 0 ]
    [ "$(<labs/01-x/x.c)" = starter ]
}

@test "--all without git keeps what is there" {
    make_tree
    run env GIT_CEILING_DIRECTORIES="$BATS_TEST_TMPDIR" scripts/suite/starter --all
    [ "$status" -eq 1 ]
    [ "$(<labs/01-x/x.c)" = committed ]
}

@test "--all goes on after an error, and fails" {
    make_tree git
    mkdir -p solutions/00-bad
    echo bad >solutions/00-bad/bad.c
    run scripts/suite/starter --all
    [ "$status" -eq 1 ]
    [[ $output == *"solutions/00-bad/bad.c:1: "* ]]
    [ "$(<labs/01-x/x.c)" = starter ]
    [ ! -e labs/00-bad ]
}

@test "scripts/suite/starter explains itself, and refuses wrong usage" {
    run "$ROOT/scripts/suite/starter" --help
    [ "$status" -eq 0 ]
    [[ $output == "Usage: scripts/suite/starter FILE"* ]]
    for arguments in '' '--al' 'a b' '--all --forc' '--force --all'; do
        # shellcheck disable=SC2086
        run bash -c '"$0" "$@" 2>&1 >/dev/null' "$ROOT/scripts/suite/starter" $arguments
        [ "$status" -eq 2 ]
        [[ $output == "Usage: "* ]]
    done
}
