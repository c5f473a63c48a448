# What the tests of the suite share. They run with every bats from 1.2.1 on.
# shellcheck shell=bash

top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
# What is said of lab 1 when all its checks pass.
checks_of_1=$(grep -c '^@test ' "$top"/tests/01-*.bats)
all_passed="$checks_of_1 passed, 0 failed"
# The numbers of all labs, in order.
numbers=$(cd "$top/tests" && printf '%s\n' [0-9]*-*.bats | sed 's/^0*\([0-9]*\)-.*/\1/' | xargs)

# is_demonstration FILE.bats: nothing is written in that lab, and it has no points.
is_demonstration() {
    grep -qx '# what: demonstration' "$1"
}

# guest_labs: the labs (NN-name) that run in the virtual machine only.
guest_labs() {
    (cd "$top/tests" && grep -lx '#>   guest' [0-9]*.bats) | sed 's/[.]bats$//'
}

# Since 1.4 bats gives each file and each test a folder: for an older one, the same under the same names.
if [[ $BATS_VERSION = 1.[23].* ]]; then
    export BATS_FILE_TMPDIR=$BATS_RUN_TMPDIR/${BATS_TEST_FILENAME##*/} BATS_TEST_TMPDIR
    mkdir -p "$BATS_FILE_TMPDIR"
    BATS_TEST_TMPDIR=$(mktemp -d "$BATS_FILE_TMPDIR/test.XXXXXX")
fi
: "${BATS_LIBEXEC:=$BATS_ROOT/libexec/bats-core}"

# Since 1.5 run has options, since 1.7 it wants to be told that they are meant.
if declare -F bats_require_minimum_version >/dev/null; then
    bats_require_minimum_version 1.5.0
elif [[ ! $(declare -f run) =~ separate-stderr ]]; then
    eval "plain_$(declare -f run)"

    # shellcheck disable=SC2034,SC2154 # plain_run sets status, the tests read stderr
    # run [-STATUS | !] [--separate-stderr] COMMAND...
    run() {
        local wanted=''
        [[ $1 != ! && $1 != -[0-9]* ]] || { wanted=$1 && shift; }
        if [ "$1" = --separate-stderr ]; then
            shift
            plain_run stderr_to "$BATS_TEST_TMPDIR/stderr" "$@"
            stderr=$(<"$BATS_TEST_TMPDIR/stderr")
            mapfile -t stderr_lines <"$BATS_TEST_TMPDIR/stderr"
        else
            plain_run "$@"
        fi
        case $wanted in
            '') ;;
            !) [ "$status" != 0 ] ;;
            *) [ "$status" = "${wanted#-}" ] ;;
        esac
    }
    stderr_to() {
        "${@:2}" 2>"$1"
    }
fi

# arguments_of SOURCE: sets arguments to some that the program takes, as its first line names them, but for [SECONDS].
arguments_of() {
    local word words
    arguments=()
    read -ra words < <(sed -n '2s/^ \* [^ ]* \([^:]*\):.*/\1/p' "$1")
    for word in "${words[@]}"; do
        case $word in
            PID) arguments+=($$) ;;
            CPU) arguments+=(0) ;;
            NAME) arguments+=(box) ;;
            DISK) arguments+=(7:7) ;;
            GROUP) arguments+=("$BATS_TEST_TMPDIR") ;;
            PERCENT) arguments+=(10) ;;
            DIRECTORY) arguments+=("$BATS_TEST_TMPDIR") ;;
            KEY) arguments+=("0x$((RANDOM % 9000 + 1000))") ;;
            PORT) arguments+=($((RANDOM % 9000 + 20000))) ;;
            DAYS) arguments+=(100) ;;
            ROOT) arguments+=("$BATS_TEST_TMPDIR") ;;
            MIB | PIDS) arguments+=(0) ;;
            COMMAND) arguments+=(true) ;;
            *) break ;;
        esac
    done
}

# make in the project, as a user calls it, with a build folder of this test file.
project() {
    make -s -C "$top" BUILD="$BATS_FILE_TMPDIR/build" "$@"
}

needs_root() {
    [ "$EUID" = 0 ] || skip 'not here: it needs root; sudo make test'
}

