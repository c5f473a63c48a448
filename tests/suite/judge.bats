#!/usr/bin/env bats
# scripts/student/judge: one shell for many records says what bats says of each.

load helper

# A class: CLASS/LAB/TITLE.record, of the golden records, the starters and the solutions.
setup_file() {
    load helper
    cd "$top" || return
    export class=$BATS_FILE_TMPDIR/class BUILD=$BATS_FILE_TMPDIR/build
    local lab file n=0
    project -k check FROM=labs >/dev/null 2>&1 || true
    project -k check FROM=solutions >/dev/null || true
    for file in tests/suite/records/*/*.record "$BUILD"/{labs,solutions}/*/record; do
        [ -f "$file" ] || continue
        lab=$(grep -o '[0-9][0-9]-[^/]*' <<<"${file#"$BUILD"}" | head -n 1)
        mkdir -p "$class/$lab"
        cp "$file" "$class/$lab/$((++n)).record"
    done
}

setup() {
    cd "$top" || return
    lab=03-setns-join
    good=tests/suite/records/$lab/root-v1.record
    here=$BATS_TEST_TMPDIR/here
    mkdir "$here"
}

judge() {
    scripts/student/judge "$@"
}

# must_agree CHECKS RECORD...: judges them together, and bats does one by one.
must_agree() {
    local record
    judge "$@"
    for record in "${@:2}"; do
        echo "$record"
        diff -u <(by_bats "$1" "$record") <(by_judge "${record%record}verdicts")
    done
}

# verdicts_of TITLE...: which verdicts their tables have.
verdicts_of() {
    cut -f 3 "${@/%/.verdicts}" | sort -u | tr '\n' ' '
}

# must_be_worthless TITLE...: their tables have a line for each check, and none passes or fails.
must_be_worthless() {
    local title checks
    checks=$(grep -c '^@test' "tests/$lab.bats")
    for title; do
        echo "$title: $(cat "$here/$title.verdicts")"
        [ "$(cut -f 3 "$here/$title.verdicts" | grep -cE '^(error|blocked)$')" = "$checks" ]
        [ "$(wc -l <"$here/$title.verdicts")" = "$checks" ]
    done
}

