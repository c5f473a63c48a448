#!/usr/bin/env bats
# Lab 22, cgroup-perf-count: what its checks ask, of the record that the witness made of these runs:
#> run full
#>   guest
#>   group perf_event
#>   count
#>   stay child: touched
#>   start GROUP
#>   until child: touched
#>   fault inside PAGES
#>   fault outside 1000
#>   go
#>   until group:
#>   counted
#> run again
#>   guest
#>   group perf_event
#>   count
#>   start GROUP
#>   until group:
#>   counted
#> run no-child
#>   guest
#>   group perf_event
#>   refuse clone EAGAIN
#>   start GROUP
#> run nowhere
#>   guest
#>   start /nowhere
#> run none
#>   guest
#>   start
#> run two
#>   guest
#>   start /tmp /tmp

# what: demonstration
# subsystem: perf_event | (no file: a hierarchy) | counted (0 [1-9].*) | (no file: each group) | counted (0 [1-9].*)

load record

OUTSIDE=1000 # pages that a process of our own touches outside of the group

# group RUN: reads what the counter of our own has counted on each CPU. Sets counted[], all and inside: the faults
# of our own process in the group.
group() {
    local i
    in_run "$1"
    given
    counted=() all=0 inside=0
    for i in "${!word[@]}"; do
        if [[ ${word[i]} = counted && ${rest[i]} =~ ^([0-9]+)\ ([0-9]+)$ ]]; then
            counted[BASH_REMATCH[1]]=${BASH_REMATCH[2]}
            all=$((all + BASH_REMATCH[2]))
        fi
    done
    ! happened faulted 'inside ([0-9]+)' || inside=${BASH_REMATCH[1]}
}

# told: reads what the program says of each CPU. Sets told[] and sum.
told() {
    local i
    told=() sum=0
    for i in "${!word[@]}"; do
        if [[ ${word[i]} = out && ${rest[i]} =~ ^cpu\ ([0-9]{1,4}):\ ([0-9]{1,15})\ page\ faults$ ]]; then
            told[10#${BASH_REMATCH[1]}]=$((10#${BASH_REMATCH[2]}))
            sum=$((sum + 10#${BASH_REMATCH[2]}))
        fi
    done
}

must_have_counters() {
    local cpu
    told
    for cpu in "${!counted[@]}"; do
        [ -n "${told[cpu]:-}" ] || ((${#told[@]} == 0)) ||
            wrong "there is no line about CPU $cpu" "\"cpu $cpu: N page faults\"" \
                'a counter of a group belongs to one CPU: each CPU needs one of its own'
        [ -n "${told[cpu]:-}" ] || must_say "cpu $cpu: [0-9]+ page faults" "cpu $cpu: N page faults"
    done
    for cpu in "${!told[@]}"; do
        [ -n "${counted[cpu]:-}" ] || wrong "\"cpu $cpu: ${told[cpu]} page faults\"" "no such line: this machine has no CPU $cpu"
    done
}

# why_other_number: what a counter may have counted instead.
why_other_number() {
    if ((sum == 0)); then
        echo 'the counters were opened when all was over, or they count another event'
    elif ((sum > all + OUTSIDE / 2)); then
        echo 'who is outside of the group was counted, too: with PERF_FLAG_PID_CGROUP the PID is a descriptor of the folder of the group'
    elif ((inside > 0 && sum < all - inside / 2)); then
        echo "processes of the program were counted, and not the group: a process of our own has entered it, and has had $inside page faults there"
    else
        echo 'the numbers are those of other processes, or of another time: faults before the child enters the group are none of the group'
    fi
}

must_agree() {
    local cpu
    told
    for cpu in "${!counted[@]}"; do
        [ "${told[cpu]}" = "${counted[cpu]}" ] ||
            wrong "\"cpu $cpu: ${told[cpu]} page faults\"" "\"cpu $cpu: ${counted[cpu]} page faults\", as a counter of our own says" \
                "$(why_other_number)"
    done
}

@test "The child enters the group, and its parent stays outside" {
    group full
    must_be_entered "$((all - inside))" 'before it touches memory'
    group again
    ((all > 0)) || wrong 'nobody in the group has touched new memory' 'the child does, on each CPU'
}

@test "Each CPU has a counter of its own" {
    after 1
    group full
    must_have_counters
}

@test "Whoever is in the group is counted, and nobody else" {
    after 2
    group full
    must_agree
    group again
    must_agree
}

@test "The group is the sum of its CPUs" {
    after 3
    group full
    must_tell parent "$all page faults" 'group: X' 'it is the sum of what the CPUs say'
    group again
    must_tell parent "$all page faults" 'group: X' 'it is the sum of what the CPUs say'
}

@test "It ends by itself, and leaves nothing behind" {
    after 4
    in_run full
    must_exit 0
    must_leave_nothing
    in_run again
    must_exit 0
    must_leave_nothing
}

@test "What the kernel refuses is an error, and said: exit status 1" {
    after 1
    in_run no-child
    must_report_errno 'child: .*' 'parent: .*' 'group: .*'
    in_run nowhere
    must_exit 1 'there is no such group: a call failed, and nobody has looked at what it returned'
    happened err '.*No such file or directory.*' || wrong "there is no such group; on stderr stands: $(lines_said err)" 'No such file or directory'
}

@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    must_refuse_bad_arguments none two
}
