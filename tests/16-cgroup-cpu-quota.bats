#!/usr/bin/env bats
# Lab 16, cgroup-cpu-quota: what its checks ask, of the record that the witness made of these runs. They ask for
# counters and upper bounds only: on a loaded machine a program gets less than its quota.
#> run plain
#>   group cpu cpuacct
#>   start GROUP PERCENT
#>   until cpu.max:
#>   pass 500
#>   look busy
#>   until child: ran
#>   until usage:
#>   file cpu.max cpu.cfs_quota_us cpu.cfs_period_us cpu.stat cpuacct.usage cgroup.procs
#> run longer
#>   group cpu cpuacct
#>   start GROUP PERCENT 2
#>   until cpu.max:
#>   pass 500
#>   look busy
#>   until child: ran
#>   until usage:
#>   file cpu.max cpu.cfs_quota_us cpu.cfs_period_us cpu.stat cpuacct.usage cgroup.procs
#> run stopped
#>   group cpu cpuacct
#>   start GROUP PERCENT 60
#>   until cpu.max:
#>   pass 100
#>   signal TERM
#> run interrupted
#>   group cpu cpuacct
#>   start GROUP PERCENT 60
#>   until cpu.max:
#>   pass 100
#>   signal INT
#> run no-child
#>   group cpu cpuacct
#>   refuse clone EAGAIN
#>   start GROUP PERCENT
#> run nowhere
#>   start /nowhere 20
#> run percent-fraction
#>   start /tmp FRACTION
#> run percent-negative
#>   start /tmp NEGATIVE
#> run percent-tail
#>   start /tmp TAIL
#> run percent-empty
#>   start /tmp EMPTY
#> run seconds-letters
#>   start /tmp 20 LETTERS
#> run seconds-negative
#>   start /tmp 20 NEGATIVE
#> run one
#>   start /tmp
#> run four
#>   start /tmp 20 1 1

# subsystem: cpu | cpu.cfs_quota_us | file cpu.stat (nr_throttled [1-9].*) | cpu.max | file cpu.stat (nr_throttled [1-9].*)
# subsystem: cpuacct | (it counts by itself) | file (cpuacct.usage [1-9].*) | (each group counts) | file cpu.stat (usage_usec [1-9].*)

load record

# group RUN: reads what the group had at the end. Sets percent, quota (microseconds), throttled, usage (microseconds).
group() {
    in_run "$1"
    given
    drawn PERCENT
    percent=$drawn quota=$((drawn * 1000))
    in_file cpu.stat 'nr_throttled ([0-9]+)' || text=0
    throttled=$text
    if in_file cpuacct.usage '([0-9]+)'; then
        usage=$((text / 1000))
    else
        in_file cpu.stat 'usage_usec ([0-9]+)' || text=0
        usage=$text
    fi
}

must_have_quota() {
    local has
    group "$1"
    in_file cpu.max '(.*)' || {
        in_file cpu.cfs_quota_us '(.*)'
        has=$text
        in_file cpu.cfs_period_us '(.*)'
        text="$has $text"
    }
    [ "$text" = "$quota 100000" ] ||
        wrong "the kernel's cpu.max of the group is $text" "$quota 100000, which is $percent % of one CPU" \
            "$(likely 'the quota is microseconds of each period of 100000')"
    must_tell parent "$quota 100000" 'cpu.max: X' 'it is what the file says when it was written'
}

# On a loaded machine a group may get less than its quota in each period, and then nobody is throttled. is_starved MS:
# it had no more in so long, and its process did not sleep, but wanted a CPU.
is_starved() {
    drawn GROUP
    ((throttled == 0 && usage < quota * $1 / 100)) && happened look busy &&
        happened process ".* slept=[0-7] .* state=R .* cgroup=/${drawn##*/} .*"
}

