#!/usr/bin/env bats
# scripts/machine/doctor: under denials that this machine can make without a guest, it says what the witness
# says when it runs a program; and what it makes of the words of a witness that is a stub.
# shellcheck disable=SC2016 # a script in '...' is for an inner shell

load helper

setup_file() {
    # A tree of its own, which everybody may read, with labs of its own.
    DIR=$(mktemp -d)
    export DIR WITNESS=$DIR/witness
    chmod 755 "$DIR"
    mkdir -p "$DIR/scripts/machine" "$DIR/tests" "$DIR/bin"
    cp "$top/scripts/lib.bash" "$DIR/scripts/"
    cp "$top/scripts/machine/"{doctor,need,privilege} "$DIR/scripts/machine/"
    printf '%s\n' '#> run a' '#>   start' >"$DIR/tests/01-plain.bats"
    printf '%s\n' '#> run a' '#>   cpuset' '#>   start' >"$DIR/tests/02-group.bats"
    printf '%s\n' '#> run a' '#>   start' '#> run b' '#>   refuse clone EAGAIN' '#>   start' >"$DIR/tests/03-part.bats"
    printf '%s\n' '#> run a' '#>   hold FIRST' '#>   start' '#>   move PROGRAM LAST' >"$DIR/tests/12-two.bats"
    "${CC:-cc}" -std=gnu11 -O2 -o "$WITNESS" "$top"/tests/witness/*.c
    "${CC:-cc}" -O1 -o "$DIR/deny" "$top/tests/suite/docker-rules.c"
    "${CC:-cc}" -O1 -o "$DIR/refusing" "$top/tests/suite/refusing.c"
    # For LD_PRELOAD: what lies below $FAKES is opened instead of the real file. A folder cannot be read,
    # nor written.
    "${CC:-cc}" -x c -O1 -shared -fPIC -o "$DIR/fake.so" - <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
static const char *fake(const char *path)
{
    static char instead[4096];
    snprintf(instead, sizeof instead, "%s/%s", getenv("FAKES"), path);
    return access(instead, F_OK) == 0 ? instead : path;
}
int openat(int dir, const char *path, int flags, ...)
{
    return (int)syscall(SYS_openat, fake(path) == path ? dir : AT_FDCWD, fake(path), flags, 0600);
}
int open(const char *path, int flags, ...)
{
    return openat(AT_FDCWD, path, flags);
}
FILE *fopen(const char *path, const char *mode)
{
    return ((FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, "fopen"))(fake(path), mode);
}
END
}

teardown_file() {
    [ -z "${DIR:-}" ] || rm -rf "$DIR"
}

setup() {
    rm -rf "${DIR:?}/bin"
    mkdir "$DIR/bin"
    cd "$DIR" || return
}

as_user() {
    if ((EUID == 0)); then
        as_nobody "$@"
    else
        "$@"
    fi
}

needs_user_namespaces() {
    as_user unshare -Ur true 2>/dev/null ||
        skip "not here: no user namespaces; make doctor says what gives them"
}

needs_private_mounts() {
    needs_root
    unshare -m true 2>/dev/null || skip "not here: no private mounts in a chroot, or a container; make doctor"
}

# doctor [COMMAND...]: the doctor for the labs of this tree, run by a command. Sets flat, too:
# its output without line breaks.
doctor() {
    run "$@" scripts/machine/doctor 01-plain 02-group 12-two
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
# labs; where the witness gives a reason and a fix, the doctor gives the same.
agree() {
    local lab name verdict reason last='' first='' fix
    doctor "$@"
    [[ $status == 0 || $status == 77 ]] || printf 'status %s\n%s\n' "$status" "$output"
    [[ $status == 0 || $status == 77 ]]
    for lab in 01-plain 02-group; do
        name="${lab:1:1} ${lab#*-}"
        verdict='runs here'
        "$@" ./witness tests/$lab.bats /bin/true >record 2>message || verdict='not here'
        reason=$(sed -n 's/^[0-9.]* not-here //p' record | sed -n 1p)
        # A run that did not happen and gave no reason is no proof that labs run.
        [[ -z $reason ]] && grep -q '^[0-9.]* exit 0' record || verdict='not here'
        echo "$lab: the witness: $verdict $reason $(<message)"
        row "$name" "$verdict"
        [ -n "$reason" ] || continue
        [ "$reason" = "$last" ] || first=${lab:1:1}
        last=$reason fix=${reason#*; }
        has "${reason%%; *}"
        has "to do: ${fix//the same/"'make lab$first'"}"
    done
}

# fake FILE TEXT: for whoever is run by "${faked[@]}" that file has that text.
fake() {
    mkdir -p "bin$(dirname "$1")"
    echo "$2" >"bin$1"
}
faked=(env LD_PRELOAD="${DIR-}/fake.so" FAKES="${DIR-}/bin")

# stub NAME LINE...: a script on PATH, if that begins with $DIR/bin.
stub() {
    printf '%s\n' "#!$BASH" "${@:2}" >"bin/$1"
    chmod 755 "bin/$1"
}

# canned LINE...: a witness that says these lines for each lab.
canned() {
    stub witness "printf '%s\\n' 'run a' ${*@Q} '0.1 cage as-user user read-only' end"
    export WITNESS=$DIR/bin/witness
}

hierarchy() {
    awk '$3 == "cgroup" && $4 ~ /(^|,)cpuset(,|$)/ { print $2 }' /proc/self/mounts
}

# --- what is asked leaves nothing -----------------------------------------------------------------

@test "the doctor leaves no mount, no group, no process, and subtree_control as it was" {
    local before
    before=$(mounts_and_groups)
    # A process group of its own: whatever it forks is in it.
    run setsid --wait bash -c 'scripts/machine/doctor 01-plain 02-group >/dev/null; echo $$'
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

# The loop is a script of its own, because bats makes each of its rounds slow.
@test "told to stop at any time, a witness that is asked removes its group" {
    run "$BASH" -c 'for ((i = 1; i <= 40; i++)); do
        ./witness --ask tests/02-group.bats >/dev/null &
        for ((j = 0; j < i * 150; j++)); do :; done
        kill -TERM $! 2>/dev/null
        wait $!
        echo $? $!
    done'
    [ "${#lines[@]}" -eq 40 ]
    ! grep -vE '^(0|143) ' <<<"$output" || return 1
    grep '^143' <<<"$output"
    local where pid
    where=$(hierarchy)
    for pid in "${lines[@]#* }"; do
        ! compgen -G "$where/oslabs-$pid-*" || return 1
    done
}

@test "a kind of namespace that hangs is ended, is a no, and holds up nothing else" {
    needs_user_namespaces
    stub unshare '[ "$1" != --time ] || ((EUID == 0)) || exec sleep 60' "exec $(command -v unshare)"' "$@"'
    doctor as_user env PATH="$DIR/bin:$PATH"
    row time 'no answer in time'
    row user yes
    row '1 plain' 'runs here'
    stub unshare 'echo "unshare: unrecognized option: ${1#--}" >&2' 'exit 1'
    doctor as_user env PATH="$DIR/bin:$PATH"
    row cgroup 'not known to this unshare +not known to this unshare$'
}

# --- doctor and witness agree -------------------------------------------------------------------

@test "agreed: as we are" {
    agree
}

@test "agreed: a plain user" {
    agree as_user
    row '2 group' 'not here'
    has 'with VM=1: the virtual machine needs no root'
}

@test "agreed: Docker's seccomp rules, as a plain user and as root" {
    agree as_user ./deny
    has 'namespaces are forbidden here by a seccomp filter'
    has 'seccomp a filter is on'
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
    has 'we are root; in a user namespace'
}

@test "root of a user namespace without capabilities: it is not AppArmor that refuses the map" {
    needs_user_namespaces
    agree as_user unshare -Ur setpriv --bounding-set -all --
    has 'namespaces are forbidden here'
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
        row '1 plain' 'not here'
    done
}

@test "agreed: a sandbox without user namespaces" {
    needs_user_namespaces
    command -v bwrap >/dev/null || skip "not here: no bwrap; scripts/machine/need bwrap"
    bwrap --help | grep -q disable-userns || skip "not here: bwrap is older than 0.8; install a newer one"
    agree as_user bwrap --unshare-user --disable-userns --dev-bind / / --proc /proc --
    has "type 'make lab1' outside of this user namespace, or with VM=1"
    row '1 plain' 'not here'
}

@test "agreed: a cgroup tree that is mounted read-only" {
    needs_private_mounts
    [ -n "$(hierarchy)" ] || skip "not here: no cpuset hierarchy; make doctor says what gives one"
    agree "$top/tests/suite/read-only-cgroups"
    has 'the cgroup tree is mounted read-only'
    row '2 group' 'not here'
}

@test "agreed: parts of /proc are hidden" {
    needs_private_mounts
    needs_user_namespaces
    agree unshare -m "$BASH" -c 'mount -t tmpfs hidden /proc/sys/fs && exec "$@"' - \
        setpriv --reuid=65534 --regid=65534 --clear-groups --
    has '/proc cannot be mounted here: parts of it are hidden, as in a container'
    row '1 plain' 'not here'
}

@test "agreed: AppArmor: the user namespace is made, and its map refused" {
    needs_user_namespaces
    mkdir -p bin/proc/self/uid_map
    fake /proc/sys/kernel/apparmor_restrict_unprivileged_userns 1
    agree as_user "${faked[@]}"
    [ "$status" -eq 77 ]
    has 'AppArmor forbids user namespaces to this program'
    has "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'"
    row '1 plain' 'not here'
}

@test "agreed: a kernel that gives user namespaces to root only" {
    fake /proc/sys/kernel/unprivileged_userns_clone 0
    agree as_user "${faked[@]}" ./deny
    has 'this kernel gives user namespaces to root only'
    has "sysctl -w kernel.unprivileged_userns_clone=1'"
}

@test "agreed: WSL 1" {
    fake /proc/sys/kernel/osrelease 4.4.0-19041-Microsoft
    agree as_user "${faked[@]}" ./deny
    has "WSL 1 has no Linux kernel, and so no namespaces"
}

@test "agreed: no cgroup hierarchy, one without cpuset, and a kernel that was told to have none" {
    fake /proc/self/mountinfo "$(grep -v ' - cgroup' /proc/self/mountinfo)"
    agree "${faked[@]}"
    has 'no cgroup hierarchy here has the cpuset controller: none is mounted'
    row '2 group' 'not here'
    fake /none/cgroup.controllers 'cpu memory'
    echo '99 1 0:99 / /none rw - cgroup2 cgroup2 rw' >>bin/proc/self/mountinfo
    agree "${faked[@]}"
    has 'no cgroup hierarchy here has the cpuset controller to do:'
    fake /proc/cmdline 'quiet cgroup_disable=memory,cpuset panic=1'
    agree "${faked[@]}"
    has 'the kernel was started with cgroup_disable=cpuset'
    has "take that out of the kernel's command line"
    fake /proc/cmdline 'quiet cgroup_disable=memory panic=cpuset'
    agree "${faked[@]}"
    [[ $flat != *cgroup_disable* ]]
    fake /proc/self/mountinfo "$(grep -v -e ' - cgroup' -e '^[^/]* /[^ ]* / ' /proc/self/mountinfo)"
    agree "${faked[@]}"
    has 'a chroot (/ is not a mount point)'
    has "none is mounted to do: type 'make lab2' outside of the chroot, or with VM=1"
    [ "$status" -eq 77 ]
}

@test "agreed: a cgroup tree whose top holds processes" {
    needs_root
    [ -n "$(hierarchy)" ] || skip "not here: no cpuset hierarchy; make doctor says what gives one"
    fake /cgroup.type 'domain invalid'
    agree "${faked[@]}"
    has '--cgroupns=host'
    row '1 plain' 'runs here'
    row '2 group' 'not here'
}

@test "a chroot whose top is no mount: root has a cage; a plain user has none, and is not sent to a limit" {
    needs_private_mounts
    mkdir -p root/{proc,dev,tmp}
    chmod 1777 root/tmp
    cp tests/01-plain.bats root/
    "${CC:-cc}" -static -o root/witness "$top"/tests/witness/*.c ||
        skip "not here: no static C library; install glibc's static part"
    in_chroot=(unshare -m "$BASH" -c 'mount -t proc proc root/proc && chroot "$@"' -)
    run "${in_chroot[@]}" root /witness --ask /01-plain.bats
    grep -qE ' cage as-root pid mnt ipc uts net( exec-watch)?$' <<<"$output"
    [[ $output != *not-here* ]]
    run "${in_chroot[@]}" --userspec=65534:65534 root /witness --ask /01-plain.bats
    grep -q ' not-here in a chroot the kernel makes no user namespace; type the same outside of the chroot' <<<"$output"
    [[ $output != *user.max* ]]
}

@test "a kernel without filters for system calls: a lab that refuses some is here in part" {
    needs_user_namespaces
    run ./refusing seccomp scripts/machine/doctor 01-plain 03-part
    flat=$(tr -s ' \n' ' ' <<<"$output")
    [ "$status" -eq 77 ]
    row '1 plain' 'runs here'
    row '3 part' 'in part +this kernel lets nobody'
    has '1 of 2 labs run here in full'
}

# --- sudo, tools, CPUs ----------------------------------------------------------------------------

@test "with sudo: the labs' rows are about what root may" {
    stub id '[ -z "${AS_ROOT-}" ] || exec echo 0' "exec $(command -v id)"' "$@"'
    stub sudo '[ "$1" != -n ] || shift' 'shift; AS_ROOT=1 exec "$@"'
    canned
    sed -i "2s/as-user/as-'\"\${AS_ROOT:+root}\"'/" bin/witness
    doctor as_user env PATH="$DIR/bin:$PATH"
    has 'and sudo makes us root'
    row '1 plain' 'runs here with sudo'
    row '2 group' 'runs here with sudo'
}

@test "no sudo, a sudo that refuses, another one, one that is not wanted: what works is said, and nothing else" {
    needs_user_namespaces
    stub sudo 'exit 1'
    agree as_user env PATH="$DIR/bin:$PATH"
    has 'and sudo wants a password, or refuses'
    has "to do: type 'make lab2' with sudo, or with VM=1: the virtual machine needs no root"
    cp bin/sudo bin/doas
    agree as_user env PATH="$DIR/bin:$PATH" SUDO=doas
    has "to do: type 'make lab2' with doas, or with VM=1"
    agree as_user env SUDO=no-such-sudo
    has 'and there is no no-such-sudo here'
    has "to do: type 'make lab2' with VM=1: the virtual machine needs no root"
    [[ $flat != *"lab2' as root"* && $flat != *'with sudo'* ]]
    agree as_user env SUDO=
    row '1 plain' 'runs here in a user namespace'
    has "to do: type 'make lab2' without SUDO=, or with VM=1"
}

@test "sudo works, and root may not read this folder: without sudo, and where to go with it" {
    stub sudo 'exit 9'
    agree as_user env PATH="$DIR/bin:$PATH"
    has 'Root may not read'
    has 'copy the project to a folder such as /var/tmp'
}

@test "a build folder that is mounted noexec: where else to build" {
    needs_root
    run unshare -m "$BASH" -c 'mount -t tmpfs -o mode=755,noexec probe bin && cp witness bin &&
        WITNESS=bin/witness scripts/machine/doctor 01-plain'
    [ "$status" -eq 70 ]
    [[ $output == *noexec*'BUILD=FOLDER'* ]]
}

@test "one CPU: the labs that go from the first to the last one are here in part, in the words of the checks" {
    needs_user_namespaces
    doctor as_user taskset -c "$(taskset -cp $$ | sed 's/.* //; s/[-,].*//')"
    [ "$status" -eq 77 ]
    row '1 plain' 'runs here'
    row '12 two' 'in part'
    grep -qF 'there is one CPU, and PSR cannot change; use a machine with two, or make ... VM=1 CPUS=2' "$top/tests/record.bash"
    has 'there is one CPU, and PSR cannot change to do: use a machine with two, or make lab12 VM=1 CPUS=2'
    has '1 of 3 labs run here in full'
}