# as_nobody COMMAND...: as a plain user.
as_nobody() {
    setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# no_cage [COMMAND]...: why no cage for strangers' programs can be made here, by that command; or nothing.
no_cage() {
    local why
    if ! why=$(bash "$top/scripts/machine/need" --try bwrap); then
        echo "not here: $why"
        return
    fi
    why=$("$@" bwrap --unshare-pid --unshare-net --unshare-ipc --ro-bind / / --dev /dev --proc /proc \
        unshare --user --map-root-user --mount --pid --fork true 2>&1) ||
        echo "not here: ${why//$'\n'/ }; make test VM=1"
}

needs_cage() {
    local why
    why=$(no_cage "$@")
    [ -z "$why" ] || skip "$why"
}

# As we are, or in a user namespace.
needs_namespaces() {
    unshare --pid --fork true 2>/dev/null || unshare --user --map-root-user true 2>/dev/null ||
        skip 'not here: no namespaces; make doctor says what gives them'
}

# The reference was run: each of its checks has passed, or this machine cannot show it.
is_right() {
    [ "$status" = 0 ] || [[ $output = *'Error 77'* && $output != *FAIL* ]]
}

# poll SECONDS COMMAND...: until the command succeeds, or the time is up.
poll() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
    done
}

# free GROUP: no witness holds its lock. One that was made just now is not locked yet.
free() {
    [ -d "$1" ] && flock --nonblock "$1" true 2>/dev/null
}

# What a run could have left on the machine: groups of witnesses that are dead, mounts, shared memory
# of tests/suite/misbehave.c. Other tests run at the same time: what they are just using does not count.
ledger() {
    local group
    for group in /sys/fs/cgroup/oslabs-* /sys/fs/cgroup/*/oslabs-*; do
        if free "$group" && sleep 0.2 && free "$group"; then
            echo "$group"
        fi
    done
    cut -d' ' -f5 /proc/self/mountinfo
    grep -h ' 600 ' /proc/sysvipc/shm || true
    find /dev/shm -name litter
}

# copy_of_project DIR: all that a student has, and the references.
copy_of_project() {
    mkdir -p "$1"
    (cd "$top" && tar -c --exclude=./build --exclude=./.git --exclude=./slides .) | tar -x -C "$1"
    # Unfinished work of whoever runs these tests is not what they are about.
    (cd "$1" && bash scripts/suite/starter --all --force >/dev/null)
}

# in_tmpfs OPTIONS COMMAND...: with a small file system of its own at $BATS_TEST_TMPDIR/disk.
in_tmpfs() {
    local options=$1 as=()
    shift
    [ "$EUID" = 0 ] || as=(--user --map-root-user)
    mkdir -p "$BATS_TEST_TMPDIR/disk"
    unshare "${as[@]}" --mount true || skip 'not here: no mount namespace; see make doctor'
    # shellcheck disable=SC2016 # the inner shell expands it
    run unshare "${as[@]}" --mount bash -c 'mount -t tmpfs -o "$1" none "$0" && shift && "$@"' \
        "$BATS_TEST_TMPDIR/disk" "$options" "$@"
}

# nothing_new BEFORE: all that is on the machine now was there in that ledger, or goes soon: others are
# at work on this machine, too.
nothing_new() {
    poll "${2:-30}" has_nothing_new "$1" || {
        echo 'this is left:'
        cat "$1.new"
        return 1
    }
}
has_nothing_new() {
    comm -13 <(sort "$1") <(ledger | sort) >"$1.new"
    [ ! -s "$1.new" ] || { sleep 0.2 && false; }
}

# by_bats CHECKS RECORD: what bats says of it: VERDICT, SENTENCE, SEEN, EXPECTED and LIKELY, as scripts/student/judge
# writes them in its table.
by_bats() {
    RECORD=$2 bats --formatter tap "$1" </dev/null | LC_ALL=C awk '
        function flush() {
            if (verdict != "") printf "%s\t%s\t%s\t%s\t%s\n", verdict, sentence, seen, expected, likely
            verdict = seen = expected = likely = ""
        }
        /^(not )?ok / {
            flush()
            verdict = /^ok / ? "pass" : "error"
            sub(/^(not )?ok [0-9]+ /, "")
            if (match($0, / # skip( |$)/)) {
                seen = substr($0, RSTART + RLENGTH)
                verdict = seen ~ /^blocked: / ? "blocked" : seen ~ /^not here: / ? "not here" : "error"
                sub(/^(blocked|not here): /, "", seen)
                $0 = substr($0, 1, RSTART - 1)
                if (verdict == "not here" && match(seen, /.*; /)) {
                    expected = substr(seen, RLENGTH + 1)
                    seen = substr(seen, 1, RLENGTH - 2)
                }
            }
            sentence = $0
        }
        /^# seen: / { verdict = "fail"; seen = substr($0, 9) }
        /^# expected: / { expected = substr($0, 13) }
        /^# likely: / { likely = substr($0, 11) }
        END { flush() }'
}

# by_judge TABLE: the same of a table.
by_judge() {
    cut -f 3,5- "$1"
}
