#!/usr/bin/env bats
# Lab 11, user-map-root: what its checks ask, of the record that the witness made of these runs:
#> run stay
#>   user
#>   neighbour none
#>   start NAME 61
#>   until after unshare(CLONE_NEWUTS):
#>   settle
#>   look during
#>   enter ALL uts user
#>   signal TERM
#> run no-name
#>   user
#>   refuse sethostname ENOSPC
#>   start NAME
#> run plain
#>   user
#>   start NAME
#> run interrupted
#>   user
#>   start NAME 60
#>   until after unshare(CLONE_NEWUTS):
#>   settle
#>   signal INT
#> run no-namespace
#>   user
#>   refuse unshare ENOSPC
#>   start NAME
#> run nameless
#>   start
#> run fraction
#>   start NAME FRACTION
#> run negative
#>   start NAME NEGATIVE
#> run tail
#>   start NAME TAIL
#> run huge
#>   start NAME HUGE
#> run letters
#>   start NAME LETTERS
#> run two
#>   start NAME 1 2

load record

# Sets program, user, and old and new, the two names of that run.
names() {
    in_run "$1"
    given
    drawn HOSTNAME
    old=$drawn
    drawn NAME
    new=$drawn
    happened user '([0-9]+)'
    user=${BASH_REMATCH[1]}
}

# must_print VALUE SENTENCE [LIKELY]: the program says it, and after all that was said before. This lab has one
# process; another one cannot move it.
must_print() {
    must_tell parent "$1" "$2" "${3:-}"
}

# knows_writers: whether the record tells which namespaces a process was in when it wrote a line.
knows_writers() {
    ! happened writer 0
}

# Why the kernel has refused a map. It says EPERM and no more; what setgroups was then, the witness has seen.
why_refused() {
    local format='INSIDE, OUTSIDE, HOW MANY; and this user may give away one number, its own'
    if happened err '.*/uid_map: .*'; then
        echo "the kernel refuses what was written into uid_map. A line of a map is $format. Or it was written already"
    elif happened maps "$program .* setgroups=deny"; then
        echo "setgroups says deny already, so what the kernel refuses is the line in gid_map. A line of a map is $format"
    else
        echo 'setgroups does not say deny: a user who has no rights outside may write gid_map only after that'
    fi
}

# errno_on_stderr: sethostname() was refused in this run, and that was said, but not where it should be.
errno_on_stderr() {
    ! happened out 'sethostname\(\): .*' && happened err '.*(No space left on device).*' ||
        return 0
    wrong "on stderr stands: ${rest[at]}" '"sethostname(): No space left on device" on stdout' \
        'here an error is what is to be shown: printf() prints it on stdout, and the program goes on. perror() and err() write on stderr, and err() ends the program'
}

# bats test_tags=points:3
@test "unshare(CLONE_NEWUSER) needs no rights, and nobody is anybody in there" {
    local todo=1
    names stay
    must_print "$user" 'before: uid X' 'getuid() says it, before anything else'
    local before=$at
    must_print 65534 'unmapped: uid X' "$(likely 'unshare() was not called, or its flag is not CLONE_NEWUSER, or it failed and nobody looked')"
    local line=$at
    knows_writers || return 0
    happened namespace "$program user [0-9]+" "$before" ||
        wrong 'the program was in no new user namespace when it printed that' 'it is, after unshare(CLONE_NEWUSER)' \
            'unshare() was not called, or its flag is not CLONE_NEWUSER, or it failed and nobody looked'
    ((at < line)) || wrong "\"${rest[line]}\" was printed before unshare()" 'unshare(), then getuid(), then the line'
}