@test "all labs run here: exit status 0; without a name all are asked for" {
    canned
    run as_user scripts/machine/doctor
    [ "$status" -eq 0 ]
    row '3 part' 'runs here'
    [ "${lines[-1]}" = 'All labs run here.' ]
}

# on_path COMMAND...: these alone are on the PATH $DIR/bin.
on_path() {
    local name
    for name; do
        ln -s "$(command -v "$name")" "bin/$name"
    done
}

@test "tools that are missing: which ones, and what gets them; rows for presenters only where their room is" {
    canned
    on_path bash sh env sed grep awk uname id dirname tr timeout cc gcc make ps
    doctor as_user env -i PATH="$DIR/bin" WITNESS="$WITNESS"
    has 'for the labs yes cc make ps'
    has "to read along no man pgrep taskset findmnt lsns nsenter unshare to do: type 'scripts/machine/need man pgrep"
    row 'checks by hand' 'no +bats'
    row '1 plain' 'runs here'
    [[ $flat != *presenters* && $flat != *instructors* && $flat != *KIND* ]]
    mkdir -p scripts/presenter
    doctor as_user env -i PATH="$DIR/bin" WITNESS="$WITNESS"
    rmdir scripts/presenter
    row 'for presenters' 'no +node npm chromium asciinema'
}

