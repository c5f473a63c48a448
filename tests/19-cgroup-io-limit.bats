#!/usr/bin/env bats
# Lab 19, cgroup-io-limit: what its checks ask, of the record that the witness made of these runs:
#> run full
#>   guest
#>   group blkio memory/v2
#>   disk
#>   stay direct:|cgroup-io-limit:
#>   start GROUP DISK
#>   until direct:
#>   file io.max blkio.throttle.write_bps_device
#>   file io.stat blkio.throttle.io_service_bytes
#>   go
#>   until buffered:
#> run no-disk
#>   guest
#>   group blkio memory/v2
#>   start GROUP 999:7
#> run nowhere
#>   guest
#>   start /nowhere 254:0
#> run letters
#>   guest
#>   start /tmp LETTERS
#> run tail
#>   guest
#>   start /tmp TAIL
#> run empty
#>   guest
#>   start /tmp EMPTY
#> run one
#>   guest
#>   start /tmp
#> run three
#>   guest
#>   start /tmp 254:0 1

# subsystem: blkio | blkio.throttle.write_bps_device | file blkio.throttle.io_service_bytes [0-9:]+ (Write [1-9].*) | io.max | file io.stat .*(wbytes=[1-9][0-9]*) .*

load record

MIB=1048576

# limit: sets limit to how many bytes a second the group may write to the disk, or to nothing.
limit() {
    drawn DISK
    limit=''
    ! in_file io.max "$drawn .*wbps=([0-9]+) .*" || limit=$text
    ! in_file blkio.throttle.write_bps_device "$drawn ([0-9]+)" || limit=$text
}

must_have_limit() {
    local seen=nothing
    in_run full
    given
    limit
    ! in_file 'io.max|blkio.throttle.write_bps_device' '(.*)' || seen=$text
    [ -n "$limit" ] || wrong "what the file of the group says: $seen" "$drawn, and how many bytes may be written in a second" \
        "$(likely 'io.max (v2) takes "DISK wbps=BYTES", blkio.throttle.write_bps_device (v1) "DISK BYTES"')"
    ((limit <= MIB * 4 / 3)) || wrong "the group may write $limit bytes a second" "$MIB, which is 1 MiB" 'the number is in bytes'
    must_say "io.max: $drawn .*" "io.max: $drawn LIMIT" 'it is the line of the file, as the kernel has it'
}

must_be_in_group() {
    drawn GROUP
    happened in "[0-9]+ /${drawn##*/}" || happened writer 0 ||
        wrong 'no process of the program was in the group when it printed something' 'it is, before it writes to the disk' \
            "$(likely 'a process enters a group when its PID is written into cgroup.procs; "0" is who writes')"
}

# said_time NAME: sets took to what the line NAME says, in ms, and at to the number of that event.
said_time() {
    local ms
    must_say "$1: 4 MiB in ([0-9]+([.][0-9]+)?) s" "$1: 4 MiB in S.SSS s" "$2"
    in_ms "$said"
    took=$ms
}

# must_be_true NAME: not more time than has passed since the line before it. S is rounded.
must_be_true() {
    local line=$at i ms=0 before
    for ((i = 0; i < line; i++)); do
        [ "${word[i]}" != out ] || in_ms "${when[i]}"
    done
    before=$ms
    in_ms "${when[line]}"
    ((took <= ms - before + 100)) ||
        wrong "\"${rest[line]}\", and the line came $((ms - before)) ms after the one before it" \
            'the time that the four write() have taken, in seconds'
    at=$line
}

# on_disk: reads what was known of the disk when the line number at came, the last of it: sets how and written. Fails
# if the disk was not open then.
on_disk() {
    local i
    how='' written=''
    for ((i = 0; i < at; i++)); do
        if [[ ${word[i]} = on-disk && ${rest[i]} =~ ^[0-9]+\ (.*)$ ]]; then
            [[ ${BASH_REMATCH[1]} =~ ^([a-z,]+)\ written=([0-9]+)$ ]] && how=${BASH_REMATCH[1]} written=${BASH_REMATCH[2]} || how=''
        fi
    done
    [ -n "$how" ]
}

