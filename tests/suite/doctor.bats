#!/usr/bin/env bats
# scripts/machine/doctor and its probe: under denials that this machine can make without a guest, it says
# what the witness says; and with canned answers of the probe for those that it cannot.

load helper

setup_file() {
    local top=$BATS_TEST_DIRNAME/../..
    # A tree of its own, which everybody may read, with labs of its own.
    DIR=$(mktemp -d)
    export DIR
    chmod 755 "$DIR"
    mkdir -p "$DIR/scripts/machine" "$DIR/tests" "$DIR/bin"
    cp "$top/scripts/machine/"{doctor,need} "$DIR/scripts/machine/"
    printf '%s\n' '#> run a' '#>   start' >"$DIR/tests/01-plain.bats"
    printf '%s\n' '#> run a' '#>   cpuset' '#>   start' >"$DIR/tests/02-group.bats"
    printf '%s\n' '#> run a' '#>   hold FIRST' '#>   start' '#>   move PROGRAM LAST' \
        >"$DIR/tests/12-two.bats"
    "${CC:-cc}" -std=gnu11 -O2 -o "$DIR/probe" "$top/scripts/machine/doctor-probe.c"
    "${CC:-cc}" -std=gnu11 -O2 -o "$DIR/witness" "$top"/tests/witness/*.c
    compile deny <<'END'
/* deny COMMAND...: runs it under the rules of Docker's seccomp profile. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))
#define CALL(number, error) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), ANSWER(error)
int main(int argc, char *argv[])
{
    struct sock_filter rules[] = {
        LOAD(nr), CALL(SYS_clone3, ENOSYS), CALL(SYS_unshare, EPERM), CALL(SYS_setns, EPERM),
        CALL(SYS_mount, EPERM), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
        LOAD(args[0]), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x7E020000, 0, 1), ANSWER(EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {sizeof rules / sizeof rules[0], rules};

    if (argc < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == -1)
        return 99;
    execvp(argv[1], argv + 1);
    return 98;
}
END
    # An unshare() for LD_PRELOAD that hangs where a time namespace is asked for, as we are.
    compile hang.so -shared -fPIC <<'END'
#include <sys/syscall.h>
#include <unistd.h>
static int root;
int unshare(int flags)
{
    root |= flags & 0x10000000;
    while (flags == 0x80 && !root)
        pause();
    return (int)syscall(SYS_unshare, flags);
}
END
}

teardown_file() {
    [ -z "${DIR:-}" ] || rm -rf "$DIR"
}

# compile NAME [OPTION]...: from stdin.
compile() {
    local name=$1
    shift
    "${CC:-cc}" -x c "$@" -o "$DIR/$name" -
}

setup() {
    rm -rf "${DIR:?}/bin"
    mkdir "$DIR/bin"
    cd "$DIR" || return
}

as_user() {
    if ((EUID == 0)); then
        setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"
    else
        "$@"
    fi
}

needs_root() {
    ((EUID == 0)) || skip "not here: this needs root; sudo make test"
}

needs_user_namespaces() {
    as_user unshare -Ur true 2>/dev/null ||
        skip "not here: no user namespaces; make doctor says what gives them"
}

# doctor [COMMAND...]: the doctor for the labs of this tree, run by a command. Sets flat, too:
# its output without line breaks.
doctor() {
    run "$@" scripts/machine/doctor "${PROBE:-$DIR/probe}" 01-plain 02-group 12-two
    flat=$(tr -s ' \n' ' ' <<<"$output")
}

has() {
    [[ $flat == *"$1"* ]] || {
        printf "not in the output: '%s'\n%s\n" "$1" "$output"
        return 1
    }
}

# row LAB WORD...: the row of that lab, or its beginning.
row() {
    grep -E "^  $1 +$2" <<<"$output" || {
        printf "no row '%s' that says '%s'\n%s\n" "$1" "$2" "$output"
        return 1
    }
}

# agree [COMMAND...]: run by that command, doctor and witness are of one opinion on both kinds of
# labs; where the witness gives a reason, the doctor gives the same.
agree() {
    local lab name verdict reason
    doctor "$@"
    [[ $status == 0 || $status == 77 ]]
    for lab in 01-plain 02-group; do
        name="${lab:1:1} ${lab#*-}"
        verdict='runs here'
        "$@" ./witness tests/$lab.bats /bin/true >record 2>message || verdict='not here'
        reason=$(sed -n 's/^[0-9.]* not-here \(.*\); .*/\1/p' record | sed -n 1p)
        # A run that did not happen and gave no reason is no proof that labs run.
        [[ -z $reason ]] && grep -q '^[0-9.]* exit 0' record || verdict='not here'
        echo "$lab: the witness: $verdict $reason $(<message)"
        row "$name" "$verdict"
        has "$reason"
    done
}