@test "man is here only with the pages of the system calls" {
    canned
    stub man 'exit 16'
    doctor as_user env PATH="$DIR/bin:$PATH"
    row 'to read along' 'no +man$'
    has "type 'scripts/machine/need man', or read the man pages at https://man7.org/linux/man-pages"
    stub man '[ "$*" = "-w 2 clone" ]'
    doctor as_user env PATH="$DIR/bin:$PATH"
    ! row 'to read along' 'no +man' || return 1
}

@test "a terminal that is too small for the demonstrations is named" {
    command -v script >/dev/null || skip "not here: no terminal without script; scripts/machine/need script"
    canned
    mkdir scripts/presenter
    run script -qec "stty rows 20 cols 100; scripts/machine/doctor" /dev/null
    local small=$output
    run script -qec "stty rows 24 cols 80; scripts/machine/doctor" /dev/null
    rmdir scripts/presenter
    [[ $small == *'100 columns, 20 rows'*larger* ]]
    [[ $output == *'80 columns, 24 rows'* && $output != *larger* ]]
}

# --- how it says it -------------------------------------------------------------------------------

@test "at most 80 columns, plain ASCII, no colours when piped; nothing to be typed is broken" {
    canned "0.1 not-here AppArmor; type 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'"
    doctor as_user
    awk 'length > 80 { print; long = 1 } END { exit long }' <<<"$output"
    [ -z "$(LC_ALL=C tr -d '\n -~' <<<"$output")" ]
    grep -qF "'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'" <<<"$output"
}

