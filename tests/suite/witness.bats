#!/usr/bin/env bats
# The witness: its record, its limits, and what a program can do to it: nothing.

load helper

setup_file() {
    load helper
    project "$BATS_FILE_TMPDIR/build/witness"
    export witness=$BATS_FILE_TMPDIR/build/witness name=misbehave-$$
    export program=$BATS_FILE_TMPDIR/$name
    "${CC:-cc}" -O1 -Wall -Wextra -o "$program" "$BATS_TEST_DIRNAME/misbehave.c" -lrt
    "${CC:-cc}" -O1 -Wall -Wextra -o "$BATS_FILE_TMPDIR/prints" "$BATS_TEST_DIRNAME/prints.c" -pthread
    chmod 755 "$BATS_FILE_TMPDIR" "$program" "$BATS_FILE_TMPDIR/prints"
}

# scenario LINE...: the record of the program in one run of these steps.
scenario() {
    needs_namespaces
    printf '#> run x\n' >"$BATS_TEST_TMPDIR/scenario"
    printf '#>   %s\n' "$@" >>"$BATS_TEST_TMPDIR/scenario"
    "$witness" "$BATS_TEST_TMPDIR/scenario" "$program" >"$BATS_TEST_TMPDIR/record"
}

# prints WAY...: the record of tests/suite/prints.c, a run for each; "as" is who runs it.
prints() {
    local dir
    dir=$(mktemp -d) # bats' own folders are closed to other users
    printf '#> run x\n#>   start %s\n' "$@" >"$dir/scenario"
    cp "$witness" "$BATS_FILE_TMPDIR/prints" "$dir"
    chmod 755 "$dir"
    "$as" "$dir/witness" "$dir/scenario" "$dir/prints" >"$BATS_TEST_TMPDIR/record"
    rm -r "$dir"
}

# writers: PID, and what it wrote.
writers() {
    awk '$2 == "writer" { writer = $3 } $2 == "out" { sub(/.* out /, ""); print writer, $0 }' "$BATS_TEST_TMPDIR/record"
}

needs_notifier() {
    has 'cage .* exec-watch.*' || skip 'not here: this kernel has no seccomp notifier'
}

# has REGEX, has_not REGEX: an event of the record, without its time.
has() {
    if ! sed 's/^[0-9.]* //' "$BATS_TEST_TMPDIR/record" | grep -qxE -- "$1"; then
        cat "$BATS_TEST_TMPDIR/record"
        return 1
    fi
}
has_not() {
    if sed 's/^[0-9.]* //' "$BATS_TEST_TMPDIR/record" | grep -xE -- "$1"; then
        return 1
    fi
}

# refusing: makes the command that runs another one on a kernel without some system call.
refusing() {
    "${CC:-cc}" -O1 -Wall -o "$BATS_TEST_TMPDIR/refusing" "$BATS_TEST_DIRNAME/refusing.c"
}

# events WORD: what follows that word, of each such event.
events() {
    sed -n "s/^[0-9.]* $1 //p" "$BATS_TEST_TMPDIR/record"
}

@test "a record has a head, one line an event, and an end" {
    scenario 'start nothing' 'look here'
    sed -E 's/[0-9]+/N/g; s/(kernel|arch)=[^ ]*/\1=X/g' "$BATS_TEST_TMPDIR/record" >"$BATS_TEST_TMPDIR/seen"
    cat "$BATS_TEST_TMPDIR/seen"
    [ "$(sed -n 1p "$BATS_TEST_TMPDIR/seen")" = 'witness N' ]
    [ "$(sed -n 2p "$BATS_TEST_TMPDIR/seen")" = 'machine kernel=X arch=X cpus=N first=N last=N' ]
    [ "$(sed -n 3p "$BATS_TEST_TMPDIR/seen")" = 'run x' ]
    [ "$(sed -n 4p "$BATS_TEST_TMPDIR/seen")" = 'N.N start N nothing' ]
    [ "$(tail -n 1 "$BATS_TEST_TMPDIR/seen")" = end ]
    has 'exit 2'
}

@test "a look shows of each process what the checks ask for" {
    scenario 'loop FIRST' 'start deaf' 'until ready' 'look here' 'signal KILL'
    local loop program
    loop=$(events loop) program=$(events start)
    has "process ${program% *} nspid=${program% *} parent=1 threads=1 slept=[0-9]+ allowed=[-,0-9]+ state=[RS] psr=[0-9]+ nice=-?[0-9]+ policy=[0-9]+ ran=[0-9.]+ waited=[0-9.]+ cgroup=.* ns/pid=[0-9]+ .*"
    has "process $loop nspid=$loop parent=1 threads=1 slept=[0-9]+ allowed=[0-9]+ state=R .*"
    has 'killed KILL'
}

