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
    RECORD=$1 scripts/student/judge "tests/$2.bats" "$BATS_TEST_TMPDIR/tap"
    awk -f scripts/student/verdicts.awk "$BATS_TEST_TMPDIR/tap" | awk -F '\t' '{
        sub(/ \| .*/, "", $3)
        print $1 ($3 == "" ? "" : ": " $3) }'
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
    different=0
    for record in tests/suite/records/*/*.record; do
        lab=$(basename "$(dirname "$record")")
        verdicts_of "$record" "$lab" >"$BATS_TEST_TMPDIR/verdicts"
        [ -z "${UPDATE:-}" ] || cp "$BATS_TEST_TMPDIR/verdicts" "${record%.record}.verdicts"
        diff -u "${record%.record}.verdicts" "$BATS_TEST_TMPDIR/verdicts" || different=$((different + 1))
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