@test "right and wrong programs, starters, golden records: the verdicts are those of bats" {
    local check verdict
    for check in tests/[0-9]*-*.bats; do
        must_agree "$check" "$class/$(basename "$check" .bats)"/*.record
    done
    [ "$(cat "$class"/*/*.verdicts | wc -l)" -ge 500 ]
    for verdict in pass fail blocked 'not here'; do
        echo "$verdict"
        cut -f 3 "$class"/*/*.verdicts | grep -qx "$verdict"
    done
}

@test "a table has lab, number, verdict, points, sentence, seen, expected and likely, and the points of make points" {
    cp "$good" "$here/good.record"
    judge "tests/$lab.bats" "$here/good.record"
    [ "$(awk -F '\t' '{ print NF }' "$here/good.verdicts" | sort -u)" = 8 ]
    diff <(scripts/student/points --tsv | grep "^$lab") <(awk -F '\t' -v OFS='\t' '{ print $1, $2, $4, $5 }' "$here/good.verdicts")
}

@test "what a hostile program prints does no harm, and changes no other record" {
    local wrong=tests/suite/records/$lab/wrong-own-namespace.record word text line
    text=$(printf '%s\n' 'ok 1 Three processes report' 'not ok 2 x' '1..0' '1..99' '# seen: forged' 'seen: forged' \
        'ok 9 x # skip not here: forged' 'Bail out!' '%s%n%d %% %99999999s' '*' '/*' '~ {a,b} [a-z]' '\x1b[31mred\\ ' \
        "\$(touch $here/touched)" "\`touch $here/touched\`" "a[\$(touch $here/touched)]" '"; exit 0; "' "' exit 0 '" \
        "first: my PID is \$(exit 0)" 'end' 'run stay' '-e -n --' 'completed' "$(printf '\t\ttabs\t')" \
        "$(printf '\e]0;title\a\e[2J\r\xff\xfe')" "$(printf '%03000d' 0)")
    awk '{ print } / start / { exit } END { print "0.002 exit 0\nend" }' "$good" >"$BATS_TEST_TMPDIR/short"
    cp "$good" "$here/good.record"
    cp "$wrong" "$here/other.record"
    for word in out err 'writer 2\n0.001 out'; do
        while IFS= read -r line; do
            printf "0.001 $word %s\n" "$line"
        done <<<"$text" >"$BATS_TEST_TMPDIR/said"
        sed "/ start /r $BATS_TEST_TMPDIR/said" "$wrong" >"$here/wrong-${word::3}.record"
        sed "/ start /r $BATS_TEST_TMPDIR/said" "$good" >"$here/right-${word::3}.record"
        sed "/ start /r $BATS_TEST_TMPDIR/said" "$BATS_TEST_TMPDIR/short" >"$here/alone-${word::3}.record"
    done
    must_agree "tests/$lab.bats" "$here"/*.record
    [ ! -e "$here/touched" ]
    [ "$(verdicts_of "$here/good")" = 'pass ' ]
    [ "$(awk -F '\t' '{ print NF }' "$here"/*.verdicts | sort -u)" = 8 ]
    grep -qF 'Bail out! | %s%n%d %% %99999999s | * | ' "$here/alone-out.verdicts"
}

@test "a record that is not whole or no record at all: error, and the others are judged" {
    cp "$good" "$here/good.record"
    : >"$here/empty.record"
    head -c -4 "$good" >"$here/cut.record"
    head -c 700 "$good" >"$here/half.record"
    rev "$good" >"$here/reversed.record"
    sed 's/$/\r/' "$good" >"$here/crlf.record"
    tr '\n' '\0' <"$good" >"$here/zeros.record"
    head -c 10000000 /dev/urandom >"$here/garbage.record"
    head -c 10000000 /dev/zero | tr '\0' 'x' >"$here/one-line.record"
    yes '0.001 out x' | head -c 10000000 >"$here/no-end.record"
    mkdir "$here/folder.record"
    mkfifo "$here/pipe.record"
    ln -s /nonexistent "$here/nowhere.record"
    ln -s /dev/zero "$here/device.record"
    judge "tests/$lab.bats" "$here"/*.record "$here/missing.record"
    must_be_worthless empty cut half reversed crlf zeros garbage one-line no-end missing folder pipe nowhere device
    [ "$(verdicts_of "$here/good")" = 'pass ' ]
}

# Checks that try what a check of a new lab may do; 04-odd.bats has a copy of the machinery beside it.
odd_checks() {
    cp tests/record.bash "$here/"
    sed 's/^\([A-Z][^:]*\): \(.*\)/@test "\1" {\n    \2\n}/' >"$here/04-odd.bats" <<'END'
load record
left=nothing
odd() { false; }
It ends where it fails: echo 'seen: it failed'; false; echo 'seen: it went on'
It ends where a function fails: odd; in_run stay
It does not end in a condition: odd || [ "$left" = nothing ]; left=something; verdict=x; failed=()
It fails with its last command: [ "$left" = something ]
It passes with status 0 only: exit 0
Its own number is kept: exit 139
A skip in a function is one: odd() { skip 'not here: a; b # skip c'; }; odd; false
It may be blocked by itself: after 1
It is not blocked by a later check: after 10
A line may have no end: after 9; printf 'expected: no end'; return 3
It passes: in_run stay; echo 'seen: nothing'
It is not blocked by check 1 of record 10: after 11
Without a value there is an error: echo "${nothing:?}"
What it defined is forgotten: wrong() { echo 'seen: no'; }; unset RECORD; wrong; return 1
It reads nothing: read -r line || echo "seen: $line"; [ -z "$line" ]
It passes in the end: in_run stay; wrong a b c || in_run plain
It is blocked by what returned: after 10
It is blocked by what is blocked: after 17
END
}

@test "a check may do what it likes: the verdict is that of bats, and the next record sees nothing of it" {
    local n
    odd_checks
    for n in {1..12}; do
        cp "$good" "$here/$n.record"
    done
    : >"$here/5.record"
    judge "$here/04-odd.bats" "$here"/*.record
    for n in 1 5 11; do
        # What it says of an error is its own affair.
        diff -u <(by_bats "$here/04-odd.bats" "$here/$n.record" | sed 's/^error.*/error/') \
            <(by_judge "$here/$n.verdicts" | sed 's/^error.*/error/')
    done
    for n in {1..12}; do
        [ "$n" = 5 ] || cmp "$here/1.verdicts" "$here/$n.verdicts"
    done
}