@test "arguments that make no sense are drawn anew for each run, and the program gets what the record says" {
    printf '#> run %s\n#>   start arguments EMPTY FRACTION NEGATIVE TAIL HUGE LETTERS plain\n' {1..12} >"$BATS_TEST_TMPDIR/scenario"
    "$witness" "$BATS_TEST_TMPDIR/scenario" "$program" >"$BATS_TEST_TMPDIR/record"
    events start | cut -d' ' -f 2- >"$BATS_TEST_TMPDIR/drawn"
    cat "$BATS_TEST_TMPDIR/drawn"
    [ "$(grep -vcxE "arguments '' [1-3]\.[1-9] -[1-3] [1-3][-a-z] [0-9]{10,20} [a-z]{3} plain" "$BATS_TEST_TMPDIR/drawn")" = 0 ]
    local column
    for column in {3..7}; do
        [ "$(cut -d' ' -f "$column" "$BATS_TEST_TMPDIR/drawn" | sort -u | wc -l)" -gt 1 ]
    done
    # Who cuts HUGE to 32 bits gets a small number.
    cut -d' ' -f 6 "$BATS_TEST_TMPDIR/drawn" | sed 's/^1844674407370955161[789]$/4294967297/' | while read -r number; do
        ((number > 4294967295 && number % 4294967296 <= 3))
    done
    sed 's/^arguments//' "$BATS_TEST_TMPDIR/drawn" | tr ' ' '\n' | sed "/^\$/d; s/^''\$//; s/.*/<&>/" >"$BATS_TEST_TMPDIR/expected"
    events out | diff "$BATS_TEST_TMPDIR/expected" -
}

@test "names, ports, keys, days and a folder are drawn anew for each run, and are the same in all its steps" {
    printf '#> run %s\n#>   start arguments NAME PORT KEY DAYS DIRECTORY\n#>   until <NAME>\n#>   until NAME\n' {1..6} >"$BATS_TEST_TMPDIR/scenario"
    "$witness" "$BATS_TEST_TMPDIR/scenario" "$program" >"$BATS_TEST_TMPDIR/record"
    local word
    for word in NAME PORT KEY DAYS DIRECTORY; do
        events "drawn $word" | tee "$BATS_TEST_TMPDIR/drawn"
        [ "$(wc -l <"$BATS_TEST_TMPDIR/drawn")" = 6 ]
        [ "$(sort -u "$BATS_TEST_TMPDIR/drawn" | wc -l)" -gt 1 ]
        diff <(sed 's/.*/<&>/' "$BATS_TEST_TMPDIR/drawn") <(events out | grep -xFf <(sed 's/.*/<&>/' "$BATS_TEST_TMPDIR/drawn"))
    done
    [ "$(events drawn | grep -cxE 'NAME [a-z]{9,13}|PORT [2-5][0-9]{4}|KEY 0x[0-9a-f]{8}|DAYS [0-9]{1,3}|DIRECTORY /tmp.*/[a-z]{9,13}')" = 30 ]
    [ "$(events seen | cut -d' ' -f 1 | sort -u | wc -l)" = 6 ]
    [ "$(events hostname | sort -u | wc -l)" = 6 ]
    has_not 'left .*'
}

# goes_elsewhere [STEP]...: the record of a program that has everything for itself; sets parent and child.
goes_elsewhere() {
    scenario "$@" 'neighbour none' 'start elsewhere DIRECTORY PORT KEY' 'until ready' 'settle' 'look here' \
        'enter ALL mnt uts ipc net time cgroup user' 'signal KILL'
    has_not 'out .*: .*(not|No|denied|Invalid).*'
    parent=$(events start | cut -d' ' -f 1)
    child=$(events process | sed -n "s/^\([0-9]*\) .* parent=$parent .*/\1/p")
    neighbour=$(events neighbour | cut -d' ' -f 1)
}

@test "enter shows what is true inside of a process's namespaces, and only there" {
    goes_elsewhere shared
    local one
    for one in $parent $child; do
        has "enter $one mnt uts ipc net time cgroup user"
        has "inside $one uts inside"
        has "inside $one mnt at-folder tmpfs"
        has "inside $one mnt in-folder a file"
        has "inside $one ipc shm key=$(events 'drawn KEY') id=[0-9]+ creator=$parent attached=2"
        has "inside $one net interface lo up"
        has "inside $one net listens 127.0.0.1:$(events 'drawn PORT') socket=[0-9]+ own"
        has "inside $one cgroup [0-9]+:.*:/.*"
        has "inside $one user uid=7 gid=5 capabilities=[0-9a-f]*ff"
        has "inside $one user uid_map=7,0,1"
        has "inside $one user setgroups=deny"
    done
    has "inside $parent time up=[0-9]+ up-by=-?[01] now=[0-9]+"
    [ ! -e /proc/self/ns/time ] || has "inside $child time up=[0-9]+ up-by=8640[01] now=[0-9]+"
    has "inside $neighbour uts $(events hostname)"
    has "inside $neighbour mnt mounts=[0-9]+ shared=[1-9][0-9]* slave=0"
    has "inside $neighbour net interface lo up"
    has_not "inside $neighbour (ipc|net listens|mnt (at|in)-folder) .*"
    has_not 'inside [0-9]+ closed .*'
}

