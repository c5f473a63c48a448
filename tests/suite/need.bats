#!/usr/bin/env bats
# scripts/machine/need, with fake package managers: PATH holds nothing but what a test puts there.

load helper
dir='' # teardown removes it: never one of whoever started us

# The lock and a plain user need a copy of the script that everybody may read.
setup() {
    dir='' # not the one of scripts/suite/test
    ((EUID == 0)) || unshare -r true 2>/dev/null ||
        skip "not here: this needs root or a user namespace; sudo make test"
    dir=$(mktemp -d)
    bin=$dir/bin
    log=$dir/log
    mkdir "$bin"
    : >"$log"
    cp "$BATS_TEST_DIRNAME/../../scripts/machine/need" "$dir/need"
    local name
    for name in env flock sleep; do
        ln -s "$(command -v "$name")" "$bin/$name"
    done
    chmod 755 "$dir" "$dir/need"
    chmod 777 "$bin"
    chmod 666 "$log"
}

teardown() {
    [ -z "$dir" ] || rm -rf "$dir"
}

# stub NAME [BODY]: a command that writes its name and arguments into the log.
stub() {
    printf '#!%s\necho "%s $*" >>%q\n%s\n' "$BASH" "$1" "$log" "${2-}" >"$bin/$1"
    chmod 755 "$bin/$1"
}

# bring TOOL...: the body of a package manager that brings the TOOLs.
bring() {
    echo "echo chatter of the installer"
    printf "$(type -P ln) -sf $(type -P true) '$bin/%s'\n" "$@"
}

stub_sudo() {
    # shellcheck disable=SC2016
    stub sudo '[[ $1 != -n ]] || shift; exec "$@"'
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    else
        unshare -r "$@"
    fi
}

as_user() {
    if ((EUID == 0)); then
        setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    else
        "$@"
    fi
}

# need WHO [VARIABLE=VALUE]... -- ARGUMENT...: runs the script with the private PATH.
need() {
    local who=$1 variables=()
    shift
    while [[ $1 != -- ]]; do
        variables+=("$1") && shift
    done
    shift
    "as_$who" env -i PATH="$bin" "${variables[@]}" "$BASH" "$dir/need" "$@" </dev/null
}

# on_terminal KEYS WHO [VARIABLE=VALUE]...: asks for ps on a terminal where KEYS are typed.
on_terminal() {
    local keys=$1 who=$2
    shift 2
    need_script
    printf '%b' "$keys" |
        "as_$who" script -qec "env -i PATH='$bin' $* '$BASH' '$dir/need' ps" /dev/null
}

need_script() {
    command -v script >/dev/null ||
        skip "not here: no terminal without script; scripts/machine/need script"
}

# wait_for WORDS FILE: until FILE has them.
wait_for() {
    local deadline=$((SECONDS + 120))
    until grep -qs -- "$1" "$2"; do
        ((SECONDS < deadline)) || {
            echo "'$1' did not appear in $2:" && cat "$2"
            return 1
        }
        sleep 0.05
    done
}

has() {
    [[ $output == *"$1"* ]] || {
        printf "not in the output: '%s'\n%s\n" "$1" "$output"
        return 1
    }
}

log_is() {
    [[ $(<"$log") == "$1" ]] || {
        printf 'the log has:\n%s\nit should have:\n%s\n' "$(<"$log")" "$1"
        return 1
    }
}

apt_install="apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300"

@test "need: when nothing is missing it prints nothing and starts no program, but to ask its version" {
    stub gcc
    stub bats 'echo Bats 1.2.1'
    stub ps
    command_not_found_handle() { echo "$*" >>"$log"; }
    export -f command_not_found_handle
    export log
    PATH=$bin run "$BASH" "$dir/need" cc bats ps
    [[ $status == 0 && -z $output ]]
    log_is "bats --version"
}

