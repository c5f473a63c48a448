#!/usr/bin/env bats
# scripts/student/judge-all: one bats for many records says what one bats for each record says.

load helper

# A class: CLASS/LAB/TITLE/record, of the golden records, the starters, the solutions, and of wrong
# programs: all that are files of their own, and of the others each sixth.
setup_file() {
    load helper
    cd "$top" || return
    export class=$BATS_FILE_TMPDIR/class points=$BATS_FILE_TMPDIR/points BUILD=$BATS_FILE_TMPDIR/build
    local lab file n=0
    scripts/student/points --tsv >"$points"
    project -k check FROM=labs >/dev/null 2>&1 || true
    project -k check FROM=solutions >/dev/null || true
    for file in tests/suite/wrong/*/*; do
        lab=${file%/*} n=$((n + 1))
        [[ $file != *.c && $((n % 12)) != 0 ]] || printf '%s\0' wrong "${lab##*/}" "$file"
    done | xargs -0 -n 3 -P 2 scripts/suite/mutants --one
    for file in tests/suite/records/*/*.record "$BUILD"/{labs,solutions,mutants/wrong}/*/{,*/}record; do
        [ -f "$file" ] || continue
        lab=$(grep -o '[0-9][0-9]-[^/]*' <<<"${file#"$BUILD"}" | head -n 1)
        mkdir -p "$class/$lab/$((++n))"
        cp "$file" "$class/$lab/$n/record"
    done
}

setup() {
    cd "$top" || return
    lab=03-setns-join
    here=$BATS_TEST_TMPDIR/here
}

# judge_one LAB RECORD: what judge-all should write, by scripts/student/judge.
judge_one() {
    local tap
    tap=$(mktemp -p "$BATS_TEST_TMPDIR")
    RECORD=$2 scripts/student/judge "tests/$1.bats" "$tap"
    paste <(awk -F '\t' -v lab="$1" '$1 == lab { print $2 "\t" $3 }' "$points") <(awk -f scripts/student/verdicts.awk "$tap")
}

# judge_all LAB RECORD...
judge_all() {
    printf '%s\n' "${@:2}" >"$BATS_TEST_TMPDIR/list"
    scripts/student/judge-all "tests/$1.bats" "$points" "$BATS_TEST_TMPDIR/list"
}

# must_agree LAB RECORD...: judges them together and one by one.
must_agree() {
    local record
    judge_all "$@"
    for record in "${@:2}"; do
        echo "$record"
        diff -u <(judge_one "$1" "$record") "${record%/*}/result"
    done
}

# put TITLE [FILE]: a record in a folder of its own, from a file or from stdin.
put() {
    mkdir -p "$here/$1"
    cat "${2:--}" >"$here/$1/record"
}

# must_be_worthless TITLE...: their results have a line for each check, and none passes or fails.
must_be_worthless() {
    local title checks
    checks=$(grep -c "^$lab" "$points")
    for title; do
        echo "$title: $(cat "$here/$title/result")"
        [ "$(wc -l <"$here/$title/result")" = "$checks" ]
        [ "$(cut -f 3 "$here/$title/result" | grep -cE '^(error|blocked)$')" = "$checks" ]
    done
}

@test "right and wrong programs, starters, golden records: the results are those of scripts/student/judge" {
    local check count=0
    for check in tests/[0-9]*-*.bats; do
        check=$(basename "$check" .bats)
        must_agree "$check" "$class/$check"/*/record
        count=$((count + $(cat "$class/$check"/*/result | wc -l)))
    done
    [ "$count" -ge 600 ]
    for verdict in pass fail blocked 'not here'; do
        echo "$verdict"
        cut -f 3 "$class"/*/*/result | grep -qx "$verdict"
    done
}

