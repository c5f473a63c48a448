#!/usr/bin/env bats
# Lab 13, cgroup-view: what its checks ask, of the record that the witness made of these runs:
#> run stay
#>   cpuset
#>   begin NAME
#>   neighbour none
#>   start 61
#>   until before:
#>   until after:
#>   settle
#>   look during
#>   enter ALL cgroup
#>   signal TERM
#> run anywhere
#>   neighbour none
#>   start 61
#>   until after:
#>   settle
#>   look during
#>   enter ALL cgroup
#>   signal TERM
#> run plain
#>   start
#> run interrupted
#>   start 60
#>   until after:
#>   settle
#>   signal INT
#> run no-namespace
#>   refuse unshare ENOSPC
#>   start
#> run fraction
#>   start FRACTION
#> run negative
#>   start NEGATIVE
#> run tail
#>   start TAIL
#> run huge
#>   start HUGE
#> run letters
#>   start LETTERS
#> run empty
#>   start EMPTY
#> run two
#>   start 1 2

load record

# Sets program, and neighbour, where the run has one.
group() {
    in_run "$1"
    given
    neighbour=''
    ! happened neighbour '([0-9]+) none' || neighbour=${BASH_REMATCH[1]}
}

# must_be_moved: the program is in a new cgroup namespace when it prints something. Sets moved.
must_be_moved() {
    moved=0
    if happened writer 0; then
        process "$neighbour" during
        local old=${is[ns_cgroup]}
        ! process "$program" during || [ "${is[ns_cgroup]}" = "$old" ] || return 0
    elif happened namespace "$program cgroup [0-9]+"; then
        moved=$at
        return 0
    fi
    wrong 'the program was in no new namespace of the kind cgroup when it printed something' 'it is, after unshare()' \
        "$(likely 'unshare() was not called, or its flag is not CLONE_NEWCGROUP, or it failed and nobody looked')"
}

# bats test_tags=points:3
@test "A process can read in which group it is" {
    group stay
    happened begin '(.*)'
    must_tell parent "${BASH_REMATCH[1]}" 'before: X' \
        'PATH is what stands behind the second colon, without the end of the line; the first one that is not /'
}

# bats test_tags=points:3
@test "unshare(CLONE_NEWCGROUP) moves its caller into a new cgroup namespace" {
    after 1
    group anywhere
    must_be_moved
}

# bats test_tags=points:3
@test "The group in which a cgroup namespace was made is its root" {
    after 2
    group anywhere
    must_be_moved
    must_tell parent / 'after: X' 'the file is opened and read again, after unshare()'
    ((moved < at)) || wrong "\"${rest[at]}\" was printed before unshare()" 'unshare(), then the line'
    must_stay
    must_be_there "$program" during
    if happened inside "$program cgroup [^/]*:(/.+)"; then
        wrong "in the namespace of the program it is in the group ${BASH_REMATCH[1]}" /
    fi
}

# bats test_tags=points:2
@test "It is a view: from outside the group is the same, and so are its limits" {
    after 1 3
    group stay
    must_be_moved
    must_stay
    happened begin '(.*)'
    local begin=${BASH_REMATCH[1]} allowed
    must_be_there "$neighbour" during
    allowed=${is[allowed]}
    must_be_there "$program" during
    [ "${is[cgroup]}" = "$begin" ] ||
        wrong "the program is in the group ${is[cgroup]} now" "$begin, as before" 'who moves sees another name, too, and has other limits. No group has to be entered here'
    [ "${is[allowed]}" = "$allowed" ] || wrong "it may use the CPUs ${is[allowed]}" "$allowed, as before"
    ! happened group '([^ ]+) .*' || wrong "it has made the group ${BASH_REMATCH[1]}" 'none'
    happened inside "$program cgroup [0-9]+:[^:]*:/" || wrong 'in its own namespace it is not in /' /
}

# bats test_tags=points:2
@test "It ends by itself, or by a signal, and leaves nothing behind" {
    after 3
    group plain
    must_exit 0
    must_leave_nothing
    must_take_seconds
    must_tell parent / 'after: X'
    group anywhere
    must_take_seconds
    must_end_after anywhere
    must_end_after interrupted
}

# bats test_tags=points:1
@test "What the kernel refuses is an error, and said: exit status 1" {
    after 2
    in_run no-namespace
    must_report_errno 'after: .*'
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 2
    must_refuse_bad_arguments fraction negative tail huge letters empty two
}
