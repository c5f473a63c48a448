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

# name_of PID: the hostname that a helper has seen inside of its UTS namespace.
name_of() {
    happened inside "$1 uts (.*)" && echo "${BASH_REMATCH[1]}"
}

# Why the line after unshare() has another name than the old one.
why_not_old() {
    local neighbour
    happened neighbour '([0-9]+) none' && neighbour=${BASH_REMATCH[1]}
    if ! happened out "child: hostname is $new after unshare\(\)"; then
        echo 'uname() says the name that the kernel has; this one is from elsewhere'
    elif [ "$(name_of "$neighbour")" = "$new" ]; then
        echo 'sethostname() was called in the old namespace, before unshare(): everybody has the new name, and the new namespace is a copy'
    elif [ "$(name_of "$neighbour")" = "$old" ]; then
        echo 'uname() was called after sethostname(): ask, and print the line, between unshare() and sethostname()'
    fi
}

# Why the line after sethostname() has another name than the new one. The kernel has seen who printed it, and knows its name.
why_not_new() {
    local i writer printed name
    find_writers
    for i in "${!writer[@]}"; do
        [[ ${rest[i]} =~ ^child:\ hostname\ is\ (.*)\ after\ sethostname\(\)$ ]] || continue
        printed=${BASH_REMATCH[1]}
        name=$(name_of "${writer[i]}")
        if [[ $printed != "$old" && ($new = "$printed"* || $printed = "$new"*) ]]; then
            echo "$LENGTH"
        elif [[ $printed = "$old" && $name = "$new" ]]; then
            echo 'the kernel has the new name, and the line has the old one: ask uname() again, after sethostname()'
        elif [[ $printed = "$old" && $name = "$old" ]]; then
            echo "$NOT_SET"
        fi
        return
    done
}

NOT_SET='the hostname is still the old one: sethostname() was not called, or it failed and nobody looked, or another name was set: of the domain, of the process'

# bats test_tags=points:2
@test "unshare(CLONE_NEWUTS) moves its caller into a new UTS namespace" {
    local todo=1
    names stay
    must_move uts CLONE_NEWUTS
}

# bats test_tags=points:2
@test "A new UTS namespace begins with a copy of the hostname" {
    after 1
    local todo=2
    names stay
    must_move uts CLONE_NEWUTS
    must_tell child "$old" 'child: hostname is X after unshare()' "$(why_not_old)"
    ((${moved:-0} < at)) || wrong "\"${rest[at]}\" was printed when the child was still in the old namespace" \
        'unshare(), then uname(), then the line' 'the order of the calls is not that of the lines'
}

# bats test_tags=points:3
@test "sethostname() changes the name of the namespace that its caller is in" {
    after 1
    names stay
    must_tell child "$new" 'child: hostname is X after sethostname()' "$(why_not_new)"
    must_stay
    must_be_there "$speaker" during
    happened inside "$speaker uts (.*)"
    case ${BASH_REMATCH[1]} in
        "$new") ;;
        "$old") wrong "inside of the child's UTS namespace the hostname is still $old" "$new, its first argument" "$NOT_SET" ;;
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
    ! happened out "child: hostname is $new after unshare\(\)" || after 2
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
