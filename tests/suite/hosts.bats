#!/usr/bin/env bats
# Grading on other machines. Two machines are made from namespaces: each has its own network, host
# name, /tmp and home, and a sshd. They live in a PID namespace, and so nothing of them outlives it:
# not a process, not an interface, not a mount.

load helper

setup_file() {
    load helper
    ! missing >/dev/null || return 0
    local dir=$BATS_FILE_TMPDIR
    project "$dir/build/witness"
    mkdir -p "$dir/class"/{ada,bob,eve}
    cp "$top"/solutions/*/*.c "$dir/class/ada"
    # Those of the guest cannot be shown there, and so they are left for this machine.
    guest_labs | sed "s,[0-9]*-,$dir/class/ada/,; s/$/.c/" | xargs rm
    wrong 01-clone-pid1/no-newpid
    wrong 03-setns-join/no-setns
    wrong 04-ns-inode-listing/all-marked
    echo 'int main(void) { retrun 0; }' >"$dir/class/eve/clone-pid1.c"
    grade "$dir" local
}

# A wrong program of a lab.
wrong() {
    local name=${1%/*}
    name=${name#*-}
    "$top/tests/suite/program" "${1%/*}" "tests/suite/wrong/$1.diff" "$BATS_FILE_TMPDIR/class/bob/$name.c"
}

# grade DIR NAME: grades the class.
grade() {
    (cd "$top" && WITNESS=$1/build/witness scripts/instructor/grade "$1/class" "$1/$2" 2>&1)
}

# Prints what keeps two machines from being made here; fails if nothing does.
missing() {
    local try
    try=$("$top/scripts/machine/need" --try parallel ssh sshd bwrap ip unshare nsenter patch) ||
        { echo "$try" && return; }
    [ "$EUID" = 0 ] || { echo 'it needs root; sudo make test' && return; }
    try=$(no_cage)
    [ -z "$try" ] || { echo "${try#not here: }" && return; }
    ! try=$(unshare --net --mount --pid --fork true 2>&1) || return 1
    echo "$try; make test VM=1"
}

setup() {
    local why
    if why=$(missing); then skip "not here: $why"; fi
}

# --- in the world of the machines -----------------------------------------------------------------

# world COMMAND...: here are the machines h1 and h2, which HOSTS names. All ends when it ends.
world() {
    {
        declare -f
        printf 'top=%q dir=%q\nbegin\n"$@"\n' "$top" "$BATS_FILE_TMPDIR"
    } >"$BATS_TEST_TMPDIR/world"
    timeout --foreground -k 5 900 unshare --net --mount --pid --fork --kill-child --mount-proc \
        bash "$BATS_TEST_TMPDIR/world" "$@" </dev/null
}

begin() {
    local n
    set -euo pipefail
    mount -t tmpfs none /run
    mkdir -p /run/sshd /run/top /run/dir
    mount --bind "$top" /run/top
    mount --bind "$dir" /run/dir
    mount -t tmpfs none /tmp
    mount -t tmpfs none ~
    cd /
    top=/run/top dir=/run/dir
    ssh-keygen -q -t ed25519 -N '' -f /run/me
    for n in 1 2; do
        machine "$n"
    done
    printf '2/ssh -F /run/config h%d\n' 1 2 >/run/hosts
    export HOSTS=/run/hosts
}

# machine N [OPTION]...: starts the machine hN, and sets machine[N], its PID. What it does is in
# /run/hN.log. OPTION is one of sshd.
machine() {
    local n=$1 ours
    ssh-keygen -q -t ed25519 -N '' -f "/run/h$n"
    printf '%s\n' "HostKey /run/h$n" 'AuthorizedKeysFile /run/me.pub' 'StrictModes no' 'UsePAM no' \
        'PidFile none' 'LogLevel VERBOSE' "${@:2}" >"/run/h$n.conf"
    ours=$(readlink /proc/self/ns/net)
    unshare --net --mount --uts bash -c "hostname h$n && mount -t tmpfs none /tmp && mount -t tmpfs none ~ &&
        exec $(command -v sshd) -D -e -f /run/h$n.conf" 2>"/run/h$n.log" &
    machine[n]=$!
    until [ "$(readlink "/proc/$!/ns/net")" != "$ours" ]; do kill -0 "$!"; done
    ip link add "to-h$n" type veth peer name eth0 netns "$!"
    ip address add "192.0.2.$((4 * n + 1))/30" dev "to-h$n"
    ip link set "to-h$n" up
    nsenter --net="/proc/$!/ns/net" bash -c "ip address add 192.0.2.$((4 * n + 2))/30 dev eth0
        ip link set eth0 up; ip link set lo up"
    echo "192.0.2.$((4 * n + 2)) $(cut -d' ' -f1,2 "/run/h$n.pub")" >>/run/known
    printf '%s\n' "Host h$n" "HostName 192.0.2.$((4 * n + 2))" 'User root' 'IdentityFile /run/me' \
        'IdentitiesOnly yes' 'UserKnownHostsFile /run/known' 'StrictHostKeyChecking yes' >>/run/config
    poll 120 ssh -F /run/config "h$n" true 2>/dev/null
}

# sessions N: how many commands hN was asked for.
sessions() {
    grep -c 'Starting session: command' "/run/h$1.log"
}

# on N COMMAND...: in the mounts of hN.
on() {
    nsenter --mount="/proc/${machine[$1]}/ns/mnt" -- "${@:2}"
}

# hidden N FILE: on hN the script on stdin is in its place.
hidden() {
    cat >"/run/hidden-${2##*/}"
    chmod 755 "/run/hidden-${2##*/}"
    on "$1" mount --bind "/run/hidden-${2##*/}" "$2"
}

