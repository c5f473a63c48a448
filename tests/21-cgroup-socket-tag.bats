#!/usr/bin/env bats
# Lab 21, cgroup-socket-tag: what its checks ask, of the record that the witness made of these runs:
#> run full
#>   guest
#>   network
#>   group net_cls net_prio
#>   stay socket has
#>   start GROUP
#>   until socket has
#>   tags
#>   programs
#>   look during
#>   file net_cls.classid
#>   go
#>   until packet had
#>   file net_prio.ifpriomap
#>   packet
#> run no-child
#>   guest
#>   group net_cls net_prio
#>   refuse clone EAGAIN
#>   start GROUP
#> run no-bpf
#>   guest
#>   group net_cls net_prio
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
#>   start /tmp /tmp

# what: demonstration
# subsystem: net_cls | net_cls.classid | tag [0-9]+ (class=0x[1-9a-f][0-9a-f]*) .* | (no file: a socket has its group) | tag [0-9]+ .*(cgroup=[1-9][0-9]*) .*
# subsystem: net_prio | net_prio.ifpriomap | (packet inside [1-9].*) | a BPF program | tag [0-9]+ .*(mark=[1-9][0-9]*)

load record

# group RUN: reads which cgroups the group is of, and what the kernel knew of the child's socket when it said its
# line. Sets version, folder, and class, cgroup, mark of the socket, all empty where there was none.
group() {
    in_run "$1"
    given
    happened given 'net_cls (v[12])'
    version=${BASH_REMATCH[1]} folder='' class='' cgroup='' mark=''
    ! happened folder '(.*)' || folder=${BASH_REMATCH[1]}
    ! happened tag "[0-9]+ class=0x([0-9a-f]+) cgroup=([0-9]+) mark=([0-9]+)" ||
        class=${BASH_REMATCH[1]} cgroup=${BASH_REMATCH[2]} mark=${BASH_REMATCH[3]}
}

must_have_socket() {
    [ -n "$class" ] || wrong 'no process of the program has a TCP socket that listens when the child says its line' \
        'the child has one: the kernel shows its tag' \
        "$(likely 'only a socket that listens, or is connected, is in the tables that the kernel shows')"
}

must_have_class() {
    local id
    in_file net_cls.classid '([0-9]+)' || true
    id=${text:-0}
    ((id != 0)) || wrong 'net_cls.classid of the group is 0' 'the number of a class' "$(likely 'the file net_cls.classid of GROUP takes a number, as text')"
    must_have_socket
    ((16#$class == id)) ||
        wrong "the socket has class 0x$class, says the kernel" "0x$(printf %x "$id"), as the group" \
            'a socket gets the class of the group that its process is in: first enter, then make it'
    must_tell child "0x$class" 'child: socket has class X' 'it is what the kernel says, asked by sock_diag'
}

must_have_cgroup() {
    must_have_socket
    [ "$cgroup" = "$folder" ] ||
        wrong "the socket is of cgroup $cgroup, says the kernel" "$folder, the inode number of the folder GROUP" \
            'a socket stays in the group in which it was made: first enter, then make it'
    must_say "child: socket has cgroup ([0-9]+), priority [0-9]+, mark [0-9]+" 'child: socket has cgroup N, priority P, mark M'
    must_be_by_child 'child: socket has '
    [ "$said" = "$cgroup" ] || wrong "\"${rest[at]}\"" "cgroup $cgroup, as the kernel says" 'it is what the kernel says, asked by sock_diag'
}

# v2: the kernel shows the priority where v1 has the class.
must_be_tagged() {
    happened programs 'sock_create ([0-9]+)'
    ((BASH_REMATCH[1] > 0)) || wrong 'no BPF program is attached to the group when the child speaks' 'one that is asked when a socket is made' \
        "$(likely 'setsockopt() marks one socket of its own; a program of the group marks whatever is made in it')"
    ((mark != 0 && 16#$class != 0)) ||
        wrong "the socket has priority $((16#$class)) and mark $mark, says the kernel" 'both are set, by the program' \
            'the program runs when a socket is made: it must be attached before that'
    must_say "child: socket has cgroup $cgroup, priority $((16#$class)), mark $mark" \
        "child: socket has cgroup $cgroup, priority $((16#$class)), mark $mark" 'it is what the kernel says, by getsockopt()'
}

# v1: a packet of our own shows what the map of the group does.
must_have_priority() {
    local priority
    in_file net_prio.ifpriomap 'lo ([0-9]+)' || true
    priority=${text:-0}
    ((priority != 0)) || wrong 'in net_prio.ifpriomap of the group lo has priority 0' 'another one' \
        "$(likely 'net_prio.ifpriomap takes the name of a device and a number: "lo 5"')"
    happened packet 'inside (.*)'
    [ "${BASH_REMATCH[1]}" = "$priority" ] ||
        wrong "a packet of a process of our own, in the group, has priority ${BASH_REMATCH[1]} at lo" "$priority"
    happened packet 'outside (.*)'
    [ "${BASH_REMATCH[1]}" != "$priority" ] || wrong "outside of the group a packet has priority $priority, too" 'another one: the map is of the group'
    must_tell child "$priority" 'child: packet had priority X' 'a packet gets the priority of the group in which its socket was made'
}

@test "The child enters the group, and its parent stays outside" {
    group full
    drawn GROUP
    ! process "$program" during || [ "${is[cgroup]}" != "/${drawn##*/}" ] ||
        wrong 'the parent itself is in the group' 'only the child is' \
            'who enters before fork() takes its child along; and "0" is the process that writes it'
    must_be_entered 1 'before it makes a socket'
}

@test "A socket carries the tag of its group" {
    after 1
    group full
    if [ "$version" = v1 ]; then
        must_have_class
    else
        must_have_cgroup
    fi
}

@test "What else it gets: v1 a priority at each device, v2 whatever a program of the group says" {
    after 2
    group full
    if [ "$version" = v1 ]; then
        must_have_priority
    else
        must_be_tagged
    fi
}

@test "It ends by itself, and leaves nothing behind" {
    after 3
    in_run full
    must_exit 0
    ! happened left 'BPF program .*' ||
        wrong 'the BPF program is attached to the group when the program has ended' 'none is' \
            'what BPF_PROG_ATTACH attaches stays as long as the group. What BPF_LINK_CREATE attaches ends with its last descriptor'
    must_leave_nothing
}

@test "What the kernel refuses is an error, and said: exit status 1" {
    after 1
    in_run no-child
    must_report_errno 'child: .*'
    group no-bpf
    [ "$version" = v1 ] || must_report_errno 'child: .*'
    in_run nowhere
    must_exit 1 'there is no such group: a call failed, and nobody has looked at what it returned'
    happened err '.*No such file or directory.*' || wrong "there is no such group; on stderr stands: $(lines_said err)" 'No such file or directory'
}

@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    must_refuse_bad_arguments none two
}
