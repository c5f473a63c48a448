#!/usr/bin/env bats
# The reference programs, run bare: what the contract says of arguments, errors, output and
# signals, and that nothing is left. What the kernel shows of them is for tests/NN-name.bats.
# shellcheck disable=SC2016 # a script in '...' is for another shell

load helper

setup_file() {
    cd "$BATS_TEST_DIRNAME/../.." || return
    local solution
    for solution in solutions/*/*.c; do
        # shellcheck disable=SC2086 # CC may bring options
        ${CC:-cc} -O2 -o "$BATS_FILE_TMPDIR/$(basename "$solution" .c)" "$solution" || return
    done
}

# A relative path is open to a plain user, too: bats closes the folders above.
setup() {
    cd "$BATS_FILE_TMPDIR" || return
    out=$BATS_TEST_TMPDIR/out
    err=$BATS_TEST_TMPDIR/err
    started=()
}

# bats shows this when a test has failed. Then also the group may be left.
teardown() {
    local one group
    for one in ${started[@]+"${started[@]}"}; do
        kill "$one" 2>/dev/null && ! within 10 has_ended "$one" && kill -KILL "$one"
    done
    wait
    [ ! -e "$out" ] || sed 's/^/out: /' "$out"
    [ ! -e "$err" ] || sed 's/^/err: /' "$err"
    group=$([ ! -e "$out" ] || number 'group: (.*) \(cgroup v[12]\)')
    [ ! -d "$group" ] || rmdir "$group"
    [ -z "${part:-}" ] || find "$part" -depth -type d -exec rmdir {} \; 2>/dev/null || true
}

# within SECONDS COMMAND...: true as soon as the command is.
within() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.02
    done
}

has_ended() {
    ! kill -0 "$1" 2>/dev/null
}

# start COMMAND...: in the background, and with job control, or else SIGINT would be ignored.
start() {
    : >"$out" # here, because the new process is not that fast
    set -m
    "$@" >"$out" 2>"$err" 3>&- &
    set +m
    pid=$!
    started+=("$pid")
}

# Sets status to the exit status of the started program.
finish() {
    within 30 has_ended "$pid"
    status=0
    wait "$pid" || status=$?
}

# runs STATUS COMMAND...: the whole command, and its exit status is this one.
runs() {
    local expected=$1
    shift
    start "$@"
    finish
    echo "exit status $status, expected $expected: $*"
    [ "$status" -eq "$expected" ]
}

# has COUNT REGEX: so many lines were printed that match as a whole.
has() {
    [ "$(grep -cxE "$2" "$out")" -eq "$1" ]
}

# number REGEX: of the line that has a number in parentheses here.
number() {
    sed -nE "s/^$1\$/\\1/p" "$out"
}

refuses() {
    runs 2 "$@"
    [ ! -s "$out" ]
    [[ $(<"$err") == "usage: ${1#./} "* ]]
    [ "$(wc -l <"$err")" -eq 1 ]
}

must_say() {
    local text
    for text; do
        grep -F -- "$text" "$err"
    done
}

needs_root() {
    [ "$(id -u)" -eq 0 ] || skip "not here: this needs root; sudo make test"
}

# The PID namespaces of labs 1 to 3 may be refused to root as well, in a container.
needs_namespaces() {
    needs_root
    unshare --pid --fork true 2>/dev/null ||
        skip "not here: no new PID namespace; start the container with --privileged"
}

# Sets top to the folder of the cpuset hierarchy, first and last to CPUs.
needs_cpuset() {
    needs_root
    local type options list
    while read -r _ top type options _; do
        [[ $type != cgroup || ,$options, != *,cpuset,* ]] || break
        [[ $type != cgroup2 ]] || ! grep -qw cpuset "$top/cgroup.controllers" || break
        top=''
    done </proc/mounts
    [ -n "$top" ] || skip "not here: no cpuset hierarchy; scripts/machine/vm -- make test"
    [ -w "$top/cgroup.procs" ] ||
        skip "not here: the cgroup tree is read-only; start the container with --privileged"
    list=$(allowed self)
    first=${list%%[-,]*}
    last=${list##*[-,]}
}

needs_mounts() {
    unshare -m true 2>/dev/null ||
        skip "not here: no new mount namespace; start the container with --privileged"
}

as_plain_user() {
    if [ "$(id -u)" -eq 0 ]; then
        runs 1 setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
    else
        runs 1 "$@"
    fi
}

allowed() {
    sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$1/status"
}

# A group is named after the process that made it.
no_group_is_left() {
    [ -z "$(find "$top" -name "cpuset-pin.$pid*")" ]
}

is_pinned() {
    grep -q /cpuset-pin. "/proc/$1/cgroup"
}

# start_loop: a busy process of ours, and where it is.
start_loop() {
    ./busy-loop 300 >/dev/null 3>&- &
    loop=$!
    started+=("$loop")
    loop_before=$(allowed "$loop" && cat "/proc/$loop/cgroup")
}

loop_is_back() {
    [ "$(allowed "$loop" && cat "/proc/$loop/cgroup")" = "$loop_before" ]
    no_group_is_left
}

# The processes that run this program of ours. (A plain user sees only its own.)
running() {
    local exe
    for exe in /proc/[0-9]*/exe; do
        [ ! "$exe" -ef "$1" ] || echo "$exe"
    done
}

