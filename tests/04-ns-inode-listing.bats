#!/usr/bin/env bats
# Lab 4, ns-inode-listing: what its checks ask, of the record that the witness made of these runs.
# privilege: none (scripts/run)
# STRANGER1 is in the program's own namespaces; the others are not. PID 1 may not be looked into.
#> run own
#>   stranger none
#>   look before
#>   start
#> run several
#>   stranger none
#>   stranger uts ipc net time
#>   stranger pid mnt uts
#>   look before
#>   start STRANGER1 STRANGER2 STRANGER3
#> run same
#>   stranger none
#>   look before
#>   start STRANGER1 STRANGER1
#> run closed
#>   stranger none
#>   look before
#>   start STRANGER1 1
#> run nobody
#>   start 4194304
#> run words
#>   start self

load record

# table RUN: the PIDs of the head go to heads[], the rest to rows[KIND]="NUMBER... [*]".
table() {
    in_run "$1"
    declare -gA rows=()
    must_say 'NAMESPACE +(.*)' 'NAMESPACE PID...'
    read -ra heads <<<"$said"
    local i numbers
    for ((i = at + 1; i < ${#word[@]}; i++)); do
        if [ "${word[i]}" = out ]; then
            read -ra numbers <<<"${rest[i]}"
            rows[${numbers[0]:-}]=${numbers[*]:1}
        fi
    done
}

# kinds_of PID: the names of the entries in its /proc/PID/ns.
kinds_of() {
    local key
    process "$1" before
    kinds=()
    for key in "${!is[@]}"; do
        if [[ $key = ns/* ]]; then
            kinds+=("${key#ns/}")
        fi
    done
}

# What the line of a kind must be for some processes, by stat().
expected_row() {
    local kind=$1 pid known='' differ=''
    shift
    row=''
    for pid in "$@"; do
        process "$pid" before
        row+="${row:+ }${is[ns/$kind]}"
        [[ -z $known || $known = "${is[ns/$kind]}" ]] || differ=' *'
        known=${is[ns/$kind]}
    done
    row+=$differ
}

# bats test_tags=points:1
@test "/proc/PID/ns has an entry for each kind of namespace" {
    table several
    kinds_of "${heads[0]}"
    local kind
    for kind in "${kinds[@]}"; do
        [ -n "${rows[$kind]:-}" ] ||
            wrong "no line for $kind" "a line for each of: ${kinds[*]}" \
                'the list is written by hand, or shorter than this kernel'\''s; readdir() knows'
    done
    for kind in "${!rows[@]}"; do
        [[ " ${kinds[*]} " = *" $kind "* ]] || wrong "a line that begins with $kind" "only: ${kinds[*]}"
    done
}

# bats test_tags=points:3
@test "A namespace is the inode number of the file behind the link" {
    after 1
    table several
    local kind i seen numbers
    kinds_of "${heads[0]}"
    for kind in "${kinds[@]}"; do
        expected_row "$kind" "${heads[@]}"
        read -ra seen <<<"${rows[$kind]}"
        read -ra numbers <<<"$row"
        for i in "${!heads[@]}"; do
            [ "${seen[i]:-}" = "${numbers[i]}" ] ||
                wrong "$kind of PID ${heads[i]}: ${seen[i]:-nothing}" "${numbers[i]}" \
                    'lstat() gives the inode of the link itself; stat() follows it. Or the column is another process'\''s'
        done
    done
}

# bats test_tags=points:2
@test "Other numbers, other namespaces: a * marks such a line" {
    after 2
    local run kind
    for run in several same; do
        table "$run"
        kinds_of "${heads[0]}"
        for kind in "${kinds[@]}"; do
            expected_row "$kind" "${heads[@]}"
            [ "${rows[$kind]}" = "$row" ] ||
                wrong "$kind ${rows[$kind]}" "$kind $row" \
                    'every number must be compared, not only neighbours or the first two'
        done
    done
}

# bats test_tags=points:1
@test "A process can look at its own namespaces" {
    after 2
    table own
    happened start '([0-9]+).*'
    [ "${heads[*]}" = "${BASH_REMATCH[1]}" ] ||
        wrong "the head says ${heads[*]}" "${BASH_REMATCH[1]}, the program's own PID"
    happened stranger '([0-9]+).*'
    local stranger=${BASH_REMATCH[1]} kind
    kinds_of "$stranger"
    for kind in "${kinds[@]}"; do
        expected_row "$kind" "$stranger"
        [ "${rows[$kind]:-}" = "$row" ] || wrong "$kind ${rows[$kind]:-nothing}" "$kind $row"
    done
    must_exit 0
}

# bats test_tags=points:2
@test "Who may not trace a process may not see its namespaces" {
    after 2
    table closed
    local kind
    kinds_of "${heads[0]}"
    for kind in "${kinds[@]}"; do
        expected_row "$kind" "${heads[0]}"
        [ "${rows[$kind]}" = "$row -" ] ||
            wrong "$kind ${rows[$kind]}" "$kind $row -" \
                'what is not known is not different; and the program goes on with what it can read'
    done
    must_refuse 1 'something could not be read'
}

# bats test_tags=points:1
@test "A PID that nobody has is an error: exit status 1" {
    after 1
    in_run nobody
    must_refuse 1 'PID 4194304 does not exist: the kernel gives out smaller ones only'
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    in_run words
    must_refuse 2 'a PID is a whole number'
}
