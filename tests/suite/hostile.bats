#!/usr/bin/env bats
# A class with attackers in it (tests/suite/hostile): each fails, the others' marks stay as they are, and so
# does the machine.

load helper

# "what" tells which attack a file is, "expect" what must be in its result, record, or compiler's words.
setup_file() {
    load helper
    export -f attacks lab_of hand_in make_honest make_attackers make_archives canaries state is_as_before \
        poll grade_twice
    export top hostile=$top/tests/suite/hostile dir=$BATS_FILE_TMPDIR/class
    export project=$dir/project canary=$dir/canary
    [[ $EUID = 0 && -z $(no_cage) ]] || return 0
    mkdir -p "$project/tests" "$canary" "$dir"/{tmp,alone,all}
    cp -r "$top"/{Makefile,labs,scripts,solutions} "$project"
    cp -r "$top"/tests/{*.bats,*.bash,errno.hints,weights,witness} "$project/tests"
    make -s -C "$project" BUILD="$project/build" "$project/build/witness"
    "${CC:-cc}" -O2 -o "$dir/oslabs-canary" "$BATS_TEST_DIRNAME/canary.c"
    # What others mount or share meanwhile is not to be seen; what an attacker leaves there would be.
    unshare --mount --ipc "$dir/oslabs-canary" "$dir/touched" bash -c grade_twice >"$dir/log" 2>&1 3>&- || cat "$dir/log"
}

# Without root no group limits memory, and some of these would fill the machine's.
setup() {
    needs_root
    needs_cage
}

# --- the class ----------------------------------------------------------------------------------

