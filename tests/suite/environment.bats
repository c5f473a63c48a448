#!/usr/bin/env bats
# What the person's environment holds changes nothing; where a disk, root or a tool is not as it should
# be, one sentence says so, and what to type.

load helper
dir='' # what teardown removes: never one of whoever started us

setup_file() {
    load helper
    export tree=$BATS_FILE_TMPDIR/tree
    copy_of_project "$tree"
    make -s -C "$tree" witness
}

teardown() {
    rm -rf "${dir:-}"
}

project() {
    make -s -C "$tree" "$@"
}

# check [VARIABLE=VALUE]...: all that make check1 says with that in the environment.
check() {
    env "$@" make -s -C "$tree" check1 FROM=solutions 2>&1
}

# says TEXT: the last command failed, with that sentence, and not with the status of a failed check.
says() {
    if [[ $status = 0 || $(tr -s ' \n' ' ' <<<"$output") != *"$1"* || $output = *'Error 1' || $output = *'Error 12'[0-9] ]]; then
        printf '%s\n' "status $status:" "$output" "instead of: $1"
        return 1
    fi
}

@test "variables of the environment change nothing" {
    local dir=$BATS_TEST_TMPDIR
    echo 'echo BASH_ENV was read; cd /; exit 3' >"$dir/bash_env"
    mkdir -p "$dir/cd/scripts"
    check HOME="$HOME" >"$dir/plain"
    local ours=(ARCH=arm64 VM=/x FROM=/x SUBMISSIONS=/x GRADES=/x BUILD="$dir/made" HOSTS=/x CGROUP=v9 CPUS=x KERNEL=/x VMUSER=x ARGS=x
        CC=false CFLAGS=-Werror=x SUDO=false YES=1 ALL=1 INSIDE=false STEP=x CAGE=x AGAIN=1 SPOIL=1 WITNESS=/x)
    local tools=(CDPATH="$dir/cd" BASH_ENV="$dir/bash_env" ENV="$dir/bash_env" POSIXLY_CORRECT=1 GLOBIGNORE='*'
        SHELLOPTS=noclobber:noglob BASHOPTS=failglob BASH_COMPAT=31 TMOUT=1 GREP_OPTIONS=-v LANGUAGE=de
        COLUMNS=20 TERM=dumb LC_ALL=xx_YY.UTF-8 TMPDIR=/nonexistent DEPENDENCIES_OUTPUT="$dir/deps")
    check -u HOME "${ours[@]}" >"$dir/ours"
    diff "$dir/plain" "$dir/ours"
    check "${tools[@]}" >"$dir/tools"
    sed -i '/^make: .*TMPDIR value/d; /^make: using default temporary/d' "$dir/tools" # GNU make 4.4 itself
    diff "$dir/plain" "$dir/tools"
    check "${ours[@]}" MAKEFLAGS=-rRe >"$dir/flags"
    diff "$dir/plain" "$dir/flags"
    mkdir "$dir/my tmp"
    check TMPDIR="$dir/my tmp" >"$dir/blank"
    diff "$dir/plain" "$dir/blank"
    [ ! -e "$dir/deps" ] && [ ! -e "$dir/made" ]
}

@test "no colour on a terminal that has none, and no screen is cleared there" {
    command -v script >/dev/null || skip 'not here: no script(1); scripts/machine/need script'
    export SHELL=$BASH
    run env TERM=dumb script -qec "cd '$tree' && make -s && make -s check1 FROM=solutions && timeout 5 make -s watch1" /dev/null </dev/null
    [[ $output = *"$all_passed"*'q quits'* ]]
    [[ $output != *$'\e'* ]]
}

@test "umask 077: root leaves what the owner of the tree can use" {
    needs_root
    copy_of_project "$BATS_TEST_TMPDIR/tree"
    chmod 755 "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/tree"
    chown -R 65534:65534 "$BATS_TEST_TMPDIR/tree"
    (umask 077 && make -s -C "$BATS_TEST_TMPDIR/tree" check1 FROM=solutions)
    (umask 077 && make -s -C "$BATS_TEST_TMPDIR/tree" lab1 reset1 >/dev/null 2>&1) || true
    [ -z "$(find "$BATS_TEST_TMPDIR/tree" -user 0)" ]
}

