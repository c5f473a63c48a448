#!/usr/bin/env bats
# What runs in the virtual machine only: its steps of the witness, there and elsewhere, and what is said here.

load helper

setup_file() {
    load helper
    project "$BATS_FILE_TMPDIR/build/witness"
    cp "$BATS_FILE_TMPDIR/build/witness" "$BATS_FILE_TMPDIR/witness"
    "${CC:-cc}" -O1 -Wall -Wextra -o "$BATS_FILE_TMPDIR/machine" "$BATS_TEST_DIRNAME/machine.c"
    chmod 755 "$BATS_FILE_TMPDIR"
}

# scenario LINE...: what is in $BATS_TEST_TMPDIR/scenario.
scenario() {
    printf '#> run x\n' >"$BATS_TEST_TMPDIR/scenario"
    printf '#>   %s\n' "$@" >>"$BATS_TEST_TMPDIR/scenario"
}

# in_guest CGROUP LINE...: the record of tests/suite/machine.c in a guest, in one run of these steps.
in_guest() {
    local cgroup=$1
    shift
    "$top/scripts/machine/need" --try qemu busybox-static cpio kmod >/dev/null || skip 'not here: no QEMU; scripts/machine/need qemu'
    "$top/scripts/machine/vm-kernel" 6.1 "$(uname -m)" >/dev/null || skip 'not here: no kernel; scripts/machine/vm true'
    scenario "$@"
    "$top/scripts/machine/vm" --cgroup "$cgroup" --see "$BATS_TEST_TMPDIR" --see "$BATS_FILE_TMPDIR" \
        "$BATS_FILE_TMPDIR/witness" "$BATS_TEST_TMPDIR/scenario" "$BATS_FILE_TMPDIR/machine" >"$BATS_TEST_TMPDIR/record"
    tail -n 1 "$BATS_TEST_TMPDIR/record" | grep -x end
}

# has REGEX, has_not REGEX: an event of the record, without its time.
has() {
    sed 's/^[0-9.]* //' "$BATS_TEST_TMPDIR/record" | grep -qxE -- "$1" || {
        cat "$BATS_TEST_TMPDIR/record"
        return 1
    }
}
has_not() {
    ! sed 's/^[0-9.]* //' "$BATS_TEST_TMPDIR/record" | grep -xE -- "$1"
}

@test "outside of a guest a run with the step guest is not here, and nothing is started" {
    for step in guest 'group devices'; do
        scenario guest "$step" 'start calls'
        "$BATS_FILE_TMPDIR/witness" "$BATS_TEST_TMPDIR/scenario" "$BATS_FILE_TMPDIR/machine" >"$BATS_TEST_TMPDIR/record"
        has 'not-here .* virtual machine only; type the same with VM=1'
        has_not 'start .*'
    done
}

@test "outside of a guest there is no disk and no huge page, and bpf() is refused" {
    needs_namespaces
    local before
    before=$(cat /proc/sys/vm/nr_hugepages)
    for step in disk 'hugepages 7'; do
        scenario "$step" 'start calls'
        "$BATS_FILE_TMPDIR/witness" "$BATS_TEST_TMPDIR/scenario" "$BATS_FILE_TMPDIR/machine" >"$BATS_TEST_TMPDIR/record"
        has 'not-here .*'
        has_not 'start .*'
    done
    [ "$(cat /proc/sys/vm/nr_hugepages)" = "$before" ]
    scenario 'start calls'
    "$BATS_FILE_TMPDIR/witness" "$BATS_TEST_TMPDIR/scenario" "$BATS_FILE_TMPDIR/machine" >"$BATS_TEST_TMPDIR/record"
    has 'out bpf: Function not implemented'
    has 'out perf_event_open: Function not implemented'
}

@test "in a guest, a run with the step guest is root of the machine; one without is not" {
    in_guest v2 guest 'start calls'
    has 'guest'
    has 'out bpf: ok'
    has 'out perf_event_open: ok'
    has 'out uid_map: 4294967295'
    in_guest v2 'start calls'
    has 'out bpf: Function not implemented'
    has 'out uid_map: 1'
}

