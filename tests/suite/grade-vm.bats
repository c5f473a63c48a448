#!/usr/bin/env bats
# make grade CAGE=vm: many programs share a virtual machine, and each has the mark that it has in one of its own.

load helper

# --- a class in real guests -------------------------------------------------------------------

needs_guest() {
    local why
    why=$(bash "$top/scripts/machine/need" --try qemu busybox-static cpio kmod bwrap) || skip "not here: $why"
    "$top/scripts/machine/vm-kernel" 6.1 "$(uname -m)" >/dev/null || skip 'not here: no kernel; scripts/machine/vm true'
}

# Tools in front of the real ones: guests are counted, and one attack gets through, in a guest, to its kernel.
make_tools() {
    local qemu
    qemu=qemu-system-$(uname -m)
    mkdir "$BATS_TEST_TMPDIR/bin"
    cat >"$BATS_TEST_TMPDIR/bin/$qemu" <<TOOL
#!/bin/sh
echo started >>"$BATS_TEST_TMPDIR/guests"
exec $(command -v "$qemu") "\$@"
TOOL
    cat >"$BATS_TEST_TMPDIR/bin/bwrap" <<TOOL
#!/bin/sh
case "\$*" in *c-panics*) ! grep -qw oslabs.guest=1 /proc/cmdline || echo c >/proc/sysrq-trigger ;; esac
exec $(command -v bwrap) "\$@"
TOOL
    chmod +x "$BATS_TEST_TMPDIR"/bin/*
    PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

# hand_in STUDENT LAB FILE
hand_in() {
    mkdir -p "$class/$1/$2"
    cp "$3" "$class/$1/$2/${2#*-}.c"
}

# The last one is root of its guest, and ends that.
make_class() {
    local lab=01-clone-pid1
    class=$BATS_TEST_TMPDIR/class
    hand_in a-right "$lab" "$top/solutions/$lab/clone-pid1.c"
    hand_in b-writes "$lab" "$top/tests/suite/hostile/other-records.c"
    hand_in c-panics "$lab" "$top/solutions/$lab/clone-pid1.c"
    hand_in d-reboots "$lab" "$top/tests/suite/hostile/ends-the-cage.c"
    mkdir -p "$class/e-wrong/$lab"
    (cd "$top" && tests/suite/program "$lab" tests/suite/wrong/01-clone-pid1/usage-status-1.diff "$class/e-wrong/$lab/clone-pid1.c")
    cat >"$BATS_TEST_TMPDIR/root.c" <<'PROGRAM'
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>
int main(void)
{
    char line[4096] = "";
    FILE *file = fopen("/proc/cmdline", "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL || strstr(line, "oslabs.guest=1") == NULL)
        return 0;
    mount("proc", "/tmp", "proc", 0, NULL);
    return write(open("/tmp/sysrq-trigger", O_WRONLY), "c", 1) != 1;
}
PROGRAM
    hand_in f-root 18-cgroup-device-deny "$BATS_TEST_TMPDIR/root.c"
}

# marks FOLDER STUDENT LAB
marks() {
    cut -f 1-5 "$1/students/$2/$3/verdicts"
}

# one_at_a_time STUDENT...: each in a guest of its own, with all that the class had.
one_at_a_time() {
    local lab=01-clone-pid1 student at
    for student; do
        at=$alone/students/$student/$lab
        mkdir -p "$at"
        cp "$grades/students/$student/$lab/clone-pid1.c" "$at"
        (cd "$top" && CAGE=vm scripts/instructor/cage "$grades/kit" "$lab" "$at/clone-pid1.c" "$at/record")
        "$top/scripts/student/judge" "$top/tests/$lab.bats" "$at/record"
    done
}

@test "A class with attackers in it has the marks of one guest for each program, and fewer guests" {
    needs_guest
    local grades=$BATS_TEST_TMPDIR/grades alone=$BATS_TEST_TMPDIR/alone class student programs verdicts
    make_tools
    make_class
    run project grade CAGE=vm JOBS=1 SUBMISSIONS="$class" GRADES="$grades"
    echo "$output"
    programs=$(find "$class" -name '*.c' | wc -l)
    echo "$(wc -l <"$BATS_TEST_TMPDIR/guests") guests, one of them for the try, and $programs programs"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/guests")" -lt "$programs" ]
    one_at_a_time a-right b-writes d-reboots e-wrong
    for student in a-right b-writes d-reboots e-wrong; do
        diff <(marks "$alone" "$student" 01-clone-pid1) <(marks "$grades" "$student" 01-clone-pid1)
    done
    # So that this says something: all points, some, none; and no mark for who took the guest away.
    [ "$(marks "$grades" a-right 01-clone-pid1 | cut -f 3 | sort | uniq -c | xargs)" = "$checks_of_1 pass" ]
    [ "$(marks "$grades" e-wrong 01-clone-pid1 | cut -f 3 | sort -u | xargs)" = 'fail pass' ]
    [[ $(marks "$grades" b-writes 01-clone-pid1) = *$'\tfail\t'* ]]
    [[ $(marks "$grades" d-reboots 01-clone-pid1) = *$'\tfail\t'* ]]
    for student in c-panics/01-clone-pid1 f-root/18-cgroup-device-deny; do
        verdicts=$(cut -f 3 "$grades/students/$student/verdicts" | sort -u | xargs)
        [[ $verdicts = *error* && $verdicts != *pass* && $verdicts != *fail* ]]
    done
    grep -q 'refused: the records of others' "$grades/students/b-writes/01-clone-pid1/record"
    run -1 grep -r 'got through' "$grades"/students/*/*/record
}

