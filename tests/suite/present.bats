#!/usr/bin/env bats
# The demonstrations in steps, as a presenter types them: through a pseudo-terminal.

load helper

setup_file() {
    load helper
    command -v expect >/dev/null || return 0 # setup() says so
    export TMPDIR=$BATS_FILE_TMPDIR/tmp BUILD=$BATS_FILE_TMPDIR/build TICK=0.005 NO_COLOR=1 TERM=xterm
    mkdir "$TMPDIR"
    groups >"$BATS_FILE_TMPDIR/groups"
    project FROM=solutions programs witness
    # drive COMMAND [TEXT KEY]...: each key, or signal, is sent when its text has appeared.
    cat >"$BATS_FILE_TMPDIR/drive" <<'END'
set timeout 120
spawn -noecho bash -c "stty rows 24 columns 80; exec [lindex $argv 0]"
foreach {text key} [lrange $argv 1 end] {
    expect -ex $text {} timeout { puts "\nno '$text'"; exit 97 } eof { puts "\nended before '$text'"; exit 98 }
    switch $key TERM { exec kill [exp_pid] } KILL { exec pkill -KILL -P [exp_pid] } default { send -- $key }
}
expect eof {} timeout { puts "\nit does not end"; exit 99 }
exit [lindex [wait] 3]
END
}

setup() {
    command -v expect >/dev/null || skip 'not here: no expect; scripts/machine/need expect'
}

drive() {
    cd "$top" || return
    groups >"$BATS_FILE_TMPDIR/groups"
    run expect -f "$BATS_FILE_TMPDIR/drive" "$@"
    on_screen
    nothing_left
}

groups() {
    find /sys/fs/cgroup -maxdepth 2 -name 'group0*' | sort
}

has_no_process() {
    [ -z "$(find /proc/[0-9]*/exe -lname "$BUILD/*" 2>/dev/null)" ]
}

has_no_group() {
    [ -z "$(comm -13 "$BATS_FILE_TMPDIR/groups" <(groups))" ]
}

is_clean() {
    has_no_process && [ -z "$(ls "$TMPDIR")" ] && has_no_group
}

# In time: who was killed needs a moment to go, and somebody else's demonstration may have begun.
nothing_left() {
    poll 60 is_clean || {
        find /proc/[0-9]*/exe -lname "$BUILD/*" 2>/dev/null || true
        ls "$TMPDIR"
        groups
        false
    }
}

# Each text goes to a row: 1 to 22 are the step, 24 the keys.
on_screen() {
    awk 'BEGIN { RS = "\033\\[" }
        match($0, /^[0-9]+;1H/) {
            row = $0 + 0
            text = substr($0, RLENGTH + 1)
            sub(/\r.*/, "", text)
            if (row > 24 || row == 23 || length(text) > 80) { print row ": " text; wrong = 1 }
        }
        END { exit wrong }' <<<"$output"
}

# How many steps a lab has. It is asked once.
steps_of() {
    local known=$BATS_FILE_TMPDIR/steps.$1
    if [ ! -f "$known" ]; then
        drive "env STEP=999 scripts/presenter/demo $1"
        [ "$status" = 2 ]
        [[ $output =~ 'the last one is '([0-9]+) ]]
        echo "${BASH_REMATCH[1]}" >"$known"
    fi
    steps=$(<"$known")
}

labs() {
    (cd "$top/solutions" && echo [0-9]*)
}

