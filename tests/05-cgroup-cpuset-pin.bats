#!/usr/bin/env bats
# Lab 5, cgroup-cpuset-pin: what its checks ask, of the record that the witness made of these runs.
# LOOP is a busy loop that may run on one CPU only, and is pinned to the other one.
#> run first
#>   cpuset
#>   loop LAST
#>   look before
#>   start LOOP FIRST 60
#>   until is on CPU
#>   then is on CPU
#>   until cpuset.cpus:
#>   follow LOOP FIRST
#>   look during
#>   signal TERM
#> run last
#>   cpuset
#>   loop FIRST
#>   look before
#>   start LOOP LAST 60
#>   until is on CPU
#>   then is on CPU
#>   until cpuset.cpus:
#>   follow LOOP LAST
#>   look during
#>   signal TERM
#> run alone
#>   cpuset
#>   start
#> run nobody
#>   cpuset
#>   start 4194304 FIRST
#> run nowhere
#>   cpuset
#>   loop FIRST
#>   look before
#>   start LOOP 8191
#> run words
#>   start 1
#> run more
#>   start one two

load record

# pinned RUN: reads what was said in a run with a loop. Sets loop, held (the CPU that it was on),
# wanted, before, after, group, version, cpus.
pinned() {
    in_run "$1"
    happened loop '([0-9]+)'
    loop=${BASH_REMATCH[1]}
    process "$loop" before
    held=${is[allowed]}
    happened start "[0-9]+ $loop ([0-9]+) 60"
    wanted=${BASH_REMATCH[1]}
    must_say "PID $loop is on CPU ([0-9]+)" "PID $loop is on CPU N"
    before=$said
    happened out "PID $loop is on CPU ([0-9]+)" $((at + 1)) ||
        wrong "only once: PID $loop is on CPU $before" 'the same line before and after' "$(likely)"
    after=${BASH_REMATCH[1]}
    must_say 'group: (.+ \(cgroup v[12]\))' 'group: PATH (cgroup v1|v2)'
    group=${said% (*} version=${said: -3:2}
    group=${group// /\\x20}
    must_say 'cpuset.cpus: (.+)' 'cpuset.cpus: N'
    cpus=$said
    must_stay 'the process is moved back only when SECONDS have passed'
}

# The group that the kernel says the loop is in, during a run and at its end.
moved_back() {
    process "$loop" before
    local home=${is[cgroup]}
    process "$loop" end || wrong "the loop, PID $loop, is gone" 'it still runs' 'it was killed'
    [ "${is[cgroup]}" = "$home" ] ||
        wrong "/proc/$loop/cgroup at the end: ${is[cgroup]}" "$home, as before" \
            'a process must be moved back before its group can be removed, also on SIGTERM'
    [ "${is[allowed]}" != "$wanted" ] || [ "$held" = "$wanted" ] ||
        wrong "Cpus_allowed_list at the end: ${is[allowed]}" "no longer only CPU $wanted" \
            'the affinity was set, too: a cpuset alone gives back what it took'
}

# bats test_tags=points:1
@test "A cgroup is a folder, and cpuset.cpus in it a setting" {
    local run
    for run in first last; do
        pinned "$run"
        [ "$cpus" = "$wanted" ] || wrong "cpuset.cpus: $cpus" "cpuset.cpus: $wanted" \
            'CPU is the second argument; nothing is chosen when it is given'
        happened cpuset '(.*)'
        [ "$version" = "${BASH_REMATCH[1]}" ] || wrong "cgroup $version" "cgroup ${BASH_REMATCH[1]}" \
            'the hierarchy with cpuset is found in /proc/self/mountinfo, and in cgroup.controllers on v2'
    done
}

# bats test_tags=points:3
@test "The kernel holds the members of a cpuset on its CPUs" {
    after 1
    local run home
    for run in first last; do
        pinned "$run"
        process "$loop" before
        home=${is[cgroup]}
        process "$loop" during
        [ "${is[cgroup]}" != "$home" ] ||
            wrong "/proc/$loop/cgroup is $home, as before" 'the new group' \
                'the PID was not written into cgroup.procs, or the affinity was set instead: taskset makes no group'
        [[ $group = *"${is[cgroup]}" ]] ||
            wrong "/proc/$loop/cgroup is ${is[cgroup]}" "$group, the group that it names" \
                'the group that is named is not the one that the process is in'
        [ "${is[allowed]}" = "$wanted" ] ||
            wrong "Cpus_allowed_list of $loop: ${is[allowed]}" "$wanted" \
                'the group has other CPUs: what was written into cpuset.cpus? What does reading it say?'
    done
}

# bats test_tags=points:3
@test "ps's PSR column follows: on the one CPU, then on the other" {
    after 2
    local run
    for run in first last; do
        pinned "$run"
        needs_two_cpus
        process "$loop" during
        if ! happened followed "$loop $wanted" || [ "${is[psr]}" != "$wanted" ]; then
            wrong "PSR of $loop is ${is[psr]}" "$wanted" 'the group has another CPU, or the PID is not in it'
        fi
        [ "$held" != "$wanted" ]
    done
}

# bats test_tags=points:2
@test "The PSR of a process is field 39 of its /proc/PID/stat" {
    after 2
    local run
    for run in first last; do
        pinned "$run"
        [ "$before" = "$held" ] ||
            wrong "before: CPU $before" "CPU $held, the only one that the loop might run on" \
                'the fields are counted after the last ")"; or it is the CPU of the program itself'
        [ "$after" = "$wanted" ] ||
            wrong "after: CPU $after" "CPU $wanted" \
                'it was read at once: the scheduler may need some milliseconds. Poll, with a limit'
    done
}

# bats test_tags=points:2
@test "An empty group can be removed: first the process moves back" {
    after 2
    local run
    for run in first last; do
        pinned "$run"
        moved_back
        must_leave_nothing
    done
}

# bats test_tags=points:1
@test "A busy child of its own can be pinned as well" {
    after 1
    in_run alone
    must_exit 0 'the child is ended and waited for before its group is removed'
    must_leave_nothing
    must_say 'PID ([0-9]+) is on CPU [0-9]+' 'PID N is on CPU N'
    must_say 'cpuset.cpus: ([0-9]+)' 'cpuset.cpus: N'
    local cpu=$said
    happened out 'PID ([0-9]+) is on CPU ([0-9]+)'
    local pid=${BASH_REMATCH[1]} first=${BASH_REMATCH[2]}
    happened out "PID $pid is on CPU $cpu" $((at + 1)) ||
        wrong "$(lines_said)" "PID $pid is on CPU $cpu, after it was pinned"
    [[ $machine = *' cpus=1 '* || $first != "$cpu" ]] ||
        wrong "it was on CPU $first and was pinned to CPU $cpu" 'another CPU: else nothing is to be seen'
}

# bats test_tags=points:1
@test "A CPU that does not exist is refused, and nothing changes" {
    after 1
    in_run nowhere
    must_refuse 1 'the write to cpuset.cpus fails with ERANGE: that must be seen and said'
    happened loop '([0-9]+)'
    loop=${BASH_REMATCH[1]} wanted=8191
    process "$loop" before
    held=${is[allowed]}
    moved_back
    must_leave_nothing
}

# bats test_tags=points:1
@test "A PID that nobody has is an error: exit status 1" {
    after 1
    in_run nobody
    must_refuse 1 'PID 4194304 does not exist: the kernel gives out smaller ones only'
    must_leave_nothing
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    in_run words
    must_refuse 2 'a PID alone says no CPU'
    in_run more
    must_refuse 2 'PID and CPU are whole numbers'
}
