#!/usr/bin/env bats
# Lab 2, unshare-fork: what its checks ask, of the record that the witness made of these runs:
#> run stay
#>   start 61
#>   until parent: fork() returned
#>   until child: my PID is
#>   settle
#>   look during
#>   signal TERM
#> run plain
#>   start
#> run interrupted
#>   start 60
#>   until parent: fork() returned
#>   until child: my PID is
#>   settle
#>   signal INT
#> run no-namespace
#>   refuse unshare ENOSPC
#>   start
#> run no-child
#>   refuse clone EAGAIN
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

both_lines() {
    must_say_number 'parent: my PID is N before unshare()'
    before=$said
    must_say_number 'parent: my PID is N after unshare()'
    parent=$said
}

lines() {
    in_run "$1"
    both_lines
    must_say_number 'parent: fork() returned N' \
        'unshare() makes no process and moves nobody: a fork() after it makes the child'
    child=$said
}

HANGS='it waits for ever: it ignores the signal, or sends one to its child that PID 1 ignores. PID 1 takes only those it has a handler for, and SIGKILL'

# bats test_tags=points:1
@test "A process can ask for its own PID" {
    local todo=1
    in_run stay
    must_say_number 'parent: my PID is N before unshare()'
    must_be_said_by "$said" "$said" 'parent: my PID is N before unshare()'
}

# bats test_tags=points:2
@test "unshare(CLONE_NEWPID) makes a namespace for the next child" {
    after 1
    local todo=2
    in_run stay
    must_say_number 'parent: my PID is N before unshare()'
    parent=$said
    local why='unshare(CLONE_NEWPID) was not called, or its flag is another one, or it was called in another process; clone() does not change its caller'
    ! called_in_child || why='unshare() was called by the child, or in another process: it changes its caller, which has to be the parent'
    moved "$parent" pid_for_children ||
        wrong "the parent's pid and pid_for_children are one namespace" 'two inode numbers' "$(likely_before_fork "$why")"
}

# bats test_tags=points:2
@test "unshare(CLONE_NEWPID) moves nobody: the caller keeps its PID" {
    after 1
    local todo=3
    in_run stay
    both_lines
    [ "$before" = "$parent" ] ||
        wrong "PID $before before, PID $parent after" 'the same PID twice' \
            'the two lines come from two processes, or the numbers are made up'
    ! moved "$parent" pid ||
        wrong 'the parent is itself in a new PID namespace' 'it stays where it is' 'was it cloned into one?'
    must_be_said_by "$parent" "$parent" 'parent: my PID is N before unshare()'
    must_be_said_by "$parent" "$parent" 'parent: my PID is N after unshare()'
}

# bats test_tags=points:1
@test "unshare() makes no process: the fork() after it does" {
    after 1
    lines stay
    must_say_number 'child: my PID is N'
    must_take_seconds
    must_stay
}

# bats test_tags=points:1
@test "unshare() changes where the next child is born" {
    after 2 4
    lines stay
    must_be_there "$parent" during
    local namespace=${is[ns_pid_for_children]}
    must_be_there "$child" during
    [ "$namespace" != - ] || namespace='one that nobody was born into yet'
    [ "${is[ns_pid]}" = "$namespace" ] ||
        wrong "the child is in namespace ${is[ns_pid]}" "the parent's pid_for_children: $namespace" \
            'the child was born before unshare(), or made by clone() with a namespace of its own'
}

# bats test_tags=points:2
@test "The first child after unshare(CLONE_NEWPID) is PID 1" {
    after 4
    lines stay
    must_be_there "$child" during
    case ${is[nspid]} in
        "$child,1") ;;
        "$child") wrong "NSpid of the child is one number, $child: it is in the old namespace" "NSpid: $child 1" \
            'fork() came before unshare(), or CLONE_NEWPID is not in its flags' ;;
        "$child",*) wrong "NSpid of the child: ${is[nspid]}" "NSpid: $child 1" \
            'it is not the first one: another child took PID 1 before it' ;;
        *) wrong "NSpid of process $child: ${is[nspid]}" "NSpid: $child 1" ;;
    esac
    [ "${is[parent]}" = "$parent" ] ||
        wrong "the parent of process $child is ${is[parent]}" "$parent, the process that called fork()"
    must_be_said_by "$child" 1 'child: my PID is N'
    must_be_said_by "$parent" "$child" 'parent: fork() returned N'
}

# bats test_tags=points:2
@test "A parent waits for its child, and leaves nothing behind" {
    after 4
    in_run plain
    # Who takes the child's way does not come to waitpid().
    ! happened out 'parent: fork\(\) returned 0' || after 5
    must_exit 0 'the parent returns the exit status of its child'
    must_leave_nothing
    must_take_seconds
    lines plain
    must_be_said_by "$parent" "$parent" 'parent: my PID is N before unshare()'
    must_be_said_by "$parent" "$parent" 'parent: my PID is N after unshare()'
    must_be_said_by "$parent" "$child" 'parent: fork() returned N'
    must_be_said_by "$child" 1 'child: my PID is N'
    must_end_after stay "$HANGS"
    must_end_after interrupted "$HANGS"
}

# bats test_tags=points:1
@test "What the kernel refuses is an error, and said: exit status 1" {
    after 4
    in_run no-namespace
    must_report_errno 'parent: my PID is .* after .*' 'parent: fork\(\) returned .*' 'child: .*'
    in_run no-child
    must_report_errno 'parent: fork\(\) returned .*' 'child: .*'
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    local todo=0
    must_refuse_bad_arguments empty fraction negative tail huge letters two
}
