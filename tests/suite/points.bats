#!/usr/bin/env bats
# scripts/student/points: the points of the checks, the weights of the labs, and every mistake in them.

load helper

setup() {
    tree=$BATS_TEST_TMPDIR/tree
    mkdir -p "$tree/scripts/student" "$tree/tests"
    cp "$top/scripts/student/points" "$tree/scripts/student/"
    cp "$top/scripts/lib.bash" "$tree/scripts/"
    lab 01-a '# bats test_tags=points:2' '@test "one" {' '    true' '}' \
        '# bats test_tags=points:3' '@test "two" {' '    false' '}'
    lab 02-b '# bats test_tags=points:4' '@test "one" {' '}'
}

# lab NAME LINE...: writes a file of checks.
lab() {
    printf '%s\n' "${@:2}" >"$tree/tests/$1.bats"
}

# points [OPTION]: of the small tree.
points() {
    run --separate-stderr "$tree/scripts/student/points" "$@"
}

# bats_finds COUNT TAG FILE: as far as bats knows tags, since 1.8.
bats_finds() {
    ! bats --help | grep -q filter-tags || [ "$(bats --count --filter-tags "$2" "$3")" = "$1" ]
}

# must_fail PLACE TEXT: with every option, with nothing on stdout, and with what to do in a second line.
must_fail() {
    local option
    for option in '' --tsv --weights; do
        points ${option:+"$option"}
        [ "$status" = 1 ]
        [ -z "$output" ]
        [ "${#stderr_lines[@]}" = 2 ]
        [[ ${stderr_lines[0]} = "$1: "*"$2"* ]]
        [[ ${stderr_lines[1]} = '    '* ]]
    done
}

@test "the table has every check, and its lines fit in 80 columns" {
    run "$top/scripts/student/points"
    [ "$status" = 0 ]
    local lab number points name line count=0
    while IFS=$'\t' read -r lab number points name; do
        printf -v line '%7d  %s' "$points" "$name"
        grep -qxFe "$line" <<<"$output"
        count=$((count + 1))
    done < <("$top/scripts/student/points" --tsv)
    [ "$count" -ge 6 ]
    for line in "${lines[@]}"; do
        [ "${#line}" -le 80 ]
    done
}

@test "CDPATH changes nothing" {
    points --tsv
    local all=$output
    mkdir -p "$BATS_TEST_TMPDIR/home/scripts"
    cd "$tree"
    run --separate-stderr env CDPATH=".:$BATS_TEST_TMPDIR/home" scripts/student/points --tsv
    [ "$status" = 0 ]
    [ "$output" = "$all" ]
    run --separate-stderr env CDPATH="$BATS_TEST_TMPDIR/home" scripts/student/points --tsv
    [ "$output" = "$all" ]
}

@test "names and numbers are those that bats gives" {
    local file lab record
    for file in "$top"/tests/[0-9]*-*.bats; do
        lab=$(basename "$file" .bats)
        ! is_demonstration "$file" || continue
        record=$(find "$top/tests/suite/records/$lab" -name '*.record' | head -n 1)
        RECORD=$record bats --formatter tap "$file" | sed -n 's/ # skip.*//; s/^\(not \)*ok //p' >"$BATS_TEST_TMPDIR/bats" || true
        [ -s "$BATS_TEST_TMPDIR/bats" ]
        "$top/scripts/student/points" --tsv | awk -F '\t' -v lab="$lab" '$1 == lab { print $2 " " $4 }' |
            diff "$BATS_TEST_TMPDIR/bats" -
    done
}

@test "points are those that bats filters by" {
    local file lab points
    for file in "$top"/tests/[0-9]*-*.bats; do
        lab=$(basename "$file" .bats)
        ! is_demonstration "$file" || continue
        for points in 1 2 3 4; do
            bats_finds "$("$top/scripts/student/points" --tsv | cut -f 1,3 | grep -cx "$lab"$'\t'"$points" || true)" \
                "points:$points" "$file"
        done
    done
}

@test "--tsv, --weights and the sums of a small tree" {
    printf '%s\n' '# a comment' '' '02-b 1.5 # too' >"$tree/tests/weights"
    points --tsv
    [ "$status" = 0 ]
    [ "$output" = $'01-a\t1\t2\tone\n01-a\t2\t3\ttwo\n02-b\t1\t4\tone' ]
    points --weights
    [ "$status" = 0 ]
    [ "$output" = $'01-a\t1\n02-b\t1.5' ]
    points
    [ "$status" = 0 ]
    [[ $output = *'5  points x weight 1 = 5'*'4  points x weight 1.5 = 6'*'9 points in all'*'is 11.' ]]
}

@test "every lab of the project has a weight, also without tests/weights" {
    diff <("$top/scripts/student/points" --weights | cut -f 1) <("$top/scripts/student/points" --tsv | cut -f 1 | uniq)
    points --weights
    [ "$output" = $'01-a\t1\n02-b\t1' ]
}

