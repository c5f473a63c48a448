# What the checks (tests/NN-name.bats) use to read a record. The format of a record is described in
# tests/witness/main.c. A check runs nothing: the same record gives the same verdicts for ever.
#
# Verdicts, as scripts/verdicts reads them out of bats' TAP:
#   pass        the test passed
#   fail        the test failed after wrong() has said what was seen and expected
#   blocked     skip "blocked: ...": an earlier check must pass first
#   not here    skip "not here: REASON; FIX": this machine cannot show it
#   error       the test failed in any other way: the checker itself broke
# shellcheck shell=bash

# Run alone (bats tests/NN-name.bats), a check file lets make record the program first: of the tree
# FROM, by default the reference, and in a handout, where there is none, the student's.
setup_file() {
    [ -z "${RECORD:-}" ] || return 0
    local top number
    top=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
    number=$(basename "$BATS_TEST_FILENAME" | sed 's/^0*\([0-9]*\)-.*/\1/')
    [ -d "$top/solutions" ] || : "${FROM:=labs}"
    export RECORD=$BATS_FILE_TMPDIR/record
    env -u MAKEFLAGS make -s -C "$top" FROM="${FROM:-solutions}" "record$number" >"$RECORD"
}

# A check that failed is remembered for those that come after it.
word=()

teardown() {
    [ -n "${BATS_TEST_COMPLETED:-}" ] || : >"$BATS_FILE_TMPDIR/failed-$BATS_TEST_NUMBER"
}

after() {
    if [ -e "$BATS_FILE_TMPDIR/failed-$1" ]; then
        : >"$BATS_FILE_TMPDIR/failed-$BATS_TEST_NUMBER"
        skip "blocked: check $1 must pass first"
    fi
}

# wrong SEEN EXPECTED [LIKELY]: the end of a check that fails.
wrong() {
    printf 'seen: %s\n' "$1"
    printf 'expected: %s\n' "$2"
    if happened err '.*(TODO .*)'; then
        printf 'likely: it is still to be done: %s\n' "${BASH_REMATCH[1]}"
    elif [ -n "${3:-}" ]; then
        printf 'likely: %s\n' "$3"
    fi
    return 1
}

not_here() {
    skip "not here: $1"
}

# in_run NAME: what follows is about that run. Sets when[], word[] and rest[], an entry for each event.
in_run() {
    local time a b current='' whole='' found=''
    when=() word=() rest=()
    while read -r time a b; do
        case $time in
            run) current=$a ;;
            machine) machine=" $a $b " ;;
            end) whole=yes ;;
            build-failed) wrong "$a $b" 'a program that can run' \
                "the compiler says why: begin with its first message, the others often follow from it" ;;
            [0-9]*)
                if [ "$a" = not-here ] && [[ -z $current || $current = "$1" ]]; then
                    not_here "$b"
                elif [ "$current" = "$1" ]; then
                    when+=("$time") word+=("$a") rest+=("$b") found=yes
                fi
                ;;
        esac
    done <"$RECORD"
    if [ -z "$whole" ] || [ -z "$found" ]; then
        echo "the record $RECORD is not whole, or has no run '$1'" >&2
        return 1
    fi
}

# happened WORD REGEX [FROM]: whether there is such an event, the REGEX for all that follows the word.
# Sets BASH_REMATCH, and at, the number of the event. FROM: the first event to look at.
happened() {
    for ((at = ${3:-0}; at < ${#word[@]}; at++)); do
        [[ ${word[at]} = "$1" && ${rest[at]} =~ ^$2$ ]] && return 0
    done
    return 1
}

# What the program said, for a message: its first lines.
lines_said() {
    local i text=''
    for i in "${!word[@]}"; do
        if [ "${word[i]}" = out ]; then
            text+="${text:+ | }${rest[i]}"
        fi
    done
    text=${text:-nothing on stdout}
    echo "${text:0:300}"
}

said_on_stderr() {
    if happened err '(.*)'; then
        echo "it said on stderr: ${BASH_REMATCH[1]}"
    fi
}

# must_say REGEX SENTENCE: the program prints such a line before the witness ends it. Sets said to
# what the first parentheses of the REGEX match, and at.
must_say() {
    local line likely=''
    if happened out "$1"; then
        said=${BASH_REMATCH[1]:-}
        line=$at
        if happened signal '.*' && [ "$at" -lt "$line" ]; then
            wrong "\"${rest[line]}\" came only when the program ended" \
                'each line when it is printed' \
                'a pipe is no terminal: stdio keeps the lines in a buffer. setvbuf() or fflush() send them'
        fi
        at=$line
        return 0
    fi
    happened missed 'silent .*' && likely='all its processes sleep: a child waits for ever, or its output lies in a buffer (stdio flushes none when a clone() child returns)'
    wrong "$(lines_said)" "a line \"$2\"" "${likely:-$(said_on_stderr)}"
}

# process PID LOOK: reads what the kernel showed of it into is[], an array with names: is[nspid],
# is[parent], is[ns/pid], ... Returns 1 if it was not there.
process() {
    local i part here=''
    declare -gA is=()
    for i in "${!word[@]}"; do
        if [ "${word[i]}" = look ]; then
            here=${rest[i]}
        elif [[ ${word[i]} = process && $here = "$2" && ${rest[i]} = "$1 "* ]]; then
            for part in ${rest[i]#* }; do
                is[${part%%=*}]=${part#*=}
            done
            return 0
        fi
    done
    return 1
}

must_be_there() {
    process "$1" "$2" && return
    wrong "no process $1 in the cage" "the process that was announced as PID $1, alive for SECONDS" \
        'printing a number starts no process; or the child ended at once: it must stay SECONDS'
}

# The program ended by itself with that exit status.
must_exit() {
    happened exit "$1" && return
    if happened still-running '(.*)'; then
        wrong 'it was still running when the time was up: everything slept, or 20 s had passed' "exit status $1" \
            'it waits for something that never happens, or it ignores the signal'
    elif happened killed '(.*)'; then
        wrong "signal SIG${BASH_REMATCH[1]} ended it" "exit status $1" "${2:-}"
    elif happened exit '(.*)'; then
        wrong "exit status ${BASH_REMATCH[1]}; it said: $(lines_said)" "exit status $1" "${2:-}"
    fi
}

# Nothing outlives the program: no child that nobody waited for, no process, group, mount, file.
must_leave_nothing() {
    ! happened still-running '.*' || must_exit 0
    if happened orphan '(.*)'; then
        wrong "its child ${BASH_REMATCH[1]} was still there, dead or alive, when it ended" \
            'every child is waited for' \
            'a parent that does not call waitpid() leaves a zombie; without SIGCHLD in the flags of clone(), waitpid() needs __WALL'
    elif happened left "(.*)"; then
        wrong "left behind: ${BASH_REMATCH[1]}" 'nothing is left when the program has ended' \
            'clean up on every way out, also on SIGINT and SIGTERM'
    fi
}

# Usage errors: status 2, something on stderr.
must_refuse() {
    must_exit "$1" "${2:-}"
    happened err '.+' || wrong 'nothing on stderr' 'a line on stderr that says what is wrong'
}

# More than one CPU is needed to see a process change it.
needs_two_cpus() {
    [[ $machine =~ ' cpus=1 ' ]] &&
        not_here 'there is one CPU, and PSR cannot change; use a machine with two, or make ... IN=vm CPUS=2'
    return 0
}
