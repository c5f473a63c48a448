#!/usr/bin/env bats
# Lab 23, container-run: what its checks ask, of the record that the witness made of these runs:
#> run whole
#>   root
#>   shared
#>   neighbour none
#>   start NAME ROOT 0 0 PROBE facts calls outside stay
#>   until probe: stays
#>   until is PID
#>   settle
#>   look during
#>   enter CONTAINER mnt uts user root rights files
#>   enter PROGRAM rights
#>   enter NEIGHBOUR1 uts
#>   signal TERM
#> run user
#>   root
#>   user
#>   start NAME ROOT 0 0 PROBE stay
#>   until probe: stays
#>   settle
#>   enter CONTAINER user
#>   signal INT
#> run limits
#>   group memory pids
#>   root
#>   start NAME ROOT MIB PIDS PROBE facts processes memory 72 stay
#>   until probe: stays
#>   settle
#>   made memory.max memory.limit_in_bytes memory.events memory.oom_control pids.max pids.events
#>   signal TERM
#> run killed
#>   group memory pids
#>   root
#>   start NAME ROOT MIB PIDS PROBE touch 72 exit 3
#> run status
#>   root
#>   start NAME ROOT 0 0 PROBE exit STATUS
#> run caught
#>   root
#>   start NAME ROOT 0 0 PROBE catch
#>   until probe: stays
#>   until is PID
#>   settle
#>   signal TERM
#> run no-namespace
#>   root
#>   refuse clone EPERM
#>   start NAME ROOT 0 0 PROBE exit STATUS
#> run no-mount
#>   root
#>   refuse mount EPERM
#>   start NAME ROOT 0 0 PROBE exit STATUS
#> run no-name
#>   root
#>   refuse sethostname EPERM
#>   start NAME ROOT 0 0 PROBE exit STATUS
#> run no-command
#>   root
#>   start NAME ROOT 0 0
#> run letters
#>   root
#>   start NAME ROOT LETTERS 0 PROBE exit STATUS
#> run negative
#>   root
#>   start NAME ROOT NEGATIVE 0 PROBE exit STATUS
#> run fraction
#>   root
#>   start NAME ROOT 0 FRACTION PROBE exit STATUS
#> run tail
#>   root
#>   start NAME ROOT 0 TAIL PROBE exit STATUS
#> run empty
#>   root
#>   start NAME ROOT EMPTY 0 PROBE exit STATUS

load record

# At the first TODO of its own the child runs COMMAND; the parent says its own TODOs and goes on. So the one with the
# smallest number is the cause, where the check is about that section or a later one.
open_todo() {
    local number
    for ((number = 1; number <= ${todo:-6}; number++)); do
        ! happened err ".*(TODO ${number}[a-c]?: .*)" || { open=${BASH_REMATCH[1]%.} && return; }
    done
    return 1
}

# container RUN: sets program, name, and container: the PID of COMMAND, which the program has announced.
container() {
    in_run "$1"
    given
    drawn NAME
    name=$drawn
    must_say "container: $name is PID ([0-9]+)" "container: $name is PID N" \
        'COMMAND was not run, or the line does not stand as in the contract'
    container=$said
    must_be_there_as_probe
}

# The words of the probe are worth something only if it is the probe that says them.
must_be_there_as_probe() {
    local probe
    happened root '.* probe .* ([0-9:]+)'
    probe=${BASH_REMATCH[1]}
    happened enter '([0-9]+) .*' || return 0
    [ "$container" = "${BASH_REMATCH[1]}" ] ||
        wrong "PID $container was announced$([ "${BASH_REMATCH[1]}" != 0 ] || echo ', and no process runs COMMAND')" \
            "the PID of COMMAND$([ "${BASH_REMATCH[1]}" = 0 ] || echo ", ${BASH_REMATCH[1]}"), as we see it" \
            "$(likely 'the call returns it to the parent; inside it has another one')"
    ! happened inside "$container root [0-9:]+ exe ([0-9:]+)" || [ "${BASH_REMATCH[1]}" = "$probe" ] ||
        wrong "process $container runs another program" 'COMMAND'
}

# must_probe REGEX SENTENCE [LIKELY]: COMMAND has said it: that process, and no other.
must_probe() {
    local line
    if ! happened out "probe: $1" && happened out "probe: ${2%% *} .*"; then
        wrong "\"${rest[at]:0:200}\"" "\"probe: $2\"" "${3:-}"
    fi
    must_say "probe: $1" "probe: $2" "${3:-}"
    line=$at
    find_writers
    [[ ${writer[line]} = "$container" || ${writer[line]} = 0 ]] ||
        wrong "process ${writer[line]} printed \"${rest[line]}\"" "COMMAND, process $container, prints it" 'the output of COMMAND is its own'
}

