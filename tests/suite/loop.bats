#!/usr/bin/env bats
# The student's loop: make, lab, hint, watch, reset, diff; with a terminal and without one.
# All of it works on a copy of the project: the tests play a student, and change the labs.

load helper

setup_file() {
    load helper
    export tree=$BATS_FILE_TMPDIR/tree
    mkdir "$tree"
    (cd "$top" && tar -c --exclude=./build --exclude=./.git --exclude=./slides .) | tar -x -C "$tree"
    # Unfinished work of whoever runs these tests is not what they are about.
    (cd "$tree" && scripts/suite/starter --all --force >/dev/null)
    make -s -C "$tree" build/witness
}

# The marker shows whose process it is.
project() {
    LOOP_MARK=$tree make -s -C "$tree" "$@"
}

# file LAB-NUMBER: the student's file.
file() {
    echo "$tree/labs/$(printf %02d "$1")"-*/*.c
}

# write_solution NUMBER [SED-SCRIPT]: the student has written the reference, with a mistake perhaps.
write_solution() {
    local program
    program=$(file "$1")
    sed -e '/\/\/|/d' -e '/\/\/ \(BEGIN\|END\) SOLUTION$/d' -e "${2:-}" \
        "$tree/solutions${program#"$tree/labs"}" >"$BATS_TEST_TMPDIR/new"
    mv "$BATS_TEST_TMPDIR/new" "$program"
}

# mistake NUMBER SED-SCRIPT TEXT: the first hint after that mistake has the TEXT in it.
mistake() {
    write_solution "$1" "$2"
    rm -f "$tree"/build/labs/0"$1"-*/hints-shown
    project "check$1" >"$BATS_TEST_TMPDIR/out" 2>&1 || true
    local hint
    hint=$(project "hint$1" | tr '\n' ' ')
    if [[ $hint != 'Hint 1: '*"$3"* ]]; then
        printf '%s\n' "lab $1, after $2:" "$hint" "instead of: $3"
        cat "$BATS_TEST_TMPDIR/out"
        return 1
    fi
}

# No line is wider than a terminal of 80 columns; colours have no width, of make's own lines it is not ours.
fits_80() {
    local line
    while IFS= read -r line; do
        line=$(sed 's/\x1b\[[0-9;]*[A-Za-z]//g; s/\r$//' <<<"$line")
        if [ "${#line}" -gt 80 ]; then
            echo "wide: $line"
            return 1
        fi
    done <<<"$1"
}