@test "need: a tool that is too old is named, with what to type, and nothing is installed" {
    local name old new
    stub apt-get
    while read -r name old new; do
        : >"$log"
        stub "$name" "echo '$name version v$old (of today, 99.9)'"
        run need root -- "$name"
        [[ $status == 3 ]]
        has "need: $name $old is too old ($bin/$name): "
        run need root -- --try "$name"
        [[ $status == 3 && ${#lines[@]} == 1 ]]
        has "$name $old is too old"
        stub "$name" "echo '$name version v$new (of today, 0.0.1)'"
        run need root -- "$name"
        [[ $status == 0 && -z $output ]]
        [[ $(<"$log") != *apt-get* ]]
    done <<'END'
bats 0.4.0 1.2.1
bats 1.2.0 1.10.0
bwrap 0.6.1 0.7.0
node 12.22.9 18.0.0
asciinema 2.1.0 3.0.1
END
}

@test "need: what is missing is installed, and then what is too old is named" {
    stub bats 'echo Bats 1.1.0'
    stub dnf "$(bring ps)"
    run need root -- ps bats
    [[ $status == 3 ]]
    has "installing: procps-ng"
    has "bats 1.1.0 is too old"
}

@test "need: moreutils' parallel is not the one that is meant" {
    stub parallel 'echo "parallel: invalid option -- -" >&2; exit 1'
    run need user -- --try parallel
    [[ $status == 1 ]]
    has "missing: parallel;"
    stub parallel 'echo GNU parallel 20210822'
    run need user -- --try parallel
    [[ $status == 0 ]]
}

@test "need: --help prints the usage, wrong usage exits 2" {
    run need user -- --help
    [[ $status == 0 ]]
    has "Usage: scripts/machine/need [--try] TOOL..."
    local wrong
    for wrong in "" --try --unknown a/b 'a b' '*'; do
        run need user -- ${wrong:+"$wrong"}
        [[ $status == 2 ]]
        has "Usage:"
    done
    run need user -- ps ''
    [[ $status == 2 ]]
}

@test "need: root installs, told first what and how; the installer's chatter is not shown" {
    stub apt-get "$(bring gcc bats ps)"
    run need root -- cc bats ps
    [[ $status == 0 ]]
    has "not on this machine: cc bats ps"
    has "packages: gcc libc6-dev bats procps"
    has "$apt_install gcc libc6-dev bats procps"
    has "installing: gcc libc6-dev bats procps"
    [[ $output != *chatter* && $output != *sudo* ]]
    [[ $(tail -n 1 "$log") == "$apt_install gcc libc6-dev bats procps" ]]
}

@test "need: only the missing tools are installed, and no package twice" {
    stub bats
    stub apt-get "$(bring unshare nsenter)"
    run need root -- bats unshare nsenter
    [[ $status == 0 ]]
    has "packages: util-linux"$'\n'
}

@test "need: a plain user installs through sudo, which asks for no password without a terminal" {
    stub dnf "$(bring ps)"
    stub_sudo
    run need user -- ps
    [[ $status == 0 ]]
    has "command: sudo -n dnf install"
    log_is "sudo -n dnf install -y --setopt=install_weak_deps=False procps-ng
dnf install -y --setopt=install_weak_deps=False procps-ng"
}

@test "need: without root and sudo it says what to type" {
    stub dnf "$(bring ps)"
    run need user -- ps
    [[ $status == 1 ]]
    has "there is no sudo"
    has "type this as root"
    has "    dnf install -y --setopt=install_weak_deps=False procps-ng"
    log_is ""
}

@test "need: a sudo that refuses is told as what it is" {
    stub dnf "$(bring ps)"
    stub sudo 'echo "sudo: a password is required"; exit 1'
    run need user -- ps
    [[ $status == 1 ]]
    has "    sudo: a password is required"
    has "    dnf install"
}

@test "need: without a known package manager it names the tools and stops" {
    run need root -- ps bats
    [[ $status == 1 ]]
    has "not on this machine: ps bats"
    has "none of apt-get dnf pacman apk zypper"
}

@test "need: a failed install shows the installer's last lines" {
    # shellcheck disable=SC2016
    stub dnf 'for i in {1..20}; do echo "line $i." >&2; done; exit 3'
    run need root -- ps
    [[ $status == 1 ]]
    has "    line 6."
    has "    line 20."
    [[ $output != *"line 5."* ]]
    has "type this as root"
}

@test "need: an install that succeeds without bringing the tool is a failure" {
    stub dnf
    run need root -- ps
    [[ $status == 1 ]]
    has "installed procps-ng, but these are still not on PATH ($bin): ps"
}

@test "need: apt-get update runs when the package is not found, and only then" {
    # shellcheck disable=SC2016
    stub apt-get '[[ $1 != update ]] || { : >"$0.updated"; exit; }
        [[ -e $0.updated ]] || { echo "E: Unable to locate package procps"; exit 100; }'"
        $(bring ps)"
    run need root -- ps
    [[ $status == 0 ]]
    [[ $(tail -n 2 "$log") == "apt-get update
$apt_install procps" ]]
    [[ $(grep -c update "$log") == 1 ]]

    : >"$log"
    rm "$bin/ps" "$bin/apt-get"
    stub apt-get 'echo "E: Unmet dependencies"; exit 100'
    run need root -- ps
    [[ $status == 1 ]]
    [[ $(grep -c install "$log") == 1 ]]
}

@test "need: apt-get update tries again while another one holds its lock" {
    # shellcheck disable=SC2016
    stub apt-get '[[ $1 != update || -e $0.busy ]] || {
            : >"$0.busy"; echo "E: Could not get lock /var/lib/apt/lists/lock"; exit 100; }
        [[ $1 != update ]] || { : >"$0.updated"; exit; }
        [[ -e $0.updated ]] || { echo "E: Unable to locate package procps"; exit 100; }'"
        $(bring ps)"
    run need root -- ps
    [[ $status == 0 ]]
    [[ $(grep -c update "$log") == 2 ]]
}

@test "need: on a terminal it asks; n, end of input and other words install nothing" {
    stub dnf "$(bring ps)"
    local keys
    for keys in 'n\n' '\004' 'what\n'; do
        run on_terminal "$keys" root
        [[ $status == 1 ]]
        has "go ahead? [Y/n]"
        has "nothing was installed"
        has "    dnf install"
        log_is ""
    done
}

@test "need: on a terminal y or Enter installs; sudo may ask for a password there" {
    stub dnf "$(bring ps)"
    stub_sudo
    local keys
    for keys in 'y\n' 'Y\n' '\n'; do
        : >"$log"
        rm -f "$bin/ps"
        run on_terminal "$keys" user
        [[ $status == 0 ]]
        has "go ahead? [Y/n]"
        [[ $(head -n 1 "$log") == "sudo dnf install"* ]]
    done
}

@test "need: YES=1 does not ask" {
    stub dnf "$(bring ps)"
    run on_terminal '' root YES=1
    [[ $status == 0 && $output != *"go ahead"* ]]
    [[ $(<"$log") == "dnf install"* ]]
}

@test "need: each package manager gets its own names" {
    local name command packages tools=(cc bats ps script shellcheck clang-tidy qemu)
    while read -r name command packages; do
        stub "$name" "$(bring gcc bats ps script shellcheck clang-tidy qemu-system-x86_64)"
        run need root -- "${tools[@]}"
        [[ $status == 0 ]]
        has "packages: $packages"$'\n'
        # shellcheck disable=SC2053 # command is a pattern
        [[ $(tail -n 1 "$log") == $command\ $packages ]]
        rm "$bin"/{"$name",gcc,bats,ps,script,shellcheck,clang-tidy,qemu-system-x86_64}
    done <<'END'
apt-get apt-get*install*-y* gcc libc6-dev bats procps bsdutils shellcheck clang-tidy qemu-system-x86
dnf dnf*install*-y* gcc glibc-devel bats procps-ng /usr/bin/script ShellCheck clang-tools-extra qemu-system-x86-core
pacman pacman*-S*--noconfirm gcc bash-bats procps-ng util-linux shellcheck clang qemu-system-x86
apk apk*add*--no-cache* gcc musl-dev linux-headers bats procps-ng util-linux shellcheck clang-extra-tools qemu-system-x86_64
zypper zypper*--non-interactive*install* gcc glibc-devel bats procps util-linux ShellCheck clang-tools qemu-x86
END
}

@test "need: every row of the table has a name for every package manager" {
    run awk '/^table=/ { on = 1; next } on && /^'\''/ { exit } on && NF != 6 { print }' "$dir/need"
    [[ $status == 0 && -z $output ]]
    [[ $(awk '/^table=/ { on = 1; next } on && /^'\''/ { exit } on { n++ } END { print n }' "$dir/need") -gt 10 ]]
}

@test "need: a tool without a row is a package of the same name" {
    stub dnf "$(bring strace)"
    run need root -- strace
    [[ $status == 0 ]]
    has "packages: strace"$'\n'
}

@test "need: --try installs nothing and prints one line" {
    stub dnf "$(bring ps)"
    run need root -- --try ps bats
    [[ $status == 1 ]]
    [[ $output == "missing: ps bats; install with: dnf install -y --setopt=install_weak_deps=False procps-ng bats" ]]
    stub_sudo
    run need user -- --try ps
    [[ $status == 1 ]]
    has "install with: sudo dnf install"
    rm "$bin/dnf"
    run need root -- --try ps
    [[ $status == 1 && $output == "missing: ps; install with: the package manager of this system" ]]
    stub ps
    run need root -- --try ps
    [[ $status == 0 && -z $output ]]
    log_is ""
}

@test "need: CC may name the compiler, with options" {
    stub mycc
    run need user CC="mycc -m32" -- cc
    [[ $status == 0 && -z $output ]]
    run need user CC="$bin/mycc" -- cc
    [[ $status == 0 && -z $output ]]
    run need user CC="$bin/nocc" -- --try cc
    [[ $status == 1 ]]
}

@test "need: busybox's own ps and unshare do not count" {
    stub busybox
    ln -s busybox "$bin/ps"
    ln -s busybox "$bin/unshare"
    run need user -- --try ps unshare
    [[ $status == 1 ]]
    has "missing: ps unshare;"
}

@test "need: a busybox that needs a loader is not static" {
    stub busybox ': /lib64/ld-linux-x86-64.so.2'
    run need user -- --try busybox-static
    [[ $status == 1 ]]
    stub busybox
    run need user -- --try busybox-static
    [[ $status == 0 ]]
}

@test "need: two runs at once take turns, and the second finds the work done" {
    [[ -x $bin/flock ]] || skip "not here: no flock; scripts/machine/need unshare"
    mkfifo "$dir/go"
    stub dnf "read -r _ <'$dir/go'
        $(bring ps)"
    need root -- ps >"$dir/first" 2>&1 3>&- &
    local first=$!
    wait_for "dnf install" "$log"
    need root -- ps >"$dir/second" 2>&1 3>&- &
    local second=$!
    wait_for "waiting for another run" "$dir/second"
    echo go >"$dir/go"
    wait "$first"
    wait "$second"
    [[ $(grep -c install "$log") == 1 ]]
}

@test "need: what an installed package starts does not hold the lock" {
    [[ -x $bin/flock ]] || skip "not here: no flock; scripts/machine/need unshare"
    # shellcheck disable=SC2016 # 255 is where bash has its own script
    stub dnf 'for fd in /proc/$$/fd/*; do
            [[ $fd == */255 || ! $fd -ef $0 ]] || echo "lock held: $fd" >>"$0.held"
        done'"
        $(bring ps)"
    run need root -- ps
    [[ $status == 0 && ! -e $bin/dnf.held ]]
}

# ctrl_c_at WORDS FILE [VARIABLE=VALUE]: types Ctrl-C on need's terminal once FILE has
# WORDS; sets status and output as run does.
ctrl_c_at() {
    need_script
    mkfifo "$dir/keys"
    as_root script -qec "env -i PATH='$bin' ${3-} '$BASH' '$dir/need' ps" /dev/null \
        <"$dir/keys" >"$dir/screen" 2>&1 3>&- &
    local pid=$! keys
    exec {keys}>"$dir/keys"
    wait_for "$1" "$2"
    printf '\003' >&"$keys"
    status=0
    wait "$pid" || status=$?
    exec {keys}>&-
    output=$(<"$dir/screen")
}

@test "need: Ctrl-C at the question stops" {
    stub dnf "$(bring ps)"
    ctrl_c_at "go ahead" "$dir/screen"
    [[ $status == 130 ]]
    has "stopped; not on this machine: ps"
    log_is ""
}

@test "need: Ctrl-C during the installation stops, and is not called a failure" {
    mkfifo "$dir/never"
    stub dnf "read -r _ <'$dir/never'
        $(bring ps)"
    ctrl_c_at "dnf install" "$log" YES=1
    [[ $status == 130 ]]
    has "stopped; not on this machine: ps"
    [[ $output != *failed* ]]
}

@test "need: after Ctrl-C it tells what the package manager has finished all the same" {
    mkfifo "$dir/never"
    stub dnf "finish() {
            $(bring ps)
            exit
        }
        trap finish INT
        read -r _ <'$dir/never'"
    ctrl_c_at "dnf install" "$log" YES=1
    [[ $status == 130 ]]
    has "stopped; not on this machine: nothing"
}
