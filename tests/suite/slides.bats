#!/usr/bin/env bats
# The deck: scripts/presenter/slides builds it, scripts/presenter/slides-check finds what is wrong with it. One build and
# one browser for all checks: a copy of the deck with a slide more for each kind of fault.

load helper

# The slides with a fault each. They take 0 minutes, but for the first one.
faulty_slides() {
    # shellcheck disable=SC2016
    printf -- '\n---\n\n%s\n\n%s\n' \
        '<div>'"$(seq -s '<br>' 60)"'</div>' '<!-- 1 min. long -->' \
        '<svg class="drawing" viewBox="0 0 900 90" width="900" height="90"><g class="cell"><rect x="0" y="0" width="90" height="60"/><text x="45" y="40">wider than its box</text></g></svg>' '<!-- 0 min. -->' \
        '![](nothing.png)' '<!-- 0 min. -->' \
        '<p style="font-family: DejaVu Sans">not in the file</p>' '<!-- 0 min. -->' \
        '<script>addEventListener("hashchange", () => location.hash === "#'$((slides + 5))'" && console.error("a word on the console"))</script>' '<!-- 0 min. -->' \
        '<p style="color: #999999">pale</p>' '<!-- 0 min. -->' \
        '<p style="color: #333333">for light only</p>' '<!-- 0 min. -->' \
        '<img src="http://localhost:9/picture.png">' '<!-- 0 min. -->' \
        '## No minutes' '<!-- nothing -->' \
        '&#x378; is in no font' '<!-- 0 min. -->'
}

setup_file() {
    cd "$BATS_TEST_DIRNAME/../.." || return
    local modules reason
    modules=$(realpath -m "${BUILD:-build}/slides/node_modules")
    export ROOT=$PWD BUILD=$BATS_FILE_TMPDIR/build
    if [ "${ALL-}" = 1 ]; then
        YES=1 scripts/machine/need node npm chromium ps unshare msgattrib
    elif ! reason=$(scripts/machine/need --try node npm chromium ps unshare msgattrib); then
        export NOT_HERE="not here: $reason; make test ALL=1"
        return
    fi
    mkdir -p "$BUILD/slides"
    # The packages that 'make slides' has got already, if it has.
    ! cmp -s slides/tools/package-lock.json "$modules/.lock" || ln -s "$modules" "$BUILD/slides/node_modules"
    if ! reason=$(scripts/presenter/slides slides/sheet.md 2>&1); then
        [[ $reason == *"is there a network"* ]] || return
        export NOT_HERE="not here: npm gets no packages; make slides, with a network"
        return
    fi
    slides=$(($(grep -c '^---$' slides/deck.md) - 1))
    { cat slides/deck.md && faulty_slides; } >"$BATS_FILE_TMPDIR/broken.md"
    scripts/presenter/slides --html "$BATS_FILE_TMPDIR/broken.md"
    scripts/presenter/slides --html --lang zh slides/sheet.md
    status=0
    scripts/presenter/slides-check "$BUILD"/slides/{broken,sheet,zh/sheet}.html >"$BATS_FILE_TMPDIR/faults" || status=$?
    export SLIDES=$slides STATUS=$status
}

setup() {
    [ -z "${NOT_HERE-}" ] || skip "$NOT_HERE"
    cd "$ROOT" || return
    faults=$BATS_FILE_TMPDIR/faults
    export PATH=$BUILD/slides/bin:$PATH
}

# fill LINE...: what a deck of these lines becomes.
fill() {
    printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/deck.md"
    run --separate-stderr node slides/tools/fill.mjs "$BATS_TEST_TMPDIR/deck.md"
}

# The check has to find this on that slide after the last good one, and say so.
finds() {
    cat "$faults"
    grep -E "^broken.html: slide $((SLIDES + $1)): $2" "$faults"
}