# The processes that the last command has left: by their marker, or by the files that they come from.
left_over() {
    local process
    for process in /proc/[0-9]*; do
        [ "$process" != "/proc/$$" ] || continue
        if tr '\0' '\n' <"$process/environ" | grep -qsFx "LOOP_MARK=$tree" ||
            [[ $(readlink "$process/exe") = "$tree"/* ]]; then
            echo "$process $(tr '\0' ' ' <"$process/cmdline")"
        fi
    done 2>/dev/null
}

is_clean() {
    [ -z "$(left_over)" ]
}

nothing_is_left() {
    poll 60 is_clean && return
    left_over
    return 1
}

needs() {
    command -v "$1" >/dev/null || skip "not here: no $1; scripts/machine/need $1"
}

# Without sudo, which would ask for a password on a terminal; and in bash, for other shells drop the
# functions that bats exports to a bats in it.
# in_terminal COMMAND: its output on a terminal of its own, with the exit status of the command.
in_terminal() {
    needs script
    run env LOOP_MARK="$tree" MAKEFLAGS=SUDO= SHELL="$BASH" TERM=xterm script -qec "stty cols 80; cd '$tree' && $1" /dev/null </dev/null
}

# talk: runs an expect script, in the tree; it ends with the exit status of what it has spawned.
talk() {
    needs expect
    (cd "$tree" && LOOP_MARK=$tree MAKEFLAGS=SUDO= TERM=xterm expect -f - >"$BATS_TEST_TMPDIR/talk" 2>&1) && return
    cat "$BATS_TEST_TMPDIR/talk"
    return 1
}

@test "make: not started, not checked, k of n, done, no file; a bar; one next command" {
    write_solution 1
    project check1 >/dev/null
    write_solution 2 's/CLONE_NEWPID/CLONE_NEWUTS/'
    project check2 >/dev/null 2>&1 || true
    write_solution 3
    mv "$(file 4)" "$BATS_TEST_TMPDIR/away"
    run project
    mv "$BATS_TEST_TMPDIR/away" "$tree/labs/04-ns-inode-listing/ns-inode-listing.c"
    [ "$status" = 0 ]
    [[ $output = *'clone-pid1 '*' done '*'unshare-fork '*' of '*' checks '*'setns-join '*' not checked '* ]]
    [[ $output = *'ns-inode-listing '*' no file '*'busy-loop '*' not started '* ]]
    [[ $output = *'  [#'*"-]  1 of $(grep -Lx '# what: demonstration' "$tree"/tests/[0-9]*.bats | wc -l) labs done"* ]]
    [[ $output = *'> 2 '* ]]
    [[ $output = *'labs/02-unshare-fork/unshare-fork.c'*'Next:  make lab2 '* ]]
    [ "$(grep -c '^Next: ' <<<"$output")" = 1 ]
    fits_80 "$output"
}

@test "make changes nothing that it shows" {
    project >"$BATS_TEST_TMPDIR/first"
    touch "$BATS_TEST_TMPDIR/now"
    project >"$BATS_TEST_TMPDIR/second"
    diff "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/second"
    [ -z "$(find "$tree" -newer "$BATS_TEST_TMPDIR/now" -type f)" ]
}

@test "make is coloured on a terminal, and not with NO_COLOR" {
    in_terminal 'make -s'
    [ "$status" = 0 ]
    [[ $output = *$'\e['* ]]
    fits_80 "$output"
    in_terminal 'NO_COLOR=1 make -s'
    [[ $output != *$'\e'* ]]
    run project
    [[ $output != *$'\e'* ]]
}

@test "make labN: output, checks, why, one next command and the way to a hint, in 80 columns" {
    write_solution 3 's/CLONE_NEWPID) == -1/CLONE_NEWUTS) == -1/'
    in_terminal 'make -s lab3'
    [[ $output = *'| parent: clone() returned '*FAIL*seen*expected*likely*errno*EINVAL*blocked*'Next: '*'make hint3'* ]]
    [ "$(grep -c 'Next: ' <<<"$output")" = 1 ]
    fits_80 "$output"
    run project lab5 FROM=solutions
    fits_80 "$output"
}

@test "the compiler's messages are whole, in colour on a terminal only" {
    write_solution 1 's/child = clone/child = cloone/'
    in_terminal 'make -s lab1'
    [[ $output = *$'\e['*cloone*'does not compile'* ]]
    run project lab1
    [[ $output != *$'\e'* ]]
    [[ $output = *cloone*'does not compile'*'type the same again.'*'make: '*'Error 1' ]]
}

@test "a program that does not compile: the compiler's first messages, one sentence, and nothing else" {
    local program lab=labs/01-clone-pid1/clone-pid1.c
    write_solution 1
    program=$(file 1)
    sed -i '/^int main/i int a; char a;' "$program"
    run project lab1
    [[ $status = 2 && ${lines[0]} = "$lab:"* && ${lines[-3]} = "$lab does not compile: "* && ${lines[-1]} = 'make: '* ]]
    run grep -E 'FAIL|blocked|passed|Next|^Lab' <<<"$output"
    [ "$status" = 1 ]
    # The error comes behind a thousand warnings.
    { seq -f 'void f%g(void) { char *p = 1; (void)p; }' 1000 && cat "$program"; } >"$BATS_TEST_TMPDIR/long"
    cp "$BATS_TEST_TMPDIR/long" "$program"
    run project run1
    [[ $status = 2 && $output = *error:*'more lines of the compiler are left out.'*'does not compile'* ]]
    run project lab1 WATCHED=1
    [[ $(tr '\n' ' ' <<<"$output") = *'is about, then save it.'* ]]
    [ "${#lines[@]}" -le 24 ]
    printf '\xff\xfei\0n\0t\0' >"$program"
    run project lab1
    [[ $(tr '\n' ' ' <<<"$output") = "$lab does not compile"*'UTF-8'*'type the same again.'* ]]
    [ "${#lines[@]}" -le 5 ]
}

@test "a source that was removed or has another name: what there is, and what to type" {
    local program verb
    program=$(file 2)
    write_solution 2
    mv "$program" "$program "
    for verb in lab run check watch; do
        run project "${verb}2"
        [ "$status" = 2 ]
        [[ ${lines[0]} = 'There is no labs/02-unshare-fork/unshare-fork.c.' ]]
        [[ ${lines[1]} = *"mv 'labs/02-unshare-fork/unshare-fork.c ' 'labs/02-unshare-fork/unshare-fork.c'" ]]
        [[ ${lines[2]} = *'make reset2' && ${#lines[@]} = 4 ]]
    done
    (cd "$tree" && eval "${lines[1]##*type: }")
    run project check2
    is_right
}

@test "what the program prints is folded, with its blanks" {
    printf '%s\n' '#include <stdio.h>' 'int main(void) {' \
        'puts("    four blanks"); puts(""); printf("%s %s%80s\n", "/a/long/path/of/a/group/that/has/many/folders", "which is said", "the reason"); }' >"$(file 6)"
    run project lab6
    [[ $output = *'  |     four blanks'$'\n''  | '$'\n''  | /a/long'*'the reason'* ]]
    fits_80 "$output"
}

@test "an endless printer and a line of 100 MB do not flood the screen" {
    printf '%s\n' '#include <stdio.h>' 'int main(void) { for (;;) puts("again"); }' >"$(file 6)"
    run project lab6
    [ "${#lines[@]}" -lt 60 ]
    [[ $output = *'make record6 shows all of it'* ]]
    fits_80 "$output"
    printf '%s\n' '#include <stdio.h>' \
        'int main(void) { for (int i = 0; i < 100000000; i++) putchar(65); putchar(10); }' >"$(file 6)"
    run project lab6
    [ "${#output}" -lt 8000 ]
    fits_80 "$output"
    [ "$(stat -c %s "$tree/build/labs/06-busy-loop/record")" -lt 2000000 ]
}

@test "hints without verdicts: type make labN first; then in order, one more each time, to the end" {
    project reset1 >/dev/null 2>&1 || true
    rm -rf "$tree/build/labs/01-clone-pid1"
    local -a hints
    mapfile -t hints < <(awk -f "$top/scripts/student/fits.awk" /dev/null /dev/null "$tree/labs/01-clone-pid1/hints")
    [ "${#hints[@]}" -ge 5 ]
    local i
    for i in "${!hints[@]}"; do
        run project hint1
        [ "$status" = 0 ]
        [[ $output = *'make lab1'* ]]
        [[ $(tr '\n' ' ' <<<"$output") = *"Hint $((i + 1)): ${hints[i]#next }"* ]]
        fits_80 "$output"
    done
    [ "$(wc -l <"$tree/build/labs/01-clone-pid1/hints-shown")" = "${#hints[@]}" ]
    run project hint1
    [[ $(tr '\n' ' ' <<<"$output") = *'All hints for lab 1 were shown'*'make solution1 SPOIL=1'* ]]
    mv "$tree/solutions" "$tree/away"
    run project hint1
    mv "$tree/away" "$tree/solutions"
    [[ $(tr '\n' ' ' <<<"$output") = *'All hints'*instructor* ]]
    [[ $output != *'make solution1'* ]]
}

@test "a line that is nearly right has no errno, and make labN names none" {
    mistake 1 's/child: my PID is/child: my pid is/' 'right but for some letters'
    run project lab1
    [[ $output = *'the line is nearly right'* && $output != *'errno '* ]]
}

@test "each lab has one hint for when nothing fits, and the others are for something that was seen" {
    local hints
    for hints in "$top"/labs/*/hints; do
        echo "$hints"
        [ "$(awk -v RS= '{ gsub(/(^|\n)#[^\n]*/, ""); sub(/^\n/, "") } length && !/^\? / { n++ } END { print n }' "$hints")" = 1 ]
    done
}

@test "only hints that fit are shown, and the last one says that it was; a pass needs none" {
    mistake 7 '/sethostname(name/,/uname/{/uname/d}' 'the structure still holds'
    run project hint7
    [[ $(tr '\n' ' ' <<<"$output") = 'Hint 1 still fits: '*'the structure still holds'*' That was the last hint that fits'*'make lab7'*'make look7'* ]]
    [[ $output != *'Hint 2'* ]]
    fits_80 "$output"
    write_solution 7
    run project hint7
    [[ $output = *'was changed since'*'make lab7'* ]]
    project check7 >/dev/null
    run project hint7
    [ "$status" = 0 ]
    [[ $output = *'No check has failed'* ]]
}

# fits VERDICT-SEEN [ERR]: the hints for a check that failed, and what the program said on stderr.
fits() {
    printf '01-x\t1\tfail\t1\tone\t%s\tyes\t\n' "$1" >verdicts
    printf '%s\n' 'run stay' "0.001 err x: ${2:-}" 'run plain' >record
    awk -f "$top/scripts/student/fits.awk" verdicts record hints
}

@test "a hint for a step comes while that step is open, and after a mistake that was made before it" {
    cd "$BATS_TEST_TMPDIR"
    printf '%s\n' '? wrong flag' flag '' '? TODO 1' one '' '? TODO 1' more '' '? TODO 2' two '' '? never matches' never '' general >hints
    [ "$(fits 'likely TODO 1' 'TODO 1: write it')" = "$(printf '%s\n' 'fits one' 'fits more' 'next general')" ]
    [ "$(fits 'wrong flag' 'TODO 2: write it')" = "$(printf '%s\n' 'fits flag' 'next general')" ]
    [ "$(fits 'something else' 'TODO 2: write it')" = "$(printf '%s\n' 'fits two' 'next general')" ]
    [ "$(fits 'something else')" = 'next general' ]
    [ "$(awk -f "$top/scripts/student/fits.awk" /dev/null /dev/null hints)" = \
        "$(printf 'next %s\n' one more two general)" ]
}

# In a virtual machine as here: the folder of its verdicts is all that the map and hints know of it.
@test "what was passed in a virtual machine is done, and what failed there has hints" {
    local here=$tree/build/labs/06-busy-loop there=$tree/build/vm---/labs/06-busy-loop
    write_solution 6
    project check6 >"$BATS_TEST_TMPDIR/out"
    mkdir -p "$there"
    cp "$here"/{record,verdicts,verdicts.of} "$there"
    sed -i $'s/\tpass\t/\tnot here\t/' "$here/verdicts"
    run project
    [[ $output = *' busy-loop '*' done (VM=1) '*' labs done, 1 in a virtual machine'* ]]
    fits_80 "$output"
    run project hint6
    [[ $output = 'No check has failed'* ]]
    awk -F'\t' -v OFS='\t' '$2 == 1 { $3 = "fail"; $6 = "it sleeps" } { print }' "$there/verdicts" >"$there/new"
    mv "$there/new" "$there/verdicts"
    run project
    [[ $output = *' busy-loop '*' of '*' checks'* ]]
    run project hint6
    [[ $output = *'Hint '* && $output != *'type first'* ]]
    rm -r "$tree/build/vm---"
    run project
    [[ $output = *' busy-loop '*' not here '* ]]
    run project hint6
    [[ $(tr '\n' ' ' <<<"$output") = *'type first: make lab6 VM=1'*[Hh]int* ]]
}

@test "after not here the virtual machine is named; after everything, what next" {
    local lab all=()
    for lab in "$tree"/tests/[0-9]*.bats; do
        lab=${lab##*/} lab=${lab%.bats}
        mkdir -p "$BATS_TEST_TMPDIR/out/$lab"
        all+=("$lab")
        echo 'witness 2' >"$BATS_TEST_TMPDIR/out/$lab/record"
        printf '%s\t1\tpass\t1\tone\t\t\t\n' "$lab" >"$BATS_TEST_TMPDIR/out/$lab/verdicts"
        (cd "$tree" && sha256sum "solutions/$lab/${lab#*-}.c") >"$BATS_TEST_TMPDIR/out/$lab/verdicts.of"
    done
    cd "$tree"
    FROM=solutions run scripts/student/map "$BATS_TEST_TMPDIR/out" "${all[@]}"
    [[ $output = *'Well done'*'Next:  make '* ]]
    fits_80 "$output"
    printf '%s\t1\tnot here\t1\tone\tno root\tbecome root\t\n' "$lab" >"$BATS_TEST_TMPDIR/out/$lab/verdicts"
    FROM=solutions run scripts/student/map "$BATS_TEST_TMPDIR/out" "${all[@]}"
    [[ $output = *"Next:  make lab$((10#${lab%%-*})) VM=1"* ]]
    fits_80 "$output"
    run scripts/student/verdicts "$BATS_TEST_TMPDIR/out" "$lab"
    [[ $status = 77 && $output = *'become root'*"Next: type: make lab$((10#${lab%%-*})) VM=1"* ]]
    fits_80 "$output"
    printf '%s\t1\tfail\t1\tone\tno\tyes\t\n' "$lab" >"$BATS_TEST_TMPDIR/out/$lab/verdicts"
    VM=1 CGROUP=v2 run scripts/student/verdicts "$BATS_TEST_TMPDIR/out" "$lab"
    [[ $output = *"make lab$((10#${lab%%-*})) VM=1 CGROUP=v2"* ]]
}

@test "hints fit what was observed: lab 1" {
    mistake 1 's/stack + STACK_SIZE/stack/' 'Which address has the whole array below it'
    mistake 1 's/CLONE_NEWPID | SIGCHLD/SIGCHLD/' 'NSpid of the child has one number'
    mistake 1 's/CLONE_NEWPID | SIGCHLD/CLONE_NEWPID/' 'by SIGCHLD'
    mistake 1 '/setvbuf/d' 'not sent'
    mistake 1 '/child: my/d' 'Is it printed at all'
    mistake 1 's/PDEATHSIG, SIGKILL/PDEATHSIG, SIGTERM/' 'that PID 1 cannot ignore'
    mistake 1 's/&seconds);/NULL);/' 'the address of a number'
}

@test "hints fit what was observed: lab 2" {
    mistake 2 's/unshare(CLONE_NEWPID)/unshare(0)/' 'one namespace'
    mistake 2 's/\( *\)if (unshare/\1unshare(CLONE_NEWPID);\n&/' 'EINVAL'
    mistake 2 '/if (child == 0)/,+1d' 'fork() returned 0'
    mistake 2 's/child = fork();/child = fork(); if (child == 0) _exit(0); waitpid(child, NULL, 0); child = fork();/' ENOMEM
}

@test "hints fit what was observed: lab 3" {
    mistake 3 's/open(path/open("\/proc\/self\/ns\/pid"/' '/proc/self'
    mistake 3 's/setns(fd, CLONE_NEWPID)/setns(fd, CLONE_NEWUTS)/' 'setns() said EINVAL'
    mistake 3 's/^static void start_first.*;/&\nstatic int held[2];/; s/^    if (waitpid(second/    close(held[1]);\n    waitpid(atoi(path + 6), NULL, 0); &/' ' PID 1 ' # two words for it: the second child has spoken, or not
}

@test "hints fit what was observed: lab 4" {
    mistake 4 's/(stat(path/(lstat(path/; s/S_ISREG(info.st_mode)/true/' 'a link has an inode of its own'
    mistake 4 's/info.st_ino : 0/0 : 0/' 'returns 0 on success'
    mistake 4 's/return true/continue/' 'nothing is compared'
    mistake 4 's/if (inodes\[i\] != 0 && /if (i == 1 \&\& inodes[i] != 0 \&\& /' 'no * where'
}

@test "hints fit what was observed: lab 5" {
    write_solution 5
    project check5 >"$BATS_TEST_TMPDIR/out" 2>&1 ||
        skip 'not here: the reference itself cannot show lab 5 here; make doctor'
    mistake 5 's/!put(group, "cgroup.procs", argv\[1\])/false/' 'TODO 3'
    mistake 5 's/^        move_one_home();/        break;/' 'move_one_home()'
    if grep -q '(cgroup v1)' "$tree/build/labs/05-cgroup-cpuset-pin/record"; then
        mistake 5 's/if (version == 1.*/if (false)/' 'ENOSPC'
        run project lab5
        [[ $output = *'errno '*ENOSPC* ]]
    fi
    # A mistake that a later todo() would hide.
    mistake 5 's/!put(group, "cpuset.cpus", cpu)/& \&\& false/; s/if (!put(group, "cgroup.procs".*/errx(1, "TODO 3: put() the PID");\n    if (false)/' 'look at what each put() returns'
    grep -A 9 'FAIL *A CPU that does not exist' "$BATS_TEST_TMPDIR/out" | tr -s ' \n' ' ' | grep 'put() has said it, and returned false'
}

@test "what one version of cgroups has shown says nothing of the other one, and that is said" {
    write_solution 5
    run project lab5
    [ "$status" = 0 ] || skip 'not here: the reference itself cannot show lab 5 here; make doctor'
    [[ $output =~ 'Passed here on cgroup v'[12]'. On v'[12]' nothing was looked at'.*'make lab5 VM=1 CGROUP=v'[12] ]]
    run project lab1 FROM=solutions
    [[ $output != *'nothing was looked at'* ]]
}

@test "hints fit what was observed: lab 6" {
    mistake 6 's/        burn();/        usleep(1000);/' 'sleeps'
    mistake 6 's/            last = cpu;//' 'millions of times'
    mistake 6 's/^        cpu = sched_getcpu();/        if (last == -1) cpu = sched_getcpu();/' 'in each iteration'
    mistake 6 's/account(last);/account(cpu);/' 'the last one, not the new one'
}

@test "every line of tests/errno.hints has a call, and fits what a program would say" {
    printf '%s\n' 'run stay' '0.001 err clone-pid1: clone: Operation not permitted' >"$BATS_TEST_TMPDIR/record"
    cd "$top"
    explain() {
        printf '%s\n' 'run stay' "0.001 err $1" 'run plain' '0.001 err x: cgroup.procs: No such process' >"$BATS_TEST_TMPDIR/record"
        awk -f scripts/student/fits.awk /dev/null "$BATS_TEST_TMPDIR/record" tests/errno.hints | head -n 1
    }
    [[ $(explain 'clone-pid1: clone: Operation not permitted') = 'fits EPERM'* ]]
    [[ $(explain 'unshare: Invalid argument') = 'fits EINVAL from unshare'* ]]
    [[ $(explain 'x: fork(): Cannot allocate memory') = 'fits ENOMEM from fork'* ]]
    [[ $(explain 'x: fork: Out of memory') = 'fits ENOMEM from fork'* ]]
    [[ $(explain 'x: clone3: Function not implemented') = 'fits ENOSYS'* ]]
    [[ $(explain 'x: waitpid failed: No child processes') = 'fits ECHILD'* ]]
    [[ $(explain 'x: /sys/fs/cgroup/a/cpuset.cpus: Read-only file system') = 'fits EROFS'* ]]
    [[ $(explain 'x: /a/cgroup.procs: Operation not supported') = 'fits EOPNOTSUPP'* ]]
    [[ $(explain 'x: rmdir: Device or resource busy') = 'fits EBUSY from rmdir'* ]]
    [[ $(explain 'x: /a/cpuset.cpus: Numerical result out of range') = 'fits ERANGE'* ]]
    [ -z "$(explain 'x: TODO 1: call clone(): Function not implemented')" ]
    [ -z "$(explain 'ns-inode-listing: /proc/1/ns/cgroup: Permission denied')" ]
}

@test "make resetN puts the starter back, keeps the file, and refuses when nothing differs" {
    local program kept starter
    program=$(file 4)
    starter=$("$tree/scripts/suite/starter" "$tree/solutions/04-ns-inode-listing/ns-inode-listing.c")
    echo '/* mine */' >"$program"
    run project reset4
    [ "$status" = 0 ]
    [ "$(<"$program")" = "$starter" ]
    kept=$(echo "$program".[0-9]*)
    [[ ${kept#"$program"} =~ ^\.[0-9]{4}-[0-9]{2}-[0-9]{2}\.[0-9]{6}$ ]]
    [ "$(<"$kept")" = '/* mine */' ]
    [[ $output = *"labs/${kept#"$tree/labs/"}"*'make lab4'* ]]
    fits_80 "$(tail -n 1 <<<"$output")"
    run project reset4
    [ "$status" != 0 ]
    [[ $output = *'nothing to put back'* ]]
    [ "$(echo "$program".[0-9]*)" = "$kept" ]
    rm "$program" "$kept"
    run project reset4
    [ "$(<"$program")" = "$starter" ]
}

@test "make resetN in a handout takes the starter from tests/starters" {
    mkdir -p "$tree/tests/starters"
    echo '/* the starter */' >"$tree/tests/starters/04-ns-inode-listing.c"
    mv "$tree/solutions" "$tree/away"
    run project reset4
    mv "$tree/away" "$tree/solutions"
    rm -r "$tree/tests/starters"
    [ "$status" = 0 ]
    [ "$(<"$(file 4)")" = '/* the starter */' ]
    rm -f "$(file 4)".[0-9]*
    project reset4
}

@test "make solutionN refuses until all checks pass, or SPOIL=1; then it shows, without markers, in 80 columns" {
    write_solution 1 's/CLONE_NEWPID | SIGCHLD/SIGCHLD/'
    run project solution1
    [ "$status" != 0 ]
    [[ $output = *'make lab1'*'SPOIL=1'* ]]
    [[ $output != *CLONE_NEWPID* ]]
    project check1 >/dev/null 2>&1 || true
    run project solution1
    [ "$status" != 0 ]
    [[ $output = *'Not all checks'*'make hint1'* ]]
    run project solution1 SPOIL=1
    [ "$status" = 0 ]
    [[ $output = *'where the starter has a TODO:'*'CLONE_NEWPID | SIGCHLD'*'+'*'CLONE_NEWPID | SIGCHLD'* ]]
    [[ $output != *SOLUTION* && $output != *TODO\ 1* ]]
    fits_80 "${output%%From your program*}"
    write_solution 1 's/parent: my PID is %d.n", getpid()/parent: my PID is %d\\n", (int)getpid()/'
    project check1 >/dev/null
    run project solution1
    [ "$status" = 0 ]
    [[ $output = *'-'*'(int)getpid()'* ]]
    touch "$(file 1)"
    run project solution1
    [ "$status" = 0 ]
    echo '/* changed */' >>"$(file 1)"
    run project solution1
    [ "$status" != 0 ]
    [[ $output = *'make lab1'* ]]
}

@test "make answersN waits until all checks of the file that lies there have passed, or SPOIL=1" {
    local answers=$tree/labs/01-clone-pid1/answers.md
    write_solution 1
    run project answers1
    [ "$status" = 2 ]
    [[ $output = *'not checked since'*'make lab1'*'make answers1 SPOIL=1'* ]]
    fits_80 "$(head -n 2 <<<"$output")"
    project check1 >/dev/null
    run project answers1
    [[ $status = 0 && $output = "$(<"$answers")" ]]
    fits_80 "$output"
    write_solution 1 's/CLONE_NEWPID | SIGCHLD/SIGCHLD/'
    run project answers1
    [[ $status = 2 && $output = *'not checked since'* ]]
    project check1 >/dev/null 2>&1 || true
    run project answers1
    [[ $status = 2 && $output = *'Not all checks'*'make hint1'* ]]
    run project answers1 SPOIL=1
    [[ $status = 0 && $output = "$(<"$answers")" ]]
}

@test "Ctrl-C at any moment of make lab6 leaves no process, group, mount or half a file" {
    write_solution 6
    local wait
    ledger >"$BATS_TEST_TMPDIR/before"
    for wait in 0 50 150 300 500 800 1200; do
        touch "$(file 6)"
        talk <<END || true
set timeout 120
spawn make -s lab6
after $wait
send "\003"
expect eof
wait
END
        nothing_is_left
        nothing_new "$BATS_TEST_TMPDIR/before"
        find "$tree/build" -name '*.new' -o -name 'busy-loop.[0-9]*' >"$BATS_TEST_TMPDIR/files"
        diff /dev/null "$BATS_TEST_TMPDIR/files"
    done
}

# What the expect scripts begin with. must TEXT: waits for it; until TEXT: until a process of the tree has it.
prelude() {
    cat <<END
set timeout 120
proc must {text} {
    expect {
        -re \$text {}
        timeout { puts "no \$text"; exit 99 }
        eof { puts "ended without \$text"; exit 98 }
    }
}
proc until_runs {text} {
    for {set i 0} {\$i < 20000} {incr i} {
        if {![catch {exec sh -c "ls -l /proc/\[0-9]*/exe 2>/dev/null | grep -q '\$text'"}]} return
        after 5
    }
    puts "no process \$text"
    exit 97
}
proc end {} {
    expect eof
    exit [lindex [wait] 3]
}
END
}

@test "Ctrl-C while the program runs ends it, too" {
    write_solution 6
    project check6 >/dev/null 2>&1 || true
    talk <<END || true
$(prelude)
spawn make -s lab6
until_runs $tree/build/witness
send "\003"
puts "it runs"
end
END
    grep -q '^it runs' "$BATS_TEST_TMPDIR/talk"
    grep -q 'Next:' "$BATS_TEST_TMPDIR/talk" && false
    nothing_is_left
}

@test "make watchN: it says at once that it checks; h shows a hint, n goes on; a file that is gone is noticed" {
    local program
    project reset1 >/dev/null 2>&1 || true
    program=$(file 1)
    rm -f "$tree"/build/labs/01-*/hints-shown
    talk <<END
$(prelude)
spawn make -s watch1
must {Checking labs/01-clone-pid1/clone-pid1.c.*TODO 1.*and save it.*q quits}
send h
must {Hint 1: }
exec mv "$program" "$program.away"
must {There is no labs/01.*mv 'labs/01-clone-pid1/clone-pid1.c.away'.*make reset1}
exec mv "$program.away" "$program"
must {Checking labs/01.*q quits}
send n
must {Checking labs/02-unshare-fork/unshare-fork.c.*q quits}
send q
end
END
    grep -q '\*\*\*' "$BATS_TEST_TMPDIR/talk" && false
    nothing_is_left
}

# watch KEY: checks, again after a save by rename, again after one in place; then the key ends it.
watch() {
    local program
    program=$(file 1)
    write_solution 1
    cp "$program" "$BATS_TEST_TMPDIR/right"
    sed 's/CLONE_NEWPID | SIGCHLD/SIGCHLD/' "$program" >"$BATS_TEST_TMPDIR/wrong"
    "$tree/scripts/suite/starter" "$tree/solutions/01-clone-pid1/clone-pid1.c" >"$program"
    talk <<END
$(prelude)
spawn make -s watch1
must {TODO 1.*q quits}
exec cp "$BATS_TEST_TMPDIR/right" "$program.swp"
exec mv "$program.swp" "$program"
must {\x1b\[2J.* passed, 0 failed.*q quits}
exec cp "$BATS_TEST_TMPDIR/wrong" "$program"
must {\x1b\[2J.*one number.*q quits}
send "$1"
end
END
}

@test "make watchN checks again after a save by rename and in place; q and Ctrl-C end it, status 0" {
    watch q
    nothing_is_left
    watch '\003'
    nothing_is_left
}

@test "make watchN: Ctrl-C in the middle of a check ends it as cleanly" {
    write_solution 6
    talk <<END
$(prelude)
spawn make -s watch6
until_runs $tree/build/witness
send "\003"
end
END
    nothing_is_left
}

@test "make watchN without a terminal watches, too, and SIGTERM ends it" {
    write_solution 1
    (cd "$tree" && LOOP_MARK=$tree exec scripts/student/watch 1-no-such) 2>"$BATS_TEST_TMPDIR/err" && false
    grep -q 'no labs/' "$BATS_TEST_TMPDIR/err"
    cd "$tree"
    LOOP_MARK=$tree setsid scripts/student/watch 01-clone-pid1 >"$BATS_TEST_TMPDIR/out" 2>&1 </dev/null 3>&- &
    poll 120 grep -q 'q quits' "$BATS_TEST_TMPDIR/out"
    touch "$(file 1)"
    checked_twice() {
        [ "$(grep -c 'q quits' "$BATS_TEST_TMPDIR/out")" = 2 ]
    }
    poll 120 checked_twice
    kill $!
    wait $! || true
    nothing_is_left
}

@test "a new lab is a program and a check file, and no other file knows of it" {
    local lab=99-example
    mkdir "$tree/solutions/$lab"
    cat >"$tree/solutions/$lab/example.c" <<'EOF'
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    // BEGIN SOLUTION
    //| puts("TODO 1: print the line");
    printf("PID %d\n", getpid());
    // END SOLUTION
    return 0;
}
EOF
    # shellcheck disable=SC2016 # for the check file
    printf '%s\n' '#!/usr/bin/env bats' '#> run plain' '#>   start' 'load record' '# bats test_tags=points:1' \
        '@test "It says its own PID" {' '    in_run plain' "    happened start '([0-9]+).*'" \
        '    must_say "PID ${BASH_REMATCH[1]}" "PID N"' '}' >"$tree/tests/$lab.bats"
    (cd "$tree" && scripts/suite/starter --all --force >/dev/null)
    run project lab99
    echo "$output"
    [[ $status != 0 && $output == *'FAIL      It says its own PID'*'TODO 1: print the line'* ]]
    project map | grep -F '99 example'
    write_solution 99
    run project lab99
    echo "$output"
    [[ $status = 0 && $output == *'1 passed, 0 failed'* ]]
    rm -r "$tree"/{solutions,labs}/"$lab" "$tree/tests/$lab.bats"
}