@test "a dry run runs nothing" {
    project check1 FROM=solutions
    local option
    find "$tree" -type f -printf '%p %s %T@ %C@\n' | sort >"$BATS_TEST_TMPDIR/before"
    for option in -n -t -q; do
        timeout 60 make -s -C "$tree" "$option" lab1 run1 look1 hint1 watch1 reset1 labs demo1 doctor clean test VM= \
            >"$BATS_TEST_TMPDIR/said" 2>&1 </dev/null || [ $? = 1 ]
    done
    find "$tree" -type f -printf '%p %s %T@ %C@\n' | sort | diff "$BATS_TEST_TMPDIR/before" -
    rm -rf "$tree/build"
    project -n check1 watch1 >/dev/null
    [ ! -e "$tree/build" ]
    project witness
}

@test "a folder for temporary files that is full" {
    in_tmpfs size=1m bash -c "head -c 2m /dev/zero >disk/fill 2>/dev/null; true"
    in_tmpfs size=1m bash -c "cd '$BATS_TEST_TMPDIR'; head -c 2m /dev/zero >disk/fill 2>/dev/null
        TMPDIR=\$PWD/disk make -s -C '$tree' lab1 FROM=solutions 2>&1"
    says 'is full'
    says 'TMPDIR='
}

@test "a disk that is full, before anything was made and later" {
    in_tmpfs size=1m bash -c "cd '$BATS_TEST_TMPDIR'; head -c 2m /dev/zero >disk/fill 2>/dev/null
        make -s -C '$tree' lab1 FROM=solutions BUILD=\$PWD/disk/build 2>&1"
    says 'BUILD='
    in_tmpfs size=2m bash -c "cd '$BATS_TEST_TMPDIR'; make -s -C '$tree' witness BUILD=\$PWD/disk/build
        head -c 4m /dev/zero >disk/fill 2>/dev/null
        make -s -C '$tree' lab1 FROM=solutions BUILD=\$PWD/disk/build 2>&1"
    says 'is full'
    says 'BUILD='
    # reset loses nothing.
    in_tmpfs size=200k bash -c "cd '$BATS_TEST_TMPDIR'; mkdir -p disk/mine/01-clone-pid1; cd disk
        echo mine >mine/01-clone-pid1/clone-pid1.c; head -c 4m /dev/zero >fill 2>/dev/null
        make -s -C '$tree' reset1 FROM=\$PWD/mine 2>&1; cat mine/*/*; ls mine/*; false"
    [[ $output = *'is full'*$'\nmine\nclone-pid1.c' ]]
}

@test "a folder where no program can be started, and one that cannot be made" {
    in_tmpfs noexec make -s -C "$tree" lab1 FROM=solutions BUILD="$BATS_TEST_TMPDIR/disk/build"
    says 'noexec'
    says 'BUILD='
    in_tmpfs ro make -s -C "$tree" lab1 FROM=solutions BUILD="$BATS_TEST_TMPDIR/disk/build"
    says 'cannot be made'
    says 'BUILD='
}

@test "scripts that are not executable, as on a stick or after a copy" {
    copy_of_project "$BATS_TEST_TMPDIR/tree"
    find "$BATS_TEST_TMPDIR/tree" -type f -exec chmod a-x {} +
    run make -s -C "$BATS_TEST_TMPDIR/tree" check1 FROM=solutions
    [ "$status" = 0 ]
    run make -s -C "$BATS_TEST_TMPDIR/tree"
    [ "$status" = 0 ]
    [[ $output = *'not started'* ]]
    local verb
    for verb in help hint1 'run1 FROM=solutions'; do
        # shellcheck disable=SC2086 # two words
        run make -s -C "$BATS_TEST_TMPDIR/tree" $verb
        [ "$status" = 0 ]
    done
    echo mine >"$BATS_TEST_TMPDIR/tree/labs/01-clone-pid1/clone-pid1.c"
    run make -s -C "$BATS_TEST_TMPDIR/tree" reset1
    [ "$status" = 0 ]
}

# Like sudo in a home on the network: root can do nothing with the files of the project.
@test "root may not read the project: it runs without root, and says so" {
    local as=()
    dir=$(mktemp -d)
    [ "$EUID" != 0 ] || as=(as_nobody)
    # shellcheck disable=SC2016 # the script expands it
    printf '%s\n' '#!/bin/sh' 'while [ "$1" = -n ] || [ "$1" = -- ]; do shift; done' 'cd / && exec "$@"' >"$dir/sudo"
    copy_of_project "$dir/tree"
    chmod -R a+rX "$dir"
    chmod 755 "$dir/sudo"
    mkdir -m 777 "$dir/tree/build"
    run "${as[@]}" make -s -C "$dir/tree" check1 FROM=solutions SUDO="$dir/sudo"
    [[ $output = *'may not read'*'SUDO='* ]]
    [[ $status = 0 || $output = *'Error 77'* ]]
    run "${as[@]}" make -s -C "$dir/tree" run4 FROM=solutions SUDO="$dir/sudo"
    [ "$status" = 0 ]
}

# Like doas, which has no -v, and asks for a password on a terminal only.
@test "a doas that wants a password asks for it on a terminal, and the lab runs with it" {
    local as=()
    dir=$(mktemp -d)
    [ "$EUID" != 0 ] || as=(as_nobody)
    mkdir -m 777 "$dir/known"
    cp -r scripts "$dir/"
    # shellcheck disable=SC2016 # the script expands it
    printf '%s\n' '#!/bin/sh' "known=$dir/known/password" \
        '[ "$1" != -n ] || { shift && [ -e "$known" ] || exit 1; }' '[ "$1" != -- ] || shift' 'case $1 in -*) exit 1 ;; esac' \
        '[ -e "$known" ] || { printf "doas (learner) password: " >/dev/tty && read -r word </dev/tty && echo "$word" >"$known"; }' \
        'exec "$@"' >"$dir/doas"
    chmod -R a+rX "$dir"
    chmod 755 "$dir/doas"
    SUDO=$dir/doas run "${as[@]}" script -qec "$dir/scripts/machine/privilege sh -c 'echo it ran'" /dev/null <<<secret
    echo "$output"
    [[ $status = 0 && $output = *'doas (learner) password: '*'it ran'* ]]
    [ "$(cat "$dir/known/password")" = secret ]
    rm "$dir/known/password"
    SUDO=$dir/doas run "${as[@]}" "$dir/scripts/machine/privilege" sh -c 'echo it ran' </dev/null
    [ "$output" = 'it ran' ]
    [ ! -e "$dir/known/password" ]
}

@test "an owner that cannot be changed is no failure" {
    needs_root
    copy_of_project "$BATS_TEST_TMPDIR/tree"
    mkdir "$BATS_TEST_TMPDIR/bin"
    printf '%s\n' '#!/bin/sh' 'echo "chown: Operation not permitted" >&2' 'exit 1' >"$BATS_TEST_TMPDIR/bin/chown"
    chmod 755 "$BATS_TEST_TMPDIR/bin/chown"
    chown -R 65534 "$BATS_TEST_TMPDIR/tree"
    PATH=$BATS_TEST_TMPDIR/bin:$PATH run make -s -C "$BATS_TEST_TMPDIR/tree" check1 FROM=solutions
    [ "$status" = 0 ]
    [[ $output != *chown* ]]
}

@test "status 1 is for a check that failed, and for nothing else" {
    run project lab1 CC=no-such-compiler
    says 'no-such-compiler'
    run project lab1 ARCH=arm64
    says 'ARCH=aarch64'
    project reset1 || true
    run project reset1
    says 'nothing to put back'
    run project solution1
    says 'make lab1'
    run project FROM=nowhere
    says 'FROM=nowhere is not a folder'
    run project run1 ARGS="it's"
    says 'unexpected EOF'
    # bats is not there, and nobody can install it.
    mkdir "$BATS_TEST_TMPDIR/bin"
    ln -s /usr/local/bin/* /usr/bin/* /bin/* "$BATS_TEST_TMPDIR/bin/" 2>/dev/null || true
    rm -f "$BATS_TEST_TMPDIR"/bin/{bats,apt-get,dnf,pacman,apk,zypper}
    PATH=$BATS_TEST_TMPDIR/bin run project test
    says 'not on this machine: bats'
}

@test "make watchN does not turn when a tool fails, and ends with who started it" {
    mkdir "$BATS_TEST_TMPDIR/bin"
    ln -s /usr/local/bin/* /usr/bin/* /bin/* "$BATS_TEST_TMPDIR/bin/" 2>/dev/null || true
    local tool out=$BATS_TEST_TMPDIR/out
    for tool in mktemp stat cksum; do
        ln -sf /bin/false "$BATS_TEST_TMPDIR/bin/$tool"
    done
    PATH=$BATS_TEST_TMPDIR/bin WATCH_MARK=$tree TMPDIR=/nonexistent make -s -C "$tree" watch1 >"$out" 2>&1 </dev/null 3>&- &
    poll 180 grep -q 'q quits' "$out"
    # Its parent is killed: nothing tells it, but that its parent is another one.
    kill -KILL $!
    wait $! || true
    watching() {
        grep -qs "WATCH_MARK=$tree" /proc/[0-9]*/environ
    }
    ended() {
        ! watching
    }
    poll 180 ended
    [ "$(grep -c 'q quits' "$out")" -le 2 ]
}