@test "a plain user's witness enters as well, and a process that is gone has nothing inside" {
    local dir user=()
    dir=$(mktemp -d) # bats' own folders are closed to other users
    printf '#> run x\n#>   start elsewhere DIRECTORY PORT KEY\n#>   until ready\n#>   settle\n#>   enter ALL uts user\n#>   enter 999999 uts\n#>   signal KILL\n' >"$dir/scenario"
    cp "$witness" "$program" "$dir"
    chmod 755 "$dir"
    [ "$EUID" != 0 ] || user=(as_nobody)
    "${user[@]}" "$dir/witness" "$dir/scenario" "$dir/$name" >"$BATS_TEST_TMPDIR/record"
    rm -r "$dir"
    ! grep -q 'not-here .*namespaces' "$BATS_TEST_TMPDIR/record" || skip 'not here: a plain user may make no namespaces; see make doctor'
    has 'inside [0-9]+ uts inside'
    has 'inside [0-9]+ user uid_map=7,0,1'
    has 'inside 999999 closed uts: No such file or directory'
}

@test "three files of /proc lie to a reader who stays outside" {
    unshare --user true || skip 'not here: no user namespaces; see make doctor'
    # shellcheck disable=SC2016 # the inner shell expands it
    unshare --user --map-root-user --uts --ipc bash -c \
        '{ echo liar >/proc/sys/kernel/hostname || hostname liar; } 2>/dev/null && ipcmk -M 12345 && cat /proc/self/uid_map /proc/sysvipc/shm && echo ready && exec sleep 300' \
        >"$BATS_TEST_TMPDIR/inside" 3>&- &
    local pid=$! hostname map segments
    poll 30 grep -q ready "$BATS_TEST_TMPDIR/inside"
    hostname=$(<"/proc/$pid/root/proc/sys/kernel/hostname")
    segments=$(<"/proc/$pid/root/proc/sysvipc/shm")
    map=$(unshare --user cat "/proc/$pid/uid_map")
    kill "$pid"
    cat "$BATS_TEST_TMPDIR/inside"
    [ "$hostname" = "$(uname -n)" ]
    grep -qw 12345 "$BATS_TEST_TMPDIR/inside"
    [ "$(grep -cw 12345 <<<"$segments")" = 0 ]
    [[ $map =~ ^\ +0\ +4294967295\ +1$ ]] # nobody in here has a number in the reader's namespace
    [ "$(grep -cxF -- "$map" "$BATS_TEST_TMPDIR/inside")" = 0 ]
}

@test "a namespace that is new since the last line of its writer is recorded before the line, also at once" {
    scenario 'start elsewhere DIRECTORY PORT KEY' 'until ready' 'signal KILL'
    needs_notifier
    local parent kind
    parent=$(events start | cut -d' ' -f 1)
    for kind in uts ipc net mnt user; do
        has "namespace $parent $kind [0-9]+"
    done
    has "mounts $parent shared=0 slave=[0-9]+"
    has "loopback $parent up"
    has "maps $parent uid_map=7,0,1 gid_map=5,0,1 setgroups=deny"
    [ ! -e /proc/self/ns/time ] || has "offset [0-9]+ 86400"
    has "holds $parent fd=uts:\[[0-9]+\] mount=uts:\[[0-9]+\]"
    awk -v pid="$parent" '$2 == "namespace" && $3 == pid && $4 == "uts" { moved = NR } / out unshare: done$/ { said = NR }
        END { exit !(moved && moved < said) }' "$BATS_TEST_TMPDIR/record"
    scenario 'start nothing'
    has_not 'namespace .*'
}

@test "a program can be started as a plain user of a user namespace, another one each time" {
    printf '#> run %s\n#>   user\n#>   neighbour none\n#>   start ask\n#>   settle\n' {1..4} >"$BATS_TEST_TMPDIR/scenario"
    "$witness" "$BATS_TEST_TMPDIR/scenario" "$program" >"$BATS_TEST_TMPDIR/record"
    needs_notifier
    [ "$(events user | sort -u | wc -l)" -gt 1 ]
    [ "$(events user | grep -cxE '[1-5]?[0-9]{4}')" = 4 ]
    local user
    for user in $(events user); do
        has "maps [0-9]+ uid_map=$user,0,1 gid_map=$user,0,1 setgroups=(allow|deny)" # a plain user has given it up
    done
    [ "$(grep -c 'out unshare: Operation not permitted' "$BATS_TEST_TMPDIR/record")" = 4 ]
    has 'out mkdir: done'
    has_not 'left (process|file /tmp/[^ot]).*'
}

