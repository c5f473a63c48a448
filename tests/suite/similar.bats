#!/usr/bin/env bats
# scripts/instructor/results/similar.c: it finds who has copied, and nobody else. In tests/suite/similar is what two
# people who do not know each other could write, a paragraph for each place: the closest texts that were found.
# shellcheck disable=SC1003 # a \ in quotes is one

load helper

setup_file() {
    load helper
    cd "$top" || return
    export similar=$BATS_FILE_TMPDIR/similar
    ${CC:-cc} -std=gnu11 -O2 -o "$similar" scripts/instructor/results/similar.c
}

setup() {
    cd "$top" || return
    . scripts/lib.bash
    find_labs .
}

# The reference of a lab, with these texts in the place of what is to be written: it is still a program.
write_honest() {
    local file lab program
    for file in tests/suite/similar/*.txt; do
        lab=$(basename "$file" .txt) program=$BATS_TEST_TMPDIR/$lab.c lab=${lab%-?}
        awk 'FNR == NR { text[NR] = $0; next }
            /BEGIN SOLUTION/ { print text[++n]; skip = 1 }
            !skip { print }
            /END SOLUTION/ { skip = 0 }' RS= "$file" RS='\n' "solutions/$lab/${lab#*-}.c" >"$program"
        ${CC:-cc} -std=gnu11 -fsyntax-only -Wall -Werror "$program" || return
    done
}

# compare [PROGRAM]: what is similar in $BATS_TEST_TMPDIR/LAB-*.c.
compare() {
    local file
    for lab in "${labs[@]}"; do
        printf '%s\t\t%s\n' "$lab" "labs/$lab/${lab#*-}.c" "$lab" "solutions/$lab/${lab#*-}.c"
        file=tests/suite/right/$lab/first-edition.c # what others are made of
        [ ! -e "$file" ] || printf '%s\t\t%s\n' "$lab" "$file"
        for file in "$BATS_TEST_TMPDIR/$lab"-*.c; do
            [ ! -e "$file" ] || printf '%s\t%s\t%s\n' "$lab" "$(basename "$file" .c)" "$file"
        done
    done | "${1:-$similar}"
}

@test "right programs that were written on their own are not similar" {
    command -v patch >/dev/null || skip 'not here: no patch; scripts/machine/need patch'
    local file count=0
    for file in tests/suite/right/*/*.diff; do
        lab=$(basename "$(dirname "$file")")
        tests/suite/program "$lab" "$file" "$BATS_TEST_TMPDIR/$lab-$(basename "$file" .diff).c"
        cp "solutions/$lab/${lab#*-}.c" "$BATS_TEST_TMPDIR/$lab-reference.c"
        count=$((count + 1))
    done
    [ "$count" -ge 40 ]
    write_honest
    run compare
    echo "$output"
    [ "$status" = 0 ]
    [ -z "$output" ]
}

@test "new names, layout, comments, braces and order do not hide a copy" {
    write_honest
    local lab=05-cgroup-cpuset-pin copy=$BATS_TEST_TMPDIR/05-cgroup-cpuset-pin-copy.c
    sed -E 's/\b(group|parent|top|enabled|version|cpu|text)\b/my_\1/g; s/^ +/\t/; s/;$/; \/\/ mine/; s/((err|put)\([^;]*;)/{ \1 }/g' \
        "$BATS_TEST_TMPDIR/$lab-a.c" | awk '
            /^static (int get_cpu|void print_cpu)[^;]*$/ { hold = 1 } # no declaration, as that ends in a ;
            hold { held = held $0 "\n"; if (/^}/) hold = 0; next }
            { print }
            END { printf "%s", held }' >"$copy"
    run ! cmp -s "$copy" "$BATS_TEST_TMPDIR/$lab-a.c"
    run compare
    [ "${#lines[@]}" = 1 ]
    [[ $output =~ ^$lab$'\t'([0-9]+)$'\t'([0-9]+)$'\t'$lab-a$'\t'$lab-copy$ ]]
    [ "${BASH_REMATCH[1]}" -ge 95 ]
    [ "${BASH_REMATCH[2]}" -ge 60 ]
}

@test "any bytes can be read: sanitizers find nothing, in 300 broken files" {
    local i lab program=$BATS_TEST_TMPDIR/similar file ends
    gcc -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -std=gnu11 -o "$program" scripts/instructor/results/similar.c \
        2>"$BATS_TEST_TMPDIR/said" &&
        "$program" </dev/null || skip "not here: $(tail -n 1 "$BATS_TEST_TMPDIR/said"); a compiler with its sanitizers"
    RANDOM=1
    ends=('"' "'" '\' '"\' '/*' '/' '//' '/**' '' $'\xff' '{' '0x' '#')
    for ((i = 0; i < 300; i++)); do
        lab=${labs[i % ${#labs[@]}]}
        file=$BATS_TEST_TMPDIR/$lab-$i.c
        head -c $((RANDOM % 6000)) "solutions/$lab"/*.c | tail -c $((RANDOM % 6000)) |
            tr "${ends[RANDOM % 13]:0:1}a" '"\\' >"$file"
        printf '%s' "${ends[i % 13]}" >>"$file"
    done
    head -c 300000 /dev/urandom >"$BATS_TEST_TMPDIR/01-clone-pid1-random.c"
    head -c 300000 /dev/zero >"$BATS_TEST_TMPDIR/01-clone-pid1-zero.c"
    yes 'a = b;' | head -c 300000 >"$BATS_TEST_TMPDIR/01-clone-pid1-long.c"
    run compare "$program"
    echo "$output" | tail -n 20
    [ "$status" = 0 ]
}
