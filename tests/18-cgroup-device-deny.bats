#!/usr/bin/env bats
# Lab 18, cgroup-device-deny: what its checks ask, of the record that the witness made of these runs:
#> run full
#>   guest
#>   group devices
#>   stay child:|cgroup-device-deny:
#>   start GROUP
#>   until child:
#>   open inside /dev/zero /dev/null
#>   open outside /dev/zero
#>   programs
#>   enter ALL files
#>   look rule
#>   go
#> run no-bpf
#>   guest
#>   group devices
#>   refuse bpf EPERM
#>   start GROUP
#> run nowhere
#>   guest
#>   start /nowhere
#> run none
#>   guest
#>   start
#> run two
#>   guest
#>   start /tmp 1

# subsystem: devices | devices.deny | open inside (/dev/zero Operation not permitted) | a BPF program | open inside (/dev/zero Operation not permitted)

load record

DENIED='Operation not permitted'

# group RUN: reads which cgroups the group is of. Sets version.
group() {
    in_run "$1"
    given
    happened given 'devices (v[12])'
    version=${BASH_REMATCH[1]}
}

# opened WHERE FILE: sets opened to how a trusted process has opened it, when the child had said its first line.
opened() {
    happened open "$1 $2 (.*)"
    opened=${BASH_REMATCH[1]}
}

must_be_denied() {
    opened inside /dev/zero
    [ "$opened" = "$DENIED" ] ||
        wrong "a process of our own has entered the group, and opens /dev/zero: $opened" "$DENIED, from the kernel" "$(likely "$1")"
    opened inside /dev/null
    [ "$opened" = ok ] ||
        wrong "a process of our own has entered the group, and opens /dev/null: $opened" 'it is opened: only /dev/zero is forbidden' \
            'the rule is about more than c 1:5: character device, major 1, minor 5'
    opened outside /dev/zero
    [ "$opened" = ok ] || wrong "outside of the group /dev/zero is: $opened" 'it is opened: the rule is for the group'
}

must_be_loaded() {
    happened loaded '[0-9]+ (.*,)?device(,.*)?' && return
    ! happened programs 'device [1-9].*' || return 0
    ! happened loaded '[0-9]+ (.*)' ||
        wrong "the program has loaded a BPF program, of another type" 'one of the type BPF_PROG_TYPE_CGROUP_DEVICE' "$(likely)"
    wrong 'the program holds no BPF program when it says something' 'one of the type BPF_PROG_TYPE_CGROUP_DEVICE' \
        "$(likely 'BPF_PROG_LOAD gives a descriptor; the program is there as long as that is open, or it is attached')"
}

must_be_attached() {
    local why='a program that is only loaded is asked by nobody, nor one that is detached by then. BPF_PROG_ATTACH names the group and the program'
    ! happened err '.*BPF_PROG_ATTACH.*' || why=$(likely)
    happened programs 'device ([0-9]+)'
    [ "${BASH_REMATCH[1]}" != 0 ] ||
        wrong 'no BPF program is attached to the group when the child speaks' 'one that is asked about devices' "$why"
}

# bats test_tags=points:2
@test "What forbids a device: v1 a line in a file, v2 a program in the kernel" {
    local todo=1
    group full
    if [ "$version" = v1 ]; then
        must_be_denied 'v1 has a file for it, devices.deny: "c 1:5 rwm" in there'
    else
        must_be_loaded
    fi
}

# bats test_tags=points:2
@test "Who is in the group may not open /dev/zero, and all else as before" {
    local todo=2
    after 1
    group full
    [ "$version" = v1 ] || must_be_attached
    must_be_denied 'the instructions say no where the device is 1:5; are they all loaded, as they were given?'
}

# bats test_tags=points:2
@test "The child enters the group, and its parent stays outside" {
    local todo=3
    after 2
    group full
    drawn GROUP
    ! process "$program" rule || [ "${is[cgroup]##*/}" != "${drawn##*/}" ] ||
        wrong 'the parent itself is in the group' 'only the child is' \
            'who enters before fork() takes its child along; and "0" is the process that writes it'
    must_be_entered 1 'before it opens anything'
}

# bats test_tags=points:3
@test "open() asks: the kernel says no to one device, and yes to the other" {
    local todo=4
    after 3
    group full
    must_say 'child: /dev/null opened' 'child: /dev/null opened' 'the child opens /dev/null, to read, and says so'
    must_say "child: /dev/zero: $DENIED" "child: /dev/zero: $DENIED" 'errno is EPERM after that open(); strerror() has the words'
    must_be_by_child 'child: /dev/'
}

# has_open PID: whether that process has had /dev/zero open when the child said its first line.
has_open() {
    happened inside "$1 files [0-9]+ /dev/zero"
}

# bats test_tags=points:3
@test "read() does not ask: what was opened before is open" {
    local todo=5 writer i
    after 4
    group full
    must_say 'child: read 1 byte from the descriptor it had before' 'child: read 1 byte from the descriptor it had before'
    must_be_by_child 'child: read '
    find_writers
    happened out 'child: read .*'
    i=$at
    [ "${writer[i]}" = 0 ] || has_open "${writer[i]}" ||
        wrong "process ${writer[i]} says that, and has no /dev/zero open" 'it has opened /dev/zero before it entered the group, and not closed it' \
            'read() takes the descriptor that was opened before'
}

# bats test_tags=points:2
@test "It ends by itself, and what it has forbidden is allowed again" {
    local todo=6
    after 5
    group full
    must_exit 0 "$(likely)"
    [ "$version" != v1 ] || happened wrote devices.allow ||
        wrong 'the rule is still there: nobody has written into devices.allow' 'the same line, into that file' "$(likely)"
    ! happened left 'BPF program .*' ||
        wrong 'the BPF program is attached to the group when the program has ended' 'none is' \
            'who ends takes it not along: an attached program stays as long as the group. BPF_PROG_DETACH takes it away'
    must_leave_nothing
}

# bats test_tags=points:1
@test "What the kernel refuses is an error, and said: exit status 1" {
    after 1
    in_run nowhere
    must_exit 1 'there is no such group: a call failed, and nobody has looked at what it returned'
    happened err '.*No such file or directory.*' || wrong "there is no such group; on stderr stands: $(lines_said err)" 'No such file or directory'
    group no-bpf
    [ "$version" = v1 ] || must_report_errno 'child: .*'
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    must_refuse_bad_arguments none two
}
