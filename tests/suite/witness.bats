#!/usr/bin/env bats
# The witness: its record, its limits, and what a program can do to it: nothing.

bats_require_minimum_version 1.5.0
load helper

setup_file() {
    load helper
    project "$BATS_FILE_TMPDIR/build/witness"
    export witness=$BATS_FILE_TMPDIR/build/witness name=misbehave-$$
    export program=$BATS_FILE_TMPDIR/$name
    "${CC:-cc}" -O1 -Wall -Wextra -o "$program" "$BATS_TEST_DIRNAME/misbehave.c" -lrt
    chmod 755 "$BATS_FILE_TMPDIR" "$program"
}

# scenario LINE...: the record of the program in one run of these steps.
scenario() {
    needs_namespaces
    printf '#> run x\n' >"$BATS_TEST_TMPDIR/scenario"
    printf '#>   %s\n' "$@" >>"$BATS_TEST_TMPDIR/scenario"
    "$witness" "$BATS_TEST_TMPDIR/scenario" "$program" >"$BATS_TEST_TMPDIR/record"
}

# has REGEX, has_not REGEX: an event of the record, without its time.
has() {
    if ! sed 's/^[0-9.]* //' "$BATS_TEST_TMPDIR/record" | grep -qxE -- "$1"; then
        cat "$BATS_TEST_TMPDIR/record"
        return 1
    fi
}
has_not() {
    if sed 's/^[0-9.]* //' "$BATS_TEST_TMPDIR/record" | grep -xE -- "$1"; then
        return 1
    fi
}

@test "a record has a head, one line an event, and an end" {
    scenario 'start nothing' 'look here'
    sed -E 's/[0-9]+/N/g; s/(kernel|arch)=[^ ]*/\1=X/g' "$BATS_TEST_TMPDIR/record" >"$BATS_TEST_TMPDIR/seen"
    cat "$BATS_TEST_TMPDIR/seen"
    [ "$(sed -n 1p "$BATS_TEST_TMPDIR/seen")" = 'witness N' ]
    [ "$(sed -n 2p "$BATS_TEST_TMPDIR/seen")" = 'machine kernel=X arch=X cpus=N first=N last=N' ]
    [ "$(sed -n 3p "$BATS_TEST_TMPDIR/seen")" = 'run x' ]
    [ "$(sed -n 4p "$BATS_TEST_TMPDIR/seen")" = 'N.N start N nothing' ]
    [ "$(tail -n 1 "$BATS_TEST_TMPDIR/seen")" = end ]
    has 'exit 2'
}

@test "a look shows of each process what the checks ask for" {
    scenario 'loop FIRST' 'start deaf' 'until ready' 'look here' 'signal KILL'
    has 'process 3 nspid=3 parent=1 threads=1 slept=[0-9]+ allowed=[-,0-9]+ state=[RS] psr=[0-9]+ ran=[0-9.]+ waited=[0-9.]+ cgroup=.* ns/pid=[0-9]+ .*'
    has 'process 2 nspid=2 parent=1 threads=1 slept=[0-9]+ allowed=[0-9]+ state=R .*'
    has 'killed KILL'
}

@test "a program's lines cannot be mistaken for the witness's own" {
    scenario 'start forge'
    [ "$(grep -c '^end$' "$BATS_TEST_TMPDIR/record")" = 1 ]
    [ "$(grep -c '^run ' "$BATS_TEST_TMPDIR/record")" = 1 ]
    has 'out 0.000 exit 0'
    has 'out run plain'
    has 'out \\x0d0.000 look during'
    has 'out \\x1b\[2Jgone\\x07'
    has 'out no end of line'
}

@test "the program gets no descriptor, no variable and no input of the witness's caller" {
    SECRET=1 RECORD=here scenario 'start inherited' 9</etc/passwd 8>/dev/null
    has_not 'out descriptor.*'
    has_not 'out (SECRET|RECORD|BATS|MAKE).*'
    has 'out stdin 0'
}

# All of it was tried, and refused, in whatever words.
has_reached_nothing() {
    local what
    for what in 'ptrace 1' /proc/1/{mem,fd/0,ns/mnt,environ} /etc/passwd remount mknod; do
        has "out $what: .+"
    done
    has_not 'out (ptrace|/proc|/etc|remount|mknod).*: done'
    has 'exit 0'
}

@test "the program cannot reach PID 1 of the cage, nor the machine" {
    scenario 'start reach'
    has_reached_nothing
}

@test "the trusted processes beside it have nothing open that it could take" {
    scenario 'loop FIRST' 'start borrow'
    has 'out look into 2: done'
    has 'out descriptors of 2: 0'
    scenario 'stranger uts' 'start borrow'
    has 'out descriptors of 2: 0'
}

@test "what it mounts over /proc does not change what the witness sees" {
    scenario 'loop FIRST' 'start reach' 'look after'
    has 'left mount /proc/1'
    has 'process 2 nspid=2 .*'
}

@test "signals to everybody leave the witness and PID 1 alone" {
    scenario 'start massacre' 'look after'
    has 'out alone'
    has 'exit 0'
}