@test "a tag among others, with blanks, or in a file with the line ends of another system" {
    lab 02-b '  #  bats  test_tags=slow ,  points:12  ' '  @test   "one: { and }"   { true; }' $'# bats test_tags=points:7\r' \
        $'@test two {\r' $'    true\r' $'}\r'
    points --tsv
    [ "$status" = 0 ]
    [ "$(grep ^02 <<<"$output")" = $'02-b\t1\t12\tone: { and }\n02-b\t2\t7\ttwo' ]
    bats_finds 1 points:12 "$tree/tests/02-b.bats"
    bats_finds 1 points:7 "$tree/tests/02-b.bats"
}

@test "a check without points is an error" {
    lab 02-b '@test "one" {' '}'
    must_fail tests/02-b.bats:1 'no points'
    lab 02-b '# bats test_tags=points:1' '@test "one" {' '}' '# bats test_tags=slow' '@test "two" {' '}'
    must_fail tests/02-b.bats:5 'no points'
    lab 02-b '# bats test_tag=points:1' '@test "one" {' '}'
    must_fail tests/02-b.bats:2 'no points'
}

@test "a check with two points tags is an error" {
    lab 02-b '# bats test_tags=points:1,points:2' '@test "one" {' '}'
    must_fail tests/02-b.bats:1 'points twice'
    # bats forgets the first line: the tags of both would not be those of the check.
    lab 02-b '# bats test_tags=points:1' '# bats test_tags=slow' '@test "one" {' '    true' '}'
    must_fail tests/02-b.bats:2 'line 1 has tags'
    bats_finds 0 points:1 "$tree/tests/02-b.bats"
}

@test "points that are no whole number from 1 on are an error" {
    local points
    for points in points points: points:0 points:-1 points:1.5 points:01 points:x points:1e3 points_2 'points: 1'; do
        lab 02-b "# bats test_tags=$points" '@test "one" {' '}'
        must_fail tests/02-b.bats:1 "no whole number from 1 on: $points"
    done
}

@test "points for a whole file, or for no check, are an error" {
    lab 02-b '# bats file_tags=points:1' '# bats test_tags=points:1' '@test "one" {' '}'
    must_fail tests/02-b.bats:1 'points of a whole file'
    lab 02-b '# bats file_tags=slow, points:1' '# bats test_tags=points:1' '@test "one" {' '}'
    must_fail tests/02-b.bats:1 'points of a whole file'
    lab 02-b '# bats test_tags=points:1' '@test "one" {' '}' '# bats test_tags=points:1'
    must_fail tests/02-b.bats:4 'no check comes after'
    lab 02-b 'true'
    must_fail tests/02-b.bats:1 'no check in this file'
}

@test "two checks of one name in a file, and two labs of one number, are an error" {
    lab 02-b '# bats test_tags=points:1' '@test "one" {' '}' '# bats test_tags=points:1' "@test 'one' {" '}'
    must_fail tests/02-b.bats:5 'the check in line 2 has the same name'
    setup
    lab 2-c '# bats test_tags=points:1' '@test "one" {' '}'
    must_fail tests/2-c.bats:1 'tests/02-b.bats is lab 2, too'
}

@test "a name that the shell reads, or none, is an error" {
    local name
    # shellcheck disable=SC2016 # nothing is to be expanded
    for name in 'a $1' 'a `date`' 'a \"b\"' $'a\tb'; do
        lab 02-b '# bats test_tags=points:1' "@test \"$name\" {" '}'
        must_fail tests/02-b.bats:2 'in the name'
    done
    lab 02-b '# bats test_tags=points:1' '@test "one" {' '}' 'two() { # @test' '}'
    must_fail tests/02-b.bats:4 'a function'
}

@test "a weight for no lab, twice, or no number above 0 is an error" {
    printf '%s\n' '' '03-c 1' >"$tree/tests/weights"
    must_fail tests/weights:2 'no lab 03-c'
    printf '%s\n' '01-a 1' '01-a 1' >"$tree/tests/weights"
    must_fail tests/weights:2 'line 1 has a weight for 01-a'
    local weight
    for weight in '' 0 0.0 -1 +1 1. .5 1e3 0x1 1,5 x '1 2' NaN inf; do
        echo "01-a $weight" >"$tree/tests/weights"
        must_fail tests/weights:1 'a number above 0'
    done
}

@test "every fault of all files is told at once" {
    lab 01-a '@test "one" {' '}'
    lab 02-b '@test "one" {' '}'
    echo '03-c 1' >"$tree/tests/weights"
    points
    [ "$status" = 1 ]
    [[ $stderr = *tests/01-a.bats:1:*tests/02-b.bats:1:*tests/weights:1:* ]]
}

@test "scripts/student/points explains itself, and refuses wrong usage" {
    points --help
    [ "$status" = 0 ]
    [[ $output = 'usage: scripts/student/points'* ]]
    local arguments
    for arguments in --tsc '--tsv --weights' 01-a; do
        # shellcheck disable=SC2086 # a list of words
        points $arguments
        [ "$status" = 2 ]
        [ -z "$output" ]
        [[ $stderr = 'usage: scripts/student/points'* ]]
    done
}
