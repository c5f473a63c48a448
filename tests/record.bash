# What the checks (tests/NN-name.bats) use to read a record. The format of a record is described in
# tests/witness/main.c. A check runs nothing: the same record gives the same verdicts for ever.
#
# Verdicts, as scripts/student/judge tells them apart:
#   pass        the test passed
#   fail        the test failed after wrong() has said what was seen and expected
#   blocked     skip "blocked: ...": an earlier check must pass first
#   not here    skip "not here: REASON; FIX": this machine cannot show it
#   error       the test failed in any other way: the checker itself broke
# shellcheck shell=bash

# bats 1.2.1 is the first with a folder of its own, which is all that the checks need of it.
[ "$BATS_VERSION" = judge ] || : "${BATS_RUN_TMPDIR:?this bats is too old for the checks. Type: scripts/machine/need bats}"

# Run alone (bats tests/NN-name.bats), a check file lets make record the program first: of the tree
# FROM, by default the reference, and in a handout, where there is none, the student's.
setup_file() {
    [ -z "${RECORD:-}" ] || return 0
    local top number vm=''
    top=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
    number=$(basename "$BATS_TEST_FILENAME" | sed 's/^0*\([0-9]*\)-.*/\1/')
    [ -d "$top/solutions" ] || : "${FROM:=labs}"
    export RECORD=$BATS_RUN_TMPDIR/record$number
    # What runs in a virtual machine only is run in one, if that can be had: else its checks are not here.
    ! grep -q '^#>   guest$' "$BATS_TEST_FILENAME" ||
        ! bash "$top/scripts/machine/need" --try qemu busybox-static cpio kmod >/dev/null || vm=1
    env -u MAKEFLAGS make -s -C "$top" FROM="${FROM:-solutions}" ${vm:+VM=1} "record$number" >"$RECORD"
}

# Without this, bats runs a trap before each command of a function, for the line numbers of a failure. The
# checks say themselves what they have seen. (bats before 1.8 loses what they say when there was no trap.)
[[ $BATS_VERSION = 1.[2-7].* ]] || set +T

word=() run_name='' run_begin=0
declare -gA run_from=() run_to=() line_first=()

# after N...: this check is blocked where one of those has not passed. scripts/student/judge remembers
# which; bats runs each check in a process of its own, so there a file does.
after() {
    local number
    for number; do
        ! has_failed "$number" || block "check $number must pass first"
    done
}

if ! declare -F has_failed >/dev/null; then
    has_failed() {
        [ -e "$BATS_RUN_TMPDIR/failed-${BATS_TEST_FILENAME##*/}-$1" ]
    }
    remember_failure() {
        : >"$BATS_RUN_TMPDIR/failed-${BATS_TEST_FILENAME##*/}-$BATS_TEST_NUMBER"
    }
    block() {
        remember_failure
        skip "blocked: $1"
    }
    teardown() {
        [ -n "${BATS_TEST_COMPLETED:-}" ] || remember_failure
    }
fi

# wrong SEEN EXPECTED [LIKELY]: the end of a check that fails.
wrong() {
    printf 'seen: %s\n' "$1"
    printf 'expected: %s\n' "$2"
    if open_todo; then
        printf 'likely: it is still to be done: %s. If it is done, delete the line that prints this\n' "$open"
    elif [ -n "${3:-}" ]; then
        printf 'likely: %s\n' "$3"
    fi
    return 1
}

# Whether the program has said that a TODO is open which the check is about: TODO $todo, or one before it.
open_todo() {
    happened err '.*(TODO ([0-9]+).*)' && ((BASH_REMATCH[2] <= ${todo:-99})) || return 1
    open=${BASH_REMATCH[1]%.}
    # Another process may have written into the same line.
    [[ $open != *:*:* && " $(lines_said err)" != *' | '* ]] || open="TODO ${BASH_REMATCH[2]}"
}

not_here() {
    skip "not here: $1"
}

# Reads the record, once for all its checks: sets line_when[], line_word[] and line_rest[], an entry for each line,
# run_from[_NAME] and run_to[_NAME], the lines between which a run lies, and what is true of all runs. By whole
# arrays: to cut the text of a record with # and % takes bash hours when the program has printed all that it may.
read_record() {
    local i run='' begin=''
    local -a lines=()
    run_from=() run_to=() line_when=() line_word=() line_rest=() record_machine='' record_failed='' record_not_here=''
    line_first=() line_next=()
    mapfile -t lines <"$RECORD"
    for i in "${!lines[@]}"; do
        [[ ${lines[i]} != [0-9]* ]] || continue
        case ${lines[i]} in
            'build-failed '*) : "${record_failed:=${lines[i]#* }}" ;;
            'machine '*) record_machine=" ${lines[i]#* } " ;;
            'run '* | end)
                : "${begin:=$i}"
                [ -z "$run" ] || : "${run_to[$run]:=$i}"
                run=_${lines[i]#run }
                : "${run_from[$run]:=$((i + 1))}"
                ;;
        esac
    done
    for ((i = 0; i < ${begin:-0}; i++)); do
        [[ ! ${lines[i]} =~ ^[0-9.]+\ not-here\ (.*)$ ]] || : "${record_not_here:=${BASH_REMATCH[1]}}"
    done
    record_end=${lines[*]: -1}
    # The last line but one; no program can print one like it, because its lines begin with out or err.
    [[ ! ${lines[*]: -2:1} =~ ^[0-9.]+\ cage\ (.*)$ ]] || cage=" ${BASH_REMATCH[1]} "
    record_read=$RECORD
    [ "$record_end" = end ] || return 0
    line_when=("${lines[@]%% *}")
    line_rest=("${lines[@]#* }")
    line_word=("${line_rest[@]%% *}")
    line_rest=("${line_rest[@]#* }")
    index_events
}