# canned LINE...: a probe that answers like that of a plain user in a user namespace, but for these.
canned() {
    local line
    {
        printf '#!%s\ndeclare -A says=(' "$BASH"
        for line in 'user_namespace yes' as_we_are/{cgroup,ipc,mnt,net,pid,time,uts}' no EPERM clone()' \
            'as_we_are/user yes' in_user_namespace/{cgroup,ipc,mnt,net,pid,time,user,uts}' yes' \
            'clone3 yes' 'cage yes as-user private read-only user' 'cpuset yes v2 /nowhere' \
            'delegation no EACCES mkdir()' 'group no EACCES mkdir()' "$@"; do
            printf ' [%q]=%q' "${line%% *}" "${line#* }"
        done
        # shellcheck disable=SC2016
        printf '%s\n' ')' 'for name in "${!says[@]}"; do echo "$name ${says[$name]}"; done'
    } >bin/probe
    chmod 755 bin/probe
    PROBE=$DIR/bin/probe
}

hierarchy() {
    ./probe | sed -n 's/^cpuset yes v[12] //p'
}

# --- the probe ------------------------------------------------------------------------------------

@test "the probe answers yes, or no with an errno and a step, to each thing once" {
    run ./probe
    [ "$status" -eq 0 ]
    local line
    for line in "${lines[@]}"; do
        [[ $line =~ ^[a-z0-9_/]+\ (yes(\ .*)?|no\ E[A-Z0-9]+\ .+)$ ]]
    done
    [ -z "$(cut -d' ' -f1 <<<"$output" | sort | uniq -d)" ]
}

@test "the probe leaves no mount, no group, no process, and subtree_control as it was" {
    local before
    before=$(mounts_and_groups)
    # A process group of its own: whatever it forks is in it.
    run setsid --wait bash -c './probe >/dev/null && echo $$'
    [ "$status" -eq 0 ]
    poll 30 is_left_as_before
}

mounts_and_groups() {
    cat /proc/self/mounts
    cat /sys/fs/cgroup/cgroup.subtree_control 2>/dev/null || true
}

# Others are at work on this machine, too: what they change, they put back.
is_left_as_before() {
    [[ -z $(ps -o pid= -s "$output") && $(mounts_and_groups) = "$before" ]]
}

# The loop is a script of its own, for bats makes each of its rounds slow.
@test "told to stop at any time, the probe removes its group" {
    # shellcheck disable=SC2016
    run "$BASH" -c 'for ((i = 1; i <= 40; i++)); do
        ./probe >/dev/null &
        for ((j = 0; j < i * 150; j++)); do :; done
        kill -TERM $! 2>/dev/null
        wait $!
        echo $? $!
    done'
    [ "${#lines[@]}" -eq 40 ]
    ! grep -vE '^(0|143) ' <<<"$output" || return 1
    grep '^143' <<<"$output"
    local top pid
    top=$(hierarchy)
    for pid in "${lines[@]#* }"; do
        ! compgen -G "$top/oslabs-$pid-*" || return 1
    done
}