attacks() {
    basename -s .c "$hostile"/*.c "$hostile"/compiler/*.c
}

lab_of() {
    sed -n 's|^// lab: ||p' "$1"
}

# hand_in FOLDER LAB FILE: what an insider knows of this machine is filled in.
hand_in() {
    mkdir -p "$1/$2"
    awk -v canary="$canary" -v port="${PORT:-0}" -v socket="${SOCKET:-0}" '
        function long_name(  text) {
            for (text = "a"; length(text) < 200000; text = text text) ;
            return text
        }
        { gsub(/@canary@/, canary); gsub(/@port@/, port); gsub(/@socket@/, socket) }
        /@long@/ { sub(/@long@/, long_name()) }
        { print }' "$3" >"$1/$2/${2#*-}.c"
}

make_honest() {
    mkdir -p "$1/right" "$1/wrong" "$1/starter"
    cp -r "$top"/solutions/*/ "$1/right"
    cp -r "$top"/labs/*/ "$1/starter"
    cp -r "$top"/solutions/*/ "$1/wrong"
    local lab change
    # Of those whose message is the same each time, also on a busy machine; lab 6 measures times.
    for change in 01-clone-pid1/usage-status-1 02-unshare-fork/usage-without-a-word 03-setns-join/first-is-left 04-ns-inode-listing/nobody-is-empty \
        05-cgroup-cpuset-pin/nobody-succeeds; do
        lab=${change%/*}
        "$top/tests/suite/program" "$lab" "tests/suite/wrong/$change.diff" "$1/wrong/$lab/${lab#*-}.c"
    done
}

make_attackers() {
    local file
    for file in "$hostile"/*.c "$hostile"/compiler/*.c; do
        hand_in "$1/hostile-$(basename "$file" .c)" "$(lab_of "$file")" "$file"
    done
}

# What is not in a file: four members of the class. tests/suite/collect.bats has more of the kind.
make_archives() {
    local lab=01-clone-pid1 file=01-clone-pid1/clone-pid1.c
    mkdir -p "$1/archive-link/$lab" "$1/$(printf 'archive\n"=line"')/$lab" "$dir/tmp/up/in"
    ln -s "$canary/neighbour.c" "$1/archive-link/$file"
    cp "$top/solutions/$file" "$1/$(printf 'archive\n"=line"')/$lab"
    cp "$hostile/fork-bomb.c" "$dir/tmp/up/clone-pid1.c"
    echo overwritten >"$dir/tmp/up/checks"
    tar -cPf "$1/archive-up.tar" -C "$dir/tmp/up/in" --transform 's|^../clone|../../right/01-clone-pid1/clone|' \
        ../checks ../../../../canary/checks ../clone-pid1.c 2>/dev/null || true
    tar -czf "$1/archive-bomb.tar.gz" --transform "s|.*|$file|" -C "$dir/tmp" zeros
}

# --- the machine --------------------------------------------------------------------------------

canaries() {
    cp "$top/solutions/03-setns-join/setns-join.c" "$canary/neighbour.c"
    echo 'as it was' >"$canary/checks"
    truncate -s 200M "$dir/tmp/zeros"
}

# What a program could have changed. Others are at work on this machine: what they change, they put back.
# shellcheck disable=SC2153 # CANARY comes from canary.c
state() {
    local name
    uname -n
    for name in kernel/{core_pattern,modprobe,sysrq,pid_max,printk,hostname,domainname} fs/file-max vm/overcommit_memory; do
        echo "$name $(<"/proc/sys/$name")"
    done 2>/dev/null
    for name in nice stat oom_score_adj limits; do
        echo "$name $(awk 'FILENAME ~ /stat$/ { print $1, $4, $18, $19, $22; next } { print }' "/proc/${CANARY:?}/$name" 2>/dev/null)"
    done
    cut -d' ' -f5 /proc/self/mountinfo | sort
    grep -h ' 600 ' /proc/sysvipc/shm || true
    find /dev/shm -maxdepth 1 -name '[0-9]*'
    find /tmp -maxdepth 1 \( -name own -o -name jail -o -name tree -o -name disk -o -name memory -o -name '[0-9]' \)
    find /sys/fs/cgroup \( -name intruder -o -name cold -o -name 'wide-*' \) 2>/dev/null
    (cd "$dir" && find canary project class-all class-alone -path project/build -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
}

is_as_before() {
    state >"$dir/after"
    cmp -s "$dir/before" "$dir/after"
}

# Under the canary: the honest ones alone, then all.
grade_twice() {
    local start=$SECONDS class
    export TMPDIR=$dir/tmp2 SECRET_OF_THE_TEACHER=wide-open-1234
    mkdir "$TMPDIR"
    canaries
    for class in alone all; do
        make_honest "$dir/class-$class"
    done
    make_attackers "$dir/class-all"
    make_archives "$dir/class-all"
    state >"$dir/before"
    for class in alone all; do
        env -u MAKEFLAGS make -s -C "$project" BUILD="$project/build" SUDO='' grade SUBMISSIONS="$dir/class-$class" GRADES="$dir/$class" >"$dir/$class.table" 2>"$dir/$class.log"
        echo "$class: status $?, $((SECONDS - start)) s"
    done
    poll 60 is_as_before || true
    ls -A "$TMPDIR" >"$dir/left"
}

result() { cat "$dir/all/students/$1/$2/verdicts"; }

# Lab 5 needs a cpuset hierarchy: what the machine cannot show the reference, it shows no attacker.
shown() {
    ! grep -q 'not here' "$dir/alone/students/right/$1/verdicts"
}

# --- the tests ----------------------------------------------------------------------------------

# same FILE FILE: byte for byte, but for PIDs, which nobody can foresee, and the blanks before them: in a
# table they depend on the number of digits.
same() {
    diff <(sed 's/ *[0-9]\{3,\}/ N/g' "$1") <(sed 's/ *[0-9]\{3,\}/ N/g' "$2")
}

@test "Marks of the others are the same, byte for byte, with attackers beside them and without" {
    local key file
    cat "$dir/log"
    for key in right wrong; do
        for file in "$dir/alone/students/$key"/*/verdicts; do
            same "$file" "${file/alone/all}"
        done
        same "$dir/alone/feedback/$key.md" "$dir/all/feedback/$key.md"
        same "$dir/alone/gradescope/$key.json" "$dir/all/gradescope/$key.json"
    done
    for key in right wrong starter; do
        [ "$(grep "^\"$key\"" "$dir/alone/grades.csv")" = "$(grep "^\"$key\"" "$dir/all/grades.csv")" ]
    done
    # Two processes of the starter speak at the same time, and the message has both.
    for file in "$dir"/alone/students/starter/*/verdicts; do
        cmp <(cut -f 1-4 "$file") <(cut -f 1-4 "${file/alone/all}")
    done
    # So that this says something: all of one, some of another, none of a third.
    if shown 05-cgroup-cpuset-pin; then
        # What runs in a guest is not here.
        [ "$(cut -f 1,3 "$dir"/all/students/right/*/verdicts | grep -vFf <(guest_labs | sed $'s/$/\\tnot here/') | cut -f 2 | sort -u)" = pass ]
    fi
    cut -f 3 "$dir"/all/students/wrong/*/verdicts | grep -qx pass
    for file in "$dir"/all/students/wrong/0[1-4]*/verdicts "$dir"/all/students/starter/0[1-46]*/verdicts; do
        grep -q $'\tfail\t' "$file"
    done
}

