#!/usr/bin/env bats
# The same record gives the same verdicts for ever. Each tests/suite/records/NN-name/TITLE.record has beside
# it TITLE.verdicts: a line for each check, its verdict and how what it says begins.
#
# When checks were changed on purpose: UPDATE=1 bats tests/suite/golden.bats, then read the difference.

load helper

setup() {
    cd "$top" || return
}

# verdicts_of RECORD LAB: a line for each check.
verdicts_of() {
    cp "$1" "$BATS_TEST_TMPDIR/the.record"
    scripts/student/judge "tests/$2.bats" "$BATS_TEST_TMPDIR/the.record"
    short "$BATS_TEST_TMPDIR/the.verdicts"
}

# short TABLE: what stands beside the records.
short() {
    awk -F '\t' '{
        what = $3 == "fail" ? "seen: " $6 : $3 == "not here" ? $6 "; " $7 : $3 == "error" ? "" : $6
        sub(/ \| .*/, "", what)
        print $3 (what == "" ? "" : ": " what) }' "$1"
}

# labs: those that have records.
labs() {
    for lab in tests/suite/records/*/; do
        lab=${lab%/}
        echo "${lab##*/}"
    done
}

# must_be_worthless RECORD LAB: nothing passes, and nothing fails: the checker has no evidence.
must_be_worthless() {
    verdicts_of "$1" "$2" >"$BATS_TEST_TMPDIR/verdicts"
    run grep -vE '^(error|blocked)' "$BATS_TEST_TMPDIR/verdicts"
    echo "$2 $1: $output"
    [ -s "$BATS_TEST_TMPDIR/verdicts" ]
    [ "$status" -eq 1 ]
}

@test "every golden record gives the verdicts that are beside it" {
    local different=0 lab verdicts
    for lab in $(labs); do
        mkdir "$BATS_TEST_TMPDIR/$lab"
        cp tests/suite/records/"$lab"/*.record "$BATS_TEST_TMPDIR/$lab"
        scripts/student/judge "tests/$lab.bats" "$BATS_TEST_TMPDIR/$lab"/*.record
        for verdicts in tests/suite/records/"$lab"/*.verdicts; do
            short "$BATS_TEST_TMPDIR/$lab/${verdicts##*/}" >"$BATS_TEST_TMPDIR/short"
            [ -z "${UPDATE:-}" ] || cp "$BATS_TEST_TMPDIR/short" "$verdicts"
            diff -u "$verdicts" "$BATS_TEST_TMPDIR/short" || different=$((different + 1))
        done
    done
    [ "$different" -eq 0 ]
}

@test "the records of right programs have no verdict but pass and not here, those of wrong ones a fail" {
    for verdicts in tests/suite/records/*/*.verdicts; do
        echo "$verdicts"
        case $verdicts in
            */wrong-*)
                grep '^fail: ' "$verdicts"
                run grep '^error' "$verdicts"
                ;;
            *) run grep -vE '^(pass$|not here: )' "$verdicts" ;;
        esac
        [ "$status" -eq 1 ]
    done
}

@test "a record that was cut off proves nothing: error, not pass and not fail" {
    for lab in $(labs); do
        record=tests/suite/records/$lab/root-v1.record size=$(wc -c <"tests/suite/records/$lab/root-v1.record")
        for bytes in $((size / 6)) $((size / 2)) $((size * 5 / 6)) $((size - 4)); do
            head -c "$bytes" "$record" >"$BATS_TEST_TMPDIR/cut"
            must_be_worthless "$BATS_TEST_TMPDIR/cut" "$lab"
        done
    done
}

@test "an empty record, and one that is garbled, prove nothing" {
    for lab in $(labs); do
        record=tests/suite/records/$lab/root-v1.record
        : >"$BATS_TEST_TMPDIR/empty"
        rev "$record" >"$BATS_TEST_TMPDIR/reversed"
        sed 's/$/\r/' "$record" >"$BATS_TEST_TMPDIR/crlf"
        sed 's/^run .*/run other/' "$record" >"$BATS_TEST_TMPDIR/other-runs"
        for record in empty reversed crlf other-runs; do
            must_be_worthless "$BATS_TEST_TMPDIR/$record" "$lab"
        done
    done
}
