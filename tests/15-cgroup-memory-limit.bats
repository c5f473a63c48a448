#!/usr/bin/env bats
# Lab 15, cgroup-memory-limit: what its checks ask, of the record that the witness made of these runs:
#> run full
#>   group memory
#>   start GROUP MIB
#>   until memory.max:
#>   until oom_kill:
#>   file memory.max memory.limit_in_bytes memory.swap.max memory.memsw.limit_in_bytes memory.swappiness
#>   file memory.events memory.oom_control
#> run again
#>   group memory
#>   start GROUP MIB
#>   until memory.max:
#>   until oom_kill:
#>   file memory.max memory.limit_in_bytes memory.swap.max memory.memsw.limit_in_bytes memory.swappiness
#>   file memory.events memory.oom_control
#> run no-child
#>   group memory
#>   refuse clone EAGAIN
#>   start GROUP MIB
#> run nowhere
#>   start /nowhere 16
#> run fraction
#>   start /tmp FRACTION
#> run negative
#>   start /tmp NEGATIVE
#> run tail
#>   start /tmp TAIL
#> run letters
#>   start /tmp LETTERS
#> run empty
#>   start /tmp EMPTY
#> run one
#>   start /tmp
#> run three
#>   start /tmp 16 1

# subsystem: memory | memory.limit_in_bytes | file memory.oom_control (oom_kill [1-9].*) | memory.max | file memory.events (oom_kill [1-9].*)

load record

# group RUN: reads what the group had at the end. Sets mib, bytes, limit, kills.
group() {
    in_run "$1"
    given
    drawn MIB
    mib=$drawn bytes=$((drawn << 20))
    in_file 'memory.max|memory.limit_in_bytes' '(.*)'
    limit=$text
    in_file 'memory.events|memory.oom_control' 'oom_kill ([0-9]+)'
    kills=$text
}

must_have_limit() {
    local likely='the file of that name in GROUP takes bytes'
    group "$1"
    [ "$limit" = "$bytes" ] || wrong "the memory.max of the group is $limit" "$bytes, which is $mib MiB" "$(likely "$likely")"
    must_tell parent "$bytes" 'memory.max: X' 'it is what the file says when it was written'
}

# must_close_swap: one of the three files says so, or there is none.
must_close_swap() {
    local seen='' file value
    for file in memory.swap.max memory.memsw.limit_in_bytes memory.swappiness; do
        in_file "$file" '(.*)' || continue
        case $file in *memsw*) value=$bytes ;; *) value=0 ;; esac
        [ "$text" != "$value" ] || return 0
        [ -n "$seen" ] || seen=$file
    done
    [ -z "$seen" ] || {
        in_file "$seen" '(.*)'
        case $seen in *memsw*) value=$bytes ;; *) value=0 ;; esac
        wrong "$seen of the group is $text" "$value" \
            "$(likely 'where there is swap, the kernel moves pages there, and the process goes on, slowly')"
    }
}

# touched: sets touched to the largest number of MiB that was said.
touched() {
    local i
    touched=0
    for i in "${!word[@]}"; do
        [[ ${word[i]} != out || ! ${rest[i]} =~ ^child:\ touched\ ([0-9]{1,6})\ MiB$ ]] ||
            touched=$((10#${BASH_REMATCH[1]} > touched ? 10#${BASH_REMATCH[1]} : touched))
    done
}

must_be_killed() {
    local told why
    touched
    told="it says that it has touched $touched MiB, and the limit is $mib" why=$(likely)
    if ((touched > mib)); then
        why='memory that was asked for or read is none yet: a page counts when a byte is written into it'
    elif ((touched > 0)); then
        why='a signal that comes from the program itself is no work of the kernel'
    fi
    ((kills > 0)) || wrong "the kernel has killed nobody in the group; $told" 'oom_kill of the group is 1: the child' "$why"
    ((kills == 1)) || wrong "oom_kill of the group is $kills" '1: the child, and nobody else'
    must_say 'child: touched [0-9]+ MiB' 'child: touched N MiB' 'say it after each MiB, in a line of its own'
    must_be_by_child 'child: touched '
    ((touched < mib && touched >= mib / 2)) || wrong "$told" 'a number between the half of the limit and the limit' \
        'each line stands behind its own MiB: the first page too much ends the child'
}

# bats test_tags=points:2
@test "The limit of a group is a number in one of its files" {
    local todo=1
    must_have_limit full
    must_have_limit again
}

# bats test_tags=points:2
@test "Swap is no way around the limit" {
    local todo=2
    after 1
    group full
    must_close_swap
}

# bats test_tags=points:2
@test "The child enters the group, and its parent stays outside" {
    local todo=3
    after 1
    group full
    must_be_entered "$kills" 'before it touches memory'
}

# bats test_tags=points:3
@test "Memory counts when it is touched, and at the limit the kernel kills" {
    local todo=4
    after 1 3
    group full
    must_be_killed
    group again
    must_be_entered "$kills" 'before it touches memory'
    must_be_killed
}

# bats test_tags=points:2
@test "The parent learns of it: by the status, and by a counter of the group" {
    after 4
    group full
    must_tell parent SIGKILL 'parent: child was killed by X'
    must_tell parent "$kills" 'oom_kill: X' 'it is the number behind that word in a file of the group'
}

# bats test_tags=points:1
@test "It ends by itself, and leaves nothing behind" {
    after 5
    in_run full
    must_exit 0
    must_leave_nothing
    in_run again
    must_exit 0
    must_leave_nothing
}

# bats test_tags=points:1
@test "What the kernel refuses is an error, and said: exit status 1" {
    after 2
    in_run no-child
    must_report_errno 'child: .*' 'parent: .*'
    in_run nowhere
    must_exit 1 'there is no such group: a call failed, and nobody has looked at what it returned'
    happened err '.*No such file or directory.*' || wrong "there is no such group; on stderr stands: $(lines_said err)" 'No such file or directory'
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    must_refuse_bad_arguments fraction negative tail letters empty one three
}
