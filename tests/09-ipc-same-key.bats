#!/usr/bin/env bats
# Lab 9, ipc-same-key: what its checks ask, of the record that the witness made of these runs:
#> run stay
#>   neighbour none
#>   start KEY 61
#>   until parent: key
#>   until child: key KEY is segment
#>   settle
#>   look during
#>   enter ALL ipc
#>   signal TERM
#> run plain
#>   start KEY
#> run interrupted
#>   start KEY 60
#>   until child: key KEY is segment
#>   settle
#>   signal INT
#> run no-namespace
#>   refuse unshare ENOSPC
#>   start KEY
#> run no-segment
#>   refuse shmget ENOSPC
#>   start KEY
#> run no-child
#>   refuse clone EAGAIN
#>   start KEY
#> run keyless
#>   start
#> run word
#>   start LETTERS
#> run fraction
#>   start KEY FRACTION
#> run negative
#>   start KEY NEGATIVE
#> run tail
#>   start KEY TAIL
#> run huge
#>   start KEY HUGE
#> run letters
#>   start KEY LETTERS
#> run two
#>   start KEY 1 2

load record

# Sets key, that of the run.
key() {
    in_run "$1"
    drawn KEY
    key=$drawn
}

# segment_of PID WHO: sets id and creator of the one segment with that key that this process can find.
segment_of() {
    happened inside "$1 ipc shm key=$key id=([0-9]+) creator=([0-9]+) .*" || return 1
    id=${BASH_REMATCH[1]} creator=${BASH_REMATCH[2]}
}

# bats test_tags=points:2
@test "unshare(CLONE_NEWIPC) moves its caller into a new IPC namespace" {
    key stay
    must_move ipc CLONE_NEWIPC
}

# bats test_tags=points:2
@test "A new IPC namespace is empty: nobody has that key in there" {
    after 1
    key stay
    must_move ipc CLONE_NEWIPC
    must_tell child 'No such file or directory' "child: key $key: X" \
        'shmget() without IPC_CREAT only looks. It returns -1, and errno says why, until the next call'
    ((${moved:-0} < at)) || wrong "\"${rest[at]}\" was printed when the child was still in the old namespace" \
        'unshare(), then shmget(), then the line' 'the order of the calls is not that of the lines'
}

# bats test_tags=points:3
@test "The same key is another segment in there" {
    after 1
    key stay
    must_say "child: key $key is segment ([0-9]+)" "child: key $key is segment N"
    must_stay
    must_move ipc CLONE_NEWIPC
    must_be_there "$mover" during
    if ! segment_of "$mover"; then
        happened inside "$mover ipc shm key=(0x[0-9a-f]+) .*" ||
            wrong "there is no segment of System V in the child's IPC namespace" "one with the key $key" \
                "$(likely 'shmget() was not called with IPC_CREAT, or before unshare(), or the segment was removed. What shm_open() makes is a file')"
        [ "${BASH_REMATCH[1]}" = 0x0 ] || set -- 'the key is the first argument of shmget()'
        wrong "in the child's IPC namespace the key of the segment is ${BASH_REMATCH[1]}" "$key, the first argument" \
            "${1:-IPC_PRIVATE is 0: a segment without a key}"
    fi
    must_tell child "$id" "child: key $key is segment X" 'shmget() returns the number of the segment'
    [ "$creator" = "$mover" ] ||
        wrong "process $creator has made the segment with the key $key" "the child has, process $mover"
}

# bats test_tags=points:2
@test "One key, two segments: the parent's is as it was" {
    after 3
    key stay
    given
    must_be_there "$program" during
    local namespace=${is[ns_ipc]} neighbour
    happened neighbour '([0-9]+) none'
    neighbour=${BASH_REMATCH[1]}
    segment_of "$program" ||
        wrong "in the parent's IPC namespace nothing has the key $key" 'the segment that the parent has made' \
            'it was removed too early: by the child, or as soon as it was made'
    must_tell parent "$id" "parent: key $key is segment X"
    [ "$creator" = "$program" ] || wrong "process $creator has made the segment of the parent" "process $program, the parent"
    segment_of "$neighbour" || wrong "another process in the old namespace does not find the key $key" 'it does'
    must_move ipc CLONE_NEWIPC
    must_be_there "$mover" during
    [ "${is[ns_ipc]}" != "$namespace" ] ||
        wrong "parent and child have the same /proc/PID/ns/ipc: $namespace" 'two inode numbers'
}

# bats test_tags=points:2
@test "A parent waits for its child, and leaves nothing behind" {
    after 3
    key plain
    must_exit 0 'the parent returns the exit status of its child'
    must_leave_nothing
    must_take_seconds
    must_tell child 'No such file or directory' "child: key $key: X"
    key stay
    must_take_seconds
    must_end_after stay
    must_end_after interrupted
}

# bats test_tags=points:1
@test "What the kernel refuses is an error, and said: exit status 1" {
    after 1
    in_run no-namespace
    must_report_errno 'child: .*'
    in_run no-segment
    must_report_errno '.* is segment .*'
    in_run no-child
    must_report_errno 'child: .*'
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    must_refuse_bad_arguments keyless word fraction negative tail huge letters two
}
