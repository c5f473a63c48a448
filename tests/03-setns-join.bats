#!/usr/bin/env bats
# Lab 3, setns-join: what its checks ask, of the record that the witness made of these runs:
#> run stay
#>   start 60
#>   until first: my PID is
#>   until parent: fork() returned
#>   until second: my PID is
#>   settle
#>   look during
#>   signal TERM
#> run plain
#>   start
#> run words
#>   start -1

load record

lines() {
    in_run stay
    must_say 'parent: clone\(\) returned ([0-9]+)' 'parent: clone() returned N'
    first=$said
    must_say 'parent: my PID is ([0-9]+) after setns\(\)' 'parent: my PID is N after setns()'
    parent=$said
    must_say 'parent: fork\(\) returned ([0-9]+)' 'parent: fork() returned N'
    second=$said
}

# bats test_tags=points:1
@test "Three processes report: the first, the parent, the second" {
    lines
    must_say 'first: my PID is ([0-9]+)' 'first: my PID is 1'
    must_say 'second: my PID is ([0-9]+)' 'second: my PID is 2'
    must_stay
}

# bats test_tags=points:1
@test "A new PID namespace begins with its PID 1" {
    after 1
    lines
    must_be_there "$first" during
    [ "${is[nspid]}" = "$first,1" ] ||
        wrong "NSpid of the first child: ${is[nspid]}" "NSpid: $first 1" \
            'CLONE_NEWPID is not among the flags of clone()'
    must_say_itself "$first" 'first: my PID is 1' 'first: my PID is 1'
}

# bats test_tags=points:2
@test "setns() moves nobody: the caller keeps its PID" {
    after 2
    lines
    must_be_there "$parent" during
    [ "${is[nspid]}" = "$parent" ] ||
        wrong "NSpid of the parent: ${is[nspid]}" "NSpid: $parent" \
            'the line was printed by a process that is itself in a new PID namespace'
}

# bats test_tags=points:3
@test "setns() makes pid_for_children the namespace that was joined" {
    after 2
    lines
    must_be_there "$first" during
    local namespace=${is[ns_pid]}
    must_be_there "$parent" during
    case ${is[ns_pid_for_children]} in
        "$namespace") ;;
        "${is[ns_pid]}") wrong "the parent's pid_for_children is its own namespace, ${is[ns_pid]}" \
            "$namespace, that of the first child" \
            'setns() was not called, or it failed unseen, or it joined the namespace of /proc/self' ;;
        *) wrong "the parent's pid_for_children is ${is[ns_pid_for_children]}" \
            "$namespace, that of the first child" \
            'another namespace was joined, or unshare() made a new one' ;;
    esac
}

# bats test_tags=points:3
@test "The next child is born in the joined namespace, as PID 2" {
    after 2
    lines
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
    must_say_itself "$second" 'second: my PID is 2' 'second: my PID is 2'
}

# bats test_tags=points:2
@test "Who joined is reaped before PID 1, and nothing is left behind" {
    after 1
    local order='PID 1 of a namespace cannot end before everybody else in it is gone and waited for'
    in_run plain
    must_exit 0 'the parent returns the exit status of its children' "$order"
    must_leave_nothing
    must_say 'second: my PID is [0-9]+' 'second: my PID is 2'
    in_run stay
    must_leave_nothing "$order"
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    in_run words
    must_refuse 2 'SECONDS is a whole number, and not negative'
}
