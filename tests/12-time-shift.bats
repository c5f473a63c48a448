#!/usr/bin/env bats
# Lab 12, time-shift: what its checks ask, of the record that the witness made of these runs:
#> run stay
#>   neighbour none
#>   enter NEIGHBOUR1 time
#>   start DAYS 61
#>   until parent: up
#>   until child: today
#>   until parent: today
#>   settle
#>   look during
#>   enter ALL time
#>   signal TERM
#> run plain
#>   start DAYS
#> run interrupted
#>   start DAYS 60
#>   until child: today
#>   until parent: today
#>   settle
#>   signal INT
#> run no-namespace
#>   refuse unshare ENOSPC
#>   start DAYS
#> run no-child
#>   refuse clone EAGAIN
#>   start DAYS
#> run dayless
#>   start
#> run word
#>   start LETTERS
#> run fraction
#>   start DAYS FRACTION
#> run negative
#>   start DAYS NEGATIVE
#> run tail
#>   start DAYS TAIL
#> run huge
#>   start DAYS HUGE
#> run letters
#>   start DAYS LETTERS
#> run two
#>   start DAYS 1 2

load record

DAY=86400

# Sets days, the argument of that run, and up, the days since the machine was started.
days() {
    in_run "$1"
    local seconds
    if [ "$1" = stay ]; then
        ! happened inside '[0-9]+ closed time: (.*)' ||
            not_here 'this kernel has no time namespaces: they came with Linux 5.6; type the same with VM=1'
        happened inside '[0-9]+ time up=([0-9]+) .*'
        seconds=${BASH_REMATCH[1]}
        up=$((seconds / DAY))
        # A day may have been full since then.
        ! happened out "parent: up $(((seconds + 100) / DAY)) days" || up=$(((seconds + 100) / DAY))
    fi
    drawn DAYS
    days=$drawn
}

# ahead PID: sets ahead, by how many days its clock is ahead of the witness's, or seconds in words.
ahead() {
    happened inside "$1 time up=[0-9]+ up-by=(-?[0-9]+) .*"
    ahead="${BASH_REMATCH[1]} s"
    ((BASH_REMATCH[1] % DAY > 2 && BASH_REMATCH[1] % DAY < DAY - 2)) || ahead=$(((BASH_REMATCH[1] + 2) / DAY))
}

# must_prepare: unshare() has made a time namespace for the children of the program, and has not moved it.
must_prepare() {
    given
    if happened writer 0; then
        ! process "$program" during || [ "${is[ns_time]}" = "${is[ns_time_for_children]}" ] || return 0
    else
        ! happened namespace "$program time_for_children [0-9]+" || return 0
    fi
    wrong 'the children of the program would be in the time namespace that it is in itself' 'in a new one, after unshare()' \
        "$(likely 'unshare() was not called, or its flag is not CLONE_NEWTIME, or it failed and nobody looked. clone() cannot make one: 0x80 is in the place of its signal')"
}

# bats test_tags=points:2
@test "CLOCK_BOOTTIME counts since the machine was started" {
    days stay
    must_tell parent "$up" 'parent: up X days' 'of the clocks, one counts since the start, and also while the machine is suspended'
}

# bats test_tags=points:3
@test "unshare(CLONE_NEWTIME) moves nobody: it is for the next child" {
    after 1
    days stay
    must_prepare
}

# bats test_tags=points:3
@test "A time namespace is ahead by what was written before its first process" {
    after 2
    days stay
    if ! happened offset '[0-9]+ '$((days * DAY)) && ! happened writer 0; then
        happened offset '[0-9]+ (.*)'
        wrong "/proc/PID/timens_offsets says boottime ${BASH_REMATCH[1]:-0}" "boottime $((days * DAY))" \
            "$(likely 'three numbers or words in a line: the clock, seconds, nanoseconds. A day has 86400 seconds')"
    fi
    must_tell child "$((up + days))" 'child: up X days' 'the child asks the same clock'
    must_stay
    must_be_there "$speaker" during
    ahead "$speaker"
    [ "$ahead" = "$days" ] || wrong "for the child the machine is up for $ahead days more than for us" "$days"
}

# bats test_tags=points:2
@test "The parent's clock is as it was, and the date is everybody's" {
    after 3
    days stay
    given
    must_be_there "$program" during
    ahead "$program"
    [ "$ahead" = 0 ] || wrong "for the parent the machine is up for $ahead days more than for us" 0
    must_say_date parent
    must_say_date child
}

# must_say_date WHO: by the witness's clock, give or take the hours between time zones.
must_say_date() {
    local now day date
    happened inside '[0-9]+ time up=[0-9]+ up-by=-?[0-9]+ now=([0-9]+)'
    now=${BASH_REMATCH[1]}
    must_say "$1: today is (.+)" "$1: today is YEAR-MONTH-DAY"
    date=$said
    must_tell "$1" "$date" "$1: today is X"
    for day in $((now - DAY)) "$now" $((now + DAY)); do
        [ "$(printf '%(%Y-%m-%d)T' "$day")" != "$date" ] || return 0
    done
    wrong "\"$1: today is $date\"" "$(printf '%(%Y-%m-%d)T' "$now"): no time namespace changes the date" \
        'time() says it, that is CLOCK_REALTIME; strftime() makes a text of it'
}

# bats test_tags=points:2
@test "A parent waits for its child, and leaves nothing behind" {
    after 3
    days plain
    must_exit 0 'the parent returns the exit status of its child'
    must_leave_nothing
    must_take_seconds
    must_say 'child: up ([0-9]+) days' 'child: up N days'
    days stay
    must_take_seconds
    must_end_after stay
    must_end_after interrupted
}

# bats test_tags=points:1
@test "What the kernel refuses is an error, and said: exit status 1" {
    after 2
    in_run no-namespace
    must_report_errno 'child: .*'
    in_run no-child
    must_report_errno 'child: .*'
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    must_refuse_bad_arguments dayless word fraction negative tail huge letters two
}