# Sets line_first[_RUN WORD], the number of the run's first event with that word, and line_next[LINE], that of the
# next one like it: most of what a check costs is to look for events.
index_events() {
    local i run key from to previous
    local -A last=()
    for run in "${!run_from[@]}"; do
        from=${run_from[$run]} to=${run_to[$run]:-0}
        for ((i = from; i < to; i++)); do
            key="$run ${line_word[i]}"
            previous=${last[$key]:-}
            if [ -n "$previous" ]; then
                line_next[previous]=$((i - from))
            else
                line_first[$key]=$((i - from))
            fi
            last[$key]=$i
        done
    done
}

# in_run NAME: what follows is about that run. Sets when[], word[] and rest[], an entry for each event, and machine.
in_run() {
    local from to n=0
    word=() machine=''
    [ "${record_read:-}" = "$RECORD" ] || read_record
    [ -z "$record_failed" ] || wrong "$record_failed" 'a program that can run' \
        'the compiler says why: begin with its first message, the others often follow from it'
    [ -z "$record_not_here" ] || not_here "$record_not_here"
    machine=$record_machine from=${run_from[_$1]:-0} to=${run_to[_$1]:-}
    run_name=_$1 run_begin=$from
    [ -z "$to" ] || n=$((to - from))
    when=("${line_when[@]:from:n}") word=("${line_word[@]:from:n}") rest=("${line_rest[@]:from:n}")
    ! happened not-here '(.*)' || not_here "${BASH_REMATCH[1]}"
    if [[ $n = 0 || $record_end != end || -z $machine ]]; then
        echo "the record $RECORD is not whole, or has no run '$1'" >&2
        return 1
    fi
}

# happened WORD REGEX [FROM]: whether there is such an event, the REGEX for all that follows the word.
# Sets BASH_REMATCH, and at, the number of the event. FROM: the first event to look at.
happened() {
    local key="$run_name $1" end=${#word[@]}
    for ((at = ${line_first[$key]:-end}; at < end; at = ${line_next[run_begin + at]:-end})); do
        [[ $at -ge ${3:-0} && ${rest[at]} =~ ^$2$ ]] && return 0
    done
    at=$end
    return 1
}

# lines_said [err]: what the program said, for a message: its first lines.
lines_said() {
    local i text=''
    for i in "${!word[@]}"; do
        if [ "${word[i]}" = "${1:-out}" ]; then
            text+="${text:+ | }${rest[i]}"
        fi
    done
    text=${text:-nothing on std${1:-out}}
    echo "${text:0:300}"
}

# Whether the program ended before the witness told it to. Sets ended to a text that says how.
ended_early() {
    local told=${#word[@]} how
    ! happened signal '(TERM|INT)' || told=$at
    for how in stopped exit killed; do
        if happened "$how" '(.*)' && ((at < told)); then
            case $how in
                exit) ended="it ended by itself, with exit status $(status_text "${BASH_REMATCH[1]}")" ;;
                killed) ended="signal SIG${BASH_REMATCH[1]} ended it" ;;
                stopped) ended="it was stopped, it used too much: ${BASH_REMATCH[1]}" ;;
            esac
            return 0
        fi
    done
    return 1
}

# status_text STATUS: a status above 128 is how a shell, and these programs, say that a signal has ended a process.
status_text() {
    local name=''
    (($1 <= 128)) || name=$(kill -l "$(($1 - 128))" 2>/dev/null) || true
    echo "$1${name:+, which is 128 + $(($1 - 128)): SIG${name#SIG} ended a process of it}"
}

# Sets writer[N], for each line on stdout, to the process that has written it; N is the number of the event.
find_writers() {
    local i latest=0
    writer=()
    for i in "${!word[@]}"; do
        case ${word[i]} in
            writer) latest=${rest[i]} ;;
            out) writer[i]=$latest ;;
        esac
    done
}

# itself_said REGEX: the program itself, and no child of it, has printed such a line. Sets BASH_REMATCH.
itself_said() {
    local i writer program given
    given
    find_writers
    for i in "${!writer[@]}"; do
        [[ ${writer[i]} != "$program" || ! ${rest[i]} =~ ^$1$ ]] || return 0
    done
    return 1
}

