#!/usr/bin/env bats
# The demonstrations in steps, as the room sees them: on the screen of a terminal (tmux) of 80x24, of 120x40, and of
# one that changes its size.

load helper

setup_file() {
    load helper
    command -v tmux >/dev/null || return 0 # setup() says so
    export BUILD=$BATS_FILE_TMPDIR/build
    project FROM=solutions programs witness
}

setup() {
    command -v tmux >/dev/null || skip 'not here: no tmux; scripts/machine/need tmux'
    mkdir "$BATS_TEST_TMPDIR/tmp"
    socket=$BATS_TEST_TMPDIR/tmp/tmux
}

teardown() {
    tmux -S "$socket" kill-server 2>/dev/null || true
}

# open COLUMNS ROWS [VARIABLE=VALUE...] LAB...
open() {
    tmux -S "$socket" -f /dev/null new-session -d -x "$1" -y "$2" -c "$top" \
        "env BUILD=$BUILD TMPDIR=$BATS_TEST_TMPDIR/tmp TICK=0.005 ${*:3:1} scripts/presenter/demo ${*:4}; echo ended; exec cat"
}

type_keys() {
    tmux -S "$socket" send-keys "$@"
}

resize() {
    tmux -S "$socket" resize-window -x "$1" -y "$2"
}

screen() {
    tmux -S "$socket" capture-pane -p "$@"
}

# shows ROW TEXT: in that row, in time.
shows() {
    poll 60 has_row "$@" || {
        screen
        false
    }
}

has_row() {
    [[ $(screen | sed -n "$1p") = *"$2"* ]]
}

words() {
    screen | tr -s ' \n' '\n' | sort
}

@test "a larger window is used as a whole, a smaller one says what is needed, and no word is broken" {
    open 80 24 STEP=1 03-setns-join
    shows 24 'STEP=1 of 2   Enter runs it'
    type_keys Enter
    shows 24 'Enter goes on'
    words >"$BATS_TEST_TMPDIR/small"
    grep -qx NSpid "$BATS_TEST_TMPDIR/small"
    resize 120 40
    shows 40 'STEP=1 of 2   Enter goes on'
    screen
    diff "$BATS_TEST_TMPDIR/small" <(words)
    # The kernel's view begins in the middle, and a sentence has the whole width.
    [ "$(screen | grep -c '^.\{60\} *parent [0-9]* *pid [0-9]*$')" = 1 ]
    screen | grep -q '.\{85\}'
    resize 60 18
    shows 1 '80 columns and 24 rows are needed, this has 60 and 18'
    resize 80 24
    shows 24 'Enter goes on'
    diff "$BATS_TEST_TMPDIR/small" <(words)
}

@test "each step of each lab fits a screen of 80x24: nothing is cut, no word is broken" {
    local labs step steps
    labs=$(cd "$top/solutions" && echo [0-9]*)
    # shellcheck disable=SC2086
    open 80 24 STEP=1 $labs
    shows 24 'STEP=1 of '
    steps=$(screen | sed -n 's/^STEP=1 of \([0-9]*\) .*/\1/p')
    for ((step = 1; step <= steps; step++)); do
        shows 24 "STEP=$step of $steps   Enter runs it"
        type_keys Enter
        shows 24 "STEP=$step of $steps   Enter goes on"
        screen >"$BATS_TEST_TMPDIR/screen"
        cat "$BATS_TEST_TMPDIR/screen"
        ! grep -x '\.\.\.' "$BATS_TEST_TMPDIR/screen" || false
        [ -z "$(sed -n 23p "$BATS_TEST_TMPDIR/screen")" ]
        # Cut at the edge, a line would have a word in its last column that goes on. (C ends with a mark.)
        ! grep '^.\{79\}[^ ]$' "$BATS_TEST_TMPDIR/screen" | grep -v '[;|/]$' || false
        type_keys Enter
    done
    shows 1 ended || screen | grep -q ended
}

