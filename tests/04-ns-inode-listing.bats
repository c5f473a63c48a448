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
#>   start STRANGER1 STRANGER2 STRANGER3 STRANGER3
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

# known RUN: what the kernel showed, to inode[PID/KIND]; kinds[] has all kinds.
known() {
    in_run "$1"
    local i look='' part pid
    declare -gA inode=()
    kinds=()
    for ((i = 0; i < ${#word[@]}; i++)); do
        if [ "${word[i]}" = look ]; then
            look=${rest[i]}
        elif [[ ${word[i]} = process && $look = before ]]; then
            pid=${rest[i]%% *}
            [ ${#kinds[@]} = 0 ] || kinds=()
            for part in ${rest[i]}; do
                if [[ $part = ns/* ]]; then
                    part=${part#ns/}
                    inode["$pid/${part%=*}"]=${part#*=}
                    kinds+=("${part%=*}")
                fi
            done
        fi
    done
}

# table RUN: also the table that was printed: the PIDs of its head to heads[], the first line that
# begins with a kind to rows[KIND]="NUMBER... [*]". \x09 is a tab.
table() {
    known "$1"
    local i line
    declare -gA rows=()
    must_say 'NAMESPACE(( |\\x09)+.*)' 'NAMESPACE PID...'
    read -ra heads <<<"${said//\\x09/ }"
    for ((i = at + 1; i < ${#word[@]}; i++)); do
        if [[ ${word[i]} = out && -n ${rest[i]} ]]; then
            read -ra line <<<"${rest[i]//\\x09/ }"
            [ -n "${rows["${line[0]}"]:-}" ] || rows["${line[0]}"]=${line[*]:1}
        fi
    done
}

# What the line of a kind must be for some processes, by stat().
expected_row() {
    local kind=$1 number known='' differ='' pid
    shift
    row=''
    for pid in "$@"; do
        number=${inode["$pid/$kind"]}
        row+="${row:+ }$number"
        [[ -z $known || $known = "$number" ]] || differ=' *'
        known=$number
    done
    row+=$differ
}

# bats test_tags=points:1
@test "/proc/PID/ns has an entry for each kind of namespace" {
    local kind
    table several
    happened start '[0-9]+ (.*)'
    [ "${heads[*]}" = "${BASH_REMATCH[1]}" ] ||
        wrong "the head says NAMESPACE ${heads[*]}" "NAMESPACE ${BASH_REMATCH[1]}: the processes that it was asked for"
    for kind in "${kinds[@]}"; do
        [ -n "${rows[$kind]:-}" ] ||
            wrong "no line for $kind" "a line for each of: ${kinds[*]}" \
                "$(likely "the list is written by hand, or shorter than this kernel's; readdir() knows")"
    done
}

# bats test_tags=points:3
@test "A namespace is the inode number of the file behind the link" {
    after 1
    table several
    local kind i seen
    for kind in "${kinds[@]}"; do
        read -ra seen <<<"${rows[$kind]}"
        for i in "${!heads[@]}"; do
            [ "${seen[i]:-}" = "${inode["${heads[i]}/$kind"]}" ] ||
                wrong "$kind of PID ${heads[i]}: ${seen[i]:-nothing}" "${inode["${heads[i]}/$kind"]}" \
                    "lstat() gives the inode of the link itself; stat() follows it. Or the column is another process's"
        done
    done
}

# bats test_tags=points:2
@test "Other numbers, other namespaces: a * marks such a line" {
    after 2
    local run kind
    for run in several same; do
        table "$run"
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
    [[ $cage = *' user '* ]] || # root of the machine may trace everybody
        not_here 'the cage could have no user namespace; type sudo sysctl -w user.max_user_namespaces=10000'
    local kind
    for kind in "${kinds[@]}"; do
        expected_row "$kind" "${heads[0]}"
        [ "${rows[$kind]:-}" = "$row -" ] ||
            wrong "$kind ${rows[$kind]:-is missing}" "$kind $row -" \
                'what is not known is not different; and the program goes on with what it can read. (Kernels like 5.10 give its folder to who may not follow the link: S_ISREG)'
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