@test "no other program can be started, and the attempt is recorded" {
    scenario 'start shell'
    has 'exec [0-9]+ /bin/sh'
    has 'exec [0-9]+ /bin/echo'
    has_not 'out from.*'
}

@test "a fork bomb is stopped, and the record says why" {
    scenario 'start bomb'
    has 'stopped processes'
}

@test "too much memory, output, files, or a file that is too large: each is stopped and named" {
    scenario 'start hoard'
    has 'stopped memory'
    scenario 'start shout'
    has 'stopped output'
    scenario 'start one-line'
    has 'stopped output'
    [ "$(wc -c <"$BATS_TEST_TMPDIR/record")" -lt 100000 ]
    scenario 'start big-file'
    has 'stopped file-size'
    scenario 'start many-files'
    has 'stopped open-files'
}

@test "a program that does not end is given up, and killed" {
    scenario 'start deaf' 'until ready' 'until never' 'signal TERM'
    has 'seen ready'
    has 'missed silent never'
    has 'still-running silent'
}

@test "a child that is left is found: asleep, busy, or a zombie" {
    scenario 'start daemonise'
    has 'left process [0-9]+'
    scenario 'start spin'
    has 'left process [0-9]+'
    scenario 'start zombie'
    has 'orphan [0-9]+'
}

@test "what outlives processes is found: mounts, files, shared memory" {
    scenario 'start litter'
    has 'left mount /tmp/folder'
    has 'left file /tmp/file'
    has 'left file /dev/shm/litter'
    has 'left System V shm .*'
}

@test "nothing of all that is on the machine afterwards" {
    ledger >"$BATS_TEST_TMPDIR/before"
    local what
    for what in litter daemonise spin bomb massacre reach; do
        scenario 'cpuset' 'loop FIRST' "start $what"
    done
    nothing_new "$BATS_TEST_TMPDIR/before"
    poll 30 not pgrep -f "^$name " >/dev/null
}

@test "who kills the witness kills all that it has started, and the next one removes its group" {
    needs_root
    scenario 'cpuset' 'start nothing'
    if grep -q ' not-here ' "$BATS_TEST_TMPDIR/record"; then
        skip "not here: $(sed -n 's/^[0-9.]* not-here //p' "$BATS_TEST_TMPDIR/record")"
    fi
    ledger >"$BATS_TEST_TMPDIR/before"
    local signal
    # It waits, again and again, so that it is at work when the signal comes.
    printf '#> run x\n#> cpuset\n#> loop FIRST\n#> start deaf\n' >"$BATS_TEST_TMPDIR/scenario"
    printf '%.0s#> until never\n#> signal CONT\n' {1..30} >>"$BATS_TEST_TMPDIR/scenario"
    for signal in TERM INT KILL; do
        "$witness" "$BATS_TEST_TMPDIR/scenario" "$program" >"$BATS_TEST_TMPDIR/record" 3>&- &
        local pid=$!
        poll 60 pgrep -f "^$name deaf" >/dev/null
        kill -s "$signal" "$pid"
        wait "$pid" || true
        poll 60 not pgrep -f "^$name deaf" >/dev/null
    done
    scenario 'cpuset' 'start nothing'
    nothing_new "$BATS_TEST_TMPDIR/before"
}

not() {
    ! "$@"
}

@test "a plain user's cage is as good, and says who made it" {
    local dir
    dir=$(mktemp -d) # bats' own folders are closed to other users
    printf '#> run x\n#> start reach\n#> run y\n#> cpuset\n#> start reach\n' >"$dir/scenario"
    cp "$witness" "$program" "$dir"
    chmod 755 "$dir"
    local user=()
    [ "$EUID" != 0 ] || user=(as_nobody)
    "${user[@]}" "$dir/witness" "$dir/scenario" "$dir/$name" >"$BATS_TEST_TMPDIR/record"
    rm -r "$dir"
    grep -q 'not-here .*namespaces' "$BATS_TEST_TMPDIR/record" && skip 'not here: a plain user may make no namespaces; see make doctor'
    has 'cage as-user pid mnt ipc uts net user private.*'
    has 'not-here .*; .*' # of cgroups
    has_reached_nothing
}

@test "a scenario or an argument that makes no sense is refused with exit status 2" {
    needs_namespaces # without them no step is read
    run "$witness"
    [ "$status" = 2 ]
    [[ $output = usage:* ]]
    printf '#> run x\n#> dance\n' >"$BATS_TEST_TMPDIR/scenario"
    run "$witness" "$BATS_TEST_TMPDIR/scenario" "$program"
    [ "$status" = 2 ]
    [[ $output = *'no such step: dance'* ]]
}

@test "a program that is not there is the witness's failure: exit status 70, no end in the record" {
    printf '#> run x\n#> start\n' >"$BATS_TEST_TMPDIR/scenario"
    run "$witness" "$BATS_TEST_TMPDIR/scenario" /nowhere/program
    [ "$status" = 70 ]
    [[ $output != *$'\nend'* ]]
}
