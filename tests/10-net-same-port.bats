#!/usr/bin/env bats
# Lab 10, net-same-port: what its checks ask, of the record that the witness made of these runs:
#> run stay
#>   neighbour none
#>   start PORT 61
#>   until parent: listening
#>   until child: listening
#>   settle
#>   look during
#>   enter ALL net
#>   signal TERM
#> run plain
#>   start PORT
#> run interrupted
#>   start PORT 60
#>   until child: listening
#>   settle
#>   signal INT
#> run no-way
#>   refuse connect EPERM
#>   start PORT 60
#>   until child: 127.0.0.1:
#>   signal TERM
#> run no-namespace
#>   refuse unshare ENOSPC
#>   start PORT
#> run no-address
#>   refuse bind EPERM
#>   start PORT
#> run no-child
#>   refuse clone EAGAIN
#>   start PORT
#> run portless
#>   start
#> run word
#>   start LETTERS
#> run fraction
#>   start PORT FRACTION
#> run negative
#>   start PORT NEGATIVE
#> run tail
#>   start PORT TAIL
#> run huge
#>   start PORT HUGE
#> run letters
#>   start PORT LETTERS
#> run two
#>   start PORT 1 2

load record

# Sets there, the address and port of that run.
there() {
    in_run "$1"
    drawn PORT
    there=127.0.0.1:$drawn
}

# listener_of PID: sets socket, what listens there and is open in that process.
listener_of() {
    happened inside "$1 net listens $there socket=([0-9]+) own" || return 1
    socket=${BASH_REMATCH[1]}
}

# Where the child's socket is, if it is not where it should be.
why_not_there() {
    if happened inside "$mover net listens ([0-9.:]+) .*"; then
        echo "the child listens on ${BASH_REMATCH[1]}"
    else
        echo "nothing listens in the child's network namespace"
    fi
}

BORN='a socket belongs to the namespace in which socket() was called, for ever: it has to be called after unshare()'

# bats test_tags=points:2
@test "unshare(CLONE_NEWNET) moves its caller into a new network namespace" {
    there stay
    must_move net CLONE_NEWNET
}

# bats test_tags=points:2
@test "A new network namespace has no way to anywhere, not even to itself" {
    after 1
    there stay
    must_move net CLONE_NEWNET
    local text='Network is unreachable'
    ! happened out 'child: 127.0.0.1: (Network unreachable|Cannot assign requested address|Address not available)' ||
        text=${BASH_REMATCH[1]}
    must_tell child "$text" 'child: 127.0.0.1: X' 'connect() with a socket of the old namespace meets the parent, or nobody who listens'
    ((${moved:-0} < at)) || wrong "\"${rest[at]}\" was printed when the child was still in the old namespace" \
        'unshare(), then connect(), then the line' 'the order of the calls is not that of the lines'
    there no-way
    errno_text EPERM
    must_tell child "$text" 'child: 127.0.0.1: X' \
        'in this run connect() fails with EPERM. The text is strerror(errno), directly after the call'
}

# bats test_tags=points:3
@test "Its lo is down until somebody switches it on" {
    after 1
    there stay
    must_say 'child: lo is up' 'child: lo is up'
    must_move net CLONE_NEWNET
    happened loopback "$mover up" || happened inside "$mover net interface lo up" ||
        wrong "lo is down in the child's network namespace" 'it is up when the line is printed' \
            "$(likely 'ioctl() with SIOCSIFFLAGS was not called, or failed and nobody looked, or its socket is of the old namespace')"
    local up=$at
    happened out 'child: lo is up'
    ((up < at)) || wrong 'lo was down when the line was printed' 'first the call, then the line'
}

# bats test_tags=points:3
@test "Two servers at one address and one port, one in each namespace" {
    after 1
    there stay
    given
    must_tell child "$drawn" 'child: listening on 127.0.0.1:X' "$(likely 'bind() has failed, or was not called')"
    must_stay
    must_move net CLONE_NEWNET
    must_be_there "$mover" during
    listener_of "$mover" || wrong "$(why_not_there)" "a socket of the child's listens on $there in its namespace" "$BORN"
    local of_child=$socket
    must_tell parent "$drawn" 'parent: listening on 127.0.0.1:X'
    listener_of "$program" || wrong "the parent does not listen on $there any more" 'it does, until the end'
    [ "$socket" != "$of_child" ] || wrong "one socket, $socket, for both" 'two sockets' "$BORN"
}

# bats test_tags=points:2
@test "A parent waits for its child, and leaves nothing behind" {
    after 4
    there plain
    must_exit 0 'the parent returns the exit status of its child'
    must_leave_nothing
    must_take_seconds
    must_tell child "$drawn" 'child: listening on 127.0.0.1:X'
    there stay
    must_take_seconds
    must_end_after stay
    must_end_after interrupted
}

# bats test_tags=points:1
@test "What the kernel refuses is an error, and said: exit status 1" {
    after 1
    in_run no-namespace
    must_report_errno 'child: .*'
    in_run no-address
    must_report_errno '.*: listening on .*'
    in_run no-child
    must_report_errno 'child: .*'
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    must_refuse_bad_arguments portless word fraction negative tail huge letters two
}
