#!/usr/bin/env bats
# Lab 14, ns-pin: what its checks ask, of the record that the witness made of these runs:
#> run stay
#>   neighbour none
#>   start NAME 61
#>   until child: hostname
#>   until after setns()
#>   settle
#>   look during
#>   enter ALL uts
#>   signal TERM
#> run plain
#>   start NAME
#> run interrupted
#>   start NAME 60
#>   until after setns()
#>   settle
#>   signal INT
#> run no-namespace
#>   refuse unshare ENOSPC
#>   start NAME
#> run no-mount
#>   refuse mount EPERM
#>   start NAME
#> run no-entry
#>   refuse setns EPERM
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

# Sets program, new, the name of that run, and child and inode: who has made a UTS namespace, and which. They are
# not known where the record tells no writers.
kept() {
    in_run "$1"
    given
    drawn NAME
    new=$drawn
    child='' inode='[0-9]+'
    must_tell child "$new" 'child: hostname is X'
    if happened namespace '([0-9]+) uts ([0-9]+)'; then
        child=${BASH_REMATCH[1]} inode=${BASH_REMATCH[2]}
        [ "$child" != "$program" ] ||
            wrong 'the parent is in a new UTS namespace before its child' 'the child makes it'
    elif ! happened writer 0; then
        wrong 'no process that printed something was in a new namespace of the kind uts' 'the child is, after unshare()' \
            'the lines were printed, and nothing was done: see run_child(), as it was given'
    fi
}

# must_keep HOW LINE [LIKELY]: LINE has the number of that namespace, and when it was printed the parent held
# the namespace like that: fd or mount, and in no other way.
must_keep() {
    local held='' i
    must_say "$2, uts:\[([0-9]+)\]" "$2, uts:[N]" "${3:-}"
    local line=$at number=$said
    must_tell parent "$number" "$2, uts:[X]"
    [[ $number =~ ^$inode$ ]] ||
        wrong "\"${rest[line]}\"" "uts:[$inode], the namespace that the child was in" \
            'a link below /proc/self/ns is one of the reader'
    [ -n "$child" ] || return 0
    for ((i = 0; i < line; i++)); do
        [[ ${word[i]} != holds || ${rest[i]} != "$program"* ]] || held=${rest[i]#"$program"}
    done
    [[ $held =~ $1=[^\ ]*uts:\[$inode\] ]] ||
        wrong "when the parent printed that it held${held:- no namespace}" "uts:[$inode] by a $([ "$1" = fd ] && echo descriptor || echo mount)" \
            "$(likely 'a number is no hold: open() gives a descriptor that is one, and mount() with MS_BIND puts it on a file')"
}

# bats test_tags=points:3
@test "A namespace lives on without a process, held by a descriptor" {
    kept stay
    must_keep fd 'parent: kept by a descriptor' 'when the child has ended there is no /proc/CHILD any more: open() comes before'
    must_say 'parent: child is gone' 'parent: child is gone'
    ! process "$child" during || wrong "process $child, the child, is still there" 'it has ended: the namespace is empty'
}

# bats test_tags=points:3
@test "A mount on a file holds it as well" {
    after 1
    kept stay
    must_keep mount 'parent: kept by a mount'
    local i held=''
    for ((i = 0; i < at; i++)); do
        [[ ${word[i]} != holds || ${rest[i]} != "$program"* ]] || held=${rest[i]}
    done
    [[ ! $held =~ fd=[^\ ]*uts:\[$inode\] || -z $child ]] ||
        wrong 'the parent held the namespace by a descriptor, too' 'by the mount alone' 'close() comes after mount(), and before the line'
}

# bats test_tags=points:3
@test "setns() goes in again, and the hostname is what the child has set" {
    after 2
    kept stay
    must_tell parent "$new" 'parent: hostname is X after setns()' 'uname() says it, after setns()'
    must_stay
    must_be_there "$program" during
    [[ ${is[ns_uts]} =~ ^$inode$ ]] ||
        wrong "the parent is in the UTS namespace ${is[ns_uts]}" "$inode, where the child was" \
            'setns() wants a descriptor of the pin. A new namespace with the same name is another one'
    happened inside "$program uts (.*)"
    [ "${BASH_REMATCH[1]}" = "$new" ] || wrong "the hostname there is ${BASH_REMATCH[1]}" "$new"
    drawn HOSTNAME
    happened neighbour '([0-9]+) none'
    happened inside "${BASH_REMATCH[1]} uts (.*)"
    [ "${BASH_REMATCH[1]}" = "$drawn" ] || wrong "another process sees the hostname ${BASH_REMATCH[1]} now" "$drawn, as before"
}

# bats test_tags=points:2
@test "Nothing is left behind: no process, no mount, no file" {
    after 3
    kept plain
    must_exit 0
    must_leave_nothing
    must_take_seconds
    must_tell parent "$new" 'parent: hostname is X after setns()'
    kept stay
    must_take_seconds
    must_end_after stay
    must_end_after interrupted
}

# bats test_tags=points:1
@test "What the kernel refuses is an error, and said: exit status 1" {
    after 1
    in_run no-namespace
    must_report_errno 'child: .*' 'parent: .*'
    in_run no-mount
    must_report_errno 'parent: kept by a mount.*'
    in_run no-entry
    must_report_errno 'parent: hostname .*'
    in_run no-child
    must_report_errno 'child: .*' 'parent: .*'
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    must_refuse_bad_arguments nameless fraction negative tail huge letters two
}
