#!/usr/bin/env bats
# Lab 1, clone-pid1: what its checks ask, of the record that the witness made of these runs:
#> run stay
#>   start 60
#>   until parent: clone() returned
#>   until child: my PID is
#>   until child: my parent's PID is
#>   settle
#>   look during
#>   signal TERM
#> run plain
#>   start
#> run words
#>   start three

load record

lines() {
    in_run stay
    must_say 'parent: my PID is ([0-9]+)' 'parent: my PID is N'
    parent=$said
    must_say 'parent: clone\(\) returned ([0-9]+)' 'parent: clone() returned N'
    child=$said
}

HANGS='it waits for ever: it ignores the signal, or sends one to its child that PID 1 ignores. PID 1 takes only those it has a handler for, and SIGKILL'

# bats test_tags=points:1
@test "clone() returns the child's PID, and the child says its own" {
    lines
    must_say 'child: my PID is ([0-9]+)' 'child: my PID is 1'
    must_say "child: my parent's PID is ([0-9]+)" "child: my parent's PID is 0"
    must_stay
}

# bats test_tags=points:3
@test "The first process of a PID namespace is PID 1 in it" {
    after 1
    lines
    must_be_there "$child" during
    case ${is[nspid]} in
        "$child,1") ;;
        "$child") wrong "NSpid of process $child is one number, $child: it was never in a new PID namespace" \
            "NSpid: $child 1" 'CLONE_NEWPID is not among the flags, or the number is not the one that clone() returned' ;;
        *) wrong "NSpid of process $child: ${is[nspid]}" "NSpid: $child 1" \
            'the process that clone() returned is another one than the one that is PID 1' ;;
    esac
    must_say_itself "$child" 'child: my PID is 1' 'child: my PID is 1'
}

# bats test_tags=points:2
@test "clone() moves the child only, not its caller" {
    after 1
    lines
    must_be_there "$child" during
    local namespace=${is[ns_pid]}
    must_be_there "$parent" during
    [ "${is[ns_pid]}" != "$namespace" ] ||
        wrong "parent and child have the same /proc/PID/ns/pid: $namespace" 'two inode numbers' \
            'CLONE_NEWPID is not among the flags'
    [ "${is[ns_pid_for_children]}" = "${is[ns_pid]}" ] ||
        wrong "the parent's pid_for_children is ${is[ns_pid_for_children]}, its pid is ${is[ns_pid]}" \
            'the same number twice' 'that is what unshare() or setns() do; this lab is about clone()'
}

# bats test_tags=points:1
@test "Seen from inside, the parent of PID 1 has the number 0" {
    after 1
    lines
    must_be_there "$child" during
    [ "${is[parent]}" = "$parent" ] ||
        wrong "the parent of process $child is ${is[parent]}" "$parent, the process that called clone()" \
            'the child was made by another process than the one that announced it'
    must_say_itself "$child" "child: my parent's PID is 0" "child: my parent's PID is 0"
}

# bats test_tags=points:2
@test "A parent waits for its child, and leaves nothing behind" {
    after 1
    in_run plain
    must_exit 0 'the parent returns the exit status of its child'
    must_leave_nothing
    must_say 'child: my PID is [0-9]+' 'child: my PID is 1'
    in_run stay
    must_leave_nothing "$HANGS"
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    in_run words
    must_refuse 2 'SECONDS is a whole number; atoi() would take "three" for 0'
}