@test "a try that hangs is ended, is a no, and holds up nothing else" {
    needs_user_namespaces
    run as_user env LD_PRELOAD="$DIR/hang.so" ./probe
    [ "$status" -eq 0 ]
    grep -q '^as_we_are/time no ETIMEDOUT' <<<"$output"
    grep -q '^cage yes' <<<"$output"
}

@test "the probe takes no arguments" {
    run ./probe --help
    [ "$status" -eq 2 ]
    [[ $output == usage:* ]]
}

# --- doctor and witness agree -------------------------------------------------------------------

@test "agreed: as we are" {
    agree
}

@test "agreed: a plain user" {
    agree as_user
}

@test "agreed: Docker's seccomp rules, as a plain user and as root" {
    agree as_user ./deny
    has 'namespaces are forbidden here'
    has 'clone3() no ENOSYS'
    agree ./deny
}

@test "agreed: root without CAP_SYS_ADMIN" {
    needs_root
    agree setpriv --bounding-set -sys_admin --
    has 'root, but without CAP_SYS_ADMIN'
    ! unshare -Ur true 2>/dev/null || has 'runs here in a user namespace'
}

@test "agreed: root of a user namespace" {
    needs_user_namespaces
    agree as_user unshare -Ur
    has 'root of a user namespace'
}

@test "root of a user namespace without capabilities: it is not AppArmor that refuses the map" {
    needs_user_namespaces
    doctor as_user unshare -Ur setpriv --bounding-set -all --
    grep -q "writing uid_map: namespaces are" <<<"$output"
    row '1 plain' 'not here'
}

@test "agreed: a limit of 0 on each kind of namespace, and the fix names that one" {
    needs_user_namespaces
    local kind drop='setpriv --bounding-set -all --' # for root can do without a user namespace
    for kind in user pid mnt ipc uts net; do
        agree as_user unshare -Ur "$BASH" -c \
            "echo 0 >/proc/sys/user/max_${kind}_namespaces && exec $drop \"\$@\"" -
        drop=''
        has 'the number of namespaces is limited to what is in use'
        has "'sysctl -w user.max_${kind}_namespaces=10000'"
        has "user.max_${kind}_namespaces is 0"
        row '1 plain' 'not here'
    done
}

@test "agreed: a sandbox without user namespaces" {
    needs_user_namespaces
    command -v bwrap >/dev/null || skip "not here: no bwrap; scripts/machine/need bwrap"
    bwrap --help | grep -q disable-userns || skip "not here: bwrap is older than 0.8; install a newer one"
    agree as_user bwrap --unshare-user --disable-userns --dev-bind / / --proc /proc --
    has 'type the same outside of it'
    row '1 plain' 'not here'
}

@test "agreed: a cgroup tree that is mounted read-only" {
    needs_root
    local top
    top=$(hierarchy)
    [ -n "$top" ] || skip "not here: no cpuset hierarchy; make doctor says what gives one"
    unshare -m true 2>/dev/null || skip "not here: no private mounts in a chroot, or a container; make doctor"
    # shellcheck disable=SC2016
    agree unshare -m "$BASH" -c 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"' \
        "$top"
    has 'the cgroup tree is mounted read-only'
    row '2 group' 'not here'
}

@test "a chroot whose top is no mount: no user namespace, no private mounts, and a cage for root" {
    needs_root
    unshare -m true 2>/dev/null || skip "not here: this is such a chroot, or a container"
    mkdir -p root/{proc,dev,tmp}
    "${CC:-cc}" -static -o root/probe "$BATS_TEST_DIRNAME/../../scripts/machine/doctor-probe.c" ||
        skip "not here: no static C library; install glibc's static part"
    # shellcheck disable=SC2016
    run unshare -m "$BASH" -c 'mount -t proc proc root/proc && chroot root /probe'
    grep -q '^user_namespace no EPERM' <<<"$output"
    grep -q '^cage yes as-root$' <<<"$output"
}

# --- what it says, from canned answers ----------------------------------------------------------

