#!/usr/bin/env bats
# Lab 17, cgroup-freeze: what its checks ask, of the record that the witness made of these runs. LOOP is a busy loop.
#> run frozen
#>   group freezer
#>   loop FIRST
#>   look before
#>   start GROUP LOOP 60
#>   until frozen:
#>   file freezer.state cgroup.events
#>   look first
#>   pass 200
#>   look second
#>   pass 100
#>   look third
#>   file freezer.state cgroup.events
#>   signal TERM
#>   until thawed:
#>   spend 20 LOOP
#>   look after
#>   file freezer.state cgroup.events
#> run interrupted
#>   group freezer
#>   loop LAST
#>   look before
#>   start GROUP LOOP 61
#>   until frozen:
#>   file freezer.state cgroup.events
#>   look first
#>   pass 200
#>   look second
#>   pass 100
#>   look third
#>   file freezer.state cgroup.events
#>   signal INT
#>   until thawed:
#>   spend 20 LOOP
#>   look after
#>   file freezer.state cgroup.events
#> run plain
#>   group freezer
#>   loop FIRST
#>   look before
#>   start GROUP LOOP
#>   until thawed:
#>   spend 20 LOOP
#>   look after
#>   file freezer.state cgroup.events
#> run over
#>   group freezer
#>   loop FIRST
#>   look before
#>   start GROUP LOOP 1
#>   until thawed:
#>   spend 20 LOOP
#>   look after
#>   file freezer.state cgroup.events
#> run nobody
#>   group freezer
#>   start GROUP 4194304 1
#> run nowhere
#>   loop FIRST
#>   start /nowhere LOOP
#> run itself
#>   start /tmp 0
#> run pid-fraction
#>   start /tmp FRACTION
#> run pid-negative
#>   start /tmp NEGATIVE
#> run pid-letters
#>   start /tmp LETTERS
#> run pid-empty
#>   start /tmp EMPTY
#> run seconds-tail
#>   start /tmp 1 TAIL
#> run seconds-negative
#>   start /tmp 1 NEGATIVE
#> run one
#>   start /tmp
#> run four
#>   start /tmp 1 1 1

# subsystem: freezer | freezer.state | file (freezer.state FROZEN) | cgroup.freeze | file cgroup.events (frozen 1)

load record

