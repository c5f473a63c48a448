#!/usr/bin/env bats
# Lab 3, setns-join: what its checks ask, of the record that the witness made of these runs:
#> run stay
#>   start 61
#>   until first: my PID is
#>   until parent: fork() returned
#>   until second: my PID is
#>   settle
#>   look during
#>   signal TERM
#> run plain
#>   start
#> run interrupted
#>   start 60
#>   until first: my PID is
#>   until parent: fork() returned
#>   until second: my PID is
#>   settle
#>   signal INT
#> run no-namespace
#>   refuse clone ENOSPC
#>   start
#> run not-joined
#>   refuse setns EPERM
#>   start
#> run empty
#>   start EMPTY
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
#> run two
#>   start 1 2

load record

lines() {
    in_run "$1"
    must_say_number 'parent: clone() returned N'
    first=$said
    must_say_number 'parent: my PID is N after setns()'
    parent=$said
    must_say_number 'parent: fork() returned N'
    second=$said
}

# known_parent: nothing is known of a parent that has printed another number than its PID.
known_parent() {
    local given program
    given
    [ "$parent" = "$program" ] || after 2
}

# joined: the parent's pid_for_children is the namespace of the first child. What the kernel showed when the
# parent wrote a line is enough; at the look it may have ended.
joined() {
    local i own=''
    of_first=''
    for i in "${!word[@]}"; do
        case ${word[i]}-${rest[i]} in
            "namespace-$parent pid_for_children "*) own=${rest[i]##* } ;;
            "namespace-$first pid "*) of_first=${rest[i]##* } ;;
        esac
    done
    [ -n "$of_first" ] || ! process "$first" during || of_first=${is[ns_pid]}
    [ -n "$own" ] || ! process "$parent" during || own=${is[ns_pid_for_children]}
    [ -n "$own" ] && [ "$own" = "$of_first" ]
}

# joined_as_seen RUN...: joined, as the first of these runs tells in which the first child was seen. It may have
# ended before it came to anything.
joined_as_seen() (
    local run
    for run; do
        in_run "$run"
        happened start '([0-9]+).*' && parent=${BASH_REMATCH[1]}
        ! happened out 'parent: clone\(\) returned ([0-9]+)' || first=${BASH_REMATCH[1]}
        ! joined || return 0
        [ -z "$of_first" ] || return 1
    done
    return 1
)

# bats test_tags=points:2
@test "setns() makes pid_for_children the namespace that was joined" {
    local todo=1
    in_run stay
    must_say_number 'parent: clone() returned N'
    first=$said
    was_there "$first" || must_be_there "$first" during
    happened start '([0-9]+).*'
    parent=${BASH_REMATCH[1]}
    local where="the parent's pid_for_children is its own namespace"
    local why='setns() was not called, or it failed unseen, or it joined the namespace of /proc/self'
    ! called_in_child || why='setns() was called by the child: it changes its caller, which has to be the parent, and before fork()'
    if moved "$parent" pid_for_children; then
        where="the parent's pid_for_children is a new namespace, and not the first child's"
        why='another namespace was joined, or unshare() made a new one'
    fi
    joined_as_seen stay plain interrupted || wrong "$where" "that of the first child, process $first" "$(likely_before_fork "$why")"
}

# bats test_tags=points:2
@test "setns() moves nobody: the caller keeps its PID" {
    after 1
    local todo=2
    in_run stay
    must_say_number 'parent: clone() returned N'
    first=$said
    must_say_number 'parent: my PID is N after setns()'
    parent=$said
    must_be_said_by "$parent" "$parent" 'parent: my PID is N after setns()'
    was_there "$parent" || must_be_there "$parent" during
    ! moved "$parent" pid ||
        wrong 'the parent is itself in a new PID namespace' 'it stays where it is' \
            'the line was printed by a process that is itself in a new PID namespace'
    must_be_said_by "$parent" "$first" 'parent: clone() returned N'
}

# bats test_tags=points:1
@test "Three processes report: the first, the parent, the second" {
    after 1
    lines stay
    must_say_number 'first: my PID is N'
    must_say_number 'second: my PID is N'
    must_take_seconds
    must_stay
}

# bats test_tags=points:1
@test "A new PID namespace begins with its PID 1" {
    after 3
    lines stay
    must_be_there "$first" during
    [ "${is[nspid]}" = "$first,1" ] ||
        wrong "NSpid of the first child: ${is[nspid]}" "NSpid: $first 1" \
            'CLONE_NEWPID is not among the flags of clone()'
    must_be_said_by "$first" 1 'first: my PID is N'
}

# bats test_tags=points:3
@test "The next child is born in the joined namespace, as PID 2" {
    after 4
    lines stay
    known_parent
    must_be_there "$first" during
    local namespace=${is[ns_pid]}
    must_be_there "$second" during
    [ "${is[ns_pid]}" = "$namespace" ] ||
        wrong "the second child is in namespace ${is[ns_pid]}, the first in $namespace" 'one number' \
            'fork() came before setns(): only children that are born after it are in there'
    [ "${is[nspid]}" = "$second,2" ] ||
        wrong "NSpid of the second child: ${is[nspid]}" "NSpid: $second 2" \
            'somebody else took PID 2 before it'
    [ "${is[parent]}" = "$parent" ] ||
        wrong "the parent of process $second is ${is[parent]}" "$parent, the process that called setns()"
    must_be_said_by "$second" 2 'second: my PID is N'
    must_be_said_by "$parent" "$second" 'parent: fork() returned N'
}

# bats test_tags=points:2
@test "The child that joined is waited for before PID 1; nothing is left" {
    after 3
    local order='PID 1 of a namespace cannot end before everybody else in it is gone and waited for'
    in_run plain
    must_exit 0 'the parent returns the exit status of its children' "$order"
    must_leave_nothing
    must_take_seconds
    lines plain
    known_parent
    [ "$second" != 0 ] || after 5
    # SECONDS is 0: the first child may be ended before it comes to speak.
    ! happened out 'first: .*' || must_be_said_by "$first" 1 'first: my PID is N'
    must_be_said_by "$second" 2 'second: my PID is N'
    must_be_said_by "$parent" "$first" 'parent: clone() returned N'
    must_be_said_by "$parent" "$parent" 'parent: my PID is N after setns()'
    must_be_said_by "$parent" "$second" 'parent: fork() returned N'
    must_end_after stay "$order"
    must_end_after interrupted "$order"
}

# bats test_tags=points:1
@test "What the kernel refuses is an error, and said: exit status 1" {
    after 1
    local todo=1
    in_run no-namespace
    must_report_errno 'first: .*' 'parent: clone\(\) returned .*' 'parent: my PID is .* after .*' 'second: .*'
    in_run not-joined
    must_report_errno 'parent: my PID is .* after .*' 'parent: fork\(\) returned .*' 'second: .*'
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    local todo=0
    must_refuse_bad_arguments empty fraction negative tail huge letters two
}
