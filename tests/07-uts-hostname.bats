#!/usr/bin/env bats
# Lab 7, uts-hostname: what its checks ask, of the record that the witness made of these runs:
#> run stay
#>   neighbour none
#>   start NAME 61
#>   until child: hostname is
#>   until after sethostname()
#>   until parent: hostname is
#>   settle
#>   look during
#>   enter ALL uts
#>   signal TERM
#> run plain
#>   start NAME
#> run interrupted
#>   start NAME 60
#>   until after sethostname()
#>   until parent: hostname is
#>   settle
#>   signal INT
#> run no-namespace
#>   refuse unshare ENOSPC
#>   start NAME
#> run no-name
#>   refuse sethostname EPERM
#>   start NAME
#> run no-child
#>   refuse clone EAGAIN
#>   start NAME
#> run nameless
#>   start
#> run fraction
#>   start NAME FRACTION
#> run negative
#>   start NAME NEGATIVE
#> run tail
#>   start NAME TAIL
#> run huge
#>   start NAME HUGE
#> run letters
#>   start NAME LETTERS
#> run two
#>   start NAME 1 2

load record

# Sets old and new, the two names of that run.
names() {
    in_run "$1"
    drawn HOSTNAME
    old=$drawn
    drawn NAME
    new=$drawn
}

LENGTH='the second argument of sethostname() is the length of the name, as strlen() counts it'

# bats test_tags=points:2
@test "unshare(CLONE_NEWUTS) moves its caller into a new UTS namespace" {
    names stay
    must_move uts CLONE_NEWUTS
}

# bats test_tags=points:2
@test "A new UTS namespace begins with a copy of the hostname" {
    after 1
    names stay
    must_move uts CLONE_NEWUTS
    must_tell child "$old" 'child: hostname is X after unshare()' \
        'uname() says the name; "after unshare()" is what it says between unshare() and sethostname()'
    ((${moved:-0} < at)) || wrong "\"${rest[at]}\" was printed when the child was still in the old namespace" \
        'unshare(), then uname(), then the line' 'the order of the calls is not that of the lines'
}

# bats test_tags=points:3
@test "sethostname() changes the name of the namespace that its caller is in" {
    after 1
    names stay
    must_tell child "$new" 'child: hostname is X after sethostname()' "$LENGTH"
    must_stay
    must_be_there "$speaker" during
    happened inside "$speaker uts (.*)"
    case ${BASH_REMATCH[1]} in
        "$new") ;;
        "$old") wrong "inside of the child's UTS namespace the hostname is still $old" "$new, its first argument" \
            'sethostname() was not called, or it failed and nobody looked, or another name was set: of the domain, of the process' ;;
        *) wrong "inside of the child's UTS namespace the hostname is ${BASH_REMATCH[1]}" "$new, its first argument" "$LENGTH" ;;
    esac
}

# bats test_tags=points:2
@test "The parent keeps its name, and so does everybody else" {
    after 3
    names stay
    happened neighbour '([0-9]+) none'
    happened inside "${BASH_REMATCH[1]} uts (.*)"
    [ "${BASH_REMATCH[1]}" = "$old" ] ||
        wrong "another process in the old namespace sees the hostname ${BASH_REMATCH[1]} now" "$old, as before" \
            'sethostname() was called in the old namespace: before unshare(), or by the parent'
    must_tell parent "$old" 'parent: hostname is X' 'the parent asks uname() itself, when the child has changed its name'
    must_be_there "$program" during
    local namespace=${is[ns_uts]}
    must_tell child "$new" 'child: hostname is X after sethostname()'
    must_be_there "$speaker" during
    [ "${is[ns_uts]}" != "$namespace" ] ||
        wrong "parent and child have the same /proc/PID/ns/uts: $namespace" 'two inode numbers'
}

# bats test_tags=points:2
@test "A parent waits for its child, and leaves nothing behind" {
    after 3
    names plain
    must_exit 0 'the parent returns the exit status of its child'
    must_leave_nothing
    must_take_seconds
    must_tell child "$old" 'child: hostname is X after unshare()'
    must_tell child "$new" 'child: hostname is X after sethostname()'
    must_tell parent "$old" 'parent: hostname is X'
    names stay
    must_take_seconds
    must_end_after stay
    must_end_after interrupted
}

# bats test_tags=points:1
@test "What the kernel refuses is an error, and said: exit status 1" {
    after 1
    in_run no-namespace
    must_report_errno 'child: .*'
    in_run no-name
    must_report_errno 'child: .* after sethostname\(\)'
    in_run no-child
    must_report_errno 'child: .*'
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    must_refuse_bad_arguments nameless fraction negative tail huge letters two
}