@test "AppArmor: the user namespace is made, and its map refused" {
    canned 'user_namespace no EPERM writing uid_map' 'cage no EACCES writing setgroups'
    doctor as_user
    [ "$status" -eq 77 ]
    has 'AppArmor forbids user namespaces to this program'
    has "type the same with sudo, or 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'"
    row '1 plain' 'not here'
    row '2 group' 'not here +for the same reason'
}

@test "a hidden /proc, a busy top of the cgroup tree, no hierarchy at all" {
    canned 'cage no EPERM mounting /proc'
    doctor as_user
    has '/proc cannot be mounted here: parts of it are hidden, as in a container'
    canned 'group yes' 'cage_cpuset no EOPNOTSUPP entering the group'
    doctor as_user
    has '--cgroupns=host'
    row '1 plain' 'runs here in a user namespace'
    row '2 group' 'not here'
    canned 'cpuset no ENOENT a hierarchy with cpuset'
    doctor as_user
    has 'no cgroup hierarchy here has the cpuset controller'
    row '2 group' 'not here'
    [ "$status" -eq 77 ]
}

@test "with sudo: the labs' rows are about what root may" {
    # shellcheck disable=SC2016
    printf '#!%s\n%s\n' "$BASH" '[ "$1" != -n ] || shift; AS_ROOT=1 exec "$@"' >bin/sudo
    canned
    mv bin/probe bin/probe-user
    canned 'cage yes as-root private read-only user' 'group yes' \
        'cage_cpuset yes as-root private read-only user'
    mv bin/probe bin/probe-root
    # shellcheck disable=SC2016
    printf '#!%s\n%s\n' "$BASH" 'exec "$0-$([ -n "${AS_ROOT-}" ] && echo root || echo user)"' >bin/probe
    chmod 755 bin/*
    doctor as_user env PATH="$DIR/bin:$PATH"
    has 'sudo works without a password'
    has 'EACCES at mkdir()' # as we are
    row '1 plain' 'runs here with sudo'
    row '2 group' 'runs here with sudo'
    doctor as_user env SUDO= PATH="$DIR/bin:$PATH"
    has 'SUDO is empty'
    row '1 plain' 'runs here in a user namespace'
    has 'type the same as root'
}

@test "sudo works, and root may not read this folder: without sudo, and where to go with it" {
    canned
    # shellcheck disable=SC2016
    printf '#!%s\n%s\n' "$BASH" '[ "$2" = true ] || { echo "sudo: ${@: -1}: command not found" >&2; exit 1; }' >bin/sudo
    chmod 755 bin/sudo
    doctor as_user env PATH="$DIR/bin:$PATH"
    [ "$status" -eq 77 ]
    has 'sudo works without a password, but root may not read this folder'
    row '1 plain' 'runs here in a user namespace'
    row '2 group' 'not here'
    has 'copy this folder to where root may read it, such as /tmp, and type the same there'
}

@test "a group that has all CPUs for itself alone is named" {
    mkdir -p bin/cpuset/{a,b}
    echo 0 | tee bin/cpuset/{a,b}/cpuset.{cpu,mem}_exclusive >bin/cpuset/none
    canned "cpuset yes v1 $DIR/bin/cpuset" 'group no EINVAL cpuset.cpus'
    doctor as_user
    row '2 group' 'not here'
    has 'EINVAL at cpuset.cpus'
    echo 1 >bin/cpuset/b/cpuset.cpu_exclusive
    doctor as_user
    has "the cpuset group $DIR/bin/cpuset/b has all CPUs for itself alone"
    has 'write 0 into its cpuset.cpu_exclusive'
}

@test "a build folder that is mounted noexec: where else to build" {
    needs_root
    # shellcheck disable=SC2016
    run unshare -m "$BASH" -c 'mount -t tmpfs -o mode=755,noexec probe bin && cp probe bin && scripts/machine/doctor bin/probe 01-plain'
    [ "$status" -eq 70 ]
    [[ $output == *noexec*'BUILD=FOLDER'* ]]
}

@test "one CPU: the labs that go from the first to the last one are here in part" {
    canned 'group yes' 'cage_cpuset yes as-user private read-only user'
    doctor as_user taskset -c "$(sed -n 's/^Cpus_allowed_list:[[:space:]]*\([0-9]*\).*/\1/p' /proc/self/status)"
    [ "$status" -eq 77 ]
    row '1 plain' 'runs here'
    row '12 two' 'in part'
    has 'there is one CPU, and PSR cannot change'
    has 'make lab12 VM=1 CPUS=2'
    has '2 of 3 labs run here in full'
}

