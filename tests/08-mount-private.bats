#!/usr/bin/env bats
# Lab 8, mount-private: what its checks ask, of the record that the witness made of these runs:
#> run stay
#>   shared
#>   neighbour none
#>   start DIRECTORY 61
#>   until child:
#>   until parent:
#>   settle
#>   look during
#>   enter ALL mnt
#>   signal TERM
#> run plain
#>   shared
#>   start DIRECTORY
#> run interrupted
#>   shared
#>   start DIRECTORY 60
#>   until child:
#>   until parent:
#>   settle
#>   signal INT
#> run no-namespace
#>   refuse unshare ENOSPC
#>   start DIRECTORY
#> run no-mount
#>   refuse mount EPERM
#>   start DIRECTORY
#> run no-child
#>   refuse clone EAGAIN
#>   start DIRECTORY
#> run nowhere
#>   start
#> run fraction
#>   start DIRECTORY FRACTION
#> run negative
#>   start DIRECTORY NEGATIVE
#> run tail
#>   start DIRECTORY TAIL
#> run huge
#>   start DIRECTORY HUGE
#> run letters
#>   start DIRECTORY LETTERS
#> run two
#>   start DIRECTORY 1 2

load record

# Sets file to the path that the lines of that run are about.
lines() {
    in_run "$1"
    drawn DIRECTORY
    file=$drawn/inside
}

# must_be_private SHARED SLAVE [MOUNTS]: how many mounts of the child are tied to others, of how many.
must_be_private() {
    local why=$PRIVATE
    (($1 >= ${3:-0})) || why='some are private: the call does not reach what is mounted below its target'
    (($1 == 0)) || wrong "in the child's namespace $1${3:+ of $3} mounts are shared with the parent's" 'none is' "$(likely "$why")"
    (($2 == 0)) || wrong "in the child's namespace $2 mounts follow those of the parent" 'none does' \
        'MS_SLAVE ends one direction only: what the parent mounts still comes to the child. MS_PRIVATE ends both'
}

PRIVATE='unshare() copies the list of mounts, and the copies stay tied: what is mounted in one appears in the other. A call of mount() ends that, for / and all that is mounted below it, before anything is mounted'

# bats test_tags=points:2
@test "unshare(CLONE_NEWNS) moves its caller into a new mount namespace" {
    local todo=1
    lines stay
    must_move mnt CLONE_NEWNS
}

# bats test_tags=points:3
@test "No mount of the child is tied to one of the parent's any more" {
    after 1
    local todo=2
    lines stay
    must_move mnt CLONE_NEWNS
    if happened inside "$mover mnt mounts=(.*) shared=(.*) slave=(.*)"; then
        must_be_private "${BASH_REMATCH[@]:2}" "${BASH_REMATCH[1]}"
        return
    fi
    # It has ended before the look, at its next TODO perhaps: its last line tells.
    local i shared='' slave=''
    for i in "${!word[@]}"; do
        [[ ${word[i]} != mounts || ! ${rest[i]} =~ ^$mover\ shared=(.*)\ slave=(.*)$ ]] ||
            shared=${BASH_REMATCH[1]} slave=${BASH_REMATCH[2]}
    done
    must_be_private "$shared" "$slave"
}

# bats test_tags=points:3
@test "A tmpfs over DIRECTORY, and a file in it: the child sees both" {
    after 1
    lines stay
    must_tell child exists "child: $file X" 'the file is to be made after the mount, in what is mounted'
    must_stay
    must_be_there "$speaker" during
    happened inside "$speaker mnt in-folder inside" ||
        wrong "there is no file $file for the child" 'the file is there as long as the child lives'
    happened inside "$speaker mnt at-folder (.*)" ||
        wrong "nothing is mounted on ${file%/*} in the child's namespace" 'a tmpfs' \
            "$(likely 'the file was made in the folder itself, which everybody sees. mount() has failed and nobody looked, or was not called')"
    [ "${BASH_REMATCH[1]}" = tmpfs ] ||
        wrong "a file system of type ${BASH_REMATCH[1]} is mounted on ${file%/*}" 'a tmpfs'
}

# bats test_tags=points:2
@test "Nobody else sees the file, and nobody else has the mount" {
    after 3
    lines stay
    local one other
    given
    happened neighbour '([0-9]+) none'
    for one in "$program" "${BASH_REMATCH[1]}"; do
        other='the parent'
        [ "$one" = "$program" ] || other='another process'
        # With mounts that are tied it has to be so.
        ! happened inside "$one mnt at-folder .*" || { after 2 && false; } ||
            wrong "$other has the mount on ${file%/*}, too" 'the child alone has it' "$PRIVATE"
        ! happened inside "$one mnt in-folder inside" ||
            wrong "$other sees $file, too" 'the child alone sees it'
    done
    must_tell parent 'does not exist' "parent: $file X" 'the parent looks itself, when the child has made the file'
}

# bats test_tags=points:2
@test "A parent waits for its child, and leaves nothing behind" {
    after 3
    lines plain
    # A mount that came to others stays with them: nobody is to remove it, it is not to come there.
    ! happened left 'mount .*' || after 2 4
    must_exit 0 'the parent returns the exit status of its child'
    must_leave_nothing
    must_take_seconds
    must_tell child exists "child: $file X"
    must_tell parent 'does not exist' "parent: $file X"
    lines stay
    must_take_seconds
    must_end_after stay
    must_end_after interrupted
}

# bats test_tags=points:1
@test "What the kernel refuses is an error, and said: exit status 1" {
    after 1
    in_run no-namespace
    must_report_errno 'child: .*'
    in_run no-mount
    must_report_errno 'child: .*'
    in_run no-child
    must_report_errno 'child: .*'
}

# bats test_tags=points:1
@test "Arguments that make no sense are refused: exit status 2" {
    after 1
    must_refuse_bad_arguments nowhere fraction negative tail huge letters two
}
