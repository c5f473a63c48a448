#!/usr/bin/env bats
# The Makefile, as its users call it: each verb, each variable, each mistake.

load helper

setup_file() {
    load helper
    # Other tests of this file work on copies: with a blank in the path, read-only, of another user.
    export copy="$BATS_FILE_TMPDIR/a copy"
    mkdir "$copy"
    (cd "$top" && tar -c --exclude=./build --exclude=./.git .) | tar -x -C "$copy"
    project FROM=solutions programs
}

@test "make shows every lab that has checks, and one next command" {
    run project
    [ "$status" = 0 ]
    local check
    for check in "$top"/tests/[0-9]*-*.bats; do
        check=${check##*/}
        check=${check%.bats}
        [[ $output = *"${check#*-}"* ]]
    done
    [ "$(grep -c '^Next: ' <<<"$output")" = 1 ]
}

@test "make help lists every verb with a comment, in 80 columns" {
    run project help
    [ "$status" = 0 ]
    [ -z "$(awk 'length > 80' <<<"$output")" ]
    local verb
    for verb in labN runN checkN recordN demoN solutionN labs check demo starters test lint clean; do
        [[ $output = *"make $verb "* ]]
    done
}

@test "make labN on the starter: exit status, a FAIL, the file to change" {
    needs_namespaces
    run project lab3
    [ "$status" = 2 ]
    [[ $output = *FAIL* ]]
    [[ $output = *'Next: change labs/03-setns-join/setns-join.c, then type: make lab3'* ]]
    [[ $output = *'Error 1'* ]]
}

@test "make labN on the reference: what it printed, all pass, exit status 0, the next lab" {
    needs_namespaces
    run project lab3 FROM=solutions
    is_right
    [[ $output = *'| first: my PID is 1'* ]]
    [[ $output != *FAIL* ]]
    [[ $output = *'Next: type: make lab4'* ]]
}

@test "make runN runs the program with ARGS and returns its exit status" {
    needs_namespaces
    run project run1 FROM=solutions ARGS=0
    [ "$status" = 0 ]
    [[ $output = *'child: my PID is 1'* ]]
    run project run1 FROM=solutions ARGS=many
    [[ $output = *'usage: clone-pid1'*'Error 2'* ]]
}

@test "make recordN shows the record" {
    run project record2 FROM=solutions
    [ "$status" = 0 ]
    [[ ${lines[0]} = 'witness 2' ]]
    [[ ${lines[-1]} = end ]]
}

@test "make demoN shows the article's outcome of a lab" {
    needs_namespaces
    run project demo3
    [ "$status" = 0 ]
    [[ $output = *'second: my PID is 2'* ]]
}

@test "the demonstration of cpuset shows PSR move to the chosen CPU and stay" {
    needs_root
    [ "$(nproc)" -gt 1 ] || skip 'not here: there is one CPU; make test VM=1 CPUS=2'
    run project demo5
    [ "$status" = 0 ]
    # The strip behind the eighth step: at each of 30 moments it was on that CPU, and never on the other.
    [[ $output =~ 'the group gets CPU '([0-9]+) ]]
    [[ $output =~ "see where it is"[^|]*"CPU ${BASH_REMATCH[1]} "\ +\#{30}$'\n' ]]
}

@test "make check with -j gives the same verdicts, in order" {
    run project -j4 check FROM=solutions
    is_right
    [[ $output = *', 0 failed, 0 blocked, '* ]]
    [ "$(grep '^Lab ' <<<"$output" | cut -d' ' -f2 | xargs)" = "$numbers" ]
}

@test "make labs does every lab even when the first one fails" {
    needs_namespaces
    run project labs
    [ "$status" = 2 ]
    [ "$(grep -c '^Lab ' <<<"$output")" = "$(wc -w <<<"$numbers")" ]
    for number in $numbers; do
        sed -n "/^Lab $number /,/^$/p" <<<"$output" | grep -E 'FAIL|not here +[A-Z]|virtual machine only' # making groups needs root
    done
}

@test "it works in a path with a blank, and with FROM in one" {
    run make -s -C "$copy" check3 FROM=solutions
    is_right
    run make -s -C "$copy" check3 FROM="$copy/solutions" BUILD="$BATS_TEST_TMPDIR/b"
    is_right
}

@test "it works in a tree that cannot be written, with BUILD elsewhere" {
    local dir
    dir=$(mktemp -d)
    cp -r "$copy" "$dir/tree"
    mkdir -m 777 "$dir/build"
    chmod -R a-w,a+rX "$dir/tree"
    chmod 755 "$dir"
    local user=()
    [ "$EUID" != 0 ] || user=(as_nobody)
    run "${user[@]}" make -s -C "$dir/tree" check1 FROM=solutions BUILD="$dir/build"
    chmod -R u+w "$dir"
    rm -r "$dir"
    is_right
}

@test "it builds with clang as well as with gcc" {
    command -v clang >/dev/null || skip 'not here: no clang; scripts/machine/need clang'
    run project check1 FROM=solutions CC=clang BUILD="$BATS_TEST_TMPDIR/b"
    is_right
    [[ $output != *warning* ]]
}

@test "root in the tree of somebody else leaves no file of root's there" {
    needs_root
    local dir
    dir=$(mktemp -d)
    cp -r "$copy" "$dir/tree"
    chown -R 65534:65534 "$dir"
    run make -s -C "$dir/tree" check1 FROM=solutions
    local roots
    roots=$(find "$dir" -user 0)
    rm -r "$dir"
    is_right
    [ -z "$roots" ]
}

@test "a program that does not compile: the compiler's words, a FAIL, the other labs go on" {
    mkdir "$BATS_TEST_TMPDIR/tree"
    cp -r "$top"/solutions/* "$BATS_TEST_TMPDIR/tree"
    echo 'int main(void) { retrun 0; }' >"$BATS_TEST_TMPDIR/tree/01-clone-pid1/clone-pid1.c"
    rm "$BATS_TEST_TMPDIR/tree/02-unshare-fork/unshare-fork.c"
    run project check FROM="$BATS_TEST_TMPDIR/tree"
    [ "$status" = 2 ]
    [[ $output = *'error: '*retrun* ]] # in gcc's words or in clang's
    [[ $output = *'does not compile'* ]]
    [[ $(tr -s ' \n' ' ' <<<"$output") = *'fork.c is not there'* ]]
    [ "$(grep -c FAIL <<<"$output")" = 2 ]
}

@test "a verb, a lab or a folder that does not exist: what there is, exit status 2" {
    run project lab99
    [ "$status" = 2 ]
    [[ $(tr -s ' \n' ' ' <<<"$output") = *"no verb 'lab99'"*"$numbers"* ]]
    run project check1 FROM=nowhere
    [ "$status" = 2 ]
    [[ $output = *'no nowhere/01-clone-pid1/clone-pid1.c'*'FROM=nowhere'*'Error 2'* ]]
}

@test "a verb without its number, and one with a wrong one: what to type" {
    says() {
        run project "${@:2}"
        [ "$status" = 2 ]
        [[ ${lines[0]} = *"type make $1"* && $output != *handout* ]]
        [ "${#lines[0]}" -lt 80 ]
    }
    says hint1 hint
    says run1 run
    says lab3 lab 3
    says lab3 lab03
    says watch2 Watch2
    says lab2 2
    run project "it's"
    [[ $status = 2 && ${lines[0]} = "There is no verb 'it's'."* ]]
}

@test "in the folder of a lab: make is make labN, and a verb has its number" {
    local lab
    for lab in "$copy"/labs/[0-9]*; do
        [ "$(<"$lab/Makefile")" = 'include ../lab.mk' ]
    done
    cp "$copy/solutions/03-setns-join/setns-join.c" "$copy/labs/03-setns-join/"
    run make -s -C "$copy/labs/03-setns-join"
    is_right
    [[ $output = *'Lab 3 '*'| first: my PID is 1'* ]]
    run make -s -C "$copy/labs/03-setns-join" hint
    [[ $status = 0 && $output = 'No check has failed'* ]]
    run make -s -C "$copy/labs/03-setns-join" run ARGS=many
    [[ $output = *'usage: setns-join'* ]]
    run make -s -C "$copy/labs/03-setns-join" run1 FROM=solutions
    [[ $status = 0 && $output = *'child: my PID is 1'* ]]
    run make -s -C "$copy/labs/03-setns-join" map
    [[ $status = 0 && $output = *'setns-join'*'Next: '* ]]
    run make -s -C "$copy/labs/03-setns-join" nonsense
    [[ $status = 2 && ${lines[0]} = "There is no verb 'nonsense'."* ]]
}

@test "with -j the lines of two labs are not mixed" {
    needs_namespaces
    local round
    for round in 1 2 3; do
        run project -j3 check1 check2 check3 FROM=solutions
        is_right
        # What stands between two titles is that lab's, with its counts last but one.
        [ "$(grep -cE '^(Lab [123] |[0-9]+ passed)' <<<"$output")" = 6 ]
        [ -z "$(grep -E '^(Lab [123] |[0-9]+ passed)' <<<"$output" | awk '(NR % 2) != /^Lab/')" ]
    done
}

@test "make | head is no error" {
    run bash -c "set -o pipefail; make -s -C '$top' | head -n 1; make -s -C '$top' help | head -n 1"
    [ "$status" = 0 ]
    [[ $output != *'***'* ]]
}

@test "nothing is built twice" {
    project FROM=solutions programs
    touch "$BATS_TEST_TMPDIR/now"
    project FROM=solutions programs
    [ -z "$(find "$BATS_FILE_TMPDIR/build/solutions" -perm -100 -type f -newer "$BATS_TEST_TMPDIR/now")" ]
}

@test "verdicts: 0 all pass, 1 a fail, 77 not here alone, 70 the checker broke" {
    local dir=$BATS_TEST_TMPDIR
    mkdir -p "$dir/01-clone-pid1"
    echo 'witness 2' >"$dir/01-clone-pid1/record"
    verdict() {
        printf '01-clone-pid1\t%s\n' "$@" >"$dir/01-clone-pid1/verdicts"
        run "$top/scripts/student/verdicts" "$dir" 01-clone-pid1
    }
    cd "$top"
    local pass=$'1\tpass\t1\tone\t\t\t' fail=$'2\tfail\t1\ttwo\ta\tb\t' absent=$'2\tnot here\t1\ttwo\tno such thing\ttype this\t'
    verdict "$pass" "${pass/1/2}"
    [ "$status" = 0 ]
    verdict "$pass" "$fail"
    [ "$status" = 1 ]
    verdict "$pass" "$absent"
    [ "$status" = 77 ]
    [[ $output = *'no such thing'*'type this'* ]]
    verdict "${fail/2/1}" "$absent"
    [ "$status" = 1 ]
    verdict "$pass" $'2\terror\t1\ttwo\tsomething broke\t\t'
    [ "$status" = 70 ]
    [[ $output = *'something broke'* ]]
    : >"$dir/01-clone-pid1/verdicts"
    run "$top/scripts/student/verdicts" "$dir" 01-clone-pid1
    [ "$status" = 70 ]
}

@test "colours only on a terminal, and not with NO_COLOR" {
    needs_namespaces
    run project check1 FROM=solutions
    [[ $output != *$'\e'* ]]
    command -v script >/dev/null || skip 'not here: no script(1); scripts/machine/need script'
    export SHELL=$BASH # of script: a sh drops functions, and a bats in a bats needs one
    run script -qec "make -s -C '$top' BUILD='$BATS_FILE_TMPDIR/build' check1 FROM=solutions" /dev/null
    [[ $output = *$'\e[32m'* ]]
    NO_COLOR=1 run script -qec "make -s -C '$top' BUILD='$BATS_FILE_TMPDIR/build' check1 FROM=solutions" /dev/null
    [[ $output != *$'\e'* ]]
}

@test "every script tells its usage with --help, and refuses none at all" {
    local script
    for script in "$top"/scripts/*/* "$top"/scripts/*/*/*; do
        [[ -f $script && $(head -n 1 "$script") = '#!'*bash ]] || continue
        run "$script" --help
        [ "$status" = 0 ]
        grep -qi usage <<<"$output" || {
            echo "$script"
            false
        }
    done
}