@test "Each attacker fails, none is an error or not here, and the report has a line about each" {
    local name file lab verdicts count=0
    for file in "$hostile"/*.c "$hostile"/compiler/*.c; do
        name=$(basename "$file" .c)
        lab=$(lab_of "$file")
        grep -q "hostile-$name" "$dir/all/report.html"
        grep -q "hostile-$name" "$dir/all/grades.csv"
        shown "$lab" || continue
        verdicts=$(cut -f 3 "$dir/all/students/hostile-$name/$lab/verdicts" | sort | uniq -c | xargs)
        echo "$name: $verdicts"
        [[ $verdicts = *fail* && $verdicts != *error* && $verdicts != *'not here'* ]]
        count=$((count + 1))
    done
    ((count >= 25))
}

@test "Each attack was tried: its result, its record or the compiler's words tell what came of it" {
    local name file lab at text missing=0
    for file in "$hostile"/*.c "$hostile"/compiler/*.c; do
        name=$(basename "$file" .c)
        lab=$(lab_of "$file")
        shown "$lab" || continue
        at=$dir/all/students/hostile-$name/$lab
        while read -r text; do
            text=${text//@canary@/$canary}
            cat "$at/verdicts" "$at/record" "$at/compiler" | grep -qF -- "$text" || {
                echo "$name: no \"$text\""
                missing=1
            }
        done < <(sed -n 's|^// expect: ||p' "$file")
    done
    [ "$missing" = 0 ]
}

@test "No attack has got through" {
    run -1 grep -r 'got through' "$dir"/all/students/*/*/record
    run -1 grep -rl 'wide-open-1234' "$dir/all"
    run -1 grep -rlF -- "$(grep -m 1 '^root:' /etc/passwd)" "$dir/all"
}

@test "Archives: a link, a way up, a bomb and a name with a newline are told, and do nothing" {
    local key
    grep '^note .*clone-pid1' "$dir/all/students/archive-link/collected"
    grep '^note ' "$dir/all/students/archive-bomb/collected"
    [ ! -e "$dir/all/students/archive-link/01-clone-pid1/clone-pid1.c" ]
    [ ! -e "$dir/all/students/archive-bomb/01-clone-pid1/clone-pid1.c" ]
    run ! grep -q overwritten "$canary/checks"
    for key in "$dir"/all/students/archive@*; do
        [ "$(cut -f 3 "$key/01-clone-pid1/verdicts" | sort -u)" = pass ]
    done
}

@test "Outside of the cages nothing has changed, and nothing is left" {
    diff "$dir/before" "$dir/after"
    [ -s "$dir/before" ]
    cat "$dir/touched"
    [ ! -s "$dir/touched" ]
    [ ! -s "$dir/left" ]
    strangers >"$BATS_TEST_TMPDIR/strangers"
    poll 300 are_gone
    poll 60 no_group
}