# move_loop TIMES: from one CPU to another, as a scheduler may. It says each change that it notices.
move_loop() {
    local cpus i pid
    mapfile -t cpus < <(for ((i = 0; i < $(getconf _NPROCESSORS_CONF); i++)); do
        ! taskset -c "$i" true 2>/dev/null || echo "$i"
    done)
    [ ${#cpus[@]} -gt 1 ] || skip 'not here: one CPU, so no process can move'
    pid=$(find /proc/[0-9]*/exe -lname "$BUILD/*/busy-loop" 2>/dev/null | cut -d/ -f3)
    for ((i = 0; i < $1; i++)); do
        taskset -cp "${cpus[i % 2]}" "$pid" >/dev/null
        poll 30 has_noticed "CPU ${cpus[i % 2]}"
    done
}

has_noticed() {
    [[ $(cat "$BATS_TEST_TMPDIR"/tmp/*/*) = *"$1" ]]
}

@test "a loop that the scheduler moves often fits a screen, too: its first and its last lines" {
    open 80 24 STEP=3 06-busy-loop
    shows 24 'STEP=3 of 3   Enter runs it'
    move_loop 30
    type_keys Enter
    shows 24 'STEP=3 of 3   Enter goes on'
    screen
    screen | grep -x '([1-9][0-9]* lines more)'
    screen | grep '^CPU [0-9]*: .* s$'
    screen | grep 'It has noticed by itself'
    ! screen | grep -x '\.\.\.' || false
}

@test "space, arrows and a clicker's keys go on and back" {
    open 80 24 STEP=1 01-clone-pid1
    local key
    shows 24 'STEP=1 of 3   Enter runs it'
    for key in Space Right; do
        type_keys Enter
        shows 24 'STEP=1 of 3   Enter goes on'
        type_keys "$key"
        shows 24 'STEP=2 of 3   Enter runs it'
        type_keys Left
        shows 24 'STEP=1 of 3   Enter runs it'
    done
    type_keys NPage
    shows 24 'STEP=1 of 3   Enter goes on'
    type_keys Down
    shows 24 'STEP=2 of 3   Enter runs it'
    type_keys x F5 PPage
    shows 24 'STEP=1 of 3   Enter runs it'
    type_keys q
    poll 30 bash -c "tmux -S '$socket' capture-pane -p | grep -q ended"
}

@test "no key is lost that comes as the time is up in which one is waited for" {
    local i copy=$BATS_TEST_TMPDIR/copy
    mkdir "$copy"
    cp -r "$top/scripts" "$top/solutions" "$copy"
    sed -i 's/{PACE:-0\.5}/{PACE:-0.002}/' "$copy/scripts/presenter/present"
    ! cmp "$top/scripts/presenter/present" "$copy/scripts/presenter/present" || false
    top=$copy open 80 24 STEP=1 01-clone-pid1
    shows 24 'Enter runs it'
    for ((i = 0; i < 20; i++)); do
        type_keys Enter
        shows 24 'Enter goes on'
        type_keys r
        shows 24 'Enter runs it'
    done
}

@test "the answer comes after Enter" {
    open 80 24 STEP=2 02-unshare-fork
    shows 24 'Enter runs it'
    screen
    ! screen | grep -i 'nobody\|memory' || false
    type_keys Enter
    shows 24 'Enter goes on'
    screen | grep 'Cannot allocate memory'
    screen | grep 'Nobody is born there any more'
}

@test "green is the other namespace, and nothing that is beside it" {
    open 80 24 'TERM=xterm-256color STEP=1' 03-setns-join
    shows 24 'Enter runs it'
    type_keys Enter
    shows 24 'Enter goes on'
    screen -e >"$BATS_TEST_TMPDIR/screen"
    cat -v "$BATS_TEST_TMPDIR/screen"
    # What the program said has no colour; of the kernel's view what ends with * has.
    local green=$'\e\[[0-9;]*32m'
    [ "$(grep -c "$green" "$BATS_TEST_TMPDIR/screen")" = 5 ]
    ! grep "$green.*\(first\|second\|parent\): " "$BATS_TEST_TMPDIR/screen" || false
    [ "$(grep "$green" "$BATS_TEST_TMPDIR/screen" | grep -vc "$green.*\*")" = 0 ]
}
