#!/usr/bin/env bats
# Lab 6, busy-loop: what its checks ask, of the record that the witness made of these runs.
# privilege: none (scripts/run)
#> run moved
#>   hold FIRST
#>   start 60
#>   until PID
#>   until CPU FIRST
#>   look first
#>   pass 200
#>   look later
#>   move PROGRAM LAST
#>   until CPU LAST
#>   look last
#>   move PROGRAM FIRST
#>   until CPU FIRST
#>   look back
#>   signal TERM
#> run interrupted
#>   start 60
#>   until CPU
#>   signal INT
#> run short
#>   start 0.3
#> run words
#>   start 1s

load record

# bats test_tags=points:1
@test "A running process is on a CPU, and can ask which" {
    in_run moved
    happened start '([0-9]+).*'
    must_say "PID ${BASH_REMATCH[1]}" "PID ${BASH_REMATCH[1]}"
    must_say '([0-9]+\.[0-9]{3}) s: CPU [0-9]+' 'S.SSS s: CPU N'
}

# bats test_tags=points:3
@test "A loop that never sleeps has a CPU or waits for one: state R" {
    after 1
    in_run moved
    local pid look ms=0 busy=0 sign=-1
    happened start '([0-9]+).*'
    pid=${BASH_REMATCH[1]}
    for look in first later last back; do
        must_be_there "$pid" "$look"
        [ "${is[state]}" = R ] ||
            wrong "state ${is[state]}" 'state R' 'it sleeps, or waits for something: a loop that is busy does neither'
    done
    for look in first later; do # what passed between the two, in milliseconds
        process "$pid" "$look"
        happened look "$look"
        ms=$((ms + sign * 10#${when[at]/./}))
        busy=$((busy + sign * (10#${is[ran]/./} + 10#${is[waited]/./})))
        sign=1
    done
    ((busy * 10 >= ms * 7)) ||
        wrong "in $ms ms it had a CPU or waited for one for $busy ms" 'nearly all of the time' \
            'it sleeps in between: sleep(), nanosleep(), or a wait for something'
}

# bats test_tags=points:3
@test "The CPU can change at any moment, and PSR tells the same" {
    after 1
    needs_two_cpus
    in_run moved
    local pid cpu look
    happened start '([0-9]+).*'
    pid=${BASH_REMATCH[1]}
    ! happened missed '(.*) CPU ([0-9]+)' ||
        wrong "no line for CPU ${BASH_REMATCH[2]} when it was moved there" "S.SSS s: CPU ${BASH_REMATCH[2]}" \
            'the CPU was asked for once; it must be asked for in each turn of the loop'
    for look in first last back; do
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

# bats test_tags=points:2
@test "The CPU time on all CPUs is the time that the process had" {
    after 1
    in_run moved
    must_exit 0
    local sum=0 i ran ms
    for i in "${!word[@]}"; do
        if [[ ${word[i]} = out && ${rest[i]} =~ ^CPU\ [0-9]+:\ ([0-9]+)\.([0-9]{3})\ s$ ]]; then
            sum=$((sum + 10#${BASH_REMATCH[1]}${BASH_REMATCH[2]}))
        fi
    done
    happened start '([0-9]+).*'
    process "${BASH_REMATCH[1]}" back
    ran=$((10#${is[ran]/./}))
    process "${BASH_REMATCH[1]}" first # what came before was exec() and the start of the C library
    ran=$((ran - 10#${is[ran]/./}))
    happened exit 0
    ms=$((10#${when[at]/./}))
    # Each line is rounded to a millisecond, and the last look was a little before the end.
    ((sum + 3 >= ran && sum <= ms + 3)) ||
        wrong "the lines CPU N: S.SSS s add up to $sum ms" "between the $ran ms that the kernel counted and $ms ms" \
            'CPU time is another clock than the one on the wall: CLOCK_PROCESS_CPUTIME_ID'
}

# bats test_tags=points:1
@test "A loop can look at the clock: it ends when its time is over" {
    after 1
    in_run short
    must_exit 0
    happened exit 0
    local ms=$((10#${when[at]/./}))
    ((ms >= 290)) || wrong "it ended after $ms ms" 'not before 300 ms' 'atoi("0.3") is 0'
    must_leave_nothing
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

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    in_run words
    must_refuse 2 '"1s" is no number; strtod() says where it stopped'
}