@test "the deck itself has no fault" {
    # A lone fault of a good slide would be here: only the slides after the last may have any.
    run awk -v last="$SLIDES" '/: slide / { split($0, word, /slide |:/); if (word[3] <= last) print }' "$faults"
    cat "$faults"
    [ -z "$output" ]
    grep "$((SLIDES + 10)) slides, $(awk '/^[0-9.]+ min\. / { sum += $1 } END { print sum + 1 }' slides/deck.md) minutes" "$faults"
    [ "$(grep -c '<!-- run\|<!-- draw' "$BUILD/slides/broken.md")" = 0 ]
}

@test "the sheet is one page without a fault, also in Chinese, and a PDF" {
    [ "$(grep -c '^sheet.html: 1 slide, no faults$' "$faults")" = 2 ]
    grep '<html lang="zh-CN">' "$BUILD/slides/zh/sheet.html"
    [ "$(head -c 5 "$BUILD/slides/sheet.pdf")" = %PDF- ]
}

@test "the check fails when there are faults" {
    [ "$STATUS" = 1 ]
}

@test "the check finds text that goes over the edge of the slide" {
    finds 1 'overflow: .*over the edge of the slide'
    finds 1 'overflow: there is more than the slide can hold'
}

@test "the check finds text that goes over the edge of its box in a drawing" {
    finds 2 "overflow: 'wider than its box' goes over the edge of its box"
}

@test "the check finds a missing picture" {
    finds 3 'missing picture: nothing.png'
}

@test "the check finds a missing font" {
    finds 4 'missing font: .* DejaVu Sans'
}

@test "the check finds a character that no font has" {
    finds 10 $'missing font: no font has \xcd\xb8' # U+0378, as bytes: \u needs a UTF-8 locale
}

@test "the check finds an error on the console" {
    finds 5 'console error: a word on the console'
}

@test "the check finds weak contrast, in light and in dark" {
    finds 6 "contrast: 'pale' .*\(1280x720 light, 1920x1080 light\)"
    finds 7 "contrast: 'for light only' .*\(1280x720 dark, 1920x1080 dark\)"
}

@test "the check finds a slide that needs a network" {
    grep 'broken.html: .*not self-contained: it loads http://localhost:9/picture.png' "$faults"
}

@test "the check finds notes without minutes" {
    finds 9 'no minutes'
}

@test "a minute more in the last section: the check finds what begins too early in each plan, and that alone" {
    local start
    {
        read -r start && echo "45 minutes: 'spare' begins at minute $((start + 1)), not $start"
        read -r start && echo "90 minutes: 'spare' begins at minute $((start + 1)), not $start"
        read -r start && echo "180 minutes: 'spare' begins at minute $((start + 1)), not $start"
        read -r start && echo "480 minutes: 'spare' begins at minute $((start + 1)), not $start"
    } < <(grep -oE '[0-9]+: spare' slides/README.md | sort -n | cut -d: -f 1) >"$BATS_TEST_TMPDIR/expected"
    diff "$BATS_TEST_TMPDIR/expected" <(sed -n 's/^broken.html: README.md: \(.*\) (notes)$/\1/p' "$faults")
}

# plans ROW...: the faults of the plans in a README with these rows, where the deck has a section a, of 55 minutes.
plans() {
    mkdir -p "$BATS_TEST_TMPDIR/tree/slides/tools" "$BATS_TEST_TMPDIR/tree/solutions/07-x"
    cp slides/tools/plan.mjs "$BATS_TEST_TMPDIR/tree/slides/tools"
    mkdir -p "$BATS_TEST_TMPDIR/tree/solutions/10-y"
    echo '**Time**: 25 minutes (5 predict)' >"$BATS_TEST_TMPDIR/tree/solutions/07-x/README.md"
    echo '**Time**: 3 hours, or an afternoon' >"$BATS_TEST_TMPDIR/tree/solutions/10-y/README.md"
    printf '%s\n' '| 100 minutes: a talk |' '|---|' "$@" >"$BATS_TEST_TMPDIR/tree/slides/README.md"
    run node --input-type=module -e "import { findPlanFaults } from '$BATS_TEST_TMPDIR/tree/slides/tools/plan.mjs'
        console.log(findPlanFaults({ a: 55, 'lab 7': 2, 'lab 8': 1.5, 'lab 10': 0 }).join('\n'))"
}

