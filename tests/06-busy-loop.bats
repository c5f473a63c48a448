#!/usr/bin/env bats
# Lab 6, busy-loop: what its checks ask, of the record that the witness made of these runs.
# privilege: none (scripts/student/run)
#> run moved
#>   undisturbed
#>   loop LAST
#>   hold LAST
#>   start 60
#>   until PID
#>   until CPU LAST
#>   spend 10
#>   look first
#>   spend 100
#>   look later
#>   move PROGRAM FIRST
#>   until CPU FIRST
#>   spend 10
#>   look last
#>   spend 50
#>   look stays
#>   signal STOP
#>   pass 150
#>   signal CONT
#>   move PROGRAM LAST
#>   until CPU LAST
#>   spend 10
#>   look back
#>   signal TERM
#> run interrupted
#>   hold LAST
#>   start 60
#>   until CPU
#>   spend 20
#>   signal INT
#> run short
#>   start 0.2
#> run plain
#>   start
#> run stopped
#>   start 0.3
#>   until CPU
#>   spend 20
#>   signal STOP
#>   pass 350
#>   look stopped
#>   signal CONT
#> run empty
#>   start EMPTY
#> run negative
#>   start NEGATIVE
#> run tail
#>   start TAIL
#> run letters
#>   start LETTERS
#> run two
#>   start 1 2

load record

# bats test_tags=points:1
@test "A running process is on a CPU, and can ask which" {
    local todo=1 cpu
    in_run moved
    happened start '([0-9]+).*'
    must_say "PID ${BASH_REMATCH[1]}" "PID ${BASH_REMATCH[1]}"
    must_say '[0-9]+\.[0-9]{3} s: CPU ([0-9]+)' 'S.SSS s: CPU N'
    cpu=$said
    ! happened stopped '.*' || wrong "$(lines_said)" 'a line for each change of the CPU' "$(likely)"
    [[ $machine = *" last=$cpu "* ]] || wrong "it says CPU $cpu first" "the CPU that it was held on:${machine##* last=}" \
        'sched_getcpu() knows; a guess is right now and then'
}