@test "a program can begin in a group that has another name each time, and is no work of its own" {
    scenario cpuset 'begin NAME' 'start deaf' 'until ready' 'look here' 'enter ALL cgroup' 'signal KILL'
    ! grep -q ' not-here ' "$BATS_TEST_TMPDIR/record" || skip "not here: $(events not-here)"
    local name
    name=$(events 'drawn NAME')
    has "begin /shell/$name"
    has "process $(events start | cut -d' ' -f 1) .* cgroup=/shell/$name .*"
    has_not 'left group .*'
    has_not 'group .*'
    [ -z "$(find /sys/fs/cgroup -name "$name")" ]
}

# given LINE...: as scenario; needs a group.
given() {
    scenario "$@"
    ! grep -q ' not-here ' "$BATS_TEST_TMPDIR/record" || skip "not here: $(events not-here)"
}

@test "a program can be given an empty group that has another name each time, and nothing around it" {
    given 'group cpu cpuacct' 'start given GROUP' 'until ready' 'look here' \
        'file cpu.cfs_quota_us cpu.max cgroup.procs no.such.file' 'signal KILL'
    local pid path paths
    pid=$(events start | cut -d' ' -f 1)
    has 'given cpu v[12]'
    has 'given cpuacct v[12]'
    IFS=, read -ra paths <<<"$(events 'drawn GROUP')"
    has "in $pid /${paths[0]##*/}"
    has 'wrote cgroup.procs'
    has_not 'read .*' # what we read ourselves
    has "process $pid .* cgroup=/${paths[0]##*/} .*"
    has 'file cpu.(cfs_quota_us|max) 7000( 100000)?'
    has 'no-file no.such.file'
    [ "$(grep -c 'out cgroup.procs: done' "$BATS_TEST_TMPDIR/record")" = ${#paths[@]} ]
    [ "$(grep -cE 'out group (in|beside) it: Permission denied' "$BATS_TEST_TMPDIR/record")" = $((2 * ${#paths[@]})) ]
    has_not 'left .*'
    for path in "${paths[@]}"; do
        [ -z "$(find /sys/fs/cgroup -name "${path##*/}")" ]
    done
    path=$(events 'drawn GROUP')
    given 'group cpu cpuacct' 'start given GROUP' 'until ready' 'signal KILL'
    [ "$(events 'drawn GROUP')" != "$path" ]
}

@test "a program that freezes itself and PID 1 of the cage in its group is ended all the same" {
    given 'group freezer' 'start freeze GROUP' 'until ready' 'signal KILL'
    has 'killed KILL|stopped cage'
    [ -z "$(find /sys/fs/cgroup -name "$(basename "$(events 'drawn GROUP')")")" ]
    [ -z "$(pgrep -f "$name freeze" || true)" ]
}

@test "without a cage, a program gets a group, too; what it leaves in there goes to the top" {
    needs_root
    "$witness" --group freezer "$program" given GROUP >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
    local lender=$! child path status=0
    poll 30 grep -q ready "$BATS_TEST_TMPDIR/out" || {
        grep 'Not here' "$BATS_TEST_TMPDIR/out"
        skip 'not here: no hierarchy has the freezer'
    }
    child=$(pgrep -P "$lender")
    path=$(find /sys/fs/cgroup -path "*/oslabs-$lender-*/*" -name '?????????' -type d | head -n 1)
    [ "$(<"$path/cgroup.procs")" = "$child" ]
    kill "$lender"
    wait "$lender" || status=$?
    [ "$status" = 143 ]
    [ ! -d "/proc/$child" ]
    [ ! -d "${path%/*}" ]
    as_nobody "$witness" --group freezer "$program" given GROUP >"$BATS_TEST_TMPDIR/out" 2>&1 || status=$?
    [ "$status" = 77 ]
    grep -q '^Not here: making cgroups needs root' "$BATS_TEST_TMPDIR/out"
}

@test "PIDs are other ones in each run, and a child's is not the next one" {
    printf '#> run %s\n#>   loop FIRST\n#>   neighbour none\n#>   start children\n' {1..6} >"$BATS_TEST_TMPDIR/scenario"
    refusing
    local kernel word
    for kernel in env "$BATS_TEST_TMPDIR/refusing pwrite"; do # that is how ns_last_pid is set
        $kernel "$witness" "$BATS_TEST_TMPDIR/scenario" "$program" >"$BATS_TEST_TMPDIR/record"
        cat "$BATS_TEST_TMPDIR/record"
        for word in loop neighbour start 'out child'; do
            [ "$(events "$word" | cut -d' ' -f 1 | sort -u | wc -l)" -ge 3 ]
        done
        [ "$(paste -d' ' <(events start) <(events 'out child') | awk '$3 == $1 + 1' | wc -l)" -le 2 ]
        has_not 'orphan .*'
    done
}

@test "the kernel can be made to refuse: what is named fails so, and nothing else does" {
    local call error text calls=(fork vfork clone unshare setns mkdir mkdirat sethostname mount shmget bind connect)
    for call in clone:EAGAIN:'Resource temporarily unavailable':'(fork|vfork|clone)' unshare:EPERM:'Operation not permitted':unshare \
        setns:ENOMEM:'Cannot allocate memory':setns mkdir:EROFS:'Read-only file system':'(mkdir|mkdirat)' mkdir:ENOSPC:'No space left on device':'(mkdir|mkdirat)' sethostname:EPERM:'Operation not permitted':sethostname \
        mount:EPERM:'Operation not permitted':mount shmget:ENOSPC:'No space left on device':shmget \
        bind:EPERM:'Operation not permitted':bind connect:ENOMEM:'Cannot allocate memory':connect; do
        IFS=: read -r call error text family <<<"$call"
        scenario "refuse $call $error" 'start ask'
        has "refuse $call $error"
        [ "$(events out | grep -cxE "$family: $text")" = "$(printf '%s\n' "${calls[@]}" | grep -cxE "$family")" ]
        [ "$(events out | grep -vE "^$family: " | grep -vc ': done$')" = 0 ]
        has 'exit 0'
    done
    scenario 'refuse unshare EPERM' 'refuse setns EAGAIN' 'start ask'
    has 'out unshare: Operation not permitted'
    has 'out setns: Resource temporarily unavailable'
    has 'out fork: done'
}

@test "where the kernel has no filters for system calls nobody can be refused, and the rest goes on without" {
    refusing
    printf '#> run x\n#>   refuse clone EAGAIN\n#>   start ask\n#> run y\n#>   start ask\n' >"$BATS_TEST_TMPDIR/scenario"
    "$BATS_TEST_TMPDIR/refusing" seccomp "$witness" "$BATS_TEST_TMPDIR/scenario" "$program" >"$BATS_TEST_TMPDIR/record"
    has 'not-here .*seccomp.*; .*'
    [ "$(events start | wc -l)" = 1 ]
    has 'out fork: done'
    has 'writer 0'
    has 'exit 0'
    has_not 'cage .* exec-watch.*'
}

@test "where init may not read what others write the lines come all the same, and nobody claims to know whose" {
    refusing
    printf '#> run x\n#>   start arguments one two\n' >"$BATS_TEST_TMPDIR/scenario"
    "$BATS_TEST_TMPDIR/refusing" process_vm_readv "$witness" "$BATS_TEST_TMPDIR/scenario" "$program" >"$BATS_TEST_TMPDIR/record"
    has 'out <two>'
    [ "$(events writer)" = 0 ]
    has 'exit 0'
}

@test "sixteen neighbours have names" {
    local steps
    mapfile -t steps < <(yes 'neighbour none' | head -n 16)
    scenario "${steps[@]}" 'start arguments NEIGHBOUR1 NEIGHBOUR16 NEIGHBOUR17'
    has "out <$(events neighbour | sed -n '1s/ .*//p')>"
    has "out <$(events neighbour | sed -n '16s/ .*//p')>"
    has 'out <NEIGHBOUR17>'
}

@test "a program's lines cannot be mistaken for the witness's own" {
    scenario 'start forge'
    [ "$(grep -c '^end$' "$BATS_TEST_TMPDIR/record")" = 1 ]
    [ "$(grep -c '^run ' "$BATS_TEST_TMPDIR/record")" = 1 ]
    has 'out 0.000 exit 0'
    has 'out run plain'
    has 'out \\x0d0.000 look during'
    has 'out \\x1b\[2Jgone\\x07'
    has 'out no end of line'
}

@test "it is known who has written a line, in whatever way, and nobody can write as another one" {
    local as ways=(write writev pwritev2 duplicate name stdio message thread vfork clone neighbour splice sendfile two)
    for as in env as_nobody; do
        [[ $as = env || $EUID = 0 ]] || continue
        prints "${ways[@]}"
        needs_notifier
        writers >"$BATS_TEST_TMPDIR/writers"
        cat "$BATS_TEST_TMPDIR/writers"
        for way in "${ways[@]}"; do
            [[ $way = clone ]] || grep -qxE "([0-9]+|nobody) [0-9]+ $way" "$BATS_TEST_TMPDIR/writers"
        done
        [ "$(grep -cxE 'nobody [0-9]+ (splice|sendfile)' "$BATS_TEST_TMPDIR/writers")" = 2 ]
        grep -qx 'several 0 several' "$BATS_TEST_TMPDIR/writers"
        grep -qxE '[1-9][0-9]+ 1 in a namespace' "$BATS_TEST_TMPDIR/writers"
        [ -z "$(awk '$1 != $2 && !/splice|sendfile|several|in a namespace/' "$BATS_TEST_TMPDIR/writers")" ]
        has_not 'err .*'
    done
}

@test "who must not sleep can print without asking init: then nobody knows the writer" {
    printf '#> run x\n#>   undisturbed\n#>   start sleeping\n' >"$BATS_TEST_TMPDIR/scenario"
    "$witness" "$BATS_TEST_TMPDIR/scenario" "$BATS_FILE_TMPDIR/prints" >"$BATS_TEST_TMPDIR/record"
    has undisturbed
    [ "$(events writer)" = 0 ]
    [ "$(events out | grep -c sleeping)" = 500 ]
    has 'out slept [0-9]{1,2} times'
}

@test "a line comes once, also among signals, and much comes whole" {
    local as=env
    prints signals much
    [ "$(events out | grep 'among signals' | cut -d' ' -f 4 | sort -n | uniq -c | awk '$1 == 1' | wc -l)" = 500 ]
    [ "$(events out | grep -cE '^x{99}$')" = 599 ]
    has 'out [0-9]+ much: 60000'
    has_not 'err .*'
}

@test "who writes by mistake hears what the kernel would say" {
    local as=env
    prints mistakes
    has 'out [0-9]+ no memory: Bad address'
    has 'out [0-9]+ no descriptor: Bad file descriptor'
    has 'out [0-9]+ only read: Bad file descriptor'
    has 'out [0-9]+ nothing: done'
    has 'out [0-9]+ too many parts: Invalid argument'
    has 'out [0-9]+ at a place: Illegal seek'
    has 'out half'
    has 'out [0-9]+ half: 5'
    has_not 'err .*'
}

@test "the program gets no descriptor, no variable and no input of the witness's caller" {
    SECRET=1 RECORD=here scenario 'start inherited' 9</etc/passwd 8>/dev/null
    has_not 'out descriptor.*'
    has_not 'out (SECRET|RECORD|BATS|MAKE).*'
    has 'out stdin 0'
}

# All of it was tried, and refused, in whatever words.
has_reached_nothing() {
    local what
    for what in 'ptrace 1' /proc/1/{mem,fd/0,ns/mnt,environ} /etc/passwd remount mknod; do
        has "out $what: .+"
    done
    has_not 'out (ptrace|/proc|/etc|remount|mknod).*: done'
    has 'exit 0'
}

@test "the program cannot reach PID 1 of the cage, nor the machine" {
    scenario 'start reach'
    has_reached_nothing
}

@test "the trusted processes beside it have nothing open that it could take" {
    scenario 'loop FIRST' 'start borrow LOOP'
    has 'out look into it: done'
    has 'out descriptors: 0'
    scenario 'neighbour uts' 'start borrow NEIGHBOUR1'
    has 'out descriptors: 0'
}

@test "what it mounts over /proc does not change what the witness sees" {
    scenario 'loop FIRST' 'start reach' 'look after'
    has 'left mount /proc/1'
    has "process $(events loop) .*"
}

@test "signals to everybody leave the witness and PID 1 alone" {
    scenario 'start massacre' 'look after'
    has 'out alone'
    has 'exit 0'
}

@test "no other program can be started, and the attempt is recorded" {
    scenario 'start shell'
    has 'exec [0-9]+ /bin/sh'
    has 'exec [0-9]+ /bin/echo'
    has_not 'out from.*'
}

@test "a fork bomb is stopped, and the record says why" {
    scenario 'start bomb'
    has 'stopped processes'
}

@test "too much memory, output, files, or a file that is too large: each is stopped and named" {
    scenario 'start hoard'
    has 'stopped memory'
    scenario 'start shout'
    has 'stopped output'
    scenario 'start one-line'
    has 'stopped output'
    [ "$(wc -c <"$BATS_TEST_TMPDIR/record")" -lt 100000 ]
    scenario 'start big-file'
    has 'stopped file-size'
    scenario 'start many-files'
    has 'stopped open-files'
}

@test "a program that does not end is given up, and killed" {
    scenario 'start deaf' 'until ready' 'until never' 'signal TERM'
    has 'seen ready'
    has 'missed silent never'
    has 'still-running silent'
}

@test "a child that is left is found: asleep, busy, or a zombie" {
    scenario 'start daemonise'
    has 'left process [0-9]+'
    scenario 'start spin'
    has 'left process [0-9]+'
    scenario 'start zombie'
    has 'orphan [0-9]+'
}

@test "who dies with the program, or soon after it, is not left" {
    local run
    for run in {1..10}; do
        scenario 'start mourned'
        has 'exit 0'
        has_not 'left process .*'
    done
}

@test "a time that a process asks the kernel for is recorded, in whatever way it asks" {
    scenario 'start times' 'until never' 'signal KILL'
    local way
    for way in {0..14}; do
        has "timer [0-9]+ ($((1000 + way))\\.000|$((999 + way))\\.[0-9]*)"
    done
    events timer
    [ "$(events timer | wc -l)" = 15 ]
}

@test "what outlives processes is found: mounts, files, shared memory" {
    scenario 'start litter'
    has 'left mount /tmp/folder'
    has 'left file /tmp/file'
    has 'left file /dev/shm/litter'
    has 'left System V shm .*'
}

@test "where a trusted process begins is neither the top nor the program's group" {
    scenario 'cpuset' 'loop FIRST' 'sleeper LAST' 'start deaf' 'until ready' 'look here' 'signal KILL'
    here
    has "process $(events loop) .* cgroup=/home .*"
    has "process $(events sleeper) .* cgroup=/home .*"
    has "process $(events start | cut -d' ' -f 1) .* cgroup=/shell .*"
}

# Whether this machine could show it.
here() {
    if grep -q ' not-here ' "$BATS_TEST_TMPDIR/record"; then
        skip "not here: $(events not-here)"
    fi
}

@test "a look shows the groups that the program has made, and what is left of them at the end" {
    scenario 'cpuset' 'start group' 'until ready' 'look here' 'signal KILL'
    here
    has 'group /mine cpus=[-,0-9]* effective=[-,0-9]* mems=[-,0-9]* procs=0'
    has 'group /mine/inner cpus=.* procs=0'
    has 'left group mine'
    has 'left group mine/inner'
    has_not 'group /(home|shell) .*'
}

@test "v2: cpuset that somebody else has enabled at the top is seen at the end" {
    scenario 'cpuset' 'enable' 'start nothing'
    here
    if grep -q ' cpuset v2$' "$BATS_TEST_TMPDIR/record"; then
        has 'control .*cpuset.*'
        scenario 'cpuset' 'start nothing'
    fi
    has_not 'control .*cpuset.*'
}

@test "who stops a trusted process, or changes its priority, is seen, and so is what has become of it" {
    scenario 'loop FIRST' 'look before' 'start disturb LOOP' 'until ready' 'look during' 'finish LOOP' 'signal KILL'
    local loop
    loop=$(events loop)
    has 'out stop: done'
    has 'out nice: done'
    has "process $loop .* state=R psr=[0-9]+ nice=-?[0-9]+ policy=[0-9]+ .*"
    has "process $loop .* state=T psr=[0-9]+ nice=19 policy=[0-9]+ .*"
    has "paused $loop"
    has "finished $loop"
    ! grep -q ' cage .* exec-watch' "$BATS_TEST_TMPDIR/record" || has "touched $loop setpriority"
    [ "$(grep -c " process $loop " "$BATS_TEST_TMPDIR/record")" = 2 ]
}

@test "a sleeper sleeps, and its last CPU is the one that was asked for" {
    scenario 'sleeper LAST' 'start nothing' 'look here'
    local last
    last=$(sed -n 's/^machine .* last=\([0-9]*\).*/\1/p' "$BATS_TEST_TMPDIR/record")
    has "process $(events sleeper) .* state=S psr=$last .*"
}

@test "the CPU time that a program has had is counted, and not the time on the wall" {
    scenario 'start work' 'spend 100' 'signal STOP' 'pass 300' 'look stopped' 'signal KILL'
    local ran used
    ran=$(events process | sed -n 's/.* state=T .* ran=\([0-9.]*\) .*/\1/p')
    used=$(events used)
    echo "$ran s until it was stopped, $used s in all"
    awk -v ran="$ran" -v used="$used" 'BEGIN { exit !(used >= 0.1 && used >= ran - 0.02 && used <= ran + 0.1) }'
}

@test "nothing of all that is on the machine afterwards" {
    ledger >"$BATS_TEST_TMPDIR/before"
    local what
    for what in litter daemonise spin bomb massacre reach; do
        scenario 'cpuset' 'loop FIRST' "start $what"
    done
    nothing_new "$BATS_TEST_TMPDIR/before"
    poll 30 not pgrep -f "^$name " >/dev/null
}

@test "who kills the witness kills all that it has started, and the next one removes its group" {
    needs_root
    scenario 'cpuset' 'start nothing'
    if grep -q ' not-here ' "$BATS_TEST_TMPDIR/record"; then
        skip "not here: $(sed -n 's/^[0-9.]* not-here //p' "$BATS_TEST_TMPDIR/record")"
    fi
    ledger >"$BATS_TEST_TMPDIR/before"
    local signal
    # It waits, again and again, so that it is at work when the signal comes.
    printf '#> run x\n#> cpuset\n#> loop FIRST\n#> start deaf\n' >"$BATS_TEST_TMPDIR/scenario"
    printf '%.0s#> until never\n#> signal CONT\n' {1..30} >>"$BATS_TEST_TMPDIR/scenario"
    for signal in TERM INT KILL; do
        "$witness" "$BATS_TEST_TMPDIR/scenario" "$program" >"$BATS_TEST_TMPDIR/record" 3>&- &
        local pid=$!
        poll 60 pgrep -f "^$name deaf" >/dev/null
        kill -s "$signal" "$pid"
        wait "$pid" || true
        poll 60 not pgrep -f "^$name deaf" >/dev/null
    done
    scenario 'cpuset' 'start nothing'
    nothing_new "$BATS_TEST_TMPDIR/before"
}

not() {
    ! "$@"
}

# in_root LINE...: as scenario, with the step root.
in_root() {
    scenario root "$@"
    ! grep -q ' not-here ' "$BATS_TEST_TMPDIR/record" || skip "not here: $(events not-here)"
}

@test "in a root for a container one program may be started besides the program, and nobody changes it" {
    in_root 'start probe PROBE ROOT facts outside exit STATUS'
    local root probe
    read -r root _ _ probe _ <<<"$(events root)"
    has "drawn STATUS $(events exit)"
    has 'out another: Permission denied'
    has 'exec [0-9]+ /bin/echo'
    has "out probe: arguments $root facts outside exit [0-9]+"
    [ "$EUID" != 0 ] || has "out $probe: Permission denied"
    [ "$EUID" != 0 ] || has 'out unlink: Operation not permitted'
    has 'out probe: found descriptor 9'
    has_not 'left .*'
    in_root 'start probe PROBE ROOT stay' 'until stays'
    [ "$(events root | cut -d' ' -f 1)" != "$root" ]
}

@test "of who runs in a root it is known what is its root, its program, its rights, its descriptors, its mounts and devices" {
    in_root 'start probe PROBE ROOT stay' 'until stays' 'enter CONTAINER root rights files' 'signal KILL'
    local pid folder probe
    pid=$(events start | cut -d' ' -f 1)
    read -r _ folder _ _ probe <<<"$(events root)"
    has "enter $pid root rights files"
    has "inside $pid root $folder exe $probe"
    has "inside $pid root mount /dev devtmpfs" || has "inside $pid root mount / .*"
    has "inside $pid rights no-new-privs=[01] filters=([0-9]+|-) inh=0+ prm=[0-9a-f]+ eff=[0-9a-f]+ bnd=[0-9a-f]+ amb=0+"
    has "inside $pid files 9 /"
    has "inside $pid files 0 /dev/null"
    in_root 'start deaf' 'until ready' 'enter CONTAINER root' 'signal KILL'
    has 'enter 0 root'
    has_not 'inside .*'
}

@test "what the program makes of groups is in the record, where a step asks for it, and is removed" {
    given 'group pids' 'start own-group' 'until ready' 'made pids.max no.such.file' 'signal KILL'
    has 'made (/shell)?/mine pids.max 7'
    has_not 'made .* no.such.file .*'
    has 'left group (shell/)?mine'
    [ -z "$(find /sys/fs/cgroup -path '*/oslabs-*' -name mine)" ]
}

@test "a plain user's cage is as good, and says who made it" {
    local dir
    dir=$(mktemp -d) # bats' own folders are closed to other users
    printf '#> run x\n#> start reach\n#> run y\n#> cpuset\n#> start reach\n' >"$dir/scenario"
    cp "$witness" "$program" "$dir"
    chmod 755 "$dir"
    local user=()
    [ "$EUID" != 0 ] || user=(as_nobody)
    "${user[@]}" "$dir/witness" "$dir/scenario" "$dir/$name" >"$BATS_TEST_TMPDIR/record"
    rm -r "$dir"
    grep -q 'not-here .*namespaces' "$BATS_TEST_TMPDIR/record" && skip 'not here: a plain user may make no namespaces; see make doctor'
    has 'cage as-user pid mnt ipc uts net user private.*'
    has 'not-here .*; .*' # of cgroups
    has_reached_nothing
}

@test "a scenario or an argument that makes no sense is refused with exit status 2" {
    needs_namespaces # without them no step is read
    run "$witness"
    [ "$status" = 2 ]
    [[ $output = usage:* ]]
    printf '#> run x\n#> dance\n' >"$BATS_TEST_TMPDIR/scenario"
    run "$witness" "$BATS_TEST_TMPDIR/scenario" "$program"
    [ "$status" = 2 ]
    [[ $output = *'no such step: dance'* ]]
    printf '#> run x\n#> refuse clone EFBIG\n' >"$BATS_TEST_TMPDIR/scenario"
    run "$witness" "$BATS_TEST_TMPDIR/scenario" "$program"
    [ "$status" = 2 ]
}

@test "a program that is not there is the witness's failure: exit status 70, no end in the record" {
    printf '#> run x\n#> start\n' >"$BATS_TEST_TMPDIR/scenario"
    run "$witness" "$BATS_TEST_TMPDIR/scenario" /nowhere/program
    [ "$status" = 70 ]
    [[ $output != *$'\nend'* ]]
}