# bats test_tags=points:3
@test "A line of a map makes this user root, in there" {
    after 1
    local todo=2
    names stay
    happened out 'mapped: uid .*' || ! happened err '.*/[ug]id_map: Operation not permitted.*' ||
        wrong "$(lines_said); on stderr: $(lines_said err)" 'a line "mapped: uid 0"' "$(why_refused)"
    must_print 0 'mapped: uid X' 'without a map, or with another one, getuid() is not 0. Does each write() succeed? setgroups comes first'
    if happened inside "$program user uid_map=(.*)"; then
        local map=${BASH_REMATCH[1]//,/ }
        [ "$map" = "0 $user 1" ] || wrong "the line of /proc/PID/uid_map: ${map:-none}" "0 $user 1" 'INSIDE, OUTSIDE, HOW MANY'
        happened inside "$program user gid_map=(.*)"
        [ "${BASH_REMATCH[1]}" = "0,$user,1" ] ||
            wrong "/proc/PID/gid_map has ${BASH_REMATCH[1]:+the line }${BASH_REMATCH[1]//,/ }" "0 $user 1" \
                'who has no rights outside may write gid_map only when setgroups says "deny"'
    elif knows_writers; then
        happened maps "$program uid_map=0,0,1 gid_map=0,0,1 setgroups=deny" ||
            wrong 'there is no such map' "/proc/PID/uid_map and gid_map with the line 0 $user 1"
    fi
}

# bats test_tags=points:2
@test "Root of a user namespace may do nothing to what was there before" {
    after 2
    local todo=3
    names no-name
    errno_on_stderr
    must_print 'No space left on device' 'sethostname(): X' \
        'in this run sethostname() fails with ENOSPC. The text is strerror(errno), directly after the call'
    names stay
    must_print 'Operation not permitted' 'sethostname(): X' 'sethostname() comes before unshare(CLONE_NEWUTS) here, and fails'
}

# bats test_tags=points:3
@test "Root of a user namespace may do everything to what was made in it" {
    after 2
    names stay
    # It has ended where check 3 looks.
    happened out 'sethostname\(\): .*' || ! ended_early || after 3
    ! { happened out 'sethostname\(\): .*' && happened err '(.*sethostname.*: Operation not permitted.*)'; } ||
        wrong "on stderr stands: ${rest[at]}" "\"after unshare(CLONE_NEWUTS): hostname is $new\"" \
            'the second sethostname() was refused, too: the program is still in the UTS namespace of the machine'
    must_print "$new" 'after unshare(CLONE_NEWUTS): hostname is X' "$(likely 'unshare(CLONE_NEWUTS), then sethostname(), then uname()')"
    must_stay
    must_be_there "$program" during
    happened inside "$program uts (.*)"
    [ "${BASH_REMATCH[1]}" = "$new" ] ||
        wrong "inside of the program's UTS namespace the hostname is ${BASH_REMATCH[1]}" "$new, its first argument"
    happened neighbour '([0-9]+) none'
    happened inside "${BASH_REMATCH[1]} uts (.*)"
    [ "${BASH_REMATCH[1]}" = "$old" ] || wrong "another process sees the hostname ${BASH_REMATCH[1]} now" "$old, as before"
    happened inside "$program user uid=[0-9]+ gid=[0-9]+ capabilities=([0-9a-f]+)"
    [[ ${BASH_REMATCH[1]} != 0 ]] || wrong 'it has no capabilities' 'all of them, in its own user namespace'
}

# bats test_tags=points:2
@test "It ends by itself, or by a signal, and leaves nothing behind" {
    after 4
    names plain
    must_exit 0
    must_leave_nothing
    must_take_seconds
    must_print "$user" 'before: uid X'
    must_print "$new" 'after unshare(CLONE_NEWUTS): hostname is X'
    names stay
    must_take_seconds
    must_end_after stay
    must_end_after interrupted
}

# bats test_tags=points:1
@test "What the kernel refuses is an error, and said: exit status 1" {
    after 1
    in_run no-namespace
    must_report_errno 'unmapped: .*' 'mapped: .*'
    local which='the second sethostname()'
    in_run no-name
    # It may have ended before that call.
    happened out '.*sethostname.*' || happened err '.*sethostname.*' || after 2
    must_report_errno 'after .*'
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    must_refuse_bad_arguments nameless fraction negative tail huge letters two
}
