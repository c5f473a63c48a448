# What a session of the deck starts with (fill.mjs writes the rest): what it may call, and what it
# can need of the machine.
# shellcheck shell=bash disable=SC2154 # marker comes from fill.mjs

set -uo pipefail
exec 2>&1
export LC_ALL=C
unset CDPATH

v1() { findmnt -fnrt cgroup -O cpuset -o TARGET; }
v2() { findmnt -fnrt cgroup2 -o TARGET; }

user='--reuid=1000 --regid=1000 --clear-groups' # for setpriv: somebody without rights

can_make_group() {
    local probe
    [[ $1 ]] && probe=$(mktemp -d "$1/probe.XXXXXX") && rmdir "$probe"
} >/dev/null 2>&1

has_controller() {
    grep -qsw "$1" "$(v2)/cgroup.controllers" && can_make_group "$(v2)"
}

# Makes the folder root, and tries it.
can_run_container() {
    bash "${BASH_SOURCE[0]%/*}/../../scripts/student/root" root && container-run probe root 0 0 true
} >/dev/null 2>&1

has() {
    case $1 in
        namespaces) unshare --pid --fork true 2>/dev/null ;;
        time) [[ -e /proc/self/ns/time ]] ;;
        # shellcheck disable=SC2086 # they are words
        user) setpriv $user unshare --user test -x "$(realpath "$(type -P user-map-root)")" 2>/dev/null ;;
        v1) can_make_group "$(v1)" ;;
        v2) has_controller cpuset ;;
        memory | cpu) has_controller "$1" ;;
        cpuset) has v1 || has v2 ;;
        container) can_run_container ;;
        guest) grep -qs 'oslabs.guest=1' /proc/cmdline ;; # what touches a whole machine
        hugepages) echo 8 >/proc/sys/vm/nr_hugepages ;;
        cpus) taskset -c 0 true && taskset -c 1 true ;;
        *) echo "there is no need '$1'" && exit 1 ;;
    esac
}

need() {
    local word
    for word; do
        has "$word" || { echo "no $word here" && exit 77; }
    done
}

# The command as it is shown: with the values of the variables that are named in $show.
say() {
    local line=$2 name
    for name in ${show-}; do
        [[ ! -v $name ]] || line=${line//\$$name/${!name}}
    done
    echo "$marker $1 $line"
}

check() {
    (($1 == 0)) || [[ $2 == 1 ]] || { echo "failed (status $1): $3" && exit 1; }
    (($1 != 0)) || [[ $2 == 0 ]] || { echo "should have failed, and did not: $3" && exit 1; }
}

# A group of our own, that has all CPUs and memory: nobody else's group0 is in the way. $2: the controller
# that it has on v2, cpuset by default.
enter_group() {
    local controller=${2-cpuset}
    group=$(mktemp -d "$("$1")/slides.XXXXXX") && cd "$group" || return
    case $1 in
        v1) cat ../cpuset.mems >cpuset.mems && cat ../cpuset.cpus >cpuset.cpus ;;
        v2) grep -qw "$controller" ../cgroup.subtree_control || { enabled=$controller && echo "+$enabled" >../cgroup.subtree_control; } ;;
    esac
}

# Ends the process, if there is one, removes the groups from below, and takes back what enter_group enabled.
leave_group() {
    [[ ! ${1-} ]] || { kill "$1" && wait "$1"; } 2>/dev/null
    cd "$group/.." && find "$group" -depth -type d -exec rmdir {} +
    [[ ! ${enabled-} ]] || echo "-$enabled" >cgroup.subtree_control
}

# As long as process $1 lives: "at S.SSS NUMBER..." whenever the file $2 has changed, with the numbers behind the
# words $3..., or with its only one.
sample() {
    local words now last='' i t start=${EPOCHREALTIME/./}
    while kill -0 "$1" 2>/dev/null; do
        read -rd '' -a words <"$2"
        t=$((${EPOCHREALTIME/./} - start)) now=''
        (($# > 2)) || now=" ${words[0]}"
        for ((i = 0; i < ${#words[@]}; i++)); do
            [[ " ${*:3} " != *" ${words[i]} "* ]] || now+=" ${words[i + 1]}"
        done
        [[ $now == "$last" ]] || printf 'at %d.%06d%s\n' $((t / 1000000)) $((t % 1000000)) "$now"
        last=$now
    done
}

# Waits until ps shows process $1 on CPU $2; 10 s at most.
until_on_cpu() {
    local i
    for ((i = 0; i < 500; i++)); do
        (($(ps -o psr= -p "$1") == $2)) && return
        sleep 0.02
    done
    return 1
}

# Waits until the command prints something, and prints that; 10 s at most.
await() {
    local i found
    for ((i = 0; i < 500; i++)); do
        found=$("$@") && [[ -n $found ]] && echo "$found" && return
        sleep 0.02
    done
    return 1
}
