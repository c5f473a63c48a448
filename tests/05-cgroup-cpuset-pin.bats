#!/usr/bin/env bats
# Lab 5, cgroup-cpuset-pin: what its checks ask, of the record that the witness made of these runs.
# LOOP is a busy loop that may run on one CPU only, and is pinned to the other one; SLEEPER sleeps.
#> run first
#>   cpuset
#>   loop LAST
#>   look before
#>   start LOOP FIRST 60
#>   until is on CPU
#>   then is on CPU
#>   until cpuset.cpus:
#>   follow LOOP FIRST
#>   settle
#>   look during
#>   signal TERM
#> run last
#>   cpuset
#>   enable
#>   loop FIRST
#>   look before
#>   start LOOP LAST 61
#>   until is on CPU
#>   then is on CPU
#>   until cpuset.cpus:
#>   follow LOOP LAST
#>   settle
#>   look during
#>   signal INT
#> run over
#>   cpuset
#>   loop FIRST
#>   look before
#>   start LOOP LAST 1
#> run plain
#>   cpuset
#>   loop FIRST
#>   look before
#>   start LOOP LAST
#> run sleeping
#>   cpuset
#>   sleeper LAST
#>   look before
#>   start SLEEPER FIRST 60
#>   until is on CPU
#>   then is on CPU
#>   look during
#>   signal TERM
#> run gone
#>   cpuset
#>   loop LAST
#>   start LOOP FIRST 60
#>   until is on CPU
#>   then is on CPU
#>   until cpuset.cpus:
#>   finish LOOP
#>   settle
#>   signal INT
#> run nowhere
#>   cpuset
#>   loop FIRST
#>   look before
#>   start LOOP 8191
#> run nobody
#>   cpuset
#>   start 4194304 FIRST
#> run read-only
#>   cpuset
#>   loop FIRST
#>   look before
#>   refuse mkdir EROFS
#>   start LOOP LAST
#> run full
#>   cpuset
#>   loop FIRST
#>   look before
#>   refuse mkdir ENOSPC
#>   start LOOP LAST
#> run one
#>   start 1
#> run four
#>   start 1 FIRST 1 1
#> run pid-empty
#>   start EMPTY FIRST
#> run pid-fraction
#>   start FRACTION FIRST
#> run pid-negative
#>   start NEGATIVE FIRST
#> run pid-tail
#>   start TAIL FIRST
#> run pid-letters
#>   start LETTERS FIRST
#> run cpu-empty
#>   start 1 EMPTY
#> run cpu-fraction
#>   start 1 FRACTION
#> run cpu-negative
#>   start 1 NEGATIVE
#> run cpu-tail
#>   start 1 TAIL
#> run cpu-letters
#>   start 1 LETTERS
#> run seconds-empty
#>   start 1 FIRST EMPTY
#> run seconds-fraction
#>   start 1 FIRST FRACTION
#> run seconds-negative
#>   start 1 FIRST NEGATIVE
#> run seconds-tail
#>   start 1 FIRST TAIL
#> run seconds-letters
#>   start 1 FIRST LETTERS
#> run seconds-huge
#>   start 1 FIRST HUGE

# subsystem: cpuset | cpuset.cpus | group [^ ]+ (cpus=[0-9]+) .*procs=1 | cpuset.cpus | group [^ ]+ (cpus=[0-9]+) .*procs=1

load record