@test "a process that ended while the witness looked at it: no check breaks, in any lab" {
    local record
    for record in tests/suite/records/*/root-*.record; do
        lab=$(basename "$(dirname "$record")")
        sed '/ process /s/ ns\/.*//' "$record" >"$here/no-namespaces.record"
        sed '/ process /s/ state=.*/ state=/' "$record" >"$here/no-stat.record"
        ! cmp -s "$record" "$here/no-stat.record" || continue
        judge "tests/$lab.bats" "$here"/no-{namespaces,stat}.record
        ! grep -HP '\terror\t' "$here"/*.verdicts || false
    done
}

@test "a check that is killed is an error, and only for that record" {
    cp tests/record.bash "$here/"
    printf '%s\n' 'load record' '# bats test_tags=points:7' '@test "It lives" {' \
        "[ -s \"\$RECORD\" ] || { echo seen: half; kill -KILL \"\$BASHPID\"; }" '}' \
        '@test "It is blocked" {' 'after 1' '}' >"$here/04-odd.bats"
    cp "$good" "$here/1.record"
    cp "$good" "$here/3.record"
    : >"$here/2.record"
    judge "$here/04-odd.bats" "$here"/*.record
    diff - "$here/2.verdicts" <<<$'04-odd\t1\terror\t7\tIt lives\t\t\t\n04-odd\t2\tblocked\t0\tIt is blocked\tcheck 1 must pass first\t\t'
    [ "$(verdicts_of "$here"/{1,3})" = 'pass ' ]
}

# must_refuse TEXT CHECKS: status 70, that text, and the two tables of before are kept.
must_refuse() {
    run --separate-stderr judge "$2" "$here"/{1,2}.record
    echo "$stderr"
    [ "$status" = 70 ]
    [[ $stderr = *"$1"* ]]
    [ "$(cat "$here"/*.verdicts)" = $'old\nold' ]
}

@test "when the checks are broken, or are none, each table stays as it was" {
    local n
    for n in 1 2; do
        cp "$good" "$here/$n.record"
        echo old >"$here/$n.verdicts"
    done
    cp tests/record.bash "$here/"
    { cat "tests/$lab.bats" && echo 'if'; } >"$here/$lab.bats"
    must_refuse 'cannot be read' "$here/$lab.bats"
    must_refuse 'cannot be read' "$here/missing.bats"
    must_refuse 'cannot be read' "$here/record.bash"
}

@test "where no table can be written, that is said, and the others are judged; nothing else is left" {
    mkdir "$here/table.verdicts" "$here/tmp"
    cp "$good" "$here/table.record"
    cp "$good" "$here/good.record"
    run --separate-stderr env TMPDIR="$here/tmp" scripts/student/judge "tests/$lab.bats" "$here"/{not-there/x,table,good}.record
    [ "$status" = 70 ]
    [[ $stderr = *"$here/not-there"*"$here/table.verdicts"* ]]
    [ "$(verdicts_of "$here/good")" = 'pass ' ]
    [ -z "$(find "$here/tmp" "$here/table.verdicts" -mindepth 1)" ]
    [ "$(find "$here" -name '*verdicts*' | wc -l)" = 2 ]
}
