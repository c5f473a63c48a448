#!/usr/bin/env bats
# Lab 4, ns-inode-listing: what its checks ask, of the record that the witness made of these runs.
# privilege: none (scripts/student/run)
# NEIGHBOUR1 is in the program's own namespaces; the others are not. PID 1 may not be looked into.
#> run own
#>   neighbour none
#>   look before
#>   start
#> run several
#>   neighbour none
#>   neighbour uts ipc net time
#>   neighbour pid mnt uts
#>   look before
#>   start NEIGHBOUR1 NEIGHBOUR2 NEIGHBOUR3 NEIGHBOUR3
#> run many
#>   neighbour cgroup
#>   neighbour none
#>   neighbour uts
#>   neighbour pid
#>   neighbour mnt
#>   neighbour none
#>   neighbour uts pid
#>   neighbour ipc
#>   neighbour net
#>   neighbour uts time
#>   neighbour none
#>   neighbour ipc
#>   look before
#>   start NEIGHBOUR1 NEIGHBOUR2 NEIGHBOUR3 NEIGHBOUR4 NEIGHBOUR5 NEIGHBOUR6 NEIGHBOUR7 NEIGHBOUR8 NEIGHBOUR10 NEIGHBOUR11 NEIGHBOUR12 NEIGHBOUR6 NEIGHBOUR2 NEIGHBOUR9
#> run same
#>   neighbour none
#>   look before
#>   start NEIGHBOUR1 NEIGHBOUR1
#> run elsewhere
#>   neighbour uts ipc pid mnt
#>   look before
#>   start NEIGHBOUR1 NEIGHBOUR1 NEIGHBOUR1
#> run closed
#>   neighbour none
#>   neighbour uts ipc
#>   look before
#>   start 1 NEIGHBOUR1 1 NEIGHBOUR2 1
#> run nobody
#>   neighbour none
#>   start NEIGHBOUR1 4194304
#> run huge
#>   neighbour none
#>   start HUGE
#> run empty
#>   start EMPTY
#> run fraction
#>   start FRACTION
#> run negative
#>   start NEGATIVE
#> run tail
#>   neighbour none
#>   start NEIGHBOUR1 TAIL
#> run letters
#>   neighbour none
#>   start NEIGHBOUR1 LETTERS

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
    must_say '(( |\\x09)*NAMESPACE( |\\x09).*)' 'NAMESPACE PID...'
    read -ra heads <<<"${said//\\x09/ }"
    heads=("${heads[@]:1}")
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
        number=${inode["$pid/$kind"]:--}
        row+="${row:+ }$number"
        [ "$number" != - ] || continue
        [[ -z $known || $known = "$number" ]] || differ=' *'
        known=$number
    done
    row+=$differ
}

# must_show RUN: the whole table, as stat() and the comparison of each number with each other give it.
must_show() {
    local kind
    table "$1"
    for kind in "${kinds[@]}"; do
        expected_row "$kind" "${heads[@]}"
        [ "${rows[$kind]:-}" = "$row" ] ||
            wrong "$kind ${rows[$kind]:-is missing}" "$kind $row" "$(why_other_row "${rows[$kind]:-}" "$row")"
    done
}

# every_line_is_marked: whatever its numbers are.
every_line_is_marked() {
    local row
    for row in "${rows[@]}"; do
        [[ $row = *\* ]] || return 1
    done
}

# why_other_row SEEN EXPECTED
why_other_row() {
    case "$1/$2" in
        "$2 *"/*\*) echo 'the * is the last word of its line, and stands there once: print_line() prints it, and differ() prints nothing' ;;
        "${2% \*}"/*-*) echo 'a number that is not known is left out; those that are known must still be compared with each other' ;;
        "${2% \*}/"*) case "${rows[*]}" in
            *\**) echo 'every number must be compared, up to the last one, and not only neighbours, or the first two, or those that are in our own namespaces' ;;
            *) echo 'no line is marked: each number must be compared with another one of its line, and what one comparison has found the next must not forget' ;;
        esac ;;
        "$2 *"/*-*) echo 'what is not known is not different' ;;
        "$2 *"/*)
            if every_line_is_marked; then
                echo 'every line is marked, whatever its numbers are: the * is for those that must be compared with each other, and differ'
            else
                echo 'the numbers of this line must be compared with each other, and with nothing else'
            fi
            ;;
        /*-*) echo 'the program goes on with what it can read; this one ended at what it cannot read' ;;
        *-*/*-*) echo 'what is not known takes no part, and the program goes on with what it can read' ;;
        *' 0'* | 0* | *18446744073709551615*) echo 'what cannot be known is shown as -. namespace_inode() returns 0 for it, and nothing else' ;;
        */*-*) why_number_for_unknown ;;
    esac
}

# Linux 5.10 leads a process that may not look to a folder.
why_number_for_unknown() {
    if [[ $machine = *' kernel='[1-5].* ]]; then
        echo 'stat() has succeeded, and returned a folder: accept regular files only (S_ISREG)'
    else
        echo 'the call has failed, and nobody has looked at what it returned: what stands in the struct then is not an answer'
    fi
}

# why_other_inode SEEN KIND: what was printed in the place of an inode number.
why_other_inode() {
    case $1 in
        '' | -) likely 'the number could not be read: is the path /proc/PID/ns/KIND, and what did the call return?' ;;
        -* | 1844674407??????????) echo 'an int ends at 2147483647, and the number is larger: st_ino is an ino_t; print it with %ju, as an uintmax_t' ;;
        '*') echo 'the * is the last word of its line, once, and not in the place of a number' ;;
        *:*) echo 'that is the text of the link; the number alone is wanted' ;;
        *'*') echo 'a blank belongs between the number and the *' ;;
        *[!0-9]*) echo 'the number is wanted in decimal digits' ;;
        ????????????????????*) echo 'blanks or tabs belong between the numbers' ;;
        *) why_other_number "$1" "$2" ;;
    esac
}

why_other_number() {
    local row kind pid same=yes
    for pid in "${heads[@]}"; do
        if [ "${inode["$pid/$2"]:-}" = "$1" ]; then
            echo "that is the number of another process, PID $pid: each column is about the process at its head"
            return
        fi
    done
    for kind in "${kinds[@]}"; do
        read -r row _ <<<"${rows[$kind]}"
        [ "$row" = "$1" ] || same=''
    done
    if [ -n "$same" ]; then
        echo 'it is the same number in each line, and so it is another field of the struct: the inode number is st_ino'
    elif ((${#1} < 10)); then
        echo 'lstat() gives the inode of the link itself; stat() follows it'
    fi
}

# must_name_why TEXT EXPECTED: a line on stderr that begins with the name of the program and says why.
must_name_why() {
    happened err "(.*/)?ns-inode-listing: .*($1).*" ||
        wrong "on stderr stands: $(lines_said err)" "a line that begins with ns-inode-listing: and $2" \
            'strerror(errno) says why, and at once: each call that comes after it may change errno'
}