# inside REGEX: what the kernel shows of COMMAND, from inside of its namespaces.
inside() {
    happened inside "$container $1"
}

# bats test_tags=points:1
@test "A container is a process: COMMAND, its arguments and its lines" {
    todo=1
    container whole
    must_probe 'arguments facts calls outside stay' 'arguments facts calls outside stay'
    must_be_there "$container" during
    [ "${is[parent]}" = "$program" ] ||
        wrong "the parent of COMMAND is process ${is[parent]}" "container-run itself, $program" 'there is one process too many between them'
}

# bats test_tags=points:2
@test "It has namespaces of its own: user, pid, mnt, uts, ipc and net" {
    local kind
    after 1
    todo=1
    container whole
    for kind in user pid mnt uts ipc net; do
        process "$program" during
        local outer=${is[ns_$kind]}
        process "$container" during
        [ "${is[ns_$kind]}" != "$outer" ] ||
            wrong "COMMAND is in our $kind namespace" 'in a new one' "a flag is missing: CLONE_NEW$(case $kind in mnt) echo NS ;; *) echo "${kind^^}" ;; esac)"
    done
}

# bats test_tags=points:1
@test "COMMAND is the first process in there, PID 1" {
    after 2
    todo=1
    container whole
    must_probe 'pid 1 parent 0 uid [0-9]+ gid [0-9]+' 'pid 1 parent 0' \
        'somebody else is PID 1 in there: the process that was cloned runs COMMAND itself, by execve(), not by one more fork()'
    process "$container" during
    [[ ${is[nspid]} =~ ,1$ ]] || wrong "its numbers are ${is[nspid]}" 'the last one is 1'
}

# bats test_tags=points:2
@test "Root in there is nobody special out here" {
    after 2
    todo=2
    container whole
    must_probe 'pid 1 parent 0 uid 0 gid 0' 'pid 1 parent 0 uid 0 gid 0' \
        'uid 65534 is who has no line in the map: write it before the container goes on. And gid_map wants "deny" in setgroups before'
    container user
    happened user '([0-9]+)'
    local user=${BASH_REMATCH[1]} map
    for map in uid_map gid_map; do
        inside "user $map=(.*)" || wrong "no $map" "$map: 0 $user 1"
        [ "${BASH_REMATCH[1]}" = "0,$user,1" ] ||
            wrong "$map: ${BASH_REMATCH[1]//,/ }" "0 $user 1: root in there is user $user, who has started it" 'INSIDE, OUTSIDE, HOW MANY'
    done
    inside 'user setgroups=(.*)'
    [ "${BASH_REMATCH[1]}" = deny ] || wrong "setgroups: ${BASH_REMATCH[1]}" deny
}

# bats test_tags=points:2
@test "Its root is ROOT, and there is no way up" {
    after 4
    todo=3
    container whole
    happened root '[^ ]+ ([0-9:]+) probe .*'
    local folder=${BASH_REMATCH[1]}
    inside 'root ([0-9:]+) exe .*'
    [ "${BASH_REMATCH[1]}" = "$folder" ] || wrong 'its root is another folder' 'ROOT, which was given' 'pivot_root() comes last'
    must_probe 'cwd /' 'cwd /' 'chdir("/") comes after the old root is gone: else the working directory is a way out'
    if happened out 'probe: found (.*)' && [[ ${BASH_REMATCH[1]} != descriptor* && ${BASH_REMATCH[1]} != nothing* ]]; then
        wrong "in there a file of ours was found: ${BASH_REMATCH[1]}" 'no way to it' \
            'the old root is still there: pivot_root(), then umount2() with MNT_DETACH. chroot() alone is no wall: what was mounted stays mounted'
    fi
}