@test "a plan is made of sections, labs with their hands-on time, and breaks; a tenth of it is spare" {
    plans '| 0: a |' '| 55: labs 7 to 8, break of 3 |' '| 62: lab 7 hands on |' '| 89: spare |'
    [ -z "$output" ]
    plans '| 0: a |' '| 55: lab 8 hands on for 5 |' '| 62: lab 10 hands on |' '| 70: spare |'
    [ "${lines[0]}" = "README.md: 100 minutes: 'spare' begins at minute 242, not 70" ]
    plans '| 0: a |' '| 54: lab 9 |' '| 55: spare |'
    [ "${lines[0]}" = "README.md: 100 minutes: 'lab 9' begins at minute 55, not 54" ]
    [ "${lines[1]}" = "README.md: 100 minutes: the deck has no section 'lab 9'" ]
    [ "${#lines[@]}" = 2 ]
    plans '| 0: a |' '| 55: break of 36 |' '| 91: spare |'
    [ "$output" = "README.md: 100 minutes: 9 minutes are spare; it should be a tenth, for what goes wrong" ]
}

@test "C on a slide is the program's, in its order, with the flag marked" {
    fill '<!-- code uts-hostname -->' '```c' '= uname' 'if (unshare(CLONE_NEWUTS) == -1)' 'uname(' '    &uts);' '```'
    [ "$status" = 0 ]
    [[ $output == *'if (unshare(<b>CLONE_NEWUTS</b>) == -1)'$'\n''<b>uname</b>('$'\n''    &amp;uts);</code>'* ]]
    fill '<!-- code uts-hostname -->' '```c' 'uname(&uts);' 'if (unshare(CLONE_NEWUTS) == -1)' '```'
    [ "$status" = 1 ]
    [[ $stderr == *'this line of the deck is not in uts-hostname.c, or not there: if (unshare('* ]]
    fill '<!-- code nothing -->' '```c' 'exit(0);' '```'
    [ "$status" = 1 ]
    [[ $stderr == *'no folder in solutions/ has that file'* ]]
}

@test "each lab has its C and its kernel's answer in the deck" {
    for lab in solutions/*/; do
        name=${lab%/} name=${name##*/}
        grep -A99 "^<!-- header: lab $((10#${name%%-*})) " slides/deck.md | awk '/^<!-- header/ && n++ { exit } { print }' >"$BATS_TEST_TMPDIR/part"
        grep -x "<!-- code ${name#*-} -->" "$BATS_TEST_TMPDIR/part"
        grep '^<!-- run ' "$BATS_TEST_TMPDIR/part"
    done
}

@test "the keys of a presenter and of a clicker, in both windows" {
    TMPDIR=$BATS_TEST_TMPDIR node tests/suite/keys.mjs "$BUILD/slides/broken.html"
}