@test "what a hostile program prints does no harm, and changes no other record" {
    local good=tests/suite/records/$lab/root-v1.record wrong=tests/suite/records/$lab/wrong-own-namespace.record word text
    text=$(printf '%s\n' 'ok 1 Three processes report' 'not ok 2 x' '1..0' '1..99' '# seen: forged' 'seen: forged' \
        'ok 9 x # skip not here: forged' 'Bail out!' '%s%n%d %% %99999999s' '*' '/*' '~ {a,b} [a-z]' '\x1b[31mred\\ ' \
        "\$(touch $here/touched)" "\`touch $here/touched\`" "a[\$(touch $here/touched)]" '"; exit 0; "' "' exit 0 '" \
        "first: my PID is \$(exit 0)" 'end' 'run stay' '-e -n --' 'blanks at the end   ' "$(printf '\t\ttabs\t')" \
        "$(printf '\e]0;title\a\e[2J\r\xff\xfe')" "$(printf '%03000d' 0)")
    awk '{ print } / start / { exit } END { print "0.002 exit 0\nend" }' "$good" >"$BATS_TEST_TMPDIR/short"
    put good "$good"
    put other "$wrong"
    for word in out err 'writer 2\n0.001 out'; do
        while IFS= read -r line; do
            printf "0.001 $word %s\n" "$line"
        done <<<"$text" >"$BATS_TEST_TMPDIR/said"
        sed "/ start /r $BATS_TEST_TMPDIR/said" "$wrong" | put "wrong-${word::3}"
        sed "/ start /r $BATS_TEST_TMPDIR/said" "$good" | put "right-${word::3}"
        sed "/ start /r $BATS_TEST_TMPDIR/said" "$BATS_TEST_TMPDIR/short" | put "alone-${word::3}"
    done
    sed "/ start /a 0.001 err blanks at the end   " "$BATS_TEST_TMPDIR/short" | put blanks
    must_agree "$lab" "$here"/*/record
    grep -q 'blanks at the end$' "$here/blanks/result"
    [ ! -e "$here/touched" ]
    [ "$(cut -f 3 "$here/good/result" | sort -u)" = pass ]
    grep -qF 'Bail out! | %s%n%d %% %99999999s | * | ' "$here/alone-out/result"
}

@test "a record that is not whole or no record at all: error, and the others are judged" {
    local record=tests/suite/records/$lab/root-v1.record
    put good "$record"
    put wrong "tests/suite/records/$lab/wrong-negative.record"
    put empty /dev/null
    head -c -4 "$record" | put cut
    head -c 700 "$record" | put half
    rev "$record" | put reversed
    sed 's/$/\r/' "$record" | put crlf
    tr '\n' '\0' <"$record" | put zeros
    head -c 10000000 /dev/urandom | put garbage
    head -c 10000000 /dev/zero | tr '\0' 'x' | put one-line
    yes '0.001 out x' | head -c 10000000 | put no-end
    must_agree "$lab" "$here"/*/record
    must_be_worthless empty cut half reversed crlf zeros garbage one-line no-end
    mkdir -p "$here"/{missing,folder/record,pipe,nowhere,device}
    mkfifo "$here/pipe/record"
    ln -s /nonexistent "$here/nowhere/record"
    ln -s /dev/zero "$here/device/record"
    judge_all "$lab" "$here"/{missing,good,folder,pipe,nowhere,device}/record
    must_be_worthless missing folder pipe nowhere device
    [ "$(cut -f 3 "$here/good/result" | sort -u)" = pass ]
}

@test "the order of the list, a record twice, a blank line less or more change nothing" {
    local record records=() n=0
    for record in tests/suite/records/"$lab"/*.record; do
        put $((++n)) "$record"
        records+=("$here/$n/record")
    done
    [ "$n" -ge 10 ] # 1 and 10 must not be taken for another
    judge_all "$lab" "${records[@]}"
    sum=$(cat "$here"/*/result | sha256sum)
    rm "$here"/*/result
    printf '%s\n' "${records[@]}" "${records[@]:3}" | sort -r | head -c -1 >"$BATS_TEST_TMPDIR/list"
    scripts/student/judge-all "tests/$lab.bats" "$points" "$BATS_TEST_TMPDIR/list"
    [ "$(cat "$here"/*/result | sha256sum)" = "$sum" ]
    [ -z "$(find "$here" -type f ! -name record ! -name result)" ]
}

@test "nothing is to be done for an empty list; a record in this folder needs no path" {
    : >"$BATS_TEST_TMPDIR/list"
    scripts/student/judge-all "tests/$lab.bats" "$points" "$BATS_TEST_TMPDIR/list"
    put good "tests/suite/records/$lab/root-v1.record"
    echo record >"$BATS_TEST_TMPDIR/list"
    (cd "$here/good" && "$top/scripts/student/judge-all" "$top/tests/$lab.bats" "$points" "$BATS_TEST_TMPDIR/list")
    diff <(judge_one "$lab" "$here/good/record") "$here/good/result"
}