# What was made for this use is gone from the machine hN.
clean() {
    [ -z "$(on "$1" find /tmp ~ -mindepth 1 -not -name '.bash*')" ] &&
        ! pgrep -f '[g]rade-oslabs|^/cage/|[s]shd: root' >/dev/null
}

# A folder GRADES with records to be made, as scripts/instructor/grade would make it; LIST names seven of them,
# of which one was not handed in.
to_make() {
    mkdir -p /run/grades
    cp -a "$dir/local/kit" "$dir/local/students" /run/grades
    rm /run/grades/students/*/*/{record,verdicts}
    printf '/run/grades/students/%s/record\n' {ada,bob,eve}/{01-clone-pid1,03-setns-join} ada/02-unshare-fork >/run/list
}

# The verdicts in the folder NAME.
verdicts() {
    (cd "$BATS_FILE_TMPDIR/$1/students" && cut -f 1-4 -- */*/verdicts /dev/null)
}

# --- tests ------------------------------------------------------------------------------------------

both_work() {
    local before=("$(sessions 1)" "$(sessions 2)")
    grade "$dir" both
    # One session keeps the folder, one more at least is a program.
    [ $(($(sessions 1) - before[0])) -ge 2 ]
    [ $(($(sessions 2) - before[1])) -ge 2 ]
    poll 60 clean 1
    poll 60 clean 2
    [ -z "$(find /tmp ~ -mindepth 1)" ]
}

@test "two machines do the work, the verdicts are those of one, and nothing is left there" {
    run world both_work
    echo "$output"
    [ "$status" = 0 ]
    [[ $output != *'h'[12]' is '* && $output != *'left for this machine'* ]]
    diff <(verdicts local) <(verdicts both)
    cmp "$BATS_FILE_TMPDIR"/{local,both}/students/eve/01-clone-pid1/compiler
    [ "$(verdicts both | grep -c $'\tpass\t')" -gt 20 ]
}

one_goes() {
    local before network process
    before=$(sessions 2)
    network=$(readlink "/proc/${machine[2]}/ns/net")
    grade "$dir" one &
    until [ $(($(sessions 2) - before)) -ge 3 ]; do kill -0 "$!"; done
    # Those in a cage have another network, but end with these.
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/ns/net")" != "$network" ] || kill -KILL "${process#/proc/}" || true
    done 2>/dev/null
    wait "$!"
}

@test "a machine that goes in the middle: that is said, and all is graded" {
    run world one_goes
    echo "$output"
    [ "$status" = 0 ]
    [[ $output = *'h2 is gone'* ]]
    # What it had begun was tried again on the other one, or, where it went slowly, here.
    [[ ! $output =~ ([0-9]+)' of 22 programs could not be run there' || ${BASH_REMATCH[1]} -lt 11 ]]
    diff <(verdicts local) <(verdicts one)
}

interrupted() {
    local status=0 group
    trap 'echo "failed: $BASH_COMMAND; status=$status"; ls -la /tmp' ERR
    to_make
    set -m # a group of processes, as on a terminal
    "$top/scripts/instructor/hosts" /run/grades /run/list >/run/said &
    set +m
    until [ -s /run/said ]; do kill -0 "$!"; done
    on 1 sh -c 'cat /tmp/grade-oslabs.*/limits' >/run/limits
    [ -s /run/limits ]
    kill -INT -- "-$!"
    wait "$!" || status=$?
    [ "$status" = 130 ]
    poll 60 clean 1
    poll 60 clean 2
    [ -z "$(find /tmp -mindepth 1)" ]
    while read -r _ group _; do
        [ -z "$group" ] || [ ! -e "$group" ]
    done </run/limits
    [ -z "$(find /run/grades -name '*.new')" ]
    [ "$(wc -l </run/said)" -lt "$(wc -l </run/list)" ]
}

@test "Ctrl-C: status 130, no process, folder or cgroup is left on any machine" {
    run world interrupted
    echo "$output"
    [ "$status" = 0 ]
}

left_out() {
    to_make
    mkdir /run/path
    ln -s /usr/bin/* /usr/sbin/* /run/path 2>/dev/null || true
    rm /run/path/bwrap
    machine 3 'SetEnv PATH=/run/path'
    echo 'echo other-machine' | hidden 2 "$(readlink -f "$(command -v cc)")"
    printf 'Host %s\n' unknown 'closed
Port 9' '*
HostName 192.0.2.6
User root
IdentityFile /run/me
UserKnownHostsFile /run/nobody
StrictHostKeyChecking yes' >>/run/config
    printf '%s\n' '# a remark' '' 'ssh -F /run/config h3' '@some/ssh -F /run/config h2' \
        '1/ssh -F /run/config unknown' 'ssh -F /run/config closed' '2/ssh -F /run/config h1' >/run/hosts
    "$top/scripts/instructor/hosts" /run/grades /run/list
    # All are there, but for the one that was not handed in.
    # shellcheck disable=SC2016 # the inner shell expands it
    [ "$(xargs -n 1 sh -c '[ -s "$0" ] || echo "$0"' </run/list)" = /run/grades/students/eve/03-setns-join/record ]
}

@test "a machine that cannot be used is left out, with the reason; the others do its work" {
    run world left_out
    echo "$output"
    [ "$status" = 0 ]
    [[ $output = *'h3 is left out: it lacks bwrap;'* ]]
    [[ $output = *'h2 is left out: its compiler is other-machine'* ]]
    [[ $output = *'unknown is left out: Host key verification failed'* ]]
    [[ $output = *'closed is left out: '*'Connection refused'* ]]
    [[ $output != *'h1 is'* ]]
}

lies() {
    to_make
    hidden 1 "$(command -v cat)" <<'END'
#!/bin/bash
whole() { head -q -c -0 "$@"; }
case ${!#} in
    */ada/01*/record) whole "$1" && echo witness 2 && yes | head -c 4194304 && echo end ;;
    */ada/02*/record) whole "$@" | head -n 4 ;;
    */ada/03*/record) whole "$@" | sed '$i 0.001 not-here no such thing; type this' ;;
    */bob/01*/record) whole "$@" | sed 1d ;;
    *) whole "$@" ;;