@test "all labs run here: exit status 0" {
    canned 'group yes' 'cage_cpuset yes as-user private read-only user'
    run as_user scripts/machine/doctor "$PROBE" 01-plain 02-group
    [ "$status" -eq 0 ]
    [ "${lines[-1]}" = 'All labs run here.' ]
}

@test "a tool that is missing: no lab without it, and what installs it on this distribution" {
    canned 'group yes'
    local name
    for name in bash env sed grep uname id cat dirname realpath tr ps cc gcc make; do
        ln -s "$(command -v $name)" "bin/$name"
    done
    printf '#!%s\n' "$BASH" >bin/dnf
    chmod 755 bin/dnf
    doctor as_user env -i PATH="$DIR/bin"
    [ "$status" -eq 77 ]
    has "type 'scripts/machine/need bats', which does: dnf install -y --setopt=install_weak_deps=False bats"
    row '1 plain' 'not here +bats is not on this machine'
}

# --- how it says it -------------------------------------------------------------------------------

@test "at most 80 columns, plain ASCII, no colours when piped; nothing to be typed is broken" {
    canned 'user_namespace no EPERM writing uid_map' 'cage no EPERM writing uid_map'
    doctor as_user
    awk 'length > 80 { print; long = 1 } END { exit long }' <<<"$output"
    [ -z "$(LC_ALL=C tr -d '\n -~' <<<"$output")" ]
    grep -qF "'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'" <<<"$output"
}

@test "colours on a terminal, but not with NO_COLOR or TERM=dumb" {
    command -v script >/dev/null || skip "not here: no terminal without script; scripts/machine/need script"
    canned
    run env TERM=xterm script -qec "scripts/machine/doctor $PROBE 01-plain" /dev/null
    [[ $output == *$'\e[32m'* ]]
    run env TERM=dumb script -qec "scripts/machine/doctor $PROBE 01-plain" /dev/null
    [[ $output == *'The labs'* && $output != *$'\e'* ]]
    run env NO_COLOR=1 script -qec "scripts/machine/doctor $PROBE 01-plain" /dev/null
    [[ $output == *'The labs'* && $output != *$'\e'* ]]
}

@test "a probe that breaks, or stops half-way, or a lab that is not there: exit status 70" {
    printf '#!%s\nexit 1\n' "$BASH" >bin/probe
    chmod 755 bin/probe
    run scripts/machine/doctor bin/probe 01-plain
    [ "$status" -eq 70 ]
    printf '#!%s\necho user_namespace yes\n' "$BASH" >bin/probe
    run scripts/machine/doctor bin/probe 01-plain
    [ "$status" -eq 70 ]
    run scripts/machine/doctor bin/none 01-plain
    [ "$status" -eq 70 ]
    [[ $output == *'make doctor'* ]]
    canned
    run scripts/machine/doctor "$PROBE" 03-none
    [ "$status" -eq 70 ]
    [[ $output == *'no such lab: 03-none'* ]]
}

@test "--help explains, wrong usage is exit status 2" {
    run scripts/machine/doctor --help
    [ "$status" -eq 0 ]
    [[ $output == 'usage: scripts/machine/doctor PROBE LAB...'* ]]
    run scripts/machine/doctor
    [ "$status" -eq 2 ]
    run scripts/machine/doctor probe
    [ "$status" -eq 2 ]
}