# --- arguments ----------------------------------------------------------------------------

@test "the programs with SECONDS refuse any other argument" {
    for program in ./clone-pid1 ./unshare-fork ./setns-join; do
        for bad in '' -1 x 1x 1.5 +1 ' 1' 0x1 99999999999 --help; do
            refuses "$program" "$bad"
        done
        refuses "$program" 1 1
    done
}

@test "ns-inode-listing refuses what is no PID, also behind a good one" {
    for bad in '' -1 x 1x 1.5 +1 ' 1' 0x1 --help; do
        refuses ./ns-inode-listing "$bad"
        refuses ./ns-inode-listing $$ "$bad"
        refuses ./ns-inode-listing 99999999999 "$bad"
    done
}

@test "cgroup-cpuset-pin refuses bad, missing and additional arguments" {
    for bad in '' -1 x 1x 1.5 +1 ' 1' 0x1 99999999999; do
        refuses ./cgroup-cpuset-pin "$bad" 0
        refuses ./cgroup-cpuset-pin 1 "$bad"
        refuses ./cgroup-cpuset-pin 1 0 "$bad"
    done
    refuses ./cgroup-cpuset-pin
    refuses ./cgroup-cpuset-pin 1
    refuses ./cgroup-cpuset-pin --help
    refuses ./cgroup-cpuset-pin 1 0 0 0
}

@test "busy-loop refuses any other argument" {
    for bad in '' -1 x 1x . 1.2.3 +1 ' 1' 0x1 1e3 inf nan --help; do
        refuses ./busy-loop "$bad"
    done
    refuses ./busy-loop 1 1
}

# --- output -------------------------------------------------------------------------------

@test "clone-pid1 prints the lines of the contract" {
    needs_namespaces
    runs 0 ./clone-pid1
    has 1 "parent: my PID is $pid"
    has 1 'parent: clone\(\) returned [0-9]+'
    has 1 'child: my PID is 1'
    has 1 "child: my parent's PID is 0"
}

@test "unshare-fork prints the lines of the contract" {
    needs_namespaces
    runs 0 ./unshare-fork
    has 1 "parent: my PID is $pid before unshare\(\)"
    has 1 "parent: my PID is $pid after unshare\(\)"
    has 1 'parent: fork\(\) returned [0-9]+'
    has 1 'child: my PID is 1'
}

@test "setns-join prints the lines of the contract" {
    needs_namespaces
    runs 0 ./setns-join
    has 1 'first: my PID is 1'
    has 1 'parent: clone\(\) returned [0-9]+'
    has 1 "parent: my PID is $pid after setns\(\)"
    has 1 'parent: fork\(\) returned [0-9]+'
    has 1 'second: my PID is 2'
}