# why_zero CALL: the program itself has printed a 0 for what the call returned to it.
why_zero() {
    if other_wrote; then
        echo "a process was made, and the variable does not hold what $1 has returned: is it stored, and is = where == is meant?"
    else
        echo "no process was made: nobody has called $1, and what it returns was a 0 from elsewhere"
    fi
}

# why_itself LINE: the program itself has printed a line of its child.
why_itself() {
    local made=', and no process was made'
    ! other_wrote || made=', as its child does'
    echo "the parent itself has printed \"$1\"$made: a function that is called runs in its caller"
}

# other_wrote: a process has written something, and it is neither the program itself nor what its clone() returned.
other_wrote() {
    local i
    given
    for i in "${!word[@]}"; do
        [[ ${word[i]} = writer && ${rest[i]} =~ ^[1-9] && ${rest[i]} != "$program" ]] || continue
        happened out "parent: clone\(\) returned ${rest[i]}" || return 0
    done
    return 1
}

# called_in_child: a process other than PARENT has changed where its own children are born, and stays itself.
called_in_child() {
    local i pid
    for i in "${!word[@]}"; do
        [[ ${word[i]} = namespace && ${rest[i]} =~ ^([0-9]+)\ pid_for_children\  ]] || continue
        pid=${BASH_REMATCH[1]}
        [ "$pid" = "$parent" ] || happened namespace "$pid pid .*" || return 0
    done
    return 1
}

# Why a program has not said or done what it should, as far as the record tells; else the argument.
likely() {
    if happened exec '[0-9]+ (.*)'; then
        echo "it tried to start ${BASH_REMATCH[1]}: the program makes the system calls itself, no other program does it for it"
    elif happened stopped 'output'; then
        echo 'it printed without end: a line belongs to an event, not to each iteration of a loop'
    elif happened err '.*Cannot allocate memory.*'; then
        echo 'ENOMEM from fork(): PID 1 of that namespace has ended, and nobody can be born in it any more'
    elif itself_said '((child|first|second): .*)'; then
        why_itself "${BASH_REMATCH[1]}"
    elif itself_said '.*(clone|fork)\(\) returned 0'; then
        why_zero "${BASH_REMATCH[1]}()"
    elif happened out '.*fork\(\) returned 0'; then
        echo 'the child has come to the line of its parent: the process that gets 0 from fork() calls the function of the child, and that one ends it'
    elif [[ $BATS_TEST_FILENAME = *clone* ]] && happened err '.*No child process.*'; then
        why_no_child
    elif happened err '(.*)' && [[ ${BASH_REMATCH[1]} != *TODO* ]]; then
        echo "it said on stderr: ${BASH_REMATCH[1]}"
    elif happened killed '(SEGV|BUS)'; then
        echo "SIG${BASH_REMATCH[1]}: it used an address that is not its own. $(why_segv)"
    elif happened exit '(139|135)'; then
        if happened namespace '.*' || [[ $BATS_TEST_FILENAME != *clone* ]]; then
            echo 'a child used an address that is not its own: is its argument an address? It takes the one of a number'
        else
            echo "SIGSEGV ended a process before it did anything: $(why_segv)"
        fi
    elif ended_early && { happened orphan '.*' || happened left 'process .*'; }; then
        echo "the parent did not wait for its child.$NO_SIGCHLD"
    elif happened missed 'silent .*' && happened process '([0-9]+) nspid=[0-9]+,([2-9]|[0-9]{2,}) .* state=Z .*'; then
        echo "process ${BASH_REMATCH[1]} is a zombie: it has ended and nobody has waited for it. When PID 1 of a namespace ends, the kernel kills all others in it"
    elif happened missed 'silent .*' && ! happened out '.*' && says_when_it_ends; then
        echo 'in the run without SECONDS the lines came only when the program ended: until then its output lies in a buffer. setvbuf() or fflush() send it'
    elif happened missed 'silent .*'; then
        printf '%s\n' 'all its processes sleep, and one has said nothing: it does not come to the line, or its output lies in a buffer, because a \n is missing at the end of the line or nobody flushes'
    else
        echo "${1:-}"
    fi
}

# What waitpid() misses in a lab in which the student calls clone().
NO_SIGCHLD=''
[[ $BATS_TEST_FILENAME != *clone* ]] || NO_SIGCHLD=' waitpid() finds a child of clone() only if SIGCHLD is one of its flags'

# likely_before_fork LIKELY: as likely, about a call that comes before fork(). What fork() did is no cause of it.
likely_before_fork() {
    if happened exec '.*'; then
        likely
    elif happened err '(.*)' && [[ ${BASH_REMATCH[1]} != *TODO* && ${BASH_REMATCH[1]} != *wait* ]]; then
        echo "it said on stderr: ${BASH_REMATCH[1]}"
    else
        echo "$1"
    fi
}

# waitpid() has found no child of clone(). One run may have ended before its child was seen.
why_no_child() {
    local run
    for run in stay plain interrupted; do
        ! in_old_namespace "$run" || { echo 'CLONE_NEWPID has not come to clone(), nor has SIGCHLD: one | joins two flags, each other operator gives another number' && return; }
    done
    echo 'SIGCHLD has not come to clone(), as one of its flags: waitpid() finds no other child of it'
}