# group_made RUN: reads what was said in a run with a loop, up to the group. Sets loop, held (the CPU that it was
# on), wanted, before, group, version, cpus.
group_made() {
    in_run "$1"
    happened loop '([0-9]+)'
    loop=${BASH_REMATCH[1]}
    process "$loop" before
    held=${is[allowed]}
    happened start "[0-9]+ $loop ([0-9]+)( [0-9]+)?"
    wanted=${BASH_REMATCH[1]}
    must_say "PID $loop is on CPU ([0-9]+)" "PID $loop is on CPU N"
    before=$said
    must_say 'group: (.+ \(cgroup v[12]\))' 'group: PATH (cgroup v1|v2)'
    group=${said% (*} version=${said: -3:2}
    group=${group// /\\x20}
    must_say 'cpuset.cpus: (.+)' 'cpuset.cpus: N'
    cpus=$said
}

# pinned RUN: reads all that was said in a run with a loop. Sets after, too.
pinned() {
    group_made "$1"
    must_say "PID $loop is on CPU ([0-9]+)" "PID $loop is on CPU N"
    happened out "PID $loop is on CPU ([0-9]+)" $((at + 1)) ||
        wrong "only once: PID $loop is on CPU $before" 'the same line before and after' "$(likely)"
    after=${BASH_REMATCH[1]}
    if [[ $1 != over && $1 != plain ]]; then
        must_take_seconds
        must_stay 'the process is moved back only when SECONDS have passed'
    fi
}

# group_in LOOK PATH: what the kernel showed of a group into has[], as process() does into is[].
group_in() {
    local i part here=''
    declare -gA has=()
    for i in "${!word[@]}"; do
        if [ "${word[i]}" = look ]; then
            here=${rest[i]}
        elif [[ ${word[i]} = group && $here = "$1" && ${rest[i]} = "$2 "* ]]; then
            for part in ${rest[i]#* }; do
                has[${part%%=*}]=${part#*=}
            done
            return 0
        fi
    done
    return 1
}

# The group that the kernel says the loop is in, at the end of a run, and what the top hands down (v2).
moved_back() {
    process "$loop" before
    local home=${is[cgroup]}
    process "$loop" end || wrong "the loop, PID $loop, is gone" 'it still runs' 'it was killed'
    [ "${is[cgroup]}" = "$home" ] ||
        wrong "/proc/$loop/cgroup at the end: ${is[cgroup]}" "$home, as before" "$(why_not_home)"
    [ "${is[allowed]}" != "$wanted" ] || [ "$held" = "$wanted" ] ||
        wrong "Cpus_allowed_list at the end: ${is[allowed]}" "no longer only CPU $wanted" \
            'the affinity was set, too: a cpuset alone gives back what it took'
    must_be_gone 'it ended without its children'
    top_is_as_before
}

# Why the process is not in the group.
why_not_in() {
    if happened err '(.*(cgroup[.]procs|tasks): .*)'; then
        echo "the kernel has refused it, and the program went on: ${BASH_REMATCH[1]}"
    else
        echo 'the PID was not written into cgroup.procs, or the affinity was set instead: taskset makes no group'
    fi
}

# Why a program that was told to end has not done so.
why_busy() {
    process "$loop" during
    local pinned=${is[cgroup]}
    ! process "$loop" end || [ "${is[cgroup]}" != "$pinned" ] ||
        echo 'the process is still in the group, and so rmdir() says EBUSY, however often it is called: first the process moves out'
}

why_not_home() {
    local own
    happened start '([0-9]+).*'
    own=${BASH_REMATCH[1]}
    if [ "${is[cgroup]}" = / ]; then
        echo 'it was moved to the top of the hierarchy, and it came from a group below: /proc/PID/cgroup says which, before it is moved'
    elif [ "${is[cgroup]}" = /shell ]; then
        echo "it was moved into the group of the program (process $own), and it came from another one: /proc/PID/cgroup says which"
    else
        echo 'a process must be moved back before its group can be removed, also on SIGINT and SIGTERM'
    fi
}

# v2: who enables cpuset at the top disables it again, and nobody else.
top_is_as_before() {
    local now
    happened control '(.*)' || return 0
    now=" ${BASH_REMATCH[1]} "
    if happened enable '.*'; then
        [[ $now = *' cpuset '* ]] ||
            wrong "cgroup.subtree_control at the top: no cpuset at the end" 'cpuset, as before' \
                'somebody else had enabled it, and may need it: it is disabled only by who has enabled it'
    elif [[ $now = *' cpuset '* ]]; then
        wrong "cgroup.subtree_control at the top at the end:$now" 'no cpuset, as before' \
            'it was enabled by the program: that is taken back as well ("-cpuset"), when the groups are gone'
    fi
}

# bats test_tags=points:1
@test "mkdir() makes a group; what the kernel refuses is said: exit status 1" {
    local run todo=1
    for run in read-only full; do
        in_run "$run"
        must_report_errno 'group: .*' 'cpuset.cpus: .*'
        nothing_changed
    done
}

# bats test_tags=points:2
@test "A cgroup is a folder, and cpuset.cpus in it a setting" {
    after 1
    local run todo=2
    for run in first last; do
        group_made "$run"
        [ "$cpus" = "$wanted" ] || wrong "cpuset.cpus: $cpus" "cpuset.cpus: $wanted" \
            'CPU is the second argument; nothing is chosen when it is given'
        happened cpuset '(.*)'
        [ "$version" = "${BASH_REMATCH[1]}" ] || wrong "cgroup $version" "cgroup ${BASH_REMATCH[1]}" \
            'the hierarchy with cpuset is found in /proc/self/mountinfo, and in cgroup.controllers on v2'
    done
}

# bats test_tags=points:2
@test "The kernel holds the members of a cpuset on its CPUs" {
    after 2
    local run home in todo=3
    for run in first last; do
        pinned "$run"
        process "$loop" before
        home=${is[cgroup]}
        process "$loop" during
        in=${is[cgroup]}
        [ "$in" != "$home" ] ||
            wrong "/proc/$loop/cgroup is $home, as before" 'the new group' "$(why_not_in)"
        [[ $group = *"$in" ]] ||
            wrong "/proc/$loop/cgroup is $in" "$group, the group that it names" \
                'the group that is named is not the one that the process is in'
        ! group_in during "$in" || [ "${has[effective]:-$wanted}" = "$wanted" ] ||
            wrong "the group has the CPUs ${has[effective]}, its cpuset.cpus is ${has[cpus]}" "CPU $wanted alone" \
                'the group has other CPUs: what was written into cpuset.cpus? What does reading it say? An affinity is not the group'"'"'s'
        [ "${is[allowed]}" = "$wanted" ] ||
            wrong "Cpus_allowed_list of $loop: ${is[allowed]}" "$wanted" \
                'the group has other CPUs: what was written into cpuset.cpus? What does reading it say?'
    done
}

# bats test_tags=points:2
@test "ps's PSR column follows: on the one CPU, then on the other" {
    after 3
    local run
    for run in first last; do
        pinned "$run"
        needs_two_cpus
        process "$loop" during
        [[ ${is[state]} != [Tt] ]] ||
            wrong "state ${is[state]}: process $loop was stopped" 'it runs, as before' "$not_paused"
        if ! happened followed "$loop $wanted" || [ "${is[psr]}" != "$wanted" ]; then
            wrong "PSR of $loop is ${is[psr]}" "$wanted" 'the group has another CPU, or the PID is not in it'
        fi
        [ "$held" != "$wanted" ]
    done
}

# bats test_tags=points:2
@test "The PSR of a process is field 39 of its /proc/PID/stat" {
    after 3
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

not_paused='the kernel moves a process while it runs. It needs no SIGSTOP, and nobody has asked for one'

# bats test_tags=points:1
@test "A cpuset says where a process runs, and nothing else" {
    after 3
    local run look nice policy
    for run in first last over; do
        pinned "$run"
        ! happened paused "$loop" ||
            wrong "process $loop was stopped, or told to go on" 'it runs on while it is pinned' "$not_paused"
        ! happened touched "$loop ([a-z_]+)" ||
            wrong "it called ${BASH_REMATCH[1]}() for process $loop" 'only its group is changed' \
                'the affinity and the priority of a process are its own'
        process "$loop" before
        nice=${is[nice]:-} policy=${is[policy]:-}
        for look in during end; do
            process "$loop" "$look" || continue
            [ "${is[state]}" = R ] ||
                wrong "state ${is[state]} of process $loop ($look)" 'state R: it runs on' "$not_paused"
            [ "${is[nice]:-} ${is[policy]:-}" = "$nice $policy" ] ||
                wrong "process $loop has nice value ${is[nice]} and policy ${is[policy]} ($look)" \
                    "$nice and $policy, as before" 'its priority was changed: only its group changes'
        done
    done
}

# bats test_tags=points:1
@test "A process that sleeps is on the CPU that it ran on last" {
    after 3
    in_run sleeping
    local i pid
    happened sleeper '([0-9]+)'
    pid=${BASH_REMATCH[1]}
    must_say "PID $pid is on CPU ([0-9]+)" "PID $pid is on CPU N"
    process "$pid" before
    for i in "${!word[@]}"; do
        [[ ${word[i]} = out && ${rest[i]} =~ ^PID\ $pid\ is\ on\ CPU\ ([0-9]+)$ ]] || continue
        [ "${BASH_REMATCH[1]}" = "${is[psr]}" ] ||
            wrong "\"${rest[i]}\", and PSR is ${is[psr]}" "PID $pid is on CPU ${is[psr]}" \
                'it prints the CPU that was wished for: look once more into /proc/PID/stat, and print what stands there'
        process "$pid" during
    done
}

# bats test_tags=points:2
@test "An empty group can be removed: first the process moves back" {
    after 3
    local run ms
    for run in first last; do
        pinned "$run"
        happened signal '(.*)'
        must_end "after SIG${BASH_REMATCH[1]} it ends" "$(why_busy)"
        moved_back
    done
    pinned over
    must_exit 0
    happened exit 0
    ms=$((10#${when[at]/./}))
    ((ms >= 990)) || wrong "it ended after $ms ms" 'not before SECONDS, which is 1' 'SECONDS are seconds'
    must_take_seconds
    moved_back
    must_leave_nothing
    pinned plain
    must_exit 0 '' 'without SECONDS it does not stay'
    moved_back
}

# bats test_tags=points:1
@test "When the process in it has ended, a group is empty: it can be removed" {
    after 3
    in_run gone
    happened finished '([0-9]+)'
    must_end 'it ends at the latest when a signal comes'
    must_leave_nothing
    top_is_as_before
    ! happened killed '(SEGV|BUS|ABRT|FPE|ILL|PIPE)' ||
        wrong "signal SIG${BASH_REMATCH[1]} ended it" 'it says that the process has ended, or waits until SECONDS have passed'
    if ended_early; then
        happened exit '[01]' || wrong "$ended" 'exit status 0 or 1'
        happened exit 0 || must_refuse 1
    fi
}

# bats test_tags=points:1
@test "A CPU that does not exist is refused, and nothing changes" {
    after 1
    local todo=2
    in_run nowhere
    ! open_todo || wrong "$(lines_said err)" 'the write to cpuset.cpus fails, and that is said'
    local why='the write to cpuset.cpus fails with ERANGE: that must be seen and said'
    ! happened err '.*cpuset[.]cpus: .*' || why='put() has said it, and returned false: look at what it returns, and end the program there'
    ! happened err '.*TODO [3-9].*' || wrong 'it went on after the write to cpuset.cpus had failed' 'an end with exit status 1' "$why"
    must_refuse 1 "$why"
    nothing_changed
}

nothing_changed() {
    happened loop '([0-9]+)'
    loop=${BASH_REMATCH[1]}
    happened start "[0-9]+ $loop ([0-9]+).*"
    wanted=${BASH_REMATCH[1]}
    process "$loop" before
    held=${is[allowed]}
    moved_back
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
    local todo=0
    in_run one
    must_refuse 2 'a PID alone says no CPU'
    must_refuse_bad_arguments four {pid,cpu,seconds}-{empty,fraction,negative,tail,letters} seconds-huge
}