@test "colours on a terminal, but not with NO_COLOR or TERM=dumb" {
    command -v script >/dev/null || skip "not here: no terminal without script; scripts/machine/need script"
    canned
    run env TERM=xterm script -qec "scripts/machine/doctor 01-plain" /dev/null
    [[ $output == *$'\e[32m'* ]]
    run env TERM=dumb script -qec "scripts/machine/doctor 01-plain" /dev/null
    [[ $output == *'The labs'* && $output != *$'\e'* ]]
    run env NO_COLOR=1 script -qec "scripts/machine/doctor 01-plain" /dev/null
    [[ $output == *'The labs'* && $output != *$'\e'* ]]
}

@test "a witness that breaks, or stops half-way, or a lab that is not there: exit status 70" {
    canned
    stub witness 'echo "witness: pipes: Too many open files" >&2' 'exit 70'
    doctor
    [ "$status" -eq 70 ]
    has 'witness: pipes: Too many open files'
    stub witness 'echo run a'
    doctor
    [ "$status" -eq 70 ]
    rm bin/witness
    doctor
    [ "$status" -eq 70 ]
    has 'make doctor'
    canned
    run scripts/machine/doctor 03-none
    [ "$status" -eq 70 ]
    [[ $output == *'There is no lab 03-none.'* ]]
}

@test "--help explains" {
    run scripts/machine/doctor --help
    [ "$status" -eq 0 ]
    [[ $output == 'usage: scripts/machine/doctor [LAB...]'* ]]
}