# counted: sets counted to the bytes that the group had written to the disk when the line direct came.
counted() {
    drawn DISK
    counted=0
    ! in_file io.stat "$drawn .*wbytes=([0-9]+) .*" || counted=$text
    ! in_file blkio.throttle.io_service_bytes "$drawn Write ([0-9]+)" || counted=$text
}

# bats test_tags=points:2
@test "The limit is a line in a file: which disk, and how many bytes a second" {
    local todo=1
    must_have_limit
}

# bats test_tags=points:2
@test "The process that writes is in the group" {
    local todo=2
    after 1
    in_run full
    given
    must_be_in_group
}

# bats test_tags=points:1
@test "The disk is open directly, past the kernel's memory" {
    local todo=3
    after 2
    in_run full
    given
    happened out '.*: 4 MiB .*' || true # or at is the end
    on_disk || how=closed
    [[ $how != *direct* ]] || return 0
    [ "$how" = closed ] ||
        wrong 'the disk is open without O_DIRECT' 'the first time it is open with it' 'O_DIRECT is a flag of open(2), beside O_WRONLY'
    counted # it may have been closed again before a line was printed
    ((counted >= 4 * MIB)) || wrong 'no process has the disk open when it prints something' "the disk $drawn, with O_DIRECT" \
        "$(likely 'open_disk() opens it; another file, as one in /tmp, is on no disk')"
}

# bats test_tags=points:2
@test "4 MiB go to the disk, and the kernel counts them for the group" {
    local todo=4
    after 3
    in_run full
    given
    counted
    ((counted >= 4 * MIB)) ||
        wrong "the kernel has counted $counted bytes that the group has written to the disk" "$((4 * MIB)) or more" "$(likely)"
}

# bats test_tags=points:2
@test "Who writes directly waits for the disk: 4 MiB take 4 s" {
    local todo=5
    after 4
    in_run full
    given
    said_time direct 'the first writing is with O_DIRECT'
    ((took >= 3000)) || wrong "\"${rest[at]}\"" '4 s, or nearly' \
        "$(likely 'the limit holds from the moment at which it stands in the file, and for whoever is in the group; and S is in seconds')"
    must_be_true direct
}

# bats test_tags=points:3
@test "A buffered write() ends in memory, and asks no limit" {
    local todo=6
    after 5
    in_run full
    given
    said_time buffered 'the second writing is without O_DIRECT'
    must_be_true buffered
    on_disk || return 0
    [[ $how = *buffered* ]] ||
        wrong 'the disk is open with O_DIRECT only when the line is printed' 'it is open without O_DIRECT, and the kernel has the bytes in memory' \
            'the flag is for the first open only: this one has O_WRONLY'
    ((written >= 8 * MIB)) || wrong "so far the process has written $written bytes" "$((8 * MIB)): 4 MiB, and 4 MiB again" "$(likely)"
}

# bats test_tags=points:1
@test "It ends by itself, and leaves nothing behind" {
    after 6
    in_run full
    must_exit 0 "$(likely)"
    must_leave_nothing
}

# bats test_tags=points:1
@test "What the kernel refuses is an error, and said: exit status 1" {
    after 1
    in_run nowhere
    must_exit 1 'there is no such group: a call failed, and nobody has looked at what it returned'
    happened err '.*No such file or directory.*' || wrong "there is no such group; on stderr stands: $(lines_said err)" 'No such file or directory'
    in_run no-disk
    must_exit 1 'the machine has no disk 999:7: a call failed, and nobody has looked at what it returned'
    happened err '.*(No such device|No such file or directory).*' ||
        wrong "the machine has no disk 999:7; on stderr stands: $(lines_said err)" 'No such device'
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    must_refuse_bad_arguments letters tail empty one three
}
