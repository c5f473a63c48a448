#!/usr/bin/env bats
# Lab 1, clone-pid1: what its checks ask, of the record that the witness made of these runs:
#> run stay
#>   start 61
#>   until parent: clone() returned
#>   until child: my PID is
#>   until child: my parent's PID is
#>   settle
#>   look during
#>   signal TERM
#> run plain
#>   start
#> run interrupted
#>   start 60
#>   until parent: clone() returned
#>   until child: my parent's PID is
#>   settle
#>   signal INT
#> run refused
#>   refuse clone ENOSPC
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
    must_say_number 'parent: my PID is N'
    parent=$said
    must_say_number 'parent: clone() returned N'
    child=$said
}

HANGS='it waits for ever: it ignores the signal, or sends one to its child that PID 1 ignores. PID 1 takes only those it has a handler for, and SIGKILL'

# bats test_tags=points:2
@test "clone() makes a process, and returns its PID" {
    local todo=1
    in_run stay
    # If a child had come to its TODO, the parent would have gone on to its line.
    local why=''
    ! happened err '.*TODO 2.*' || why='the parent itself has come into child_main(): a function that is called runs in its caller. clone() gets its name alone, and calls it in the child'
    must_say_number 'parent: clone() returned N' "$why"
    was_there "$said" || must_be_there "$said" during
}

# bats test_tags=points:1
@test "clone() returns the child's PID, and the child says its own" {
    after 1
    local todo=2
    lines stay
    must_say_number 'child: my PID is N'
    must_say_number "child: my parent's PID is N"
    must_take_seconds
    must_stay
}

# bats test_tags=points:2
@test "The first process of a PID namespace is PID 1 in it" {
    after 2
    lines stay
    must_be_there "$child" during
    case ${is[nspid]} in
        "$child,1") ;;
        "$child") wrong "NSpid of process $child is one number, $child: it was never in a new PID namespace" \
            "NSpid: $child 1" 'CLONE_NEWPID is not among the flags, or the number is not the one that clone() returned' ;;
        *) wrong "NSpid of process $child: ${is[nspid]}" "NSpid: $child 1" \
            'the process that clone() returned is another one than the one that is PID 1' ;;
    esac
    must_be_said_by "$child" 1 'child: my PID is N'
}

# bats test_tags=points:2
@test "clone() moves the child only, not its caller" {
    after 1
    local todo=1
    lines stay
    was_there "$parent" || must_be_there "$parent" during
    moved "$child" pid || {
        # Of a child that was never seen nobody knows where it was.
        happened writer "$child" || { after 2 && must_be_there "$child" during; }
        wrong 'parent and child have the same /proc/PID/ns/pid' 'two inode numbers' \
            'CLONE_NEWPID is not among the flags'
    }
    ! moved "$parent" pid_for_children ||
        wrong "the parent's /proc/PID/ns/pid_for_children is another one than its pid" \
            'the same number twice' 'that is what unshare() or setns() do; this lab is about clone()'
    must_be_said_by "$parent" "$parent" 'parent: my PID is N'
    must_be_said_by "$parent" "$child" 'parent: clone() returned N'
}

# bats test_tags=points:1
@test "Seen from inside, the parent of PID 1 has the number 0" {
    after 2
    local todo=2
    lines stay
    must_be_there "$child" during
    [ "${is[parent]}" = "$parent" ] ||
        wrong "the parent of process $child is ${is[parent]}" "$parent, the process that called clone()" \
            'the child was made by another process than the one that announced it'
    must_be_said_by "$child" 0 "child: my parent's PID is N"
}

# bats test_tags=points:2
@test "A parent waits for its child, and leaves nothing behind" {
    after 2
    in_run plain
    must_exit 0 'the parent returns the exit status of its child'
    must_leave_nothing
    must_take_seconds
    lines plain
    must_be_said_by "$parent" "$parent" 'parent: my PID is N'
    must_be_said_by "$parent" "$child" 'parent: clone() returned N'
    must_be_said_by "$child" 1 'child: my PID is N'
    must_be_said_by "$child" 0 "child: my parent's PID is N"
    must_end_after stay "$HANGS"
    must_end_after interrupted "$HANGS"
}

# bats test_tags=points:1
@test "What the kernel refuses is an error, and said: exit status 1" {
    after 1
    local todo=1
    in_run refused
    must_report_errno 'parent: clone\(\) returned .*' 'child: .*'
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    local todo=0
    must_refuse_bad_arguments empty fraction negative tail huge letters two
}