# The root of a cage has a number like this outside. Other tests have cages, too: those of now will end.
strangers() {
    ps -eo pid=,uid= | awk '$2 >= 1900000000 && $2 < 1916777216' | sort
}

are_gone() {
    [ -z "$(comm -12 "$BATS_TEST_TMPDIR/strangers" <(strangers))" ] || { sleep 0.2 && false; }
}

no_group() {
    local group
    for group in /sys/fs/cgroup/grade-oslabs-* /sys/fs/cgroup/*/grade-oslabs-*; do
        ! free "$group" || return 1
    done
}

@test "What an attacker has printed does nothing to a terminal, a browser or a spreadsheet" {
    local file files=("$dir"/all.table "$dir"/all.log "$dir"/all/{grades.csv,report.html,junit.xml}
        "$dir"/all/{feedback,gradescope,classroom50}/*)
    grep -q 'hostile-terminal' "$dir/all.table"
    for file in "${files[@]}"; do
        if sed 's/\r$//' "$file" | LC_ALL=C tr -d '\t\n\40-\176\200-\377' | grep -q . || grep -q $'\xe2\x80\xae' "$file"; then
            echo "control characters in $file"
            false
        fi
    done
    run ! grep -q '<script>alert' "$dir/all/report.html"
    run ! grep -qE '^ {0,3}[^ ].*<script>alert' "$dir"/all/feedback/* # deeper it is in a block of code
    run ! grep -q '^"\{0,1\}[=+@-]' "$dir/all/grades.csv"
    [ ! -e "$canary/touched" ]
}

# --- cages one by one ---------------------------------------------------------------------------

# A kit that anybody can read, also a guest, in which lab 5 is one run.
make_kit() {
    local check
    mkdir -p "$1/kit"
    cp "$project/build/witness" "$1/kit"
    for check in "$top"/tests/[0-9]*-*.bats; do
        grep '^#> ' "$check" >"$1/kit/$(basename "$check" .bats)"
    done
    printf '#> run alone\n#>   cpuset\n#>   start 4194304 0\n' >"$1/kit/05-cgroup-cpuset-pin"
    cp -r "$project/scripts" "$1"
    chmod -R a+rX "$1"
}

# caged FOLDER ATTACK: its record, in FOLDER/ATTACK.
caged() {
    local file=$hostile/$2.c lab
    lab=$(lab_of "$file")
    hand_in "$1/$2" "$lab" "$file"
    chmod -R a+rwX "$1/$2"
    "${as[@]}" "$1/scripts/instructor/cage" "$1/kit" "$lab" "$1/$2/$lab/${lab#*-}.c" "$1/$2/record"
}

@test "An attacker cannot reach the groups of a program that runs beside it" {
    shown 05-cgroup-cpuset-pin || skip 'not here: no cpuset hierarchy; make test VM=1'
    local at=$BATS_TEST_TMPDIR as=() victim i
    make_kit "$at"
    # It waits, again and again, until it is told to end.
    printf '#> run x\n#>   cpuset\n#>   loop LAST\n#>   start LOOP FIRST 60\n#>   until cpuset.cpus:\n' >"$at/victim"
    for i in {1..30}; do printf '#>   until never\n#>   signal CONT\n'; done >>"$at/victim"
    "${CC:-cc}" -o "$at/cgroup-cpuset-pin" "$top/solutions/05-cgroup-cpuset-pin/cgroup-cpuset-pin.c"
    "$at/kit/witness" "$at/victim" "$at/cgroup-cpuset-pin" >"$at/record" 3>&- &
    victim=$!
    poll 60 has_group
    caged "$at" other-groups
    intruders=$(find /sys/fs/cgroup -name intruder 2>/dev/null || true)
    kill "$victim"
    wait "$victim" || true
    cat "$at/other-groups/record"
    # On v2 it does not even see them.
    grep -q 'refused: the groups of others; there were' "$at/other-groups/record"
    [[ ! -d /sys/fs/cgroup/cpuset ]] || grep -q 'there were some' "$at/other-groups/record"
    [ -z "$intruders" ]
    run ! grep -q ' left ' "$at/record"
}

# The witness names its group after itself.
has_group() {
    [ -n "$(find /sys/fs/cgroup -maxdepth 3 -path "*/oslabs-$victim-*/cpuset-pin.*" 2>/dev/null)" ]
}