# bats test_tags=points:3
@test "A loop that never sleeps has a CPU or waits for one: state R" {
    after 1
    in_run moved
    must_stay 'it runs until SECONDS have passed'
    local pid look threads='' ms=0 busy=0 slept=0 sign=-1
    happened start '([0-9]+).*'
    pid=${BASH_REMATCH[1]}
    for look in first later last stays back; do
        must_be_there "$pid" "$look"
        [ "${is[state]}" = R ] ||
            wrong "state ${is[state]}" 'state R' 'it sleeps, or waits for something: a loop that is busy does neither'
        [[ ${is[threads]} = 1 ]] || threads+=" ${is[threads]}"
    done
    # One that has just ended may be seen once more.
    [[ $threads != *' '*' '* ]] ||
        wrong "in some looks it has${threads// /, } threads" 'one thread, in each look' \
            'a second thread is busy as well: two CPUs are used, and PSR is the CPU of the first one'
    for look in first later; do # what passed between the two, in milliseconds
        process "$pid" "$look"
        happened look "$look"
        ms=$((ms + sign * 10#${when[at]/./}))
        busy=$((busy + sign * (10#${is[ran]/./} + 10#${is[waited]/./})))
        slept=$((slept + sign * ${is[slept]:-0}))
        sign=1
    done
    # A wait that goes on at the last look is not counted yet, and on a loaded machine it may be long.
    # But who waits for a CPU has not given it up.
    [[ -n ${is[slept]:-} ]] || slept=1 # an old record does not tell
    ((slept == 0 || (slept < 3 && busy * 10 >= ms * 7))) ||
        wrong "in $ms ms it had a CPU or waited for one for $busy ms, and gave its CPU up $slept times" \
            'nearly all of the time, and never' \
            'it sleeps in between: sleep(), nanosleep(), or a wait for something'
}

# Why it has not named the CPU that it was moved to.
why_no_line() {
    if happened out '.* s: CPU -1'; then
        echo 'it prints the CPU of the line before (-1 is none): print the one that you have just asked for'
    else
        echo 'the CPU was asked for once; it must be asked for in each iteration of the loop'
    fi
}

# Held on a CPU it names no other one: from the start on, and after each move from the moment when it
# has named the new one.
never_elsewhere() {
    local i held next
    process "$pid" first
    next=${is[allowed]} held=${is[allowed]}
    for i in "${!word[@]}"; do
        if [ "${word[i]}" = move ]; then
            next=${rest[i]#* } held=''
        elif [[ ${word[i]} = out && ${rest[i]} =~ ^[0-9.]+\ s:\ CPU\ ([0-9]+)$ ]]; then
            [ "${BASH_REMATCH[1]}" != "$next" ] || held=$next
            [[ -z $held || ${BASH_REMATCH[1]} = "$held" ]] ||
                wrong "it says CPU ${BASH_REMATCH[1]} while the kernel lets it use CPU $held only" "CPU $held" \
                    'sched_getcpu() knows; a guess is right now and then'
        fi
    done
}

# bats test_tags=points:3
@test "The CPU can change at any moment, and PSR tells the same" {
    after 2
    in_run moved
    needs_two_cpus
    local pid cpu look
    happened start '([0-9]+).*'
    pid=${BASH_REMATCH[1]}
    ! happened missed '(.*) CPU ([0-9]+)' ||
        wrong "no line for CPU ${BASH_REMATCH[2]} when it was moved there" "S.SSS s: CPU ${BASH_REMATCH[2]}" "$(why_no_line)"
    never_elsewhere
    for look in first last stays back; do
        process "$pid" "$look"
        cpu=${is[psr]}
        happened look "$look"
        local upto=$at i last=''
        for ((i = 0; i < upto; i++)); do
            if [[ ${word[i]} = out && ${rest[i]} =~ ^[0-9.]+\ s:\ CPU\ ([0-9]+)$ ]]; then
                last=${BASH_REMATCH[1]}
            fi
        done
        [ "$last" = "$cpu" ] || wrong "it says CPU $last while PSR is $cpu" "CPU $cpu"
    done
}

# bats test_tags=points:1
@test "SIGTERM and SIGINT can be handled: account, exit status 0" {
    after 1
    local run
    for run in moved interrupted; do
        in_run "$run"
        must_exit 0 'without a handler, the signal ends it'
        happened out 'CPU [0-9]+: [0-9]+\.[0-9]{3} s' ||
            wrong "$(lines_said)" 'at the end, for each CPU, a line CPU N: S.SSS s'
        must_leave_nothing
    done
}

# time_on CPU: what the lines "CPU N: S.SSS s" say, in milliseconds; of all CPUs without an argument.
time_on() {
    local i
    sum=0
    for i in "${!word[@]}"; do
        if [[ ${word[i]} = out && ${rest[i]} =~ ^CPU\ ${1:-[0-9]+}:\ ([0-9]+)\.([0-9]{3})\ s$ ]]; then
            sum=$((sum + 10#${BASH_REMATCH[1]}${BASH_REMATCH[2]}))
        fi
    done
}

# ran_between LOOK LOOK: how long it had a CPU between them, in milliseconds.
ran_between() {
    local begin
    process "$pid" "$1"
    begin=$((10#${is[ran]/./}))
    process "$pid" "$2"
    ran=$((10#${is[ran]/./} - begin))
}

# bats test_tags=points:2
@test "The CPU time on all CPUs is the time that the process had" {
    after 3
    after 4
    in_run moved
    local sum ran ms most pid cpu looks
    happened start '([0-9]+).*'
    pid=${BASH_REMATCH[1]}
    time_on
    ran_between first back # what it had before, and after, it may count or not
    process "$pid" back
    happened exit 0
    ms=$((10#${when[at]/./}))
    happened look back
    most=$((10#${is[ran]/./} + ms - 10#${when[at]/./}))
    # Each line is rounded to a millisecond.
    ((sum + 3 >= ran && sum <= most + 3)) ||
        wrong "the lines CPU N: S.SSS s add up to $sum ms" "between $ran and $most ms, as the kernel has counted" \
            'CPU time is another clock than the one on the wall: CLOCK_PROCESS_CPUTIME_ID'
    for looks in 'first later' 'last stays'; do
        # shellcheck disable=SC2086 # two words
        ran_between $looks
        cpu=${is[psr]}
        time_on "$cpu"
        ((sum + 3 >= ran)) ||
            wrong "CPU $cpu: $sum ms" "at least $ran ms: that is how long the witness saw it run on CPU $cpu" \
                'the time until a change belongs to the CPU before it'
    done
    [[ $machine =~ ' first='([0-9]+)' ' ]]
    lists_no_other "${BASH_REMATCH[1]}"
    in_run interrupted
    lists_no_other
}

# lists_no_other [CPU]: the account has only CPUs that it was on: LAST, where it was held at first, and
# that one.
lists_no_other() {
    local i
    for i in "${!word[@]}"; do
        [[ ${word[i]} = out && ${rest[i]} =~ ^CPU\ ([0-9]+):\ .*$ ]] || continue
        [[ ${BASH_REMATCH[1]} = "${1:-}" || $machine = *" last=${BASH_REMATCH[1]} "* ]] ||
            wrong "\"${rest[i]}\", and it was never on CPU ${BASH_REMATCH[1]}" 'a line for each CPU that it was on, and no other' \
                'which CPUs there are, or may be used, is another question than on which it was'
    done
}

wall='SECONDS are those of a clock on the wall, CLOCK_MONOTONIC, and not CPU time or turns; and a fraction is not rounded'

# bats test_tags=points:1
@test "A loop can look at the clock: it ends when its time is over" {
    after 1
    in_run short
    must_exit 0 '' "$wall"
    happened exit 0
    local ms=$((10#${when[at]/./}))
    ((ms >= 190)) || wrong "it ended after $ms ms" 'not before 200 ms' 'atoi("0.2") is 0'
    must_leave_nothing
    in_run plain
    must_exit 0 '' "without SECONDS it takes 0 for it, and ends; $wall"
    ends_by_the_wall
}

# It was stopped until its time was over: then it needs no CPU time any more, but to say goodbye. That is
# less than the whole life of one that only says how it is used.
ends_by_the_wall() {
    local begin life=0
    in_run letters
    ! happened used '(.*)' || life=$((10#${BASH_REMATCH[1]/./}))
    in_run stopped
    happened start '([0-9]+).*'
    process "${BASH_REMATCH[1]}" stopped && [ "${is[state]}" = T ] || return 0 # it had ended before
    begin=${is[ran]}
    must_exit 0 '' "$wall"
    happened used '(.*)'
    ms=$((10#${BASH_REMATCH[1]/./} - 10#${begin/./}))
    ((ms < 25 + 2 * life)) ||
        wrong "started with 0.3 it was stopped for 0.35 s, and then ran for $ms ms more" 'it ends at once, since 0.3 s have passed' \
            "$wall"
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    local todo=0
    must_refuse_bad_arguments empty negative tail letters two
}