@test "ns-inode-listing prints a column for each PID, by default its own" {
    runs 0 ./ns-inode-listing
    has 1 "NAMESPACE +$pid"
    runs 0 ./ns-inode-listing $$ $$
    has 1 "NAMESPACE +$$ +$$"
    links=("/proc/$$/ns/"*)
    for link in "${links[@]}"; do
        inode=$(stat -L -c %i "$link")
        has 1 "${link##*/} +$inode +$inode"
    done
    [ "$(wc -l <"$out")" -eq $((1 + ${#links[@]})) ]
}

uts_differs() {
    [ "$(readlink "/proc/$$/ns/uts")" != "$(readlink "/proc/$1/ns/uts")" ]
}

@test "ns-inode-listing marks a namespace that differs" {
    needs_namespaces
    unshare --uts sleep 300 3>&- &
    other=$!
    started+=("$other")
    within 30 uts_differs "$other"
    runs 0 ./ns-inode-listing $$ "$other" $$
    has 1 'uts +[0-9]+ [0-9]+ [0-9]+ \*'
    has 1 '.*\*'
}

@test "busy-loop takes a fraction, and prints the lines of the contract" {
    change='[0-9]+\.[0-9]{3} s: CPU [0-9]+'
    account='CPU [0-9]+: [0-9]+\.[0-9]{3} s'
    for seconds in 0.25 .25 0 00.1 0.; do
        runs 0 ./busy-loop "$seconds"
        [ "$(sed -n 1p "$out")" = "PID $pid" ]
        sed -n 2p "$out" | grep -xE "0\\.000 s: CPU [0-9]+"
        tail -n 1 "$out" | grep -xE "$account"
        has "$(wc -l <"$out")" "PID [0-9]+|$change|$account"
    done
}

# reaches LINES PROGRAM ARGUMENT...: so many lines come through a pipe while the program runs.
reaches() {
    local count=$1 i
    shift
    mkfifo "$BATS_TEST_TMPDIR/pipe"
    "$@" >"$BATS_TEST_TMPDIR/pipe" 2>"$err" 3>&- &
    pid=$!
    started+=("$pid")
    {
        for ((i = 0; i < count; i++)); do
            read -r -t 30 line
            echo "$line"
        done
        kill -0 "$pid"
        kill "$pid"
    } <"$BATS_TEST_TMPDIR/pipe"
    rm "$BATS_TEST_TMPDIR/pipe"
    finish
}

@test "each line of labs 1 to 3 reaches a pipe at once" {
    needs_namespaces
    reaches 4 ./clone-pid1 300
    reaches 4 ./unshare-fork 300
    reaches 5 ./setns-join 300
}

@test "each line of busy-loop reaches a pipe at once" {
    reaches 2 ./busy-loop 300
}

@test "each line of cgroup-cpuset-pin reaches a pipe at once" {
    needs_cpuset
    start_loop
    reaches 4 ./cgroup-cpuset-pin "$loop" "$last" 300
    loop_is_back
}

# loses_output COMMAND...: stdout is full, closed, or a pipe without a reader.
loses_output() {
    mkfifo "$BATS_TEST_TMPDIR/nobody"
    for how in 'exec >/dev/full' 'exec >&-' 'exec 8<>"$0" && exec >"$0" 8<&-'; do
        start bash -c "$how"' && exec "$@"' "$BATS_TEST_TMPDIR/nobody" "$@"
        finish
        echo "$how: exit status $status"
        [ "$status" -le 2 ] || [ "$status" -gt 128 ]
    done
    rm "$BATS_TEST_TMPDIR/nobody"
}

@test "labs 1 to 3 end, and leave no process, where nobody reads what they print" {
    needs_namespaces
    for program in ./clone-pid1 ./unshare-fork ./setns-join; do
        loses_output "$program"
        within 30 nobody_runs "$program"
    done
}

@test "ns-inode-listing and busy-loop end where nobody reads what they print" {
    loses_output ./ns-inode-listing
    loses_output ./busy-loop 0.1
}

@test "cgroup-cpuset-pin removes its group where nobody reads what it prints" {
    needs_cpuset
    start_loop
    loses_output ./cgroup-cpuset-pin "$loop" "$last"
    loop_is_back
}

# --- refusals -----------------------------------------------------------------------------

@test "a plain user gets no PID namespace: status 1, and why" {
    for program in clone-pid1 unshare-fork setns-join; do
        as_plain_user "./$program"
        grep -E "^$program: (clone|unshare): Operation not permitted$" "$err"
    done
}

@test "a plain user may make no group: status 1, and why" {
    needs_cpuset
    as_plain_user ./cgroup-cpuset-pin $$ "$first"
    must_say 'cgroup-cpuset-pin: ' 'Permission denied'
    [ -z "$(running cgroup-cpuset-pin)" ]
}

@test "ns-inode-listing shows - for what it may not read, and says why" {
    local user=()
    [ "$(id -u)" -ne 0 ] || user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    # In a container PID 1 may be ours; with hidepid nobody sees it.
    if "${user[@]}" readlink /proc/1/ns/pid || ! "${user[@]}" ls -d /proc/1; then
        skip "not here: PID 1 is ours, or hidden; sudo make test"
    fi
    as_plain_user ./ns-inode-listing 1
    has 1 'NAMESPACE +1'
    has 1 'pid +-'
    has "$(($(wc -l <"$out") - 1))" '.* +-'
    must_say 'ns-inode-listing: /proc/1/ns/pid: Permission denied'
}

@test "a PID that does not exist is an error that names it" {
    nobody=$(($(</proc/sys/kernel/pid_max) + 1))
    for one in "$nobody" 0; do
        runs 1 ./ns-inode-listing $$ "$one"
        [ ! -s "$out" ]
        [ "$(<"$err")" = "ns-inode-listing: PID $one: No such process" ]
    done
}

@test "cgroup-cpuset-pin names a PID that does not exist, and moves nobody" {
    needs_cpuset
    nobody=$(($(</proc/sys/kernel/pid_max) + 1))
    for one in "$nobody" 0; do
        runs 1 ./cgroup-cpuset-pin "$one" "$first"
        [ ! -s "$out" ]
        must_say "cgroup-cpuset-pin: PID $one: No such process"
    done
    no_group_is_left
}

@test "cgroup-cpuset-pin says which CPU there is not, and leaves nothing" {
    needs_cpuset
    start_loop
    runs 1 ./cgroup-cpuset-pin "$loop" 8191
    must_say 'cgroup-cpuset-pin: ' cpuset.cpus
    loop_is_back
}

@test "cgroup-cpuset-pin ends with an error when its process does" {
    needs_cpuset
    start_loop
    start ./cgroup-cpuset-pin "$loop" "$last" 300
    within 30 is_pinned "$loop"
    kill -KILL "$loop"
    finish
    [ "$status" -eq 1 ]
    must_say "cgroup-cpuset-pin: PID $loop: No such process"
    no_group_is_left
}

@test "cgroup-cpuset-pin says what a read-only tree means" {
    needs_cpuset
    needs_mounts
    start_loop
    runs 1 unshare -m sh -c 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"' \
        "$top" ./cgroup-cpuset-pin "$loop" "$last"
    must_say 'cgroup-cpuset-pin: ' 'Read-only file system'
    loop_is_back
}

@test "cgroup-cpuset-pin says where it looked for a cpuset hierarchy" {
    needs_cpuset
    needs_mounts
    runs 1 unshare -m sh -c 'mount -t tmpfs none "$0" && exec "$@"' "$top" ./cgroup-cpuset-pin $$ "$first"
    [ ! -s "$out" ]
    must_say 'cgroup-cpuset-pin: ' cpuset /proc/mounts
}

# --- cgroup-cpuset-pin --------------------------------------------------------------------

@test "cgroup-cpuset-pin pins for SECONDS, then all is as before" {
    needs_cpuset
    start_loop
    start ./cgroup-cpuset-pin "$loop" "$last" 1
    finish
    [ "$status" -eq 0 ]
    has 2 "PID $loop is on CPU [0-9]+"
    has 1 'group: /.* \(cgroup v[12]\)'
    has 1 "cpuset.cpus: $last"
    [ "$(tail -n 1 "$out")" = "PID $loop is on CPU $last" ]
    loop_is_back
}

@test "cgroup-cpuset-pin holds its process in the group that it names" {
    needs_cpuset
    start_loop
    for cpu in "$first" "$last"; do
        start ./cgroup-cpuset-pin "$loop" "$cpu" 300
        within 30 grep -q '^group: ' "$out"
        within 30 is_pinned "$loop"
        group=$(number 'group: (.*) \(cgroup v[12]\)')
        grep -qx "$loop" "$group/cgroup.procs"
        [ "$(allowed "$loop")" = "$cpu" ]
        kill "$pid"
        finish
        [ "$status" -eq 143 ]
        loop_is_back
    done
}

@test "cgroup-cpuset-pin also moves back what its process has forked" {
    needs_cpuset
    mkfifo "$BATS_TEST_TMPDIR/go"
    bash -c 'read -r <"$0/go"; sleep 300 & echo $! >"$0/kid"; wait' "$BATS_TEST_TMPDIR" 3>&- &
    loop=$!
    started+=("$loop")
    loop_before=$(allowed "$loop" && cat "/proc/$loop/cgroup")
    start ./cgroup-cpuset-pin "$loop" "$last" 300
    within 30 is_pinned "$loop"
    echo go >"$BATS_TEST_TMPDIR/go"
    within 30 [ -s "$BATS_TEST_TMPDIR/kid" ]
    kid=$(<"$BATS_TEST_TMPDIR/kid")
    started+=("$kid")
    is_pinned "$kid"
    kill "$pid"
    finish
    [ "$status" -eq 143 ]
    ! is_pinned "$kid" || false
    loop_is_back
}

# A sub-group, mounted where the hierarchy is, as in a container.
@test "cgroup-cpuset-pin finds home where only a part of the tree is to be seen" {
    needs_cpuset
    needs_mounts
    [ -e "$top/cpuset.mems" ] || skip "not here: this is cgroup v2; scripts/machine/vm --cgroup v1 -- make test"
    part=$(mktemp -d "$top/contract.XXXXXX")
    cat "$top/cpuset.mems" >"$part/cpuset.mems"
    cat "$top/cpuset.cpus" >"$part/cpuset.cpus"
    start_loop
    echo "$loop" >"$part/cgroup.procs"
    runs 0 unshare -m sh -c 'mount --bind "$1" "$0" && shift && exec "$@"' \
        "$top" "$part" ./cgroup-cpuset-pin "$loop" "$last"
    grep -q "cpuset:/${part##*/}\$" "/proc/$loop/cgroup"
    left=$(find "$part" -mindepth 1 -type d)
    kill "$loop"
    within 30 has_ended "$loop"
    within 30 rmdir "$part"
    [ -z "$left" ]
}

# --- signals ------------------------------------------------------------------------------

nobody_runs() {
    [ -z "$(running "$1")" ]
}

is_gone() {
    [ ! -e "/proc/$1" ]
}

# A signal when all is said: the exit status tells which, and no child is left.
ends_by() {
    local name=$1 expected=$2 last_line=$3
    shift 3
    start "$@"
    within 30 grep -qxE "$last_line" "$out"
    within 30 grep -qE 'returned' "$out"
    kill "-$name" "$pid"
    finish
    [ "$status" -eq "$expected" ]
    local child
    for child in $(number 'parent: [a-z]+\(\) returned ([0-9]+)'); do
        within 30 is_gone "$child"
    done
}

@test "SIGINT and SIGTERM end labs 1 to 3 with their children" {
    needs_namespaces
    for signal in 'INT 130' 'TERM 143'; do
        # shellcheck disable=SC2086
        {
            ends_by $signal "child: my parent's PID is 0" ./clone-pid1 300
            ends_by $signal 'child: my PID is 1' ./unshare-fork 300
            ends_by $signal 'second: my PID is 2' ./setns-join 300
        }
    done
}

# start_and_signal NAME DELAY COMMAND...: a signal before the command is executed would meet bash.
start_and_signal() {
    local name=$1 delay=$2 end=$((SECONDS + 30))
    shift 2
    start "$@"
    until [ "/proc/$pid/exe" -ef "$1" ] || has_ended "$pid"; do
        ((SECONDS < end))
    done
    sleep "$delay"
    kill "-$name" "$pid" 2>/dev/null || has_ended "$pid"
    finish
}

@test "SIGINT and SIGTERM at any moment leave no process of labs 1 to 3" {
    needs_namespaces
    for program in ./clone-pid1 ./unshare-fork ./setns-join; do
        for delay in 0 0 0.001 0.002 0.003 0.004; do
            for signal in INT TERM; do
                start_and_signal "$signal" "$delay" "$program" 300
                [ "$status" -gt 128 ]
                within 30 nobody_runs "$program"
            done
        done
    done
}

@test "SIGINT, SIGTERM and SIGHUP at any moment leave no group of cgroup-cpuset-pin" {
    needs_cpuset
    start_loop
    for delay in 0 0 0.002 0.004 0.006 0.008 0.01 0.02; do
        for signal in INT TERM HUP; do
            start_and_signal "$signal" "$delay" ./cgroup-cpuset-pin "$loop" "$last" 300
            [ "$status" -gt 128 ]
            no_group_is_left
        done
    done
    loop_is_back
}

@test "SIGINT and SIGTERM end busy-loop with its account, and 0" {
    for signal in INT TERM; do
        start ./busy-loop 300
        within 30 grep -q 's: CPU' "$out"
        kill "-$signal" "$pid"
        finish
        [ "$status" -eq 0 ]
        tail -n 1 "$out" | grep -xE 'CPU [0-9]+: [0-9]+\.[0-9]{3} s'
    done
}

@test "a child that is killed gives its status to the parent" {
    needs_namespaces
    for program in ./clone-pid1 ./unshare-fork ./setns-join; do
        start "$program" 300
        within 30 grep -q 'my PID is [12]$' "$out"
        within 30 grep -qE 'returned' "$out"
        kill -KILL "$(number 'parent: [a-z]+\(\) returned ([0-9]+)' | head -n 1)"
        finish
        [ "$status" -eq 137 ]
        within 30 nobody_runs "$program"
    done
}

@test "an ignored SIGCHLD that is inherited leaves no process of labs 1 to 3" {
    needs_namespaces
    for program in ./clone-pid1 ./unshare-fork ./setns-join; do
        start bash -c 'trap "" CHLD; exec "$@"' - "$program"
        finish
        [ "$status" = 0 ] || must_say 'waitpid: No child processes'
        within 30 nobody_runs "$program"
    done
}

# --- labs whose first line names their arguments, from lab 7 on ---------------------------------

# of_guest LAB: its program touches the whole machine, and runs in the virtual one only (guest.bats).
of_guest() {
    guest_labs | grep -qx -e "$1"
}

# each_new_lab COMMAND...: for each of them, with program, source and arguments.
each_new_lab() {
    local lab
    for source in "$top"/solutions/*/*.c; do
        lab=${source%/*} lab=${lab##*/}
        ((10#${lab%%-*} >= 7)) || continue
        ! of_guest "$lab" || continue
        ! grep -q '^ \* .* \(COMMAND\|GROUP\) ' "$source" || continue # see container.bats, and below
        program=./${lab#*-}
        arguments_of "$source"
        echo "$program ${arguments[*]}"
        "$@"
    done
}

refuses_bad_arguments() {
    local bad
    [ ${#arguments[@]} = 0 ] || refuses "$program"
    refuses "$program" "${arguments[@]}" 1 1
    for bad in '' -1 x 1x 1.5 +1 ' 1' 0x1 99999999999; do
        refuses "$program" "${arguments[@]}" "$bad"
    done
}

@test "from lab 7 on: missing, additional and bad arguments are refused" {
    each_new_lab refuses_bad_arguments
}

# The lines of the head of a source, as regular expressions, an argument in the place of its name.
lines_of() {
    local i=0 word line words
    read -ra words < <(sed -n '2s/^ \* [^ ]* \([^:]*\):.*/\1/p' "$source")
    sed -n '/^ \* Prints: /,/^ \* Write: /p' "$source" | sed '/^ \* Write: /d; s/^ \* Prints: //; s/^ \* *//' |
        sed 's/^ *//; s/   */\n/g' | while IFS= read -r line; do
        i=0
        for word in "${words[@]}"; do
            [[ $word != KEY ]] || line=${line/0xK/${arguments[i]}}
            [[ $word = \[* || $line = *+$word* ]] || line=${line//$word/${arguments[i]}}
            i=$((i + 1))
        done
        sed -E 's/[][()]/[&]/g; s/\[\]\]/]/g; s/\[\[\]/\\[/g; s/\b(N|D|U|D\+DAYS)\b/[0-9]+/g; s/\+DAYS//; s/\b(OLD|DATE|PATH)\b/.+/g' <<<"$line"
    done
}

prints_its_lines() {
    local line count=0
    runs 0 "$program" "${arguments[@]}"
    while read -r line; do
        echo "expected: $line"
        has 1 "$line"
        count=$((count + 1))
    done < <(lines_of)
    [ "$(wc -l <"$out")" = "$count" ]
}

@test "from lab 7 on: a program prints the lines of its head, and no other" {
    needs_namespaces
    each_new_lab prints_its_lines
}

lines_reach_a_pipe() {
    reaches "$(lines_of | wc -l)" "$program" "${arguments[@]}" 300
}

@test "from lab 7 on: each line reaches a pipe at once" {
    needs_namespaces
    each_new_lab lines_reach_a_pipe
}

loses_lines() {
    runs 1 bash -c 'exec >/dev/full && exec "$@"' - "$program" "${arguments[@]}"
}

@test "from lab 7 on: a line that is lost is an error" {
    needs_namespaces
    each_new_lab loses_lines
}

# What a program may leave: a process, a segment, a mount, a file.
left_by() {
    running "$program"
    [[ ${arguments[0]} != 0x* ]] || awk -v key="$((arguments[0]))" '$1 == key' /proc/sysvipc/shm
    grep -F " $BATS_TEST_TMPDIR " /proc/self/mountinfo
    find "$BATS_TEST_TMPDIR" -name inside
}

nothing_left() {
    [ -z "$(left_by 2>/dev/null)" ]
}

signals_leave_nothing() {
    local delay signal
    for delay in 0 0 0.001 0.002 0.003 0.004; do
        for signal in INT TERM; do
            start_and_signal "$signal" "$delay" "$program" "${arguments[@]}" 300
            [ "$status" -gt 128 ]
            within 30 nothing_left
        done
    done
}

@test "from lab 7 on: SIGINT and SIGTERM at any moment leave nothing" {
    needs_namespaces
    each_new_lab signals_leave_nothing
}

# --- labs that are given a group ------------------------------------------------------------------

# each_with_group COMMAND...: for each of them, with program, controllers and arguments: GROUP, a number.
each_with_group() {
    local lab word
    for lab in "$top"/solutions/*/; do
        lab=$(basename "$lab")
        controllers=$(sed -n 's/^#> *group //p' "$top/tests/$lab.bats" | head -n 1)
        [ -n "$controllers" ] || continue
        ! of_guest "$lab" || continue
        ! grep -q '^ \* .* COMMAND ' "$top/solutions/$lab/${lab#*-}.c" || continue
        program=./${lab#*-} arguments=(GROUP 16)
        word=$(sed -n '2s/^ \* [^ ]* GROUP \([A-Z]*\).*/\1/p' "$top/solutions/$lab/${lab#*-}.c")
        [ "$word" != PID ] || arguments=(GROUP "$sleeper" 300)
        [ "$word" != PERCENT ] || arguments=(GROUP 20 300)
        echo "$program ${arguments[*]}"
        "$@"
    done
}

refuses_bad_numbers() {
    local bad
    refuses "$program"
    refuses "$program" "$BATS_TEST_TMPDIR"
    for bad in '' -1 x 1x 1.5 +1 ' 1' 0x1 99999999999; do
        refuses "$program" "$BATS_TEST_TMPDIR" "$bad"
    done
}

@test "with a group: missing and bad arguments are refused" {
    sleeper=1
    each_with_group refuses_bad_numbers
}

no_group_left() {
    [ -z "$(find /sys/fs/cgroup -maxdepth 3 -name "oslabs-$pid-*" 2>/dev/null)" ]
}

ends_with_its_group() {
    local signal delay given=("$BATS_FILE_TMPDIR/build/witness" --group "$controllers")
    start bash -c 'exec >/dev/full && exec "$@"' - "${given[@]}" "$program" "${arguments[@]:0:2}"
    finish
    [ "$status" = 1 ]
    for delay in 0 0.005 0.02 0.1; do
        for signal in INT TERM; do
            start "${given[@]}" "$program" "${arguments[@]}"
            sleep "$delay"
            kill "-$signal" "$pid" || has_ended "$pid"
            finish
            within 30 nobody_runs "$program"
            within 30 no_group_left
        done
    done
    kill -0 "$sleeper" # who was put into it lives on
}

@test "with a group: a lost line is an error; SIGINT and SIGTERM leave no process and no group" {
    needs_root
    make -s -C "$top" BUILD="$BATS_FILE_TMPDIR/build" witness
    "$BATS_FILE_TMPDIR/build/witness" --group memory "$(type -P true)" GROUP || skip 'not here: no group can be made; see make doctor'
    sleep 300 3>&- &
    sleeper=$!
    started+=("$sleeper")
    each_with_group ends_with_its_group
}