# bats test_tags=points:2
@test "Our mounts are gone from it, and its own are private" {
    after 5
    todo=3
    local mount shared
    container whole
    while happened inside "$container root mount ([^ ]+) [^ ]+" $((${mount:--1} + 1)); do
        mount=$at
        case ${BASH_REMATCH[1]} in
            / | /proc | /dev | /dev/*) ;;
            *) wrong "${BASH_REMATCH[1]} is mounted in there" '/, /proc, /dev and what is in it' 'the old root is still there: umount2() with MNT_DETACH' ;;
        esac
    done
    inside 'mnt mounts=[0-9]+ shared=([0-9]+) slave=[0-9]+'
    shared=${BASH_REMATCH[1]}
    ((shared == 0)) || wrong "$shared of its mounts are shared" 'none: what it mounts is its own affair' 'MS_REC | MS_PRIVATE, on /, before any other mount()'
}

# bats test_tags=points:1
@test "/proc is its own: it shows one process" {
    after 5
    todo=3
    container whole
    must_probe 'processes in /proc 1' 'processes in /proc 1' \
        'a procfs shows the PID namespace of who has mounted it: mount() a new one, from inside. None at all is no answer either'
}

# bats test_tags=points:1
@test "/dev has six devices and no more" {
    after 5
    todo=3
    container whole
    local node
    must_probe 'devices full null random tty urandom zero' 'devices full null random tty urandom zero' 'a tmpfs on dev, and in it a file for each node, on which it is mounted'
    for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
        inside "root dev ${node%%:*} c ${node#*:}" ||
            wrong "no /dev/${node%%:*}$(! inside "root dev ${node%%:*} (.*)" || echo ", but ${BASH_REMATCH[1]}")" "the character device ${node#*:}" \
                'a file, and on it the device of the same name, with MS_BIND, before the old root is gone'
    done
}

# bats test_tags=points:1
@test "Its hostname is NAME, and ours is as before" {
    after 4
    todo=4
    container whole
    inside 'uts (.*)'
    [ "${BASH_REMATCH[1]}" = "$name" ] || wrong "its hostname is ${BASH_REMATCH[1]}" "$name" "$(likely 'sethostname(), in the child')"
    drawn HOSTNAME
    happened neighbour '([0-9]+) .*'
    happened inside "${BASH_REMATCH[1]} uts (.*)"
    [ "${BASH_REMATCH[1]}" = "$drawn" ] || wrong "another process sees the hostname ${BASH_REMATCH[1]}" "$drawn, as before"
}

# bats test_tags=points:1
@test "It is in a cgroup namespace of its own" {
    after 4
    todo=4
    container whole
    process "$program" during
    local outer=${is[ns_cgroup]}
    process "$container" during
    [ "${is[ns_cgroup]}" != "$outer" ] || wrong 'COMMAND is in our cgroup namespace' 'in a new one' 'unshare(CLONE_NEWCGROUP), or the flag of clone'
}

# made FILE REGEX: a line of that file of the group that the program has made. Sets BASH_REMATCH.
made() {
    happened made "[^ ]+ $1 $2"
}

# bats test_tags=points:2
@test "It has PIDS processes and no more" {
    after 4
    todo=4
    container limits
    local most
    drawn PIDS
    most=$drawn
    made pids.max '.*' || wrong 'no group with a limit of processes was made' "pids.max: $most"
    made pids.max "$most" || wrong "pids.max: $(! made pids.max '(.*)' || echo "${BASH_REMATCH[1]}")" "$most"
    must_probe "started $((most - 1)) processes, then EAGAIN" "started $((most - 1)) processes, then EAGAIN" \
        'one of them is COMMAND itself. More: it is not in the group, or has entered it too late. Fewer: somebody else is in it, too'
    made pids.events 'max ([0-9]+)' && ((BASH_REMATCH[1] > 0)) ||
        wrong 'pids.events counts no fork() that was refused' 'some'
}

# bats test_tags=points:2
@test "It has MIB of memory and no more" {
    after 4
    todo=4
    container limits
    local bytes
    drawn MIB
    bytes=$((drawn << 20))
    made 'memory.(max|limit_in_bytes)' '.*' || wrong 'no group with a limit of memory was made' "a limit of $bytes bytes"
    made 'memory.(max|limit_in_bytes)' "$bytes" ||
        wrong "the limit is $(! made 'memory.(max|limit_in_bytes)' '(.*)' || echo "${BASH_REMATCH[2]}")" "$bytes bytes: $drawn MiB" '1 MiB is 1 << 20 bytes'
    must_probe 'child ended with 137' 'child ended with 137' \
        'it touched 72 MiB. It is not in the group, or the rest went to swap: memory.swap.max, or memory.memsw.limit_in_bytes'
    made 'memory.(events|oom_control)' 'oom_kill ([0-9]+)' && ((BASH_REMATCH[2] > 0)) ||
        wrong 'the kernel counts no process that it has ended in that group' 'oom_kill 1'
}

# bats test_tags=points:1
@test "Its group is all that it sees of groups: it is / in there" {
    after 10 11
    todo=4
    container limits
    must_probe 'cgroup /' 'cgroup /' 'first into the group, then unshare(CLONE_NEWCGROUP): / is where a process is at that moment'
}

# bats test_tags=points:2
@test "Its capabilities are gone, and execve() does not bring them back" {
    after 4
    todo=5
    local set has
    container whole
    for set in prm eff inh bnd amb; do
        inside "rights .* $set=([0-9a-f]+)( .*)?"
        has=${BASH_REMATCH[1]}
        [[ $has =~ ^0+$ ]] ||
            wrong "COMMAND has the capabilities $set=$has" "none: $set=0000000000000000" \
                'a process of uid 0 that calls execve() gets all that is in its bounding set: PR_CAPBSET_DROP, for each one that there is'
    done
}

# bats test_tags=points:2
@test "No new privileges, and a filter for what it does not need" {
    after 4
    todo=5
    local mine call refused
    container whole
    inside 'rights no-new-privs=(.) filters=([0-9-]+) .*'
    [ "${BASH_REMATCH[1]}" = 1 ] || wrong "NoNewPrivs is ${BASH_REMATCH[1]}" 1 'PR_SET_NO_NEW_PRIVS: a program with a set-user-ID bit would get rights back'
    mine=${BASH_REMATCH[2]}
    happened inside "$program rights .* filters=([0-9-]+) .*"
    [[ $mine = - ]] || ((mine > BASH_REMATCH[1])) || wrong "$mine filters, as outside" 'one more' 'prctl(PR_SET_SECCOMP), or seccomp()'
    must_probe 'calls (.*)' 'calls mount=EPERM ...'
    refused=$said
    for call in mount umount2 unshare setns ptrace bpf keyctl; do
        [[ " $refused " =~ \ $call=(OK|EFAULT|EBADF|EINVAL|ESRCH|ENOSYS)\  ]] &&
            wrong "$call() says ${BASH_REMATCH[1]}: the kernel has looked at its arguments" "the filter refuses it, with EPERM" "$call is not in the filter"
    done
    [[ " $refused " = *' getppid=OK '* ]] || wrong 'getppid() is refused, too' 'the rest is allowed'
    ! happened out 'probe: calls of 32 bits by their number' ||
        wrong 'calls by the numbers of 32 bits pass the filter' 'none does' \
            'the same number is another call there: load arch first, and end who comes with another one'
}

# bats test_tags=points:1
@test "Three descriptors, no fourth" {
    after 4
    todo=5
    container whole
    ! inside 'files ([3-9]|[0-9]{2,}) (.*)' ||
        wrong "descriptor ${BASH_REMATCH[1]} of COMMAND is ${BASH_REMATCH[2]}" 'only 0, 1 and 2' \
            'close_range() from 3 on: also what container-run was given itself goes on into COMMAND, as here a folder of ours'
    inside 'files 2 .*' || wrong 'COMMAND has no stderr' 'descriptors 0, 1 and 2'
}

# bats test_tags=points:2
@test "The status of COMMAND is the status of the container" {
    after 1
    todo=6
    in_run status
    given
    drawn STATUS
    must_say 'container: ended with ([0-9]+)' "container: ended with $drawn"
    [ "$said" = "$drawn" ] || wrong "\"${rest[at]}\"" "container: ended with $drawn" 'WEXITSTATUS() of what waitpid() has filled in'
    must_exit "$drawn" 'the last line of main() was right as it was given'
}

# bats test_tags=points:2
@test "SIGTERM and SIGINT end it, though PID 1 has no handler for them" {
    after 3
    todo=6
    must_end_after whole 'PID 1 of a namespace gets only what it catches: SIGTERM from outside is lost. SIGKILL is not'
    must_end_after user 'PID 1 of a namespace gets only what it catches: SIGINT from outside is lost. SIGKILL is not'
    container caught
    must_end 'after SIGTERM it ends' 'it has a handler, and got no SIGTERM'
    happened out 'probe: caught 15' ||
        wrong 'COMMAND has a handler for SIGTERM, and it was not called' 'probe: caught 15' \
            'what it catches is passed on: SigCgt in /proc/PID/status tells; SIGKILL is for those who do not'
    must_exit 7
}

# bats test_tags=points:1
@test "Nothing is left: no process, no mount, no file" {
    local run
    after 3
    todo=6
    for run in status whole user; do
        in_run "$run"
        must_leave_nothing
    done
}

# bats test_tags=points:1
@test "Its group is gone when it is" {
    after 11 12 17
    todo=6
    in_run killed
    must_exit 137 'a container whose COMMAND was killed for its memory ends with 128 + 9'
    must_leave_nothing
    in_run limits
    must_leave_nothing
}

# bats test_tags=points:1
@test "What the kernel refuses is an error, and said: exit status 1" {
    after 4
    todo=6
    in_run no-namespace
    must_report_errno 'container: .*'
    in_run no-mount
    must_report_errno 'probe: .*'
    in_run no-name
    must_report_errno 'probe: .*'
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    must_refuse_bad_arguments no-command letters negative fraction tail empty
}