# must_be_limited SECONDS: the child has had about its quota. The kernel counts in ticks, and on a slow machine one of
# them comes late: then it has had more, waits for longer, and SECONDS may be over before that is even.
must_be_limited() {
    local ran wall took ms
    must_say 'child: ran ([0-9]+[.][0-9]{1,6}) s of [0-9]+[.][0-9]{1,6} s' 'child: ran R s of W s' 'R and W have a point and three digits'
    in_ms "$said"
    ran=$ms
    in_ms "${when[at]}"
    took=$ms wall=${rest[at]#* of }
    in_ms "${wall% s}"
    wall=$ms
    must_be_by_child 'child: '
    ((throttled > 0)) || is_starved "$took" || wrong "nr_throttled of the group is 0, and the child ran $ran ms of $wall" \
        'the kernel has made it wait in many periods' \
        "$(likely 'it was not the quota that made it wait: it is in no group with one, or it slept by itself')"
    ((usage / 1000 <= took * (percent * 2 + 20) / 100 + 30)) ||
        wrong "the group has had $((usage / 1000)) ms of CPU time in $took ms" "about $percent %" \
            'the quota came after the loop, or another one was there before'
    ((wall >= $1 * 950 && wall <= took + 50 && took <= wall * 10 + 3000)) ||
        wrong "it says that $wall ms have passed; the witness has seen $took" "SECONDS, which is $1, of time on the wall" \
            'CLOCK_MONOTONIC counts the time on the wall, from before the loop to behind it; the CPU time is another clock'
    ((ran <= usage * 3 / 2000 + 50 && ran >= usage / 1000 / 20)) ||
        wrong "it says that it ran $ran ms; the group has had $((usage / 1000)) ms" 'the CPU time of the child' \
            'CLOCK_PROCESS_CPUTIME_ID counts it; and it is the child that asks'
}

# bats test_tags=points:2
@test "A quota is CPU time in each period, a number in a file of the group" {
    local todo=1
    must_have_quota plain
    must_have_quota longer
}

# bats test_tags=points:2
@test "The child enters the group, and its parent stays outside" {
    local todo=2
    after 1
    group plain
    must_be_entered "$usage" 'before its loop'
}

# bats test_tags=points:3
@test "Who has had the quota waits for the next period, though the CPU is free" {
    local todo=3
    after 1 2
    group plain
    must_be_limited 1
    group longer
    must_be_entered "$usage" 'before its loop'
    must_be_limited 2
}

# bats test_tags=points:2
@test "nr_throttled counts the periods in which somebody had to wait" {
    local todo=4
    after 3
    group longer
    must_say 'nr_throttled: ([0-9]+)' 'nr_throttled: N'
    (((10#$said > 0 || throttled == 0) && 10#$said <= throttled && 10#$said >= throttled - 2)) ||
        wrong "\"${rest[at]}\"; the kernel says $throttled" "\"nr_throttled: $throttled\"" \
            'it is the number behind that word in cpu.stat, when the child has ended'
    must_tell parent "$said" 'nr_throttled: X'
}

# bats test_tags=points:2
@test "The group counts what its processes used, also after they have ended" {
    local todo=5
    after 3
    group longer
    must_say 'usage: ([0-9]+) us, and nobody is left in the group' 'usage: U us, and nobody is left in the group'
    ((10#$said <= usage && 10#$said >= usage - 50000)) ||
        wrong "\"${rest[at]}\"; the kernel says $usage" "\"usage: $usage us, and nobody is left in the group\"" \
            'cpuacct.usage counts nanoseconds, usage_usec in cpu.stat microseconds; and it is read when the child has ended'
    must_tell parent "$said" 'usage: X us, and nobody is left in the group'
    ! in_file cgroup.procs '(.+)' || wrong "process $text is still in the group" 'nobody'
}

# bats test_tags=points:2
@test "It ends by itself, or by a signal, and leaves nothing behind" {
    after 5
    in_run plain
    must_exit 0
    must_leave_nothing
    in_run longer
    must_exit 0
    must_leave_nothing
    must_end_after stopped
    must_end_after interrupted
}

# bats test_tags=points:1
@test "What the kernel refuses is an error, and said: exit status 1" {
    after 1
    in_run no-child
    must_report_errno 'child: .*' 'usage: .*'
    in_run nowhere
    must_exit 1 'there is no such group: a call failed, and nobody has looked at what it returned'
    happened err '.*No such file or directory.*' || wrong "there is no such group; on stderr stands: $(lines_said err)" 'No such file or directory'
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    must_refuse_bad_arguments percent-{fraction,negative,tail,empty} seconds-{letters,negative} one four
}