# must_have_each_kind: the table has a line for each kind of namespace.
must_have_each_kind() {
    local kind
    for kind in "${kinds[@]}"; do
        [ -n "${rows[$kind]:-}" ] || wrong "no line for $kind" "a line for each of: ${kinds[*]}" \
            "$(likely "the list is written by hand, or shorter than this kernel's; readdir() knows")"
    done
}

# must_have_inodes PID...: the numbers in the columns are those that stat() gives for these processes.
must_have_inodes() {
    local kind i seen pids=("$@")
    for kind in "${kinds[@]}"; do
        read -ra seen <<<"${rows[$kind]}"
        for i in "${!pids[@]}"; do
            [ "${seen[i]:-}" = "${inode["${pids[i]}/$kind"]}" ] ||
                wrong "$kind of PID ${heads[i]}: ${seen[i]:-nothing}" "${inode["${pids[i]}/$kind"]}" \
                    "$(why_other_inode "${seen[i]:-}" "$kind")"
        done
    done
}

# bats test_tags=points:3
@test "A process can look at its own namespaces" {
    local todo=1 pid
    table own
    happened start '([0-9]+).*'
    pid=${BASH_REMATCH[1]}
    [ "${heads[*]}" = "$pid" ] ||
        wrong "the head says ${heads[*]}" "$pid, the program's own PID"
    must_have_each_kind
    happened neighbour '([0-9]+).*' # it is in the same namespaces as the program
    must_have_inodes "${BASH_REMATCH[1]}"
    must_exit 0
}

# bats test_tags=points:1
@test "/proc/PID/ns has an entry for each kind of namespace" {
    after 1
    local run
    for run in several many; do
        table "$run"
        happened start '[0-9]+ (.*)'
        [ "${heads[*]}" = "${BASH_REMATCH[1]}" ] ||
            wrong "the head says NAMESPACE ${heads[*]}" "NAMESPACE ${BASH_REMATCH[1]}: the processes that it was asked for"
        must_have_each_kind
    done
}

# bats test_tags=points:1
@test "A namespace is the inode number of the file behind the link" {
    after 2
    local run
    for run in several many; do
        table "$run"
        must_have_inodes "${heads[@]}"
    done
}

# bats test_tags=points:2
@test "Other numbers, other namespaces: a * marks such a line" {
    after 3
    local run
    for run in several many same elsewhere; do
        must_show "$run"
        must_exit 0
        must_leave_nothing
    done
}

# bats test_tags=points:2
@test "A process that may not trace another one may not see its namespaces" {
    after 1
    table closed
    [[ $cage = *' user '* ]] || # root of the machine may trace everybody
        not_here 'the cage could have no user namespace; type sudo sysctl -w user.max_user_namespaces=10000'
    must_show closed
    must_exit 1 'something could not be read'
    must_name_why '.+: .+' 'says what cannot be read, and why'
}

# bats test_tags=points:1
@test "A PID that nobody has is an error: exit status 1" {
    after 1
    in_run nobody
    must_exit 1 'PID 4194304 does not exist: the kernel gives out smaller ones only'
    must_name_why 'No such process|No such file or directory' 'says that there is no such process'
    in_run huge
    happened exit 2 || must_exit 1 "the number is larger than any PID: cut to 32 bits it is another process's"
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    local todo=0
    must_refuse_bad_arguments empty fraction negative tail letters
}
