#!/usr/bin/env bats
# make lookN: the drawing of a run, from its record alone. tests/suite/records/drawings has a line for each golden
# record: its drawing without frames and blanks, and without the sentences below it.
#
# When the drawings were changed on purpose: UPDATE=1 bats tests/suite/look.bats, then read the difference.

load helper

setup() {
    cd "$top" || return
    out=$BATS_TEST_TMPDIR/out
}

# look RECORD [RUN]: the drawing of a record in tests/suite/records, or of any file.
look() {
    local file=tests/suite/records/$1.record
    [ -f "$file" ] || file=$1
    lab=$(basename "$(dirname "$file")")
    mkdir -p "$out/$lab"
    cp "$file" "$out/$lab/record"
    FROM=nowhere scripts/student/look "$out" "$lab" "${2:-}"
}

# records: NN-name/TITLE of all golden records.
records() {
    printf '%s\n' tests/suite/records/*/*.record | sed 's:tests/suite/records/::; s:\.record$::'
}

# compact: a drawing in one line.
compact() {
    sed -e '/^Runs:/,$d' -e '/ is one process with two numbers: /,/^$/d' -e '/^ All are in one PID/,/^$/d' -e '/^ pid:\[/d' \
        -e '/^ A number is /,/^$/d' -e '/^ #### there /,/^$/d' | sed 's/+-* \{0,1\}/ /g; s/-\{3,\}//g' | tr -s ' \n|' ' '
}

not_wide() {
    awk 'length > 79 { print; wide = 1 } END { exit wide }' "$1" >&2
}

# record LINE...: a file with these lines in a run, in a folder with the name of a lab.
record() {
    mkdir -p "$BATS_TEST_TMPDIR/01-x"
    printf '%s\n' 'witness 2' 'run only' "$@" end >"$BATS_TEST_TMPDIR/01-x/made"
    run look "$BATS_TEST_TMPDIR/01-x/made"
    echo "$output"
    [ "$status" = 0 ]
}

# process PID NSPID PARENT PID-NAMESPACE FOR-CHILDREN: a line of a record.
process() {
    echo "0.020 process $1 nspid=$2 parent=$3 threads=1 allowed=0 state=S psr=0 ran=0.001 cgroup=/ ns/pid=$4 ns/pid_for_children=$5 ns/uts=9"
}

has() {
    [[ $output = *"$1"* ]] || { echo "not there: $1" && false; }
}

@test "the drawings of the golden records" {
    local record
    for record in $(records); do
        look "$record" >"$BATS_TEST_TMPDIR/drawing"
        not_wide "$BATS_TEST_TMPDIR/drawing"
        echo "$record: $(compact <"$BATS_TEST_TMPDIR/drawing")"
    done >"$BATS_TEST_TMPDIR/drawings"
    [ -z "${UPDATE:-}" ] || cp "$BATS_TEST_TMPDIR/drawings" tests/suite/records/drawings
    diff -u tests/suite/records/drawings "$BATS_TEST_TMPDIR/drawings"
}

@test "two namespaces, one process with two numbers, where the next child is born" {
    run look 02-unshare-fork/root-v1
    echo "$output"
    diff - <(printf '%s\n' "${lines[@]:0:14}") <<'END'
Lab 2  unshare-fork, run stay: what the kernel showed 0.040 s after the start
 +- PID namespace A = pid:[4026532270], in which it was started --------------+
 |  PID 29206  the program                                                    |
 |   |   the next child that it forks is born in B                            |
 |   |                                                                        |
 |   |               +- PID namespace B = pid:[4026532265] -----------------+ |
 |   +-- PID 14690 ==|== PID 1  says "child: my PID is 1"                   | |
 |                   +------------------------------------------------------+ |
 +----------------------------------------------------------------------------+
 PID 14690 ==|== PID 1 is one process with two numbers: 14690 for whoever is
 outside of the box, 1 for whoever is in it.
 PID 29206 itself stays in A, as /proc/29206/ns/pid shows; only its children
 are born elsewhere, as pid_for_children beside it shows.
 pid:[...] is the number of a namespace, as ls -l /proc/PID/ns shows it.
END
}

@test "each run can be drawn, and the others are named" {
    local record name
    for record in $(records | grep root-v1); do
        while read -r name; do
            look "$record" "$name" >"$BATS_TEST_TMPDIR/drawing"
            not_wide "$BATS_TEST_TMPDIR/drawing"
            grep -q "^Lab .*, run $name" "$BATS_TEST_TMPDIR/drawing"
            tr -s ' \n' ' ' <"$BATS_TEST_TMPDIR/drawing" | grep -qF "Runs: $(sed -n 's/^run //p' "tests/suite/records/$record.record" | xargs) To draw"
        done < <(sed -n 's/^run //p' "tests/suite/records/$record.record")
    done
}

@test "each number that a process of the program has is in the drawing, and each PID namespace" {
    local record word number
    for record in 01-clone-pid1 02-unshare-fork 03-setns-join 07-uts-hostname 08-mount-private; do
        look "$record/root-v1" >"$BATS_TEST_TMPDIR/drawing"
        sed -n '/ look during$/,/ signal /p' "tests/suite/records/$record/root-v1.record" | sed '/ look end$/,$d' |
            grep -oE 'nspid=[0-9,]+|ns/pid(_for_children)?=[0-9]+' >"$BATS_TEST_TMPDIR/words"
        while IFS= read -r word; do
            for number in $(tr , ' ' <<<"${word#*=}"); do
                grep -qE "(PID |pid:\[)$number( |\])" "$BATS_TEST_TMPDIR/drawing" || { echo "$record $word" && false; }
            done
        done <"$BATS_TEST_TMPDIR/words"
        [ -s "$BATS_TEST_TMPDIR/words" ]
    done
}

@test "namespaces in namespaces, an orphan, and a namespace that is still empty" {
    record '0.000 start 10 60' '0.020 look during' "$(process 10 10 1 100 -)" "$(process 11 11,1 10 200 200)" \
        "$(process 12 12,7,1 11 300 300)" "$(process 13 13,8 11 200 200)" "$(process 14 14,9 1 200 200)" "$(process 15 15 10 100 100)"
    has 'the next child that it forks is born in a new, empty namespace'
    has '+-- PID 15 '
    has '+-- PID 11 ==|== PID 1'
    has '+-- PID 7 ==|== PID 1  = PID 12 in A'
    has '+-- PID 8  = PID 13 in A'
    has 'PID 14 ==|== PID 9  (its parent has ended)'
    has 'PID namespace C = pid:[300]'
}

@test "a namespace whose processes have all ended, a child that nobody has waited for, and one that is the program's own" {
    record '0.000 start 10 60' '0.020 look during' "$(process 10 10 1 100 200)"
    has 'the next child that it forks is born in B, where nobody is left'
    record '0.000 start 10 60' '0.020 look during' "$(process 10 10 1 100 100)"
    [[ $output != *'is born'* && $output != *' B'* ]]
    record '0.000 start 10 60' '0.020 look during' "$(process 10 10 1 100 100)" "$(process 11 11,1 10 - - | sed s/=S/=Z/)"
    has 'PID 11 ==|== PID 1  (has ended, nobody has waited for it)'
    has 'is born in A'
}

@test "a line for each moment: what the kernel showed, and what the program says, with any number of CPUs" {
    record '0.000 loop 9' '0.000 start 10 9' '0.001 out PID 9 is on CPU 3' '0.002 followed 9 11' '0.003 lost 9 2' '0.004 exit 0'
    has ' time      CPU 3   CPU 11'
    has ' 0.001 s   ....            "PID 9 is on CPU 3"'
    has ' 0.002 s           ####    has come here'
    has 'has not come to CPU 2'
    local lines=() cpu
    for cpu in 1 2 3 4 5 67; do
        lines+=("0.00$cpu out 0.00$cpu s: CPU $cpu")
    done
    record '0.000 start 10' "${lines[@]}" '0.009 exit 0'
    has ' 67 ....  "0.0067 s: CPU 67"'
}

@test "a program that has ended before anybody looked: what is known, and its last words" {
    record '0.000 start 10 60' '0.001 writer 10' '0.001 namespace 10 pid_for_children 200' '0.002 namespace 11 pid 200' \
        '0.002 writer 11' '0.002 out child: my PID is 1' '0.003 writer 10' '0.003 err x: TODO 3: print' '0.004 exit 1' '0.020 look during'
    has 'Nobody looked while the program ran'
    has 'is born in B'
    has 'PID 11 ==|== PID ?  says "child: my PID is 1"'
    [[ $(tr -s ' \n' ' ' <<<"$output") = *'ended after 0.004 s: exit 1. Its last words: x: TODO 3: print'* ]]
}

@test "what the program prints stays in its place, however long it is" {
    local long
    long=$(printf 'x%.0s' {1..300})
    record '0.000 start 10 60' '0.001 writer 11' "0.001 out $long & \\ & 1" '0.020 look during' \
        "$(process 10 10 1 100 100)" "$(process 11 11 10 100 100)" '0.030 writer 10' "0.030 err $long is on CPU 1"
    [ -z "$(awk 'length > 79' <<<"$output")" ]
    [ "$(grep -c '^ |.*|$' <<<"$output")" = 3 ]
}

@test "colours where there is a terminal, and none with NO_COLOR" {
    command -v script >/dev/null || skip 'not here: no script(1); scripts/machine/need script'
    look 02-unshare-fork/root-v1 >"$BATS_TEST_TMPDIR/plain"
    export SHELL=$BASH FROM=nowhere
    run env -u NO_COLOR script -qec "scripts/student/look '$out' 02-unshare-fork" /dev/null </dev/null
    [[ $output = *$'\e['* ]]
    diff "$BATS_TEST_TMPDIR/plain" <(sed $'s/\e\\[[0-9]*m//g; s/\r$//' <<<"$output")
    run env NO_COLOR=1 script -qec "scripts/student/look '$out' 02-unshare-fork" /dev/null </dev/null
    [[ $output != *$'\e'* ]]
}

@test "a run that is not there, and a machine that cannot show it: what there is" {
    run look 05-cgroup-cpuset-pin/root-v1 nothing
    [[ $status = 2 && $output = *'no run nothing'*'Runs: first last over'*'make look5 FROM=nowhere ARGS=first'* ]]
    run look 05-cgroup-cpuset-pin/plain-user
    [[ $status = 0 && $output = *'cannot show it: making cgroups needs root'*'VM=1'* ]]
}

@test "make lookN: of the file as it is, and else what to type" {
    needs_namespaces
    local from=$BATS_TEST_TMPDIR/labs
    mkdir -p "$from/01-clone-pid1"
    sed -e '/\/\/|/d' -e '/SOLUTION$/d' solutions/01-clone-pid1/clone-pid1.c >"$from/01-clone-pid1/clone-pid1.c"
    run project look1 FROM="$from"
    [[ $status = 2 && ${output//$'\n'/ } = *'not run yet'*'make lab1'* ]]
    project record1 FROM="$from" >/dev/null
    run project look1 FROM="$from"
    [[ $status = 0 && $output = *'run stay'*'==|== PID 1 '*'one process with two numbers'* ]]
    run project look1 FROM="$from" ARGS=plain
    [[ $status = 0 && $output = *'run plain'* ]]
    echo '// more' >>"$from/01-clone-pid1/clone-pid1.c"
    run project look1 FROM="$from"
    [[ $status = 2 && ${output//$'\n'/ } = *'was changed after its last run'*'make lab1'* && $output != *'==|=='* ]]
    echo 'no C' >>"$from/01-clone-pid1/clone-pid1.c"
    project record1 FROM="$from" >/dev/null 2>&1
    run project look1 FROM="$from"
    [[ $status = 0 && ${output//$'\n'/ } = *'nothing to draw'*'does not compile'*'make lab1'* ]]
}