@test "The cage of a plain user holds as well" {
    local at name as=(as_nobody) missing=0 text
    needs_cage "${as[@]}"
    at=$(mktemp -d) # bats' own folders are closed to other users
    make_kit "$at"
    for name in fork-bomb thread-bomb orphans heap endless-output out-of-band kill-everybody ends-the-cage \
        outer-namespaces descriptors-of-others overwrite read-secrets network machine-wide another-abi another-program \
        below-proc mounts pivot-root privileged-calls compiler/incbin compiler/include-neighbour; do
        caged "$at" "$name" || missing=1
        grep -qE '^end$' "$at/$name/record" || missing=1
        while read -r text; do
            text=${text//@canary@/$canary}
            [[ $text = it\ * || $text = 'does not'* ]] && text=''
            cat "$at/$name/record" "$at/$name/compiler" | grep -qF -- "$text" || {
                echo "$name: no \"$text\""
                missing=1
            }
        done < <(sed -n 's|^// expect: ||p' "$hostile/$name.c")
    done
    run grep -r 'got through' "$at"/*/record "$at"/compiler/*/record
    rm -r "$at"
    [ "$status" = 1 ]
    [ "$missing" = 0 ]
}

# One guest for all, because it takes longer to boot than to attack.
@test "On pure cgroup v2: an attacker freezes, leaves and nests groups to no avail; without user namespaces there is no grading" {
    needs_guest
    local at=$BATS_TEST_TMPDIR as=() name
    make_kit "$at"
    mkdir "$at/kept"
    cat >"$at/attack" <<'END'
at=$1
coproc "$at/scripts/instructor/limits"
sed '/^$/q' <&"${COPROC[0]}" >/tmp/limits
export LIMITS=/tmp/limits
cp -r "$at" /tmp/at
for name in freeze leave-group nested-groups; do
    "$at/scripts/instructor/cage" "$at/kit" 05-cgroup-cpuset-pin "$at/$name.c" "/tmp/at/$name"
    cp "/tmp/at/$name" "$at/kept"
done
exec {COPROC[1]}>&-
wait
find /sys/fs/cgroup -mindepth 1 -type d >"$at/kept/groups"
sysctl -q -w user.max_user_namespaces=0
LIMITS='' "$at/scripts/instructor/cage" --check "$at/kit" >"$at/kept/check" 2>&1
echo "status $?" >>"$at/kept/check"
END
    for name in freeze leave-group nested-groups; do
        cp "$hostile/$name.c" "$at"
    done
    run "$top/scripts/machine/vm" --cgroup v2 --cpus 2 --memory 1024 --timeout 300 --share "$at/kept" -- bash "$at/attack" "$at"
    echo "$output"
    [ "$status" = 0 ]
    cat "$at"/kept/*
    grep 'freeze: init 1' "$at/kept/freeze"
    grep 'stopped cage' "$at/kept/freeze"
    grep 'left group wide-' "$at/kept/nested-groups"
    run ! grep 'got through' "$at"/kept/*
    for name in freeze leave-group nested-groups; do
        [ "$(tail -n 1 "$at/kept/$name")" = end ]
    done
    [ ! -s "$at/kept/groups" ]
    grep -qx 'status 3' "$at/kept/check"
    grep -q 'user.max_user_namespaces' "$at/kept/check"
}

needs_guest() {
    command -v "qemu-system-$(uname -m)" >/dev/null || skip 'not here: no QEMU; scripts/machine/need qemu'
    command -v cpio >/dev/null || skip 'not here: no cpio; scripts/machine/need cpio'
    "$top/scripts/machine/vm-kernel" 6.1 "$(uname -m)" >/dev/null || skip 'not here: no kernel; scripts/machine/vm true'
}