# in_old_namespace RUN: the child of clone() was seen, and in no new PID namespace.
in_old_namespace() (
    in_run "$1"
    happened out 'parent: clone\(\) returned ([0-9]+)' || return
    child=${BASH_REMATCH[1]}
    happened writer "$child" && ! happened namespace "$child pid .*"
)

# says_when_it_ends: the run that ends by itself has lines on stdout.
says_when_it_ends() (
    in_run plain 2>/dev/null && happened out '.*'
)

# crashes_when_refused: SIGSEGV has ended the program also in the run in which clone() makes nothing.
crashes_when_refused() (
    in_run refused && happened killed '(SEGV|BUS)'
)

why_segv() {
    case $BATS_TEST_FILENAME in
        *clone*) happened out '.*clone\(\) returned .*' && happened killed '.*' && ! crashes_when_refused || echo 'clone() wants the highest address of the stack, because a stack grows downwards' ;;
        *) echo 'A call that fills a struct wants the address of yours' ;;
    esac
}

# plain TEXT: sets plain to it in small letters, without blanks and signs, and n for each number.
plain() {
    plain=${1//\\x[0-9a-f][0-9a-f]/}
    plain=${plain,,}
    plain=${plain//s.sss/n}
    while [[ $plain =~ [0-9]+([.][0-9]+)? ]]; do
        plain=${plain/"${BASH_REMATCH[0]}"/n}
    done
    plain=${plain//[!a-z]/}
}

# differ_little A B: at most two letters are missing, too much, or another one; of a short text one, or none.
differ_little() {
    local a=$1 b=$2 i j least before=() row=()
    ((${#a} - ${#b} <= 2 && ${#b} - ${#a} <= 2)) || return 1
    for ((j = 0; j <= ${#b}; j++)); do row[j]=$j; done
    for ((i = 1; i <= ${#a}; i++)); do
        before=("${row[@]}") row=("$i")
        for ((j = 1; j <= ${#b}; j++)); do
            [ "${a:i-1:1}" = "${b:j-1:1}" ] && least=${before[j - 1]} || least=$((before[j - 1] + 1))
            ((before[j] + 1 >= least)) || least=$((before[j] + 1))
            ((row[j - 1] + 1 >= least)) || least=$((row[j - 1] + 1))
            row[j]=$least
        done
    done
    ((row[${#b}] <= 2 && row[${#b}] * 8 <= ${#a}))
}

# must_not_be_near REGEX SENTENCE: a line that is nearly SENTENCE is the end of a check. It has other letters, or \n is
# missing, and two lines stand in one.
must_not_be_near() {
    local i wanted plain
    plain "$2"
    wanted=$plain
    for i in "${!word[@]}"; do
        [ "${word[i]}" = out ] || continue
        # Another number is not a mistake in writing.
        [[ ${rest[i]//[0-9]/} != "${2//[0-9]/}" ]] || continue
        plain "${rest[i]:0:200}"
        if differ_little "$wanted" "$plain"; then
            wrong "you printed \"${rest[i]}\"" "\"$2\"" 'the line is nearly right: compare it letter by letter, also blanks, signs, and what is large and small'
        elif [[ ${rest[i]} =~ $1 ]]; then
            wrong "you printed \"${rest[i]:0:200}\"" "a line that is \"$2\" and nothing else" \
                'a \n is missing: what is printed next stands in the same line'
        fi
    done
}

# must_say REGEX SENTENCE [LIKELY]: the program prints such a line before the witness ends it. Sets
# said to what the first parentheses of the REGEX match, and at.
must_say() {
    local line
    if happened out "$1"; then
        said=${BASH_REMATCH[1]:-}
        line=$at
        if happened signal '(TERM|INT)' && [ "$at" -lt "$line" ]; then
            wrong "\"${rest[line]}\" came only when the program ended" \
                'each line when it is printed' \
                'a pipe is not a terminal: stdio keeps the lines in a buffer. setvbuf() or fflush() send them'
        fi
        at=$line
        return 0
    fi
    open_todo || must_not_be_near "$1" "$2"
    local seen=''
    ! ended_early || seen="; $ended"
    wrong "$(lines_said)$seen" "a line \"$2\"" "$(likely "${3:-}")"
}

# must_say_number SENTENCE [LIKELY]: must_say for a sentence of the contract, in which N is a number.
must_say_number() {
    local regex=${1//(/[(]}
    regex=${regex//)/[)]}
    must_say "${regex/ N/ ([0-9]+)}" "$@"
}

# must_be_said_by PID VALUE SENTENCE: the program prints that sentence with VALUE for N, never with
# another number, and it is process PID who prints it. Writer 0: this
# kernel does not tell.
must_be_said_by() {
    local i writer who regex=${3//(/[(]} again='' said=0
    regex=${regex//)/[)]}
    happened out "${regex/ N/ $2}" || ! happened out "${regex/ N/ -?[0-9]+}" ||
        wrong "\"${rest[at]}\"" "\"${3/ N/ $2}\"" "$(why_other_value "$1" "$2")"
    must_say "${regex/ N/ $2}" "${3/ N/ $2}"
    find_writers
    for i in "${!writer[@]}"; do
        [[ ! ${rest[i]} =~ ^${regex/ N/ -?[0-9]+}$ ]] || said=$((said + 1))
    done
    [ "$said" = 1 ] || again='one process goes on in the code of the other: each must end in its own. Or fork() has copied a line that stdio had not sent yet'
    for i in "${!writer[@]}"; do
        [[ ${rest[i]} =~ ^${regex/ N/ (-?[0-9]+)}$ ]] || continue
        [ "${BASH_REMATCH[1]}" = "$2" ] ||
            wrong "\"${rest[i]}\"" "\"${3/ N/ $2}\", and never with another number" "$again"
        case ${writer[i]} in
            0 | "$1") continue ;;
            several) who='more than one process' ;;
            nobody) who='no process by write()' ;;
            *) who="process ${writer[i]}" ;;
        esac
        wrong "$who printed \"${rest[i]}\"" "process $1 prints it, because it is about itself" \
            "${again:-each process asks getpid() for its own number; another one cannot know it}"
    done
}

# why_other_value PID VALUE: of a process that was seen in a new PID namespace, so that it counts as in there.
why_other_value() {
    process "$1" during && [[ ${is[nspid]} = *,* ]] || return 0
    echo "the kernel says $2. getpid() is the PID of the process that calls it, getppid() that of its parent"
}

# drawn WORD: sets drawn to the value that stood for NAME, PORT, ... in this run; HOSTNAME: the name of the
# machine that the program was started on.
drawn() {
    if [ "$1" = HOSTNAME ]; then
        happened hostname '(.*)'
    else
        happened drawn "$1 (.*)"
    fi
    drawn=${BASH_REMATCH[1]}
}

# The PID of the program, and the arguments that it was given, without those that were drawn.
given() {
    happened start '([0-9]+) ?(.*)'
    program=${BASH_REMATCH[1]} given=" ${BASH_REMATCH[2]} "
    at=-1
    while happened drawn '[^ ]+ (.*)' $((at + 1)); do
        given=${given/ ${BASH_REMATCH[1]} / }
    done
    given=${given# } given=${given% }
}

# only_child: sets speaker to the one process whose parent is the program, where nobody knows the writer of a line.
only_child() {
    local i children=''
    for i in "${!word[@]}"; do
        [[ ${word[i]} != process || ! ${rest[i]} =~ ^([0-9]+)\ .*\ parent=$program\  ]] ||
            children+=" ${BASH_REMATCH[1]}"
    done
    read -r speaker _ <<<"$children"
}

# must_tell WHO VALUE SENTENCE [LIKELY]: the program prints SENTENCE with VALUE for X, never with something
# else; and each line is printed by the process that it is about: WHO is parent, the program itself, or
# child, another one. Sets speaker to the PID of that process, and at to the number of the event.
must_tell() {
    local i writer line='' regex=${3//[/[[]}
    regex=${regex//(/[(]}
    regex=${regex//)/[)]}
    given
    find_writers
    for i in "${!writer[@]}"; do
        [[ ${rest[i]} =~ ^${regex/X/(.*)}$ ]] || continue
        if [ "${BASH_REMATCH[1]}" != "$2" ]; then
            is_about "$1" "${writer[i]}" || set -- "$1" "$2" "$3" "$OTHER_CODE"
            wrong "\"${rest[i]}\"" "\"${3/X/$2}\", and never with something else" "$(likely "${4:-}")"
        elif ! is_about "$1" "${writer[i]}"; then
            wrong "$who printed \"${rest[i]}\"" "the $1 prints it, because it is about itself" "$OTHER_CODE"
        fi
        : "${line:=$i}"
        speaker=${writer[i]}
    done
    must_say "${regex/X/$2}" "${3/X/$2}" "${4:-}"
    at=$line
    [ "$speaker-$1" != 0-child ] || only_child
    [ "$speaker" != 0 ] || speaker=$program
}

OTHER_CODE='each process prints its own lines: the child must not go on in the code of the parent, and the parent cannot speak for the child'

# is_about WHO WRITER: whether that process is WHO: parent or child. Sets who to words for it.
is_about() {
    who="process $2"
    case $2 in
        0) return ;;
        several) who='more than one process' ;;
        nobody) who='no process by write()' ;;
        "$program") who='the parent' && [ "$1" = parent ] ;;
        *) [ "$1" = child ] ;;
    esac && [[ $2 = [0-9]* ]]
}

# must_be_entered COUNT WHEN: a child is in GROUP, and its parent is not. Where nobody knows who writes a line, COUNT,
# what the group has counted, says it.
must_be_entered() {
    drawn GROUP
    ! happened in "$program /.+" ||
        wrong 'the parent itself is in the group' 'only the child is' \
            'who enters before fork() takes its child along; and "0" is the process that writes it'
    ! happened in "[0-9]+ /${drawn##*/}" || return 0
    { happened writer 0 && (($1 > 0)); } ||
        wrong 'no process of the program was in the group when it printed something' "the child is, $2" \
            "$(likely 'a process enters a group when its PID is written into cgroup.procs; "0" is who writes')"
}

# must_be_by_child BEGIN: the lines that begin so are printed by the child.
must_be_by_child() {
    local i writer who
    find_writers
    for i in "${!writer[@]}"; do
        [[ ${rest[i]} != "$1"* ]] || is_about child "${writer[i]}" ||
            wrong "$who printed \"${rest[i]}\"" 'the child prints it, because it is about itself' "$OTHER_CODE"
    done
}

# must_move KIND FLAG: a process of the program, and not the program itself, is in a new namespace of that
# kind when it prints something. Sets mover to its PID, and moved to the number of that event.
must_move() {
    local i
    given
    mover='' moved=''
    for i in "${!word[@]}"; do
        if [[ ${word[i]}-${rest[i]} =~ ^namespace-([0-9]+)\ $1\ [0-9]+$ ]]; then
            [ "${BASH_REMATCH[1]}" != "$program" ] ||
                wrong "the parent itself is in a new namespace of the kind $1" 'only the child is' \
                    'unshare() came before fork(), or the parent has called it: it moves its caller, and who is born later is there, too'
            : "${mover:=${BASH_REMATCH[1]}}" "${moved:=$i}"
        fi
    done
    [ -z "$mover" ] || return 0
    if happened writer 0; then # nobody knows the writer of a line
        only_child
        mover=$speaker moved=0
        ! is_elsewhere "$mover" "$1" "$program" || return 0
    fi
    wrong "no process that printed something was in a new namespace of the kind $1" 'the child is, after unshare()' \
        "$(likely "$(why_not_moved "$2")")"
}

# why_not_moved FLAG: a child may be in a new namespace of another kind. After given.
why_not_moved() {
    local i
    for i in "${!word[@]}"; do
        if [[ ${word[i]}-${rest[i]} =~ ^namespace-([0-9]+)\ ([a-z]+)(_for_children)?\ ([0-9]+|-)$ ]] &&
            [[ ${BASH_REMATCH[1]} != "$program" && ${BASH_REMATCH[2]} != user ]]; then
            echo "its flag is not $1: a namespace of another kind was made, ${BASH_REMATCH[2]}"
            return
        fi
    done
    echo "unshare() was not called, or its flag is not $1, or it failed and nobody looked"
}

# is_elsewhere PID KIND PARENT: whether that process has another namespace than PARENT, at the look "during".
is_elsewhere() {
    local parents
    process "$3" during && parents=${is[ns_${2%_for_children}]} &&
        process "$1" during && [ "${is[ns_$2]}" != "$parents" ] && [[ $parents${is[ns_$2]} != *\?* ]]
}

# in_file NAME REGEX: whether a line of that file of the group, or of one of NAME|NAME, was REGEX when the witness
# last read it. Sets text to what the first parentheses of REGEX match.
in_file() {
    local i line=''
    text=''
    for i in "${!word[@]}"; do
        if [[ ${word[i]} = file && ${rest[i]} =~ ^($1)\ $2$ ]]; then
            line=$i text=${BASH_REMATCH[2]}
        fi
    done
    [ -n "$line" ]
}

# The program stays SECONDS, so that it can be looked at.
must_stay() {
    ended_early || return 0
    wrong "$ended, long before SECONDS had passed" 'it stays SECONDS' \
        "$(likely "${1:-the child does not stay SECONDS}")"
}

# process PID LOOK: reads what the kernel showed of it into is[], an array with names: is[nspid],
# is[parent], is[ns_pid] for ns/pid (? where that is not known), ... Returns 1 if it was not there.
process() {
    local i part name here=''
    declare -gA is=()
    for i in "${!word[@]}"; do
        if [ "${word[i]}" = look ]; then
            here=${rest[i]}
        elif [[ ${word[i]} = process && $here = "$2" && ${rest[i]} = "$1 "* ]]; then
            for part in ${rest[i]#* }; do
                part=${part/#ns\//ns_}
                is[${part%%=*}]=${part#*=}
            done
            # It may have ended while the witness looked at it.
            is[state]=${is[state]:-X} is[ran]=${is[ran]:-0.000} is[waited]=${is[waited]:-0.000}
            for name in cgroup psr ns_{cgroup,ipc,mnt,net,pid,pid_for_children,time,time_for_children,user,uts}; do
                is[$name]=${is[$name]:-?}
            done
            return 0
        fi
    done
    return 1
}

# was_there PID: the kernel has shown that process, at a look, when it wrote a line, or as what its parent has left.
was_there() {
    happened process "$1 .*" || happened writer "$1" || happened namespace "$1 .*" ||
        happened orphan "$1" || happened left "process $1( .*)?"
}

# moved PID KIND: the kernel has shown that process in another namespace than that of PARENT, by /proc/PID/ns/KIND:
# when it wrote a line, or at the look "during".
moved() {
    happened namespace "$1 $2 .*" || is_elsewhere "$1" "$2" "$parent"
}

must_be_there() {
    if [ "$1" = 0 ]; then
        local why='the call returns twice: 0 in the child, its PID in the parent. The two ways after it are swapped'
        ! itself_said '.*(clone|fork)\(\) returned 0' || why=$(why_zero "${BASH_REMATCH[1]}()")
        wrong 'PID 0 was announced' 'the PID of the child, which the call returns to the parent' "$why"
    elif ! process "$1" "$2"; then
        local ended=''
        ! happened exit '(1[3-9][0-9])' || ended="; exit status $(status_text "${BASH_REMATCH[1]}")"
        wrong "no process $1 in the cage$ended" "the process that was announced as PID $1, alive for SECONDS" \
            "$(likely 'the process that was announced is gone: it ended, or was never made. It must stay SECONDS')"
    elif [[ ${is[state]} = [ZX] ]]; then
        wrong "process $1 is a zombie: it has ended" "the process that was announced as PID $1, alive for SECONDS" \
            'the child ended at once: it is the child that must stay SECONDS'
    fi
}

# must_exit STATUS [LIKELY [LIKELY-IF-IT-HANGS]]: the program ended by itself with that status.
must_exit() {
    happened exit "$1" && return
    must_end "exit status $1" "${3:-}"
    if happened killed '(.*)'; then
        wrong "signal SIG${BASH_REMATCH[1]} ended it" "exit status $1" "${2:-}"
    elif happened exit '(.*)'; then
        wrong "exit status ${BASH_REMATCH[1]}; it said: $(lines_said)" "exit status $1" "${2:-}"
    fi
}

# must_end EXPECTED [LIKELY]: it ended, in whatever way, before the witness made it.
must_end() {
    if happened stopped '(.*)'; then
        wrong "it was stopped, it used too much: ${BASH_REMATCH[1]}" "$1" "$(likely)"
    elif happened still-running '(.*)'; then
        wrong 'it was still running when the time was up: everything slept, or it was busy for too long' \
            "$1" "${2:-it waits for something that never happens, or it ignores the signal}"
    fi
}

# Nothing outlives the program: no child that nobody waited for, no process, group, mount, file.
must_leave_nothing() {
    must_end 'exit status 0'
    ! happened orphan '(.*)' ||
        wrong "its child ${BASH_REMATCH[1]} was still there, dead or alive, when it ended" 'every child is waited for' \
            "every child needs its waitpid(): else it goes on, or stays as a zombie.$NO_SIGCHLD"
    must_be_gone 'every child needs its waitpid(): else it goes on'
}

# must_be_gone LIKELY: nothing of it lives on. A child need not have been waited for.
must_be_gone() {
    if happened left 'process (.*)'; then
        wrong "process ${BASH_REMATCH[1]} lives on" 'nothing of the program lives on when it has ended' "$1"
    elif happened left '(.*)'; then
        wrong "left behind: ${BASH_REMATCH[1]}" 'nothing is left when the program has ended' \
            'clean up on every way out, also on SIGINT and SIGTERM'
    fi
}

# must_end_after RUN [LIKELY-IF-IT-HANGS]: it runs until it gets the signal of that run; then nothing
# of it lives on. It may die of the signal, and a child of it by its parent's death.
must_end_after() {
    local name
    in_run "$1"
    must_stay 'it stays SECONDS, unless a signal comes'
    happened signal '(.*)'
    name=SIG${BASH_REMATCH[1]}
    must_end "after $name it ends, and nothing of it lives on" "${2:-}"
    must_be_gone "$name ended only the process that got it: handle the signal, end the children and wait for them, or let each child ask for PR_SET_PDEATHSIG"
}

# Usage errors: status 2, something on stderr.
must_refuse() {
    must_exit "$1" "${2:-}" "${2:-}"
    happened err '.+' || wrong 'nothing on stderr' 'a line on stderr that says what is wrong'
}

# must_refuse_bad_arguments RUN...: each was started with arguments of which one makes no sense.
must_refuse_bad_arguments() {
    local run given program why
    for run; do
        in_run "$run"
        given
        # A program may take a number beyond 32 bits for what it is, and wait that long.
        ! { happened still-running '.*' && happened timer "[0-9]+ ${given##* }([.].*)?"; } || continue
        why_bad "$given"
        must_refuse 2 "$why"
        must_leave_nothing
    done
}

# why_bad ARGUMENTS: sets why to what a program may have done with them.
why_bad() {
    local argument
    why='there are more arguments than the usage line has, or fewer'
    for argument in $1; do
        case $argument in
            "''") why='an empty word is not a number: strtol() finds no digit and returns 0, as atoi() does' ;;
            -*) why='a number here is not negative; strtoul() would make a very large one of it' ;;
            *[0-9].[0-9]*) why='a number here is whole: atoi() and strtol() stop at the point' ;;
            [0-9]*[!0-9]*) why='it is not a number: atoi() and strtol() stop at the first character that is not a digit' ;;
            *[!0-9]*) why='it is not a number: atoi() would take it for 0' ;;
            ??????????*) why='it does not fit into 32 bits, and what is left of it is another number: check the range' ;;
            *) continue ;;
        esac
        break
    done
    why="started with $1: $why"
}

# must_report_errno REGEX...: the kernel has refused a call of this run (step refuse). The program says
# so on stderr, with its own name and the text of errno, and ends with status 1. No line like a REGEX says
# that the call has succeeded. $which: words for the call, where there are two.
must_report_errno() {
    local call error text name=${BATS_TEST_FILENAME##*/} regex look
    name=${name#[0-9]*-} name=${name%.bats}
    happened refuse '([a-z0-9]+) ([A-Z]+)'
    call="${BASH_REMATCH[1]}()" error=${BASH_REMATCH[2]}
    # The C library's fork() calls clone().
    [[ $call != clone* || $BATS_TEST_FILENAME = *clone* ]] || call='fork()'
    errno_text "$error"
    look="${which:-$call} was never called, or nobody has looked at what it returned"
    ! { happened exec '.*' || happened killed '(SEGV|BUS)'; } || look=$(likely)
    for regex; do
        ! happened out "$regex" ||
            wrong "the kernel refused $call with $error, and the program said: ${rest[at]}" "no such line, but an error" "$look"
    done
    must_exit 1 "the kernel refused $call with $error: $look" "the kernel refused $call with $error: $(why_no_end)"
    must_be_gone "the kernel refused $call with $error, and the program ended without its children"
    happened err "(.*/)?$name: .+: ($text).*" ||
        wrong "the kernel refused $call with $error; on stderr stands: $(lines_said err)" "$name: $call: ${text%%|*}" "$(why_unclear)"
}

# Why a program goes on after a refusal. After must_report_errno has set text, name and look.
why_no_end() {
    if happened err "(.*/)?$name: .*($text).*"; then
        echo 'that was said, and then the program did not end: what undoes its work, or waits, does so for ever'
    else
        echo "$look"
    fi
}

# What is amiss with an error message. After must_report_errno has set text, name and look.
why_unclear() {
    if happened exec '.*'; then
        likely
    elif ! happened err '.+'; then
        echo 'what goes wrong is said on stderr, not on stdout: err(), perror(), fprintf(stderr, ...)'
    elif happened err ".*($text).*"; then
        echo "the line begins with the program's name and the call that failed: who reads it may see lines of other programs, too"
    else
        echo "$look. Or it was looked at too late: strerror(errno) says why, and at once, because each call after it may change errno"
    fi
}

# errno_text NAME: sets text to what strerror() says, one for each C library.
errno_text() {
    case $1 in
        EPERM) text='Operation not permitted' ;;
        EAGAIN) text='Resource temporarily unavailable' ;;
        ENOMEM) text='Cannot allocate memory|Out of memory' ;;
        ENOSPC) text='No space left on device' ;;
        EROFS) text='Read-only file system' ;;
    esac
}

# must_take_seconds: the last argument of this run is SECONDS, and that is how long the program asks the
# kernel to wait. A shorter wait may be a nap of many, but for a thousandth of SECONDS. Without arguments
# SECONDS is 0: a second that it asked for has not passed.
must_take_seconds() {
    local ms how seconds=0 passed=0 seen='' given program
    given
    [[ ! $given =~ ^(.*\ )?([0-9]+)$ ]] || seconds=${BASH_REMATCH[2]}
    if happened exit '.*'; then
        in_ms "${when[at]}"
        passed=$ms
    fi
    at=-1
    while happened timer '.*' $((at + 1)); do
        in_ms "${rest[at]#* }"
        judge_wait "$ms" "$seconds" "$passed"
        case $how in
            right) return 0 ;;
            wrong) seen=${rest[at]#* } ;;
        esac
    done
    [ -z "$seen" ] || wrong "it asks the kernel to wait for $seen s" "SECONDS, which was $seconds" \
        'SECONDS are seconds: not minutes, not milliseconds. sleep() takes seconds, usleep() microseconds'
}

# in_ms SECONDS: sets ms, and prints nothing, because $() would be a process more for each check.
in_ms() {
    local fraction=${1#*.}000
    [[ $1 = *.* ]] || fraction=000
    ms=$((10#${1%.*} * 1000 + 10#${fraction:0:3}))
}

# judge_wait MS SECONDS PASSED: sets how to right, wrong, or nap when it may be one.
judge_wait() {
    local ms=$1 seconds=$2
    how=nap
    if ((seconds == 0)); then
        ((ms < 1000 || ms > $3)) || how=wrong
    elif ((ms > seconds * 900 && ms < seconds * 1100)); then
        how=right
    elif ((ms >= seconds * 1100 || (ms > seconds * 9 / 10 && ms < seconds * 11 / 10))); then
        how=wrong
    fi
}

# More than one CPU is needed to see a process change it. After in_run.
needs_two_cpus() {
    [[ $machine =~ ' cpus=1 ' ]] &&
        not_here 'there is one CPU, and PSR cannot change; use a machine with two, or make ... VM=1 CPUS=2'
    return 0
}