@test "the PDF has the notes, and the address that people clone from" {
    printf '%s\n' --- 'marp: true' 'theme: oslabs' --- '# {address}' '' '<!-- 1 min. what I say -->' >"$BATS_TEST_TMPDIR/one.md"
    # An address with a password is not for a slide.
    git() { echo https://me:secret@example.org/labs; }
    export -f git
    run scripts/presenter/slides --html "$BATS_TEST_TMPDIR/one.md"
    [[ $output == *'make slides ADDRESS='* && $(<"$BUILD/slides/one.md") != *secret* ]]
    ADDRESS=https://example.org/labs run scripts/presenter/slides "$BATS_TEST_TMPDIR/one.md"
    [[ $output != *'make slides ADDRESS='* ]]
    grep 'https://example.org/labs' "$BUILD/slides/one.html"
    node -e 'const { inflateSync, constants: { Z_SYNC_FLUSH: finishFlush } } = require("zlib")
        const pdf = require("fs").readFileSync(process.argv[1])
        for (let at = 0; (at = pdf.indexOf("stream\n", at) + 7) > 6;)
            try { console.log(inflateSync(pdf.subarray(at), { finishFlush }).toString("latin1")) } catch { /* not packed */ }' \
        "$BUILD/slides/one.pdf" >"$BATS_TEST_TMPDIR/streams"
    grep -aqE '/Subtype */Text' "$BATS_TEST_TMPDIR/streams"
}

@test "the HTML needs nothing from elsewhere" {
    run grep -oE '(src|href)="(https?:|//)[^"]*"|url\((https?:|//)[^)]*' "$BUILD/slides/sheet.html"
    [ -z "$output" ]
}

@test "a command on a slide is run, and shown with its output" {
    # shellcheck disable=SC2016
    fill '<!-- run a: -->' '```console' 'show=x x=6' '= 42' '$ echo $((x * 7))' '$ echo "<$x>"' '```'
    [ "$status" = 0 ]
    # shellcheck disable=SC2016
    [[ $output == *'<i>$</i> echo $((x * 7))</span>'$'\n''<b>42</b>'* ]]
    [[ $output == *'&lt;6&gt;'* ]]
    [[ $output != *show=* ]]
}

@test "blocks of one name are one session" {
    fill '<!-- run a: -->' '```console' 'cd /' '```' 'text' '<!-- run a: -->' '```console' '$ pwd' '```'
    [ "$status" = 0 ]
    [[ $output == *$'</span>\n/</code>'* ]]
}

@test "a command that fails on a slide fails the build, and is named" {
    fill '<!-- run a: -->' '```console' '$ ls /nowhere' '```'
    [ "$status" = 1 ]
    [[ $stderr == *"failed (status 2): ls /nowhere"* ]]
}

@test "a command that should fail and does not fails the build" {
    fill '<!-- run a: -->' '```console' '! $ true' '```'
    [ "$status" = 1 ]
    [[ $stderr == *"should have failed, and did not: true"* ]]
}

@test "what this machine cannot show comes from a recording, and says so" {
    mkdir "$BATS_TEST_TMPDIR/bin"
    ln -s "$(type -P false)" "$BATS_TEST_TMPDIR/bin/findmnt"
    sed -n '/^<!-- run v2/,/^```$/p' slides/deck.md >"$BATS_TEST_TMPDIR/deck.md"
    PATH=$BATS_TEST_TMPDIR/bin:$PATH run --separate-stderr node slides/tools/fill.mjs "$BATS_TEST_TMPDIR/deck.md"
    [ "$status" = 0 ]
    [[ $output == *'<p class="recorded">Recorded on Linux '* ]]
    # A recording of other commands is not shown.
    sed -i 's/^\$ mkdir group0$/&\n$ true/' "$BATS_TEST_TMPDIR/deck.md"
    PATH=$BATS_TEST_TMPDIR/bin:$PATH run --separate-stderr node slides/tools/fill.mjs "$BATS_TEST_TMPDIR/deck.md"
    [ "$status" = 1 ]
    [[ $stderr == *"is not of the commands in the deck"* ]]
}

@test "without root and without user namespaces sessions come from their recordings" {
    mkdir "$BATS_TEST_TMPDIR/bin"
    printf '#!%s\necho "unshare: unshare failed: No space left on device" >&2\nexit 1\n' "$BASH" >"$BATS_TEST_TMPDIR/bin/unshare"
    chmod -R a+rx "$BATS_TEST_TMPDIR/bin"
    # Of a folder that everybody may read.
    local dir
    dir=$(mktemp -d -p /tmp)
    cp -r slides scripts "$BATS_TEST_TMPDIR/bin" "$dir"
    sed -n '/^<!-- run kernel/,/^```$/p' slides/deck.md >"$dir/deck.md"
    chmod -R a+rX "$dir"
    run plain env SUDO= PATH="$dir/bin:$PATH" TMPDIR=/tmp node "$dir/slides/tools/fill.mjs" "$dir/deck.md"
    rm -r "$dir"
    [ "$status" = 0 ]
    [[ $output == *'<p class="recorded">Recorded on Linux '* ]]
}

plain() {
    if [ "$EUID" = 0 ]; then
        setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    else
        "$@"
    fi
}

@test "in a tree with a blank and a colon in its path sessions find the programs, and CDPATH does not matter" {
    local dir="$BATS_TEST_TMPDIR/a b:c"
    mkdir -p "$dir/tmp" "$dir/elsewhere/x"
    cp -r slides scripts solutions "$dir"
    printf '%s\n' '<!-- run lab1: -->' '```console' 'mkdir x' 'cd x' '$ type -t clone-pid1' '```' >"$dir/slides/deck.md"
    rm -r "$dir/slides/recorded"/*
    (cd "$dir" && BUILD=build TMPDIR=$dir/tmp CDPATH=$dir/elsewhere:. scripts/presenter/slides --record)
    [ "$(tail -n +2 "$dir/slides/recorded/lab1.txt")" = $'--\n$ type -t clone-pid1\n  file' ]
    [ -z "$(ls "$dir/tmp")" ]
}

@test "npm keeps nothing in a home that is not there, or somebody else's" {
    mkdir "$BATS_TEST_TMPDIR/bin"
    # shellcheck disable=SC2016
    printf '#!%s\necho "cache=<$npm_config_cache>"\nexit 1\n' "$BASH" >"$BATS_TEST_TMPDIR/bin/npm"
    chmod +x "$BATS_TEST_TMPDIR/bin/npm"
    echo '# empty' >"$BATS_TEST_TMPDIR/deck.md"
    for home in /nonexistent /proc/self "$HOME"; do
        BUILD=$BATS_TEST_TMPDIR/build HOME=$home PATH=$BATS_TEST_TMPDIR/bin:$PATH run scripts/presenter/slides "$BATS_TEST_TMPDIR/deck.md"
        [ "$status" = 1 ]
        [[ $output == *'cache=</'* ]] || [ "$home" = "$HOME" ]
    done
    [[ $output == *'cache=<>'* ]] || [ ! -O "$HOME" ]
}

@test "each recording is of the commands in the deck" {
    mkdir "$BATS_TEST_TMPDIR/bin"
    # Nothing can be shown here: neither namespaces nor cgroups nor two CPUs.
    for name in unshare findmnt taskset; do
        ln -s "$(type -P false)" "$BATS_TEST_TMPDIR/bin/$name"
    done
    PATH=$BATS_TEST_TMPDIR/bin:$PATH run --separate-stderr node slides/tools/fill.mjs slides/deck.md
    echo "$stderr"
    [ "$status" = 0 ]
    [ "$(grep -c 'class="recorded"' <<<"$output")" = "$(grep -cE '<!-- (run|draw) [a-z0-9-]+: *[a-z]' slides/deck.md)" ]
}

# catalogue NAME ENGLISH OTHER...: a catalogue of these texts.
catalogue() {
    printf 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n' >"$1"
    printf '\nmsgid "%s"\nmsgstr "%s"\n' "${@:2}" >>"$1"
}

@test "with a catalogue the texts are in another language, and nothing else is; the rest is counted" {
    catalogue=$BATS_TEST_TMPDIR/xx.po
    # shellcheck disable=SC2016
    catalogue "$catalogue" 'One head' 'TETE' 'a point' 'POINT' 'some `code` here' 'ICI `code`' 'cell' 'CASE' min. MIN. 'A note, on two lines.' 'NOTE' \
        part PARTIE 'an aside' 'APARTE' 'a process' PROCESSUS en xx
    export WORDS=$catalogue
    # shellcheck disable=SC2016
    fill --- 'lang: en' --- '<!-- header: part -->' '# One head' '- a point' 'some `code` here' '| cell | `cell` | 7 |' '|---|---|---|' \
        '<p class="aside">an aside</p>' '<!-- run a: -->' '```console' '$ echo a point' '```' '<!-- draw both -->' '<!--' '1.5 min. A note,' 'on two lines.' '-->' 'new'
    [ "$status" = 0 ]
    # shellcheck disable=SC2016
    for line in 'lang: xx' '<!-- header: PARTIE -->' '# TETE' '- POINT' 'ICI `code`' '| CASE | `cell` | 7 |' '<p class="aside">APARTE</p>' '1.5 MIN. NOTE' new; do
        grep -xF -e "$line" <<<"$output"
    done
    grep -F 'echo a point</span>' <<<"$output"
    grep -F '>PROCESSUS</text>' <<<"$output"
    [[ $stderr == *"slides: "*" texts of deck.md stay English, the first is '"* ]]
}

@test "a text that has changed stays English, and its old translation is kept as a proposal" {
    cp -r slides scripts "$BATS_TEST_TMPDIR"
    cd "$BATS_TEST_TMPDIR" || return
    sed -i 's/^## Numbers begin again at 1$/& or 2/' slides/deck.md
    old=$(msgattrib --translated --no-fuzzy slides/zh.po | grep -c ^msgid)
    run scripts/presenter/slides --words
    [ "$status" = 0 ]
    [[ $output == *"zh.po: "*"1 fuzzy"* ]]
    grep -Fx '#| msgid "Numbers begin again at 1"' slides/zh.po
    [ "$(msgattrib --translated --no-fuzzy slides/zh.po | grep -c ^msgid)" = "$((old - 1))" ]
    printf '%s\n' '## Numbers begin again at 1 or 2' >deck.md
    WORDS=slides/zh.po run --separate-stderr node slides/tools/fill.mjs deck.md
    [ "$output" = '## Numbers begin again at 1 or 2' ]
    [[ $stderr == *"1 texts of deck.md stay English"* ]]
}

@test "the Chinese catalogue is one that gettext reads, and it keeps the code of each text" {
    msgfmt --check-format -o "$BATS_TEST_TMPDIR/mo" slides/zh.po
    # shellcheck disable=SC2016
    run node -e '
        const po = require("fs").readFileSync("slides/zh.po", "utf8")
        const code = (text) => (text.match(/`[^`]*`/g) ?? []).sort().join()
        for (const [, english, chinese] of po.matchAll(/^msgid (".+")\nmsgstr (".+")$/gm))
            if (code(JSON.parse(english)) !== code(JSON.parse(chinese))) console.log(english)'
    echo "$output"
    [ "$status" = 0 ]
    [ -z "$output" ]
}

@test "LANG counts behind make only" {
    # shellcheck disable=SC2016
    printf 'x:\n\t@echo "<$$LANG>"\n' >"$BATS_TEST_TMPDIR/x.mk"
    run env LANG=zh make -f Makefile -f "$BATS_TEST_TMPDIR/x.mk" x
    [ "$output" = '<>' ]
    run env LANG=de_DE.UTF-8 make -f Makefile -f "$BATS_TEST_TMPDIR/x.mk" x LANG=zh
    [ "$output" = '<zh>' ]
}

@test "the pictures for the README are made of a run" {
    run node slides/tools/picture.mjs "$BATS_TEST_TMPDIR"
    [ "$status" = 0 ]
    for scheme in light dark; do
        grep -q 'second: .*my PID is 2' "$BATS_TEST_TMPDIR/picture-$scheme.svg"
        ! grep -E 'undefined|NaN|http[^/]*//[^w]' "$BATS_TEST_TMPDIR/picture-$scheme.svg" || false
    done
}

@test "the picture of the deck: one for each scheme, and light enough for a README" {
    TMPDIR=$BATS_TEST_TMPDIR node slides/tools/contact.mjs "$BUILD/slides/broken.html" "$BATS_TEST_TMPDIR" .png
    ! cmp "$BATS_TEST_TMPDIR"/deck-{light,dark}.png || false
    for file in slides/deck-{light,dark}{,.zh}.png "$BATS_TEST_TMPDIR"/deck-{light,dark}.png; do
        [ "$(dd if="$file" bs=1 skip=16 count=8 status=none | od -An -tx1 | tr -d ' ')" = 0000047000000286 ] # 1136 x 646
        [ "$(wc -c <"$file")" -lt 150000 ]
    done
}

# draws NAME LINE...: the drawing of these lines of a run.
draws() {
    run node --input-type=module -e 'import { draw } from "./slides/tools/draw.mjs"
        console.log(draw(process.argv[1], process.argv.slice(2)))' "$@"
}

# has_columns HEIGHT...: these are the columns, and no others.
has_columns() {
    [ "$(grep -o 'class="cell column"><rect [^>]*' <<<"$output" | sed 's/.* height="\([0-9]*\)".*/\1/' | paste -sd' ')" = "$*" ]
}

@test "the strips of memory and of CPU time: a column is as high as what the group had, until it had something else" {
    draws strip15 'at 0.1 0' 'at 0.2 4194304' 'at 0.3 8388608' 'at 0.4 0' 'memory.max: 8388608'
    has_columns 140 280
    [[ $output == *'>memory.max: 8 MiB<'* ]]
    draws strip16 'at 0.1 0 0' 'at 0.2 10000 0' 'at 0.3 30000 1' 'at 0.4 40000 2'
    has_columns 70 210 280
    [[ $output == *'class="first">0<'*'class="first">1<'*'class="first">2<'* ]]
    [[ $output == *'>40 ms<'* ]]
    draws strip15 'at 0.1 0' 'memory.max: 8388608'
    [[ $status != 0 && $output == *'the strip has no data'* ]]
    draws strip15 'at 0.1 4096'
    [[ $status != 0 && $output == *'the strip has no'*'memory'* ]]
}

@test "a sample is printed for each change of the numbers that are asked for" {
    cd "$BATS_TEST_TMPDIR" || return
    # shellcheck disable=SC2016
    timeout 60 bash -c '. "$0/slides/tools/session.bash"
        printf "other 7\nusage_usec 1\nnr_throttled 0\n" >file
        {
            until grep -qs "^at [0-9.]* 1 0$" said; do :; done
            printf "other 8\nusage_usec 1\nnr_throttled 0\n" >new && mv new file
            printf "other 8\nusage_usec 2\nnr_throttled 5\n" >new && mv new file
            until grep -qs "^at [0-9.]* 2 5$" said; do :; done
        } &
        sample $! file usage_usec nr_throttled >said' "$ROOT"
    [ "$(cut -d' ' -f 3- said)" = $'1 0\n2 5' ]
}

@test "the lock file names no registry" {
    ! grep -n '"resolved"' slides/tools/package-lock.json || false
}

@test "scripts/presenter/slides and scripts/presenter/slides-check explain themselves, and refuse wrong usage" {
    for script in presenter/slides presenter/slides-check; do
        run "scripts/$script" --help
        [ "$status" = 0 ]
        [[ $output == "usage: scripts/$script"* ]]
        run "scripts/$script" --nonsense
        [ "$status" = 2 ]
    done
    run scripts/presenter/slides --picture --html
    [ "$status" = 2 ]
    run scripts/presenter/slides --contact slides/sheet.md
    [ "$status" = 2 ]
    run scripts/presenter/slides --lang
    [ "$status" = 2 ]
    for lang in xx ../zh; do
        run scripts/presenter/slides --lang "$lang"
        [ "$status" = 2 ]
        [[ $output == "slides: there are no texts in '$lang'; "*" there is: zh.po" ]]
    done
}