# --- what a guest says, without one -----------------------------------------------------------

# A project whose guest is a command here, and whose cage does what the program's text says.
make_stage() {
    cd "$BATS_TEST_TMPDIR" || return
    mkdir -p tmp kit scripts/{instructor,machine}
    export TMPDIR=$PWD/tmp
    cp "$top/scripts/lib.bash" scripts
    cp "$top/scripts/instructor/guest" scripts/instructor
    echo '#> run x' >kit/01-x
    # shellcheck disable=SC2016 # for the scripts
    echo 'echo started >>guests; while [ "$1" != -- ]; do shift; done; shift; exec "$@"' >scripts/machine/vm
    echo 'echo; cat >/dev/null' >scripts/instructor/limits
    cat >scripts/instructor/cage <<'CAGE'
echo 'the words' >"${4%/*}/compiler"
case $(<"$3") in
    right) printf 'witness 2\n%s\nend\n' "${3##*/students/}" >"$4" ;;
    cut) printf 'witness 2\n%s\n' "${3##*/students/}" >"$4" ;;
    ends) kill -KILL "$PPID" ;;
    hangs) exec setpriv --pdeathsig KILL sleep 1000 ;;
    forges)
        printf 'record %s 0 21\nwitness 2\nforged\nend\n' 0 1 99
        printf 'witness 2\n%s\nend\n' "${3##*/students/}" >"$4"
        ;;
esac
CAGE
}

# programs TEXT...: sets records
programs() {
    local n=0 text
    records=()
    for text; do
        n=$((n + 1))
        mkdir -p "students/$n/01-x"
        echo "$text" >"students/$n/01-x/x.c"
        records+=("students/$n/01-x/record")
    done
}

@test "A guest that dies, hangs or lies costs no other program its record" {
    make_stage
    local records n
    programs right forges ends right hangs cut right
    VM_SECONDS=20 run scripts/instructor/guest kit "${records[@]}"
    echo "$output"
    [ "$status" = 0 ]
    [ "$(grep '^made ' <<<"$output")" = "$(printf 'made students/%s/01-x/record\n' 1 2 4 7)" ]
    for n in 1 2 4 7; do
        [ "$(cat "students/$n/01-x/record")" = $'witness 2\n'"$n/01-x/x.c"$'\nend' ]
        [ "$(cat "students/$n/01-x/compiler")" = 'the words' ]
    done
    [ "$(find students -name 'record*' | wc -l)" = 4 ]
    # who ends one has the first, who hangs the second, and the third goes to the end
    [ "$(wc -l <guests)" = 3 ]
}

@test "A program alone in its guest has the record that there is, whole or not" {
    make_stage
    local records
    programs cut ends
    run scripts/instructor/guest kit "${records[0]}"
    [ "$output" = "made ${records[0]}" ]
    run scripts/instructor/guest kit "${records[1]}"
    [ "$status" = 0 ]
    [ ! -e "${records[1]}" ]
}