# group RUN: sets loop, and group, the name of the group that it is put into.
group() {
    in_run "$1"
    given
    happened loop '([0-9]+)'
    loop=${BASH_REMATCH[1]}
    drawn GROUP
    group=/${drawn##*/}
}

# ran LOOK: sets ran to the CPU time of the loop by then, in milliseconds.
ran() {
    local ms
    process "$loop" "$1"
    in_ms "${is[ran]}"
    ran=$ms
}

# state N: sets state to what the kernel said of the group when the witness asked for the Nth time.
state() {
    local i left=$1
    state=''
    for i in "${!word[@]}"; do
        [[ ${word[i]} = file && ${rest[i]} =~ ^(freezer.state\ (.*)|cgroup.events\ (frozen\ [01]))$ ]] || continue
        state=${BASH_REMATCH[2]}${BASH_REMATCH[3]}
        ((--left > 0)) || return 0
    done
}

must_be_member() {
    process "$loop" "$1"
    [ "${is[cgroup]}" = "$group" ] || ! happened out 'frozen: .*' || must_stay
    [ "${is[cgroup]}" = "$group" ] ||
        wrong "process $loop is in the group ${is[cgroup]}" "$group, which is GROUP" \
            "$(likely 'a process enters a group when its PID is written into cgroup.procs')"
}

must_not_run() {
    local begin likely='who asks for less CPU time, or stops it by a signal, has frozen nobody'
    ran second
    begin=$ran
    ran third
    state 2
    ! happened paused "$loop" || likely='it got a signal, SIGSTOP or SIGCONT: the freezer sends none'
    [[ $state = FROZEN || $state = 'frozen 1' ]] ||
        wrong "the kernel says of the group: $state" 'FROZEN (v1), or frozen 1 (v2)' "$(likely "$likely")"
    ((ran == begin)) || wrong "process $loop has run for $((ran - begin)) ms of 100" 'it stands still, and so do all in the group'
    ! happened paused "$loop" || wrong "process $loop was stopped by a signal" 'it is frozen, and gets no signal' "$likely"
}

# must_ask: between the write and the line, somebody has read the file in which the kernel says what is.
must_ask() {
    local i asked='' wrote=''
    for ((i = 0; i < ${#word[@]}; i++)); do
        case "${word[i]} ${rest[i]}" in
            'wrote freezer.state' | 'wrote cgroup.freeze') wrote=yes asked='' ;;
            'read freezer.state' | 'read cgroup.events') asked=$wrote ;;
            "out frozen: $loop") break ;;
        esac
    done
    [ -n "$asked" ] || wrong 'the line came, and nobody had read whether the group is frozen' \
        'freezer.state (v1) or cgroup.events (v2) is read after the write, until it says so' \
        'asked is not done: a process must come to a place where it can stand. Read what the kernel says, not what you wrote'
}

must_wait() {
    local begin
    must_tell parent "$loop" 'frozen: X'
    must_stay
    must_ask
    state 1
    [[ $state = FROZEN || $state = 'frozen 1' ]] ||
        wrong "when the line came, the kernel said of the group: $state" 'FROZEN (v1), or frozen 1 (v2)' \
            'asked is not done: a process must come to a place where it can stand. Read what the kernel says, not what you wrote'
    ran first
    begin=$ran
    ran third
    ((ran == begin)) || wrong "process $loop ran for $((ran - begin)) ms more when the line was there" 'it stands still'
}

# must_run_again FROM N: from that look on it has had CPU time, and the Nth time the group was not frozen.
must_run_again() {
    local begin
    if happened signal '.*'; then
        happened out "thawed: $loop" || wrong "$(lines_said)" "a line \"thawed: $loop\", also when a signal ends it" "$(likely)"
    else
        must_tell parent "$loop" 'thawed: X'
    fi
    ran "$1"
    begin=$ran
    ran after
    ((ran > begin)) || wrong "process $loop has not run since" 'it goes on where it was' \
        'a frozen group stays so until somebody thaws it, also when the program has ended'
    state "$2"
    [[ $state = THAWED || $state = 'frozen 0' ]] || wrong "the kernel says of the group: $state" 'THAWED (v1), or frozen 0 (v2)' \
        'who leaves a frozen group goes on, and the group stays as it is: nobody has thawed it'
}

must_be_back() {
    local home
    process "$loop" before
    home=${is[cgroup]}
    process "$loop" end # when the program has ended
    [ "${is[cgroup]}" = "$home" ] || wrong "process $loop is in the group ${is[cgroup]}" "$home, as before" \
        "$(likely 'the top of the hierarchy is not where it was, and nor is the group of the program')"
}

# bats test_tags=points:2
@test "A process enters a group when its PID is written into a file" {
    local todo=1
    group frozen
    must_be_member third
    ! process "$program" third || [ "${is[cgroup]}" != "$group" ] || wrong 'the program itself is in the group' 'only the process PID is' 'it would freeze itself'
}

# bats test_tags=points:3
@test "Who is frozen stands still, and has got no signal" {
    local todo=2
    after 1
    group frozen
    must_not_run
    group interrupted
    must_be_member third
    must_not_run
}

# bats test_tags=points:2
@test "To ask is not to have: the kernel says when all stand" {
    local todo=3
    after 2
    group frozen
    must_wait
    group interrupted
    must_wait
}

# bats test_tags=points:2
@test "Thawed, it goes on, and has noticed nothing" {
    local todo=4
    after 3
    group frozen
    must_run_again third 3
    group plain
    must_tell parent "$loop" 'frozen: X'
    must_run_again before 1
    group interrupted
    must_run_again third 3
}

# bats test_tags=points:2
@test "It is back in the group where it came from, with its priority and CPU" {
    local todo=5 allowed run
    after 4
    for run in frozen interrupted plain; do
        group "$run"
        must_be_back
        allowed=${is[allowed]},${is[nice]}
        process "$loop" before
        [ "$allowed" = "${is[allowed]},${is[nice]}" ] ||
            wrong "its CPU and its priority are $allowed" "${is[allowed]},${is[nice]}, as before"
    done
}

# bats test_tags=points:2
@test "It ends after SECONDS, or by a signal, and leaves nothing behind" {
    after 5
    group plain
    must_exit 0
    must_leave_nothing
    group over
    must_exit 0
    must_run_again before 1
    must_be_back
    must_leave_nothing
    must_take_seconds
    group frozen
    must_take_seconds
    must_end_after frozen
    must_end_after interrupted
}

# bats test_tags=points:1
@test "A PID that nobody has, or a group that is not there: exit status 1" {
    local run
    after 1
    for run in nobody nowhere; do
        in_run "$run"
        must_exit 1 'a call failed, and nobody has looked at what it returned'
        happened err '.+' || wrong 'nothing on stderr' 'a line on stderr that says what is wrong'
        ! happened out 'frozen: .*' || wrong "\"${rest[at]}\"" 'no such line'
    done
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    must_refuse_bad_arguments itself pid-{fraction,negative,letters,empty} seconds-{tail,negative} one four
}