@test "disk: the program can write to it, directly or not, and it is known how much when it says a line" {
    in_guest v2 guest disk 'start disk DISK'
    has 'disk [0-9]+:[0-9]+'
    has 'drawn DISK [0-9]+:[0-9]+'
    has 'on-disk [0-9]+ direct written=1048576'
    has 'on-disk [0-9]+ buffered written=2097152'
    [ "$(sed -n 's/^[0-9.]* disk //p' "$BATS_TEST_TMPDIR/record")" = "$(sed -n 's/.* drawn DISK //p' "$BATS_TEST_TMPDIR/record")" ]
}

@test "hugepages: so many are there in the run, and as many as before in the next one" {
    in_guest v2 guest 'hugepages 6' 'start huge' $'until huge\n#> run y\n#>   guest\n#>   start huge'
    has 'hugepages 6'
    has 'out huge pages: 6'
    has 'out huge pages: 0'
}

@test "v1: a device that is forbidden in GROUP is so for a process of ours in there, and for nobody outside" {
    in_guest v1 guest 'group devices' 'stay ready' 'start deny GROUP' 'until ready' 'open inside /dev/zero /dev/null' 'open outside /dev/zero' programs go
    has 'open inside /dev/zero Operation not permitted'
    has 'open inside /dev/null ok'
    has 'open outside /dev/zero ok'
    has 'programs device -'
    has 'exit 0'
}

@test "v2: a program that is attached to GROUP is counted, and so is one that is left" {
    in_guest v2 guest 'group devices' 'stay ready' 'start deny GROUP' 'until ready' 'open inside /dev/zero' programs go
    has 'loaded [0-9]+ device'
    has 'open inside /dev/zero Operation not permitted'
    has 'programs device 1'
    has 'programs sock_create 0'
    has 'left BPF program device of GROUP'
}

@test "stay: the writer waits until it may go on, and its line comes at once" {
    needs_namespaces
    scenario 'stay first|other' 'start lines' 'until first' 'pass 300' 'look held' go 'until second'
    "$BATS_FILE_TMPDIR/witness" "$BATS_TEST_TMPDIR/scenario" "$BATS_FILE_TMPDIR/machine" >"$BATS_TEST_TMPDIR/record"
    grep -q 'cage .* exec-watch' "$BATS_TEST_TMPDIR/record" || skip 'not here: this kernel has no seccomp notifier'
    sed -n 's/^[0-9.]* //; /^out \|^look held/p' "$BATS_TEST_TMPDIR/record" >"$BATS_TEST_TMPDIR/order"
    diff "$BATS_TEST_TMPDIR/order" <(printf '%s\n' 'out first' 'look held' 'out second')
}

@test "CONTROLLER/v2 is left out on v1" {
    in_guest v1 guest 'group blkio memory/v2' 'start lines GROUP'
    has 'given blkio v1'
    has_not 'given memory .*'
    in_guest v2 guest 'group blkio memory/v2' 'start lines GROUP'
    has 'given blkio v2'
    has 'given memory v2'
}

@test "count: a counter of ours sees the page faults of who is in GROUP, and of nobody outside" {
    for cgroup in v1 v2; do
        in_guest "$cgroup" guest 'group perf_event' count 'fault outside 3000' 'fault inside 500' 'start lines GROUP' counted
        has 'faulted outside 3000'
        has 'faulted inside 500'
        counted=$(awk '$2 == "counted" { all += $4 } END { print all + 0 }' "$BATS_TEST_TMPDIR/record")
        echo "counted: $counted"
        [ "$counted" -ge 500 ]
        [ "$counted" -lt 1000 ]
    done
}

@test "tags: what the kernel knows of a socket of the program, also in a network of the cage's own" {
    for network in network 'pass 0'; do
        in_guest v2 guest "$network" 'group net_cls' 'stay listen' 'start listen GROUP' 'until listen' tags go
        has 'folder [0-9]+'
        has 'tag [0-9]+ class=0x0 cgroup=[0-9]+ mark=4711'
    done
}

@test "packet: it comes, and without a map of net_prio its priority is 0; lab 21 has a map" {
    in_guest v1 guest network 'group net_cls net_prio' 'start lines GROUP' packet
    has 'packet inside 0'
    has 'packet outside 0'
}

@test "a run that is not here leaves no group for the next one" {
    in_guest v2 'group pids' 'hugepages 2' 'start lines GROUP' $'until x\n#> run y\n#>   group pids\n#>   start lines GROUP'
    has 'not-here .*'
    has 'out second'
}