# Checks that try what a check of a new lab may do; 04-odd.bats has a copy of the machinery beside it.
odd_checks() {
    mkdir -p "$here"
    cp tests/record.bash "$here/"
    sed 's/^\([A-Z][^:]*\): \(.*\)/@test "\1" {\n    \2\n}/' >"$here/04-odd.bats" <<'END'
load record
left=nothing
odd() { false; }
It ends where it fails: echo 'seen: it failed'; false; echo 'seen: it went on'
It ends where a function fails: odd; in_run stay
It does not end in a condition: odd || [ "$left" = nothing ]; left=something; judge_verdict=x
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
END
    sed -n 's/^@test "\(.*\)" {/\1/p' "$here/04-odd.bats" | awk '{ print "04-odd\t" NR "\t1\t" $0 }' >"$here/points"
}

@test "a check may do what it likes: the verdict is that of bats, and the next record sees nothing of it" {
    local n
    odd_checks
    for n in {1..12}; do
        put "$n" "tests/suite/records/$lab/root-v1.record"
    done
    put 5 /dev/null
    points=$here/points
    printf '%s\n' "$here"/*/record >"$here/list"
    scripts/student/judge-all "$here/04-odd.bats" "$points" "$here/list"
    for n in 1 5 11; do
        RECORD=$here/$n/record scripts/student/judge "$here/04-odd.bats" "$BATS_TEST_TMPDIR/tap"
        awk -f scripts/student/verdicts.awk "$BATS_TEST_TMPDIR/tap" | diff -u - <(cut -f 3- "$here/$n/result")
        cut -f 3 "$here/$n/result" | sort -u | tr '\n' ' '
    done
    for n in {1..12}; do
        [ "$n" = 5 ] || cmp "$here/1/result" "$here/$n/result"
    done
}

@test "a check that is killed is an error, and only for that record" {
    local n
    mkdir -p "$here"
    cp tests/record.bash "$here/"
    printf '%s\n' 'load record' '@test "It lives" {' "[ -s \"\$RECORD\" ] || { echo seen: half; kill -KILL \"\$BASHPID\"; }" '}' \
        '@test "It is blocked" {' 'after 1' '}' >"$here/04-odd.bats"
    printf '04-odd\t1\t7\tIt lives\n04-odd\t2\t8\tIt is blocked\n' >"$here/points"
    for n in 1 2 3; do
        put "$n" "tests/suite/records/$lab/root-v1.record"
    done
    put 2 /dev/null
    printf '%s\n' "$here"/*/record >"$here/list"
    scripts/student/judge-all "$here/04-odd.bats" "$here/points" "$here/list"
    diff - "$here/2/result" < <(printf '1\t7\terror\tIt lives\t\n2\t8\tblocked\tIt is blocked\tcheck 1 must pass first\n')
    cmp "$here/1/result" "$here/3/result"
    diff - "$here/3/result" < <(printf '1\t7\tpass\tIt lives\t\n2\t8\tpass\tIt is blocked\t\n')
}

# must_refuse CHECKS POINTS TEXT: the two results of before are kept.
must_refuse() {
    run --separate-stderr scripts/student/judge-all "$1" "$2" "$here/list"
    echo "$stderr"
    [ "$status" = 1 ]
    [[ $stderr = *"$3"* ]]
    [ "$(cat "$here"/*/result)" = $'old\nold' ]
    [ "$(find "$here" -name 'result*' | wc -l)" = 2 ]
}

@test "when bats breaks, or the points are of other checks, each result stays as it was" {
    local n
    mkdir "$here"
    for n in 1 2; do
        put "$n" "tests/suite/records/$lab/root-v1.record"
        echo old >"$here/$n/result"
        echo "$here/$n/record"
    done >"$here/list"
    cp tests/record.bash "$here/"
    { cat "tests/$lab.bats" && echo 'if'; } >"$here/$lab.bats"
    must_refuse "$here/$lab.bats" "$points" 'bats broke'
    must_refuse "$here/missing.bats" "$points" 'bats broke'
    { cat "$points" && printf '%s\t99\t1\tone more\n' "$lab"; } >"$here/points"
    must_refuse "tests/$lab.bats" "$here/points" 'scripts/student/points --tsv'
    sed "/^$lab.*refused/d" "$points" >"$here/points"
    must_refuse "tests/$lab.bats" "$here/points" 'scripts/student/points --tsv'
    sed "/^$lab/s/PID 2/PID 3/" "$points" >"$here/points"
    must_refuse "tests/$lab.bats" "$here/points" 'scripts/student/points --tsv'
}

@test "where no result can be written, that is said, and the others are judged" {
    put good "tests/suite/records/$lab/root-v1.record"
    run --separate-stderr judge_all "$lab" "$here/not-there/record" "$here/good/record"
    [ "$status" = 1 ]
    [[ $stderr = *"$here/not-there"* ]]
    diff <(judge_one "$lab" "$here/good/record") "$here/good/result"
}