esac
END
    echo '3/ssh -F /run/config root@h1' >/run/hosts
    "$top/scripts/instructor/hosts" /run/grades /run/list | sort
    find /run/grades -name record | sort
}

@test "what a machine sends is refused if it is cut, too long, or shows less than this machine" {
    run world lies
    echo "$output"
    [ "$status" = 0 ]
    [[ $output = *'4 of 6 programs could not be run there'* ]]
    [ "$(grep 'record$' <<<"$output")" = 'made /run/grades/students/bob/03-setns-join/record
made /run/grades/students/eve/01-clone-pid1/record
/run/grades/students/bob/03-setns-join/record
/run/grades/students/eve/01-clone-pid1/record' ]
}

nobody_there() {
    to_make
    echo 'ssh -F /run/config -p 9 h1' >/run/hosts
    "$top/scripts/instructor/hosts" /run/grades /run/list
    [ -z "$(find /run/grades -name record)" ]
    echo ':' >/run/hosts
    "$top/scripts/instructor/hosts" /run/grades /run/list
    CAGE=vm "$top/scripts/instructor/hosts" /run/grades /run/list
    [ -z "$(find /tmp -mindepth 1)" ]
}

@test "no machine at all: this one is left to make them; and ':' is this one" {
    run world nobody_there
    echo "$output"
    [ "$status" = 0 ]
    [[ $output = *'There is no other machine for these 6 programs'* ]]
    [ "$(grep -c '^made ' <<<"$output")" = 6 ]
    [[ $output = *'CAGE=vm: '* ]]
    HOSTS=/nowhere run "$top/scripts/instructor/hosts" /tmp /dev/null
    [ "$status" = 2 ]
    [[ $output = *"HOSTS='/nowhere'"* ]]
}