@test "make labN says in one line that it runs in the virtual machine only, and what to type" {
    [ -n "$(guest_labs)" ]
    for number in $(guest_labs | sed 's/^0*\([0-9]*\)-.*/\1/'); do
        for verb in lab check; do
            run project "$verb$number" FROM=solutions </dev/null
            [ "$(grep -vc '^make' <<<"$output")" = 1 ]
            [[ $output == "Lab $number runs in the virtual machine only"*"Type: make $verb$number VM=1"* ]]
        done
        run project "run$number" FROM=solutions ARGS=GROUP </dev/null
        [[ $output == *"Type: make run$number VM=1"* ]]
    done
}

# offered KEYS: what a check of such a lab does on a terminal when they are typed after the question. The virtual
# machine is one that says what it was started for, and that the checker broke.
offered() {
    local lab said=$BATS_TEST_TMPDIR/said
    lab=$(guest_labs | head -n 1)
    mkdir -p "$BATS_TEST_TMPDIR"/{bin,tmp,"out/$lab"}
    touch "$BATS_TEST_TMPDIR/out/$lab/record"
    # shellcheck disable=SC2016
    printf '#!%s\necho "made: $*"\necho 70 >"$VERDICTS_STATUS"\nexit 2\n' "$BASH" >"$BATS_TEST_TMPDIR/bin/make"
    chmod +x "$BATS_TEST_TMPDIR/bin/make"
    rm -f "$said"
    status=0
    env PATH="$BATS_TEST_TMPDIR/bin:$PATH" TMPDIR="$BATS_TEST_TMPDIR/tmp" timeout 60 script -qefc \
        "exec bash '$top/scripts/student/verdicts' '$BATS_TEST_TMPDIR/out' $lab" "$said" \
        < <(poll 30 grep -qs 'Do that now? \[Y/n\] ' "$said" && printf %b "$1") || status=$?
    output=$(grep -v ^Script "$said" | tr -d '\r')
    echo "$status: $output"
    [ -z "$(ls "$BATS_TEST_TMPDIR/tmp")" ]
}

@test "on a terminal the virtual machine is offered, and the status is the one of its verdicts" {
    local keys
    for keys in 'y\n' '\n' 'YES\n'; do
        offered "$keys"
        [[ $status = 70 && $output == *'made: check'*' VM=1'* ]]
    done
    for keys in 'n\n' 'what\n' '\004'; do
        offered "$keys"
        [[ $status = 77 && $output != *'made:'* ]]
    done
    offered '\003'
    [[ $status = 130 && $output != *'made:'* ]]
}

@test "each run of a lab has the step guest, or none" {
    for check in "$top"/tests/[0-9]*-*.bats; do
        guests=$(grep -c '^#>   guest$' "$check" || true)
        [ "$guests" = 0 ] || [ "$guests" = "$(grep -c '^#> run ' "$check")" ]
    done
}

@test "the table of subsystems has what the records say, and a kernel that has said nothing is no row" {
    local check lab version dir
    for check in "$top"/tests/[0-9]*.bats; do
        grep -q '^# subsystem: ' "$check" || continue
        lab=$(basename "$check" .bats)
        for version in v1:root-v1 v2:v2-kernel-6.1; do
            dir=$BATS_TEST_TMPDIR/subsystems/${version%:*}/solutions/$lab
            mkdir -p "$dir"
            cp "$top/tests/suite/records/$lab/${version#*:}.record" "$dir/record"
            "$top/scripts/student/judge" "$check" "$dir/record"
        done
    done
    BUILD=$BATS_TEST_TMPDIR run -0 "$top/scripts/suite/subsystems" --table
    [ "$(grep -c '^| ' <<<"$output")" = 12 ]
    grep -qx '| memory | memory.limit_in_bytes | oom_kill 1 | memory.max | oom_kill 1 | 15 |' <<<"$output"
    grep -qx '| devices | devices.deny | /dev/zero Operation not permitted | a BPF program | /dev/zero Operation not permitted | 18 |' <<<"$output"
    grep -qE '^Recorded on 20[0-9-]+: v1 on Linux [^ ]+, v2 on Linux 6[.]1[.]' <<<"$output"
    sed -i '/oom_kill/d' "$BATS_TEST_TMPDIR"/subsystems/v2/solutions/15-*/record
    BUILD=$BATS_TEST_TMPDIR run -1 "$top/scripts/suite/subsystems" --table
    grep -qE '^[|] memory [|] memory.limit_in_bytes [|] oom_kill 1 [|] memory.max [|] not seen, see ' <<<"$output"
}