@test "forward through every step of every lab" {
    local lab step keys=() number
    for lab in $(labs); do
        steps_of "$lab"
        number=$((10#${lab%%-*}))
        for ((step = 1; step <= steps; step++)); do
            keys+=("Lab $number: " '' 'Enter runs it' $'\r' 'Enter goes on' $'\r')
        done
    done
    [ "${#keys[@]}" -ge $((6 * 2 * 6)) ]
    drive "env STEP=1 scripts/presenter/demo $(labs)" "${keys[@]}"
    [ "$status" = 0 ]
    is_walk
}

# The cpuset walk: no space before step 7 on v1, and afterwards only one CPU.
is_walk() {
    if [[ $output = *'(cgroup v1)'* ]]; then
        [[ $output = *'as early as in the article'*'No space left on device'*'cpuset.mems'* ]]
    else
        [[ $output = *'+cpuset'*cgroup.procs* ]]
    fi
    [[ $output =~ 'the group gets CPU '([0-9]+) ]]
    local cpu=${BASH_REMATCH[1]}
    [[ $output =~ 'step 8: see where it is'.*"On CPU $cpu, wherever it was" ]]
    [[ $output =~ CPU\ $cpu\ +#{30} ]]
    # Held on that one, and then on the other: it moves before everybody's eyes.
    [[ $output =~ CPU\ $cpu\ +#{15}\|[#.]{0,9}\.{21} ]]
    [[ $output =~ CPU\ [0-9]+\ +\.{15}\|[#.]{0,9}#{21} ]]
}

@test "what is shown comes from the program: C lines of the reference, inode numbers of the kernel" {
    drive 'env STEP=1 scripts/presenter/demo 02-unshare-fork' 'runs it' $'\r' 'goes on' q
    [ "$status" = 0 ]
    [[ $output = *'if (unshare(CLONE_NEWPID) == -1)'*'child = fork();'* ]]
    # The child is in another namespace than this shell; its parent is not.
    [[ $output =~ before\ \ pid\ ([0-9]+).*parent\ [0-9]+\ +pid\ ([0-9]+).*pid_for_children\ ([0-9]+)\ \*.*child\ [0-9]+\ +pid\ ([0-9]+)\ \* ]]
    [ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ]
    [ "${BASH_REMATCH[3]}" = "${BASH_REMATCH[4]}" ]
    [ "${BASH_REMATCH[1]}" != "${BASH_REMATCH[4]}" ]
    [[ $output =~ NSpid\ [0-9]+\ 1 ]]
}

@test "back from the first step of a lab is the last one of the lab before" {
    drive 'env STEP=3 scripts/presenter/demo 03-setns-join 02-unshare-fork' 'STEP=3 of' b 'STEP=2 of' b 'STEP=1 of' b 'STEP=1 of' q
    [ "$status" = 0 ]
}

@test "from every step back, and quit" {
    at_every_step back_and_quit
}

back_and_quit() {
    local keys=("STEP=$2 of $3" '' 'runs it')
    (($2 == 1)) || keys+=(b "STEP=$(($2 - 1)) of $3" '' 'runs it' $'\r' 'goes on' $'\r' "STEP=$2 of $3" '' 'runs it')
    drive "env STEP=$2 scripts/presenter/demo $1" "${keys[@]}" q
    [ "$status" = 0 ]
}

@test "every step repeated, and Ctrl-C before Enter" {
    at_every_step repeat_and_interrupt
}

repeat_and_interrupt() {
    drive "env STEP=$2 scripts/presenter/demo $1" "STEP=$2 of $3" '' 'runs it' $'\r' 'goes on' r "STEP=$2 of $3" '' 'runs it' $'\x03'
    [ "$status" = 130 ]
}

@test "Ctrl-C after Enter, at every step" {
    at_every_step run_and_interrupt
}

run_and_interrupt() {
    drive "env STEP=$2 scripts/presenter/demo $1" "STEP=$2 of $3" '' 'runs it' $'\r' 'goes on' $'\x03'
    [ "$status" = 130 ]
}

# at_every_step FUNCTION: calls it with LAB STEP STEPS.
at_every_step() {
    local lab step
    for lab in $(labs); do
        steps_of "$lab"
        for ((step = 1; step <= steps; step++)); do
            "$1" "$lab" "$step" "$steps"
        done
    done
}

@test "Ctrl-C as soon as there is a screen, while a step runs, and SIGTERM" {
    drive 'env STEP=1 scripts/presenter/demo 03-setns-join' $'\e[2J' $'\x03'
    [ "$status" = 130 ]
    drive 'env TICK=0.2 STEP=1 scripts/presenter/demo 06-busy-loop' 'runs it' $'\r' '0.000 s: CPU' $'\x03'
    [ "$status" = 130 ]
    [[ $output = *recorded* || ! $output =~ [#.]{30} ]] # it does not wait for the end of the strip
    drive 'env STEP=1 scripts/presenter/demo 03-setns-join' 'runs it' $'\r' 'goes on' TERM
    [ "$status" = 143 ] || [ "$EUID" != 0 ] # that sudo is not ours
}

@test "what was started ends also when the presenter mode itself is killed" {
    setpriv --pdeathsig TERM true || skip 'not here: setpriv cannot say --pdeathsig; scripts/machine/need setpriv'
    export -f poll has_no_process
    # The shell around it stays, or the terminal would end everything. Nobody removes the temporary folder.
    cd "$top"
    run expect -f "$BATS_FILE_TMPDIR/drive" "bash -c 'STEP=1 scripts/presenter/demo 03-setns-join; poll 10 has_no_process'" \
        'runs it' $'\r' 'goes on' KILL
    [ "$status" = 0 ]
    [[ $output = *Killed* ]]
    rm -r "${TMPDIR:?}"/*
    nothing_left
}

@test "the terminal is as it was before" {
    local key
    for key in q $'\x03'; do
        drive "bash -c 'stty -a >$BATS_TEST_TMPDIR/before; STEP=1 scripts/presenter/demo 01-clone-pid1; stty -a >$BATS_TEST_TMPDIR/after'" \
            'runs it' $'\r' 'goes on' "$key"
        cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
    done
}

@test "without a terminal, or in one that is too small, it says what is needed: exit status 2" {
    cd "$top"
    STEP=1 run scripts/presenter/demo 03-setns-join </dev/null
    [ "$status" = 2 ]
    [[ $output = *'needs a terminal'* ]]
    drive "bash -c 'stty columns 79; STEP=1 exec scripts/presenter/demo 03-setns-join'"
    [ "$status" = 2 ]
    [[ $output = *'79 columns'*'80 and 24'* ]]
    drive 'env STEP=yes scripts/presenter/demo 03-setns-join'
    [ "$status" = 2 ]
}

@test "a terminal that cannot move its cursor gets no demonstration in steps, and no colours" {
    drive 'env TERM=dumb STEP=1 scripts/presenter/demo 03-setns-join'
    [ "$status" = 2 ]
    [[ $output = *TERM=dumb*'Leave STEP out'* && $output != *$'\e'* ]]
    drive 'env -u NO_COLOR TERM=dumb scripts/presenter/demo 01-clone-pid1'
    [ "$status" = 0 ]
    [[ $output = *'my PID is 1'* && $output != *$'\e'* ]]
    drive 'env -u NO_COLOR scripts/presenter/demo 01-clone-pid1'
    [[ $output = *$'\e[1m'* ]]
}

@test "without a temporary folder it says what to type, status 2" {
    drive 'env TMPDIR=/nonexistent STEP=1 scripts/presenter/demo 03-setns-join'
    [ "$status" = 2 ] || [ "$EUID" != 0 ] # sudo keeps no TMPDIR
    [[ $output = *TMPDIR=FOLDER* ]] || [ "$EUID" != 0 ]
}

@test "a blank or a colon in the path of the tree or of TMPDIR" {
    local dir="$BATS_TEST_TMPDIR/a b:c"
    mkdir -p "$dir/tmp"
    (cd "$top" && tar -c --exclude=./build --exclude=./.git .) | tar -x -C "$dir"
    make -s -C "$dir" BUILD=build FROM=solutions programs
    drive "bash -c 'cd \"$dir\" && BUILD=build TMPDIR=\"$dir/tmp\" STEP=1 exec scripts/presenter/demo 01-clone-pid1'" \
        'runs it' $'\r' 'goes on' q
    [ "$status" = 0 ]
    [[ $output = *'child: my PID is 1'* && $output != *recorded* ]]
    [ -z "$(ls "$dir/tmp")" ]
}

@test "a plain user without sudo: namespaces of his own, and a recorded run of the cpuset walk" {
    needs_root
    local keys=() step dir
    dir=$(mktemp -d -p /tmp)
    cp -r "$BUILD/solutions" "$dir"
    chmod -R a+rX "$dir"
    for ((step = 1; step <= 3 + 10; step++)); do
        keys+=('runs it' $'\r' 'goes on' $'\r')
    done
    run expect -f "$BATS_FILE_TMPDIR/drive" \
        "setpriv --reuid=65534 --regid=65534 --clear-groups env SUDO= TMPDIR=/tmp BUILD=$dir STEP=1 scripts/presenter/demo 01-clone-pid1 05-cgroup-cpuset-pin" \
        "${keys[@]}" 'runs it' q
    rm -r "$dir"
    [ "$status" = 0 ]
    on_screen
    nothing_left
    [[ $output = *'Lab 5'*'A recorded run, on Linux'*'No space left on device'*'Lab 5 was a recorded run:'*'Permission denied'* ]]
}

@test "the recorded runs are of the steps that there are" {
    local dir=$BATS_TEST_TMPDIR/copy lab number
    mkdir "$dir"
    (cd "$top" && tar -c --exclude=./build --exclude=./.git .) | tar -x -C "$dir"
    cd "$dir"
    for lab in $(labs); do
        number=$((10#${lab%%-*}))
        scripts/presenter/present --record "$lab" || continue # this machine cannot
        # On v2 there are other steps than in the recording, which is of v1.
        [ "$number" != 5 ] || grep -q as.early.as "slides/recorded/demo5.txt" || continue
        diff <(shown "$top/slides/recorded/demo$number.txt") <(shown "slides/recorded/demo$number.txt")
    done
    nothing_left
}

# What is shown before Enter, without numbers and our build folder, as words: where a line ends depends on the numbers.
# Where somebody else has a group0, ours is group0.PID.
shown() {
    sed -n "s|$BUILD/|build/|g"'; /^>/d; s/^t //; s/[0-9]\{1,\}/N/g; s/groupN\.N/groupN/g; 2,$p' "$1" | tr -s ' ' '\n'
}

@test "every lab has steps, and a recorded run" {
    local lab
    for lab in $(labs); do
        grep -q '^steps=(..*)' "$top/solutions/$lab/demo.bash" || grep -q '^    steps=(..*)' "$top/solutions/$lab/demo.bash"
        [ -s "$top/slides/recorded/demo$((10#${lab%%-*})).txt" ]
    done
}

@test "of many CPUs the strip shows six, and drops the one that was left longest ago" {
    eval "$(sed -n '/^new_row()/,/^}/p' "$top/scripts/presenter/words.bash")"
    local rows=([1]='#......' [2]='.#.....' [3]='...#...' [4]='..#....' [5]='....#..' [6]='.....##')
    new_row 9
    [ "${!rows[*]}" = '2 3 4 5 6 9' ]
    [ "${rows[9]}" = ....... ]
}

@test "make demo3 STEP=1, from make to the screen" {
    drive "make -s BUILD=$BUILD demo3 STEP=1" 'Lab 3: ' '' 'STEP=1 of 2' '' 'runs it' $'\r' 'second: my PID is 2' q
    [ "$status" = 0 ]
    drive "make -s BUILD=$BUILD demo3 STEP=1" 'runs it' $'\x03'
    [ "$status" = 0 ]
    [[ $output != *Error* ]]
}

@test "a newer asciinema is named, with what to type; a cast leaves nothing in HOME" {
    mkdir "$BATS_TEST_TMPDIR"/{bin,home}
    printf '#!%s\necho asciinema 3.0.0\n' "$BASH" >"$BATS_TEST_TMPDIR/bin/asciinema"
    chmod +x "$BATS_TEST_TMPDIR/bin/asciinema"
    cd "$top"
    PATH=$BATS_TEST_TMPDIR/bin:$PATH run scripts/presenter/cast 02-unshare-fork
    [ "$status" = 2 ]
    [[ $output = *'asciinema 3.0.0'*"'asciinema<3'"* ]]
    rm "$BATS_TEST_TMPDIR/bin/asciinema"
    command -v asciinema >/dev/null || skip 'not here: no asciinema; scripts/machine/need asciinema'
    HOME=$BATS_TEST_TMPDIR/home PACE=0.1 scripts/presenter/cast 01-clone-pid1
    [ -z "$(ls -A "$BATS_TEST_TMPDIR/home")" ]
}

@test "a cast is an asciicast of version 2, of a screen of 80x24, that shows every step" {
    command -v asciinema >/dev/null || skip 'not here: no asciinema; scripts/machine/need asciinema'
    cd "$top"
    TERM=dumb PACE=0.2 scripts/presenter/cast 02-unshare-fork
    local cast=$BUILD/slides/casts/demo2.cast
    head -n 1 "$cast" | grep '"version": 2' | grep '"width": 80' | grep '"height": 24'
    grep -q 'STEP=3 of 3' "$cast"
    grep -q 'Cannot allocate memory' "$cast"
    [ "$(wc -c <"$cast")" -lt 50000 ]
    nothing_left
}

@test "the demonstrations end with 0 where only labs of the guest cannot be shown; asked alone, one says so: 77" {
    needs_namespaces
    cd "$top" || return
    local guest
    guest=$(guest_labs | head -n 1)
    run -0 scripts/presenter/demo 04-ns-inode-listing "$guest"
    [[ $output = *'Not here: it runs in the virtual machine only'*VM=1* ]]
    run -77 scripts/presenter/demo "$guest"
}
