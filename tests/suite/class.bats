#!/usr/bin/env bats
# make share and make class: a workshop's room. Students drop files into a folder, the page and the table say who is
# stuck where; a hostile file does no harm.

load helper

setup() {
    "$top/scripts/machine/need" --try jq >/dev/null || skip 'not here: no jq; scripts/machine/need jq'
    cd "$top" || return
    room=$BATS_TEST_TMPDIR/room page=$BATS_TEST_TMPDIR/page.html
    mkdir "$room"
}

# progress NAME VERDICT...: a file as make share writes it, of lab 1, whose other checks have passed.
progress() {
    local n=0 name=$1 verdict
    shift
    for verdict in "$@" pass pass pass pass pass pass pass pass; do
        ((n += 1))
        ((n > 8)) || printf '01-clone-pid1\t%d\t%s\n' "$n" "$verdict"
    done >"$room/$name.progress"
}

@test "share writes lab, number and verdict of each check of the file as it is now, and nothing else" {
    local tree=$BATS_TEST_TMPDIR/tree
    mkdir -p "$tree/01-clone-pid1"
    cp solutions/01-clone-pid1/clone-pid1.c "$tree/01-clone-pid1"
    run -2 make -s share FROM="$tree" BUILD="$BATS_TEST_TMPDIR/build" GRADES="$room" NAME=alice
    [[ $output = *'Type first: make lab1'* ]]
    [ -z "$(ls -A "$room")" ]
    make -s check1 FROM="$tree" BUILD="$BATS_TEST_TMPDIR/build"
    make -s share FROM="$tree" BUILD="$BATS_TEST_TMPDIR/build" GRADES="$room" NAME='Alice B. 阿'
    [ "$(ls -A "$room")" = 'Alice B. 阿.progress' ]
    diff "$room"/*.progress <(for n in {1..8}; do printf '01-clone-pid1\t%d\tpass\n' "$n"; done)
    echo ' ' >>"$tree/01-clone-pid1/clone-pid1.c"
    run -2 make -s share FROM="$tree" BUILD="$BATS_TEST_TMPDIR/build" GRADES="$room" NAME=alice
}

@test "share refuses a name that is no name for a file, and a folder that is none, with what to type" {
    local name
    for name in '' ../x .hidden 'a/b' $'a\tb' "$(printf 'x%.0s' {1..41})"; do
        run -2 scripts/student/share "$BATS_TEST_TMPDIR" "$room" "$name" 01-clone-pid1
        [[ $output = *'make share GRADES=FOLDER NAME=YOURS'* ]]
    done
    run -2 scripts/student/share "$BATS_TEST_TMPDIR" "$room/none" alice 01-clone-pid1
    [[ $output = *'not a folder'*'make share'* ]]
    [ -z "$(ls -A "$room")" ]
}

@test "class says who is stuck where, most first, and who is done" {
    progress alice pass fail blocked
    progress bob pass fail fail
    progress carol fail
    progress dora pass
    run scripts/instructor/class --once "$room" "$page"
    [ "$status" = 0 ]
    [ "${lines[0]}" = "4 students in $room" ]
    [ "${lines[1]}" = "2 at lab 1, check 2: clone() returns the child's PID, and the child says its own" ]
    [ "${lines[2]}" = '    alice, bob' ]
    [[ ${lines[3]} = '1 at lab 1, check 1: '* && ${lines[4]} = '    carol' ]]
    grep -q '^alice  *0  *lab 1, 6 of 8  *[0-9]' <<<"$output"
    grep -q '^dora  *1  *-  *[0-9]' <<<"$output"
    xmllint --html --noout "$page" 2>/dev/null || ! command -v xmllint
    grep -qF '<bdi>alice</bdi>, <bdi>bob</bdi>' "$page"
    grep -q 'http-equiv="refresh"' "$page"
}

@test "an empty room: how to come in is said" {
    run scripts/instructor/class --once "$room" "$page"
    [ "$status" = 0 ]
    [[ $output = *"make share GRADES=$room NAME=THEIRS"* ]]
}

@test "a hostile file does no harm, and hides nobody" {
    progress alice fail
    progress $'e\e[31mvil<script>' fail
    printf '01-clone-pid1\t1\t<img src=x>\n99-none\t1\tfail\n01-clone-pid1\tx\tfail\n01-clone-pid1\t01\tfail\n\x1b]0;x\x07\t1\tpass\n' >"$room/garbage.progress"
    head -c 3000000 /dev/urandom >"$room/random.progress"
    yes $'01-clone-pid1\t1\tpass' | head -c 3000000 >"$room/long.progress"
    ln -s /etc/passwd "$room/link.progress"
    mkfifo "$room/pipe.progress"
    mkdir "$room/folder.progress"
    run timeout 60 scripts/instructor/class --once "$room" "$page"
    [ "$status" = 0 ]
    [ "${lines[0]}" = "5 students in $room" ]
    [[ $output = *alice* && $output != *$'\e'* ]]
    grep -q '^long  *0  *lab 1, 1 of 8' <<<"$output"
    grep -q '^garbage  *0  *-' <<<"$output"
    run ! grep -qE '<script>|<img|root:' "$page"
}

@test "on a terminal it goes on, with what comes later, until Ctrl-C" {
    command -v script >/dev/null || skip 'not here: no script; scripts/machine/need script'
    progress alice fail
    set +m
    env --default-signal=INT script -qfec "exec scripts/instructor/class '$room' '$page'" "$BATS_TEST_TMPDIR/screen" </dev/null >/dev/null 3>&- &
    local pid=$!
    poll 60 grep -q alice "$BATS_TEST_TMPDIR/screen"
    progress zoe fail
    poll 60 grep -q zoe "$BATS_TEST_TMPDIR/screen"
    poll 60 grep -q zoe "$page"
    kill -INT -- "-$(pgrep -P "$pid")" # as a terminal does: the whole group
    wait "$pid" || true
    [ "$(find "$BATS_TEST_TMPDIR" -name '*.html.*')" = '' ]
}
