#!/usr/bin/env bats
# scripts/instructor/results/make: what it makes of a class whose verdicts are those of the golden records. The formats
# are held against their published descriptions; a hostile student must not leave the text.
# shellcheck disable=SC2016,SC1003 # what is in quotes is for awk, jq or an attacker

load helper

# --- a class ---------------------------------------------------------------------------------------

# student KEY NAME [LINE]...: has handed in an archive of that name; what collect wrote about it.
student() {
    mkdir -p "$out/students/$1"
    printf '%s\n' "name $2" "${@:3}" >"$out/students/$1/collected"
}

# hand_in KEY LAB RECORD [C-FILE]: the student has handed in that lab, and it was run. RECORD is a file,
# or the title of a golden record.
hand_in() {
    local folder=$out/students/$1/$2
    mkdir -p "$folder"
    cp "${4:-solutions/$2/${2#*-}.c}" "$folder/${2#*-}.c"
    [[ $3 = */* ]] || set -- "$1" "$2" "tests/suite/records/$2/$3.record"
    cp "$3" "$folder/record"
}

judge_class() {
    local lab records
    for lab in "${labs[@]}"; do
        mapfile -t records < <(find "$out/students" -path "*/$lab/record")
        [ ${#records[@]} = 0 ] || scripts/student/judge "tests/$lab.bats" "${records[@]}"
    done
}

# What an attacker would like to see copied. The first two lines are one in what collect writes.
write_evil() {
    printf '%b' '<script>window.pwned=1;alert(1)</script>]]>&amp;"\x27``` |a|b| \\" <img src=http://127.0.0.1:9/x onerror=alert(1)> ' \
        '[l](javascript:alert(1)) http://evil.example/ </title></style></textarea>--> @all ~~~ $(id) `id <b>evil</b> ' \
        '\x1b[31mred\x1b]0;t\x07 \xe2\x80\xaegpj.exe \xff\xfe\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80 \x01\x7f\x08 \xc2\x9b31m \xef\xbf\xbf \xe2\x80\xa8'
}

hostile_student() {
    local evil lab=01-clone-pid1 i=0 verdict
    evil=$(write_evil)
    student evil "$evil.tar.gz" "note $evil" 'note =cmd|/C calc!A0;=1+1'
    hand_in evil "$lab" root-v1
    for verdict in fail blocked 'not here' error fail pass; do
        i=$((i + 1))
        printf '%s\t%s\t%s\t1\t%s\t%s\t%s\t%s\n' "$lab" "$i" "$verdict" "$evil" "$evil" "$evil" "$evil"
    done >"$out/students/evil/$lab/verdicts"
    for i in 1 2 3; do
        printf '%s\n```\n~~~\n\n<script>alert(2)</script>\n\t# h\n' "$evil"
    done >"$out/students/evil/$lab/compiler"
    printf 'witness 2\nrun stay\n0.001 err %s\n0.01 exec 3 %s\n0.02 stopped %s\n' "$evil" "$evil" "$evil" \
        >"$out/students/evil/$lab/record"
    printf '%s\n' "$evil" >"$out/students/evil/$lab/clone-pid1.c"
}

make_class() {
    local lab wrong=(no-newpid no-wait own-namespace lstat constants asked-once) i=0
    student alice alice.tar.gz
    student bob 'bob jones.zip' 'note two candidates for 01-clone-pid1'
    student carol carol
    student dave dave
    for lab in "${labs[@]}"; do
        hand_in alice "$lab" root-v1
        [ "$lab" = 05-cgroup-cpuset-pin ] || hand_in bob "$lab" "wrong-${wrong[i]}"
        i=$((i + 1))
    done
    hand_in carol 05-cgroup-cpuset-pin plain-user
    hand_in carol 01-clone-pid1 wrong-does-not-compile
    hand_in carol 03-setns-join root-v1
    judge_class
    seq -f 'clone-pid1.c:%g: error: it is wrong' 1000 >"$out/students/carol/01-clone-pid1/compiler"
    hand_in carol 02-unshare-fork root-v1                      # it is not judged yet
    sed -i '4,$d' "$out/students/carol/03-setns-join/verdicts" # cut off
    hostile_student
}

# A class has six labs here, whichever else there are.
setup_file() {
    load helper
    export tree=$BATS_FILE_TMPDIR/tree out=$BATS_FILE_TMPDIR/grades BUILD=$BATS_FILE_TMPDIR/build points=$BATS_FILE_TMPDIR/points
    mkdir "$tree"
    (cd "$top" && tar -c --exclude=./build --exclude=./.git --exclude=./slides .) | tar -x -C "$tree"
    cd "$tree" || return
    rm -f tests/weights tests/0[7-9]-*.bats tests/[1-9]*-*.bats
    scripts/student/points --tsv >"$points"
    command -v jq >/dev/null || return 0
    setup
    make_class
    made "$out" 70 >/dev/null # there are errors in it
    echo "$output" >"$table"
}

setup() {
    needs jq
    cd "$tree" || return
    . scripts/lib.bash
    find_labs .
    new=${BATS_TEST_TMPDIR:-}/grades table=$BATS_FILE_TMPDIR/table
}

needs() {
    command -v "$1" >/dev/null || skip "not here: no $1; scripts/machine/need $1"
}

# made CLASS [STATUS]: makes its results.
made() {
    run scripts/instructor/results/make "$1"
    echo "$output"
    [ "$status" = "${2:-0}" ]
}

# some CLASS KEY...: a class of some of the students.
some() {
    local key
    mkdir -p "$1/students"
    for key in "${@:2}"; do
        cp -r "$out/students/$key" "$1/students"
    done
}

# points_of KEY [VERDICT]...: the points of a student's checks with such verdicts.
points_of() {
    cat "$out/students/$1"/*/verdicts | awk -F '\t' -v verdicts=" ${*:2} " 'index(verdicts, " " $3 " ") { sum += $4 } END { print sum + 0 }'
}

all_points() {
    awk -F '\t' '{ sum += $3 } END { print sum }' "$points"
}

# --- the marks -------------------------------------------------------------------------------------

@test "grades.csv: a line for each student, only pass earns points, the sums are those of the results" {
    local file=$out/grades.csv all notes='two candidates for 01-clone-pid1; not handed in: 05-cgroup-cpuset-pin'
    all=$(all_points)
    [ "$(grep -c $'\r$' "$file")" = 6 ]
    [ "$(wc -l <"$file")" = 6 ]
    grep -qx "student,$(IFS=, && echo "${labs[*]}"),points,of,open,notes,key"$'\r' "$file"
    grep -qE "^\"alice\",([0-9]+,){${#labs[@]}}$all,$all,0,\"\",\"alice\"" "$file"
    grep -qE "^\"bob jones\",.*,$(points_of bob pass),$all,0,\"$notes\",\"bob\"" "$file"
    [ "$(points_of bob pass)" -gt 0 ]
}

@test "not here, error, a result that is cut off and one that is missing are open points, never a mark" {
    local open judged
    judged=$(points_of carol 'not here' error)
    open=$(awk -F '\t' '$1 ~ /^02/ || $1 ~ /^03/ && $2 > 3 { sum += $3 } END { print sum }' "$points")
    open=$((open + judged))
    grep -qE "^\"carol\",0,0,5,0,1,0,$(points_of carol pass),$(all_points),$open,\"02-unshare-fork was not judged; not handed in: " \
        "$out/grades.csv"
}

@test "who has handed in nothing is in every list, with 0" {
    grep -q "^\"dave\",0,0,0,0,0,0,0,$(all_points),0,\"nothing was handed in\",\"dave\"" "$out/grades.csv"
    grep -q 'Nothing was handed in' "$out/feedback/dave.md"
    grep -qE '^dave ( +-){6} +0$' "$table"
    grep -q '^Nothing was handed in: 1 student: dave$' "$table"
    grep -q 'package="dave".*failures="1" errors="0" skipped="6"' "$out/junit.xml"
    grep -q '"score":0,' "$out/gradescope/dave.json"
    grep -q '"score":0,' "$out/classroom50/dave.json"
    grep -q 'feedback/dave.md' "$out/report.html"
}

@test "of whom nothing could be taken: that, and why, wherever a person reads it" {
    out=$new student erin erin 'note cannot be read: it has a password'
    out=$new student frank frank
    made "$new"
    grep -qx 'Nothing could be taken: 1 student: erin' <<<"$output"
    grep -qx 'Nothing was handed in: 1 student: frank' <<<"$output"
    grep -q '"cannot be read: it has a password; nothing could be taken","erin"' "$new/grades.csv"
    grep -qF 'Nothing could be taken.' "$new/feedback/erin.md"
    # shellcheck disable=SC2016 # nothing is to be expanded
    grep -A 2 '^The reason:$' "$new/feedback/erin.md" | grep -qxF -- '- `cannot be read: it has a password`'
    jq -r .output "$new/gradescope/erin.json" | grep -q 'nothing could be taken: cannot be read: it has a password$'
    grep -qF 'cannot be read: it has a password' "$new/report.html"
}

@test "a weight counts in every format; where scores are whole, all of them are made larger" {
    local sum
    some "$new" alice
    printf '%s\n' '01-clone-pid1 2' '03-setns-join 1.5' >tests/weights
    run scripts/instructor/results/make "$new"
    rm tests/weights
    [ "$status" = 0 ]
    sum=$(awk -F '\t' '$1 ~ /^01/ { $3 *= 2 } $1 ~ /^03/ { $3 *= 1.5 } { sum += $3 } END { print sum }' "$points")
    grep -q "^\"alice\",24,13,19.5,.*,$sum,$sum,0," "$new/grades.csv"
    grep -qE "^alice .* $sum$" <<<"$output"
    [ "$(jq .score "$new/gradescope/alice.json")" = "$sum" ]
    [ "$(jq '[.tests[].max_score] | add' "$new/gradescope/alice.json")" = "$sum" ]
    [ "$(jq '.score, .["max-score"]' "$new/classroom50/alice.json" | uniq)" = "$(awk "BEGIN { print $sum * 10 }")" ]
    [ "$(grep 'package="alice"' -A 5 "$new/junit.xml" | awk -F '"' '/name="points"/ { sum += $4 } END { print sum }')" = "$sum" ]
}

@test "a spreadsheet finds no formula in grades.csv, and as many cells in each line" {
    local name i=0
    for name in '=cmd()' '+1' '@SUM(1)' '-2' 'a","b' '"=1' 'x;=1' 'x; -1' '  =1' $'\xef\xbc\x9d1' 'a,b'; do
        i=$((i + 1))
        out=$new student "k$i" "$name"
    done
    made "$new"
    # Strictly RFC 4180: each field is bare, or in quotes with its quotes doubled.
    run grep -cvE $'^([^",\r]*|"([^"]|"")*")(,([^",\r]*|"([^"]|"")*")){11}\r$' "$new/grades.csv" "$out/grades.csv"
    [ "$status" = 1 ]
    run grep -E '(^|[,;]) *"? *([=+@-]|\xef\xbc\x9d)' "$new/grades.csv" "$out/grades.csv"
    [ "$status" = 1 ]
    grep -q "^\"'=cmd()\"," "$new/grades.csv"
    grep -q "^\"x;'=1\"," "$new/grades.csv"
}

# --- the feedback ------------------------------------------------------------------------------------

@test "feedback: each check with its verdict; a failure with what was seen, expected and likely" {
    local file=$out/feedback/bob.md
    grep -q '^# `bob jones`$' "$file"
    grep -q '^\*\*[0-9]* of [0-9]* points\.\*\*$' "$file"
    grep -q '^| 5: cgroup-cpuset-pin | not handed in | 0 | 17 |  |$' "$file"
    grep -q '^- pass (1) clone() makes a process' "$file"
    grep -A 5 '^- \*\*FAIL\*\* (3) The first process' "$file" | tr '\n' ' ' | grep -q 'text   seen: .*  expected: .*  likely: '
    grep -q '^- blocked (.*: `check [0-9] must pass first`$' "$file"
    grep -q '^- not here ([0-9]) .*: `making cgroups needs root; ' "$out/feedback/carol.md"
    [ "$(grep -cE '^- (pass|\*\*FAIL\*\*|blocked|not here|error) ' "$out/feedback/alice.md")" = "$(wc -l <"$points")" ]
}

# What a starter says: each lab has hints that would fit, were it not for its TODO.
write_starter_record() {
    local todo='0.004 err unshare-fork: TODO 1 to 4: unshare(), then fork(): Function not implemented'
    printf '%s\n' 'witness 2' 'machine kernel=6.18 arch=x86_64 cpus=2 first=0 last=1'
    printf 'run %s\n0.001 start 2\n%s\n0.004 exit 1\n0.004 look end\n' stay "$todo" plain "$todo" words "$todo"
    printf '%s\n' '0.012 cage as-root pid mnt ipc uts net user private read-only exec-watch' end
}

@test "the hints are the first two that scripts/student/fits.awk finds, for every wrong record" {
    local out=$new starter=$BATS_TEST_TMPDIR/02-unshare-fork/wrong-starter.record record lab key folder all want compared=0
    mkdir "${starter%/*}"
    write_starter_record >"$starter"
    for record in tests/suite/records/0[1-6]*/wrong-*.record "$starter"; do
        key=hints-$(basename "$record" .record)
        student "$key" x
        hand_in "$key" "$(basename "${record%/*}")" "$record"
    done
    judge_class
    made "$out"
    for folder in "$out"/students/hints-*/0*; do
        lab=${folder##*/} key=$(basename "${folder%/*}")
        all=$(awk -f scripts/student/fits.awk "$folder"/{verdicts,record} "labs/$lab/hints" tests/errno.hints)
        want=$(grep -m 2 '^fits ' <<<"$all" || grep -m 1 '^next ' <<<"$all")
        diff <(printf '%s\n' "$want" | sed 's/^[a-z]* /Hint: /') <(grep '^Hint: ' "$out/feedback/$key.md" | sed 's/\\\([][\\`*_<>#|~&]\)/\1/g')
        compared=$((compared + 1))
    done
    [ "$compared" -ge 20 ]
}

@test "no line that only the solution has is in any feedback" {
    local file
    for file in solutions/*/*.c; do
        sed -n '/BEGIN SOLUTION/,/END SOLUTION/{/^ *\/\//d;s/^ *//;/.\{12\}/p}' "$file"
    done | grep -v '^die(' >"$BATS_TEST_TMPDIR/lines"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/lines")" -gt 30 ]
    run grep -rFf "$BATS_TEST_TMPDIR/lines" "$out"/feedback
    [ "$status" = 1 ]
}

@test "of what the compiler said there are the first lines" {
    grep -q '^    clone-pid1.c:20: error' "$out/feedback/carol.md"
    run ! grep -q '^    clone-pid1.c:21: error' "$out/feedback/carol.md"
    grep -q 'clone-pid1.c:20: error' "$out/junit.xml"
}

@test "feedback: what a student has written is in code only, and cannot leave it" {
    local file
    for file in "$out"/feedback/*.md; do
        # Without the fenced blocks, as CommonMark finds their ends, and without the code spans.
        awk '
            !fence && /^ *```text$/ { fence = 1; next }
            fence && /^ ? ? ?(```|~~~)+ *$/ { fence = 0; next }
            fence { next }
            {
                for (rest = $0; match(rest, /`+/);) {
                    ticks = substr(rest, RSTART, RLENGTH)
                    printf "%s", substr(rest, 1, RSTART - 1)
                    rest = substr(rest, RSTART + RLENGTH)
                    while (match(rest, /`+/) && RLENGTH != length(ticks)) rest = substr(rest, RSTART + RLENGTH)
                    rest = substr(rest, RSTART + RLENGTH)
                }
                print rest
            }
            END { if (fence) print "a fence is open" }' "$file" >"$BATS_TEST_TMPDIR/outside"
        run grep -nE '<|alert|evil|http|javascript|is wrong|fence is open' "$BATS_TEST_TMPDIR/outside"
        echo "$file: $output"
        [ "$status" = 1 ]
    done
    grep -q alert "$out/feedback/evil.md"
}

# --- for other programs ------------------------------------------------------------------------------

count() {
    xmllint --xpath "count($1)" "$out/junit.xml"
}

@test "junit.xml: valid XML 1.0 and valid JUnit, its numbers are those of its cases" {
    needs xmllint
    xmllint --noout --schema tests/suite/junit.xsd "$out/junit.xml"
    [ "$(count //testsuite)" = $((5 * ${#labs[@]})) ]
    [ "$(count //testcase)" = $((5 * $(wc -l <"$points"))) ]
    [ "$(count '//testsuite[@tests != count(testcase) or @failures != count(testcase/failure) or
        @errors != count(testcase/error) or @skipped != count(testcase/skipped) or @id != count(preceding-sibling::testsuite)]')" = 0 ]
    [ "$(count '//testsuite[@package="alice"]/testcase/*')" = 0 ]
    [ "$(count '//testsuite[@name="carol.05-cgroup-cpuset-pin"]//skipped[starts-with(@message, "not here: making cgroups")]')" = 11 ]
    [ "$(count '//testsuite[@name="carol.02-unshare-fork"]//error')" = 9 ]
    [ "$(count '//testsuite[@name="evil.01-clone-pid1"]//failure[starts-with(@message, "<script>window.pwned")]')" = 2 ]
}

@test "gradescope: the fields, types and values of its specification; an open check has no score" {
    local file
    for file in "$out"/gradescope/*.json; do
        jq -e --argjson checks "$(wc -l <"$points")" '
            (keys - ["score", "execution_time", "output", "output_format", "test_output_format", "test_name_format",
                "visibility", "stdout_visibility", "extra_data", "tests", "leaderboard"] == []) and
            (.score | type == "number") and ([.output_format, .test_output_format, .test_name_format] == ["text", "text", "text"]) and
            (.visibility == "visible") and (.stdout_visibility == "hidden") and
            (.tests | type == "array" and length == $checks) and
            all(.tests[]; (keys - ["score", "max_score", "status", "name", "name_format", "number", "output", "output_format",
                "tags", "visibility", "extra_data"] == []) and
                ([.name, .number, .output] | map(type) | unique == ["string"]) and (.tags | map(type) == ["string"]) and
                (has("score") == has("max_score")) and (has("score") == has("status")) and
                ((has("score") | not) or ((.score == 0 or .score == .max_score) and
                    .status == (if .score > 0 then "passed" else "failed" end)))) and
            (([.tests[].score // 0] | add) == .score) and
            (([.tests[].max_score // 0] | add) + .extra_data.open == .extra_data.of)' "$file"
    done
    [ "$(jq '[.tests[] | select(has("score") | not)] | length' "$out/gradescope/carol.json")" = 25 ]
    jq -e '.tests[] | select(.number == "1.3") | .output |
        startswith("seen: ") and contains("\nexpected: ") and contains("\nhint: ")' "$out/gradescope/bob.json"
}

@test "classroom50: what result-v1.schema.json asks for, and the runner's variables" {
    local file text='type == "string" and length > 0'
    for file in "$out"/classroom50/*.json; do
        jq -e "
            (keys == ([\"schema\", \"classroom\", \"assignment\", \"assignment_type\", \"owner\", \"submission\", \"commit\", \"release\",
                \"review\", \"datetime\", \"score\", \"max-score\", \"tests\"] | sort)) and
            .schema == \"classroom50/result/v1\" and .assignment_type == \"individual\" and
            all(.classroom, .assignment, .owner, .commit, .release, .review; $text) and (.submission | startswith(\"submit/\")) and
            (.datetime | test(\"^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z\$\")) and
            all(.tests[], .; .score >= 0 and .score <= .[\"max-score\"] and
                .score == (.score | floor) and .[\"max-score\"] == (.[\"max-score\"] | floor)) and
            all(.tests[]; (.[\"test-name\"] | $text) and (.passed | type == \"boolean\") and (.score > 0) == .passed) and
            ([.tests[].score] | add) == .score and ([.tests[][\"max-score\"]] | add) == .[\"max-score\"]" "$file"
    done
    [ "$(jq '.["max-score"]' "$out/classroom50/carol.json")" = "$(jq '.extra_data.of - .extra_data.open' "$out/gradescope/carol.json")" ]
    [ "$(jq -r '.owner + .submission' "$out/classroom50/bob.json")" = bobsubmit/bob ]
    some "$BATS_TEST_TMPDIR/one" alice
    CLASSROOM=cs ASSIGNMENT='o"s' OWNER=al SUBMISSION_TAG=submit/1 COMMIT_URL=https://x/c RELEASE_URL=https://x/r REVIEW_URL=https://x/v \
        scripts/instructor/results/make "$BATS_TEST_TMPDIR/one" >/dev/null
    run jq -r '[.classroom, .assignment, .owner, .submission, .commit, .release, .review] | join(" ")' \
        "$BATS_TEST_TMPDIR/one/classroom50/alice.json"
    [ "$output" = 'cs o"s al submit/1 https://x/c https://x/r https://x/v' ]
}

@test "every file is UTF-8 without control characters, whatever a student has written" {
    needs iconv
    local file
    for file in "$out"/*.* "$out"/{feedback,gradescope,classroom50}/* "$table"; do
        iconv -f UTF-8 -t UTF-8 "$file" >/dev/null
        run env LC_ALL=C grep -c $'[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]\|\xc2[\x80-\x9f]\|\xe2\x80[\x8b-\x8f\xa8-\xae]\|\xef\xbf[\xbe\xbf]' "$file"
        echo "$file: $output"
        [ "$output" = 0 ]
    done
    grep -qF '\xe2\x80\xaegpj.exe \xff\xfe\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80 \x01\x7f\x08 \xc2\x9b31m \xef\xbf\xbf \xe2\x80\xa8' "$out/feedback/evil.md"
}

# --- the report ------------------------------------------------------------------------------------------

# look FILE: what is wrong with it.
look() {
    scripts/machine/need --try node chromium >"$BATS_TEST_TMPDIR/reason" || skip "not here: $(cat "$BATS_TEST_TMPDIR/reason")"
    CHROMIUM=$(command -v chromium || command -v chromium-browser) TMPDIR=$BATS_TEST_TMPDIR run node tests/suite/results.mjs "$1"
    echo "$output"
}

@test "report.html in a browser: it fits, can be read in light and dark, loads nothing, runs nothing" {
    look "$out/report.html"
    [ "$status" = 0 ]
}

@test "the browser's look finds what is wrong" {
    local change say page=$BATS_TEST_TMPDIR/page.html free='s/<meta http-equiv[^>]*>//'
    while IFS='|' read -r change say; do
        sed "$change" "$out/report.html" >"$page"
        look "$page"
        [ "$status" = 1 ]
        # shellcheck disable=SC2053 # a pattern
        [[ $output = *$say* ]]
    done <<<'s#<nav>#<img src="http://127.0.0.1:9/x">&#|it loads http
s#<nav>#<script>window.pwned = 1</script>&#|foreign elements: SCRIPT
s#<nav>#<a href="javascript:alert(1)">x</a>&#|a link to javascript
s#<nav>#<p onclick="x()">x</p>&#|attribute onclick
s#<nav>#<p class="wide"><code>'"$(printf 'x%.0s' {1..300})"'</code></p>&#|overflow
s/sha256-/&x/|console:*contrast
'"$free"'; s/position: sticky/position: static/|do not stick
'"$free"'; s#<nav>#<script>window.pwned = 1; console.log("hello")</script>&#|speaks on the console: hello*something of a student was run'
}

@test "report.html: the map has each student and check, with the letter of the verdict" {
    local key letters
    for key in alice bob carol dave evil; do
        grep "^<tr><th scope=\"row\"><a href=\"feedback/$key.md\">" "$out/report.html" |
            grep -o '>[PFb?!-]</td>' | tr -dc 'PFb?!\n-' | tr -d '\n'
        echo
    done >"$BATS_TEST_TMPDIR/map"
    cat "$BATS_TEST_TMPDIR/map"
    letters=$(cut -f 3 "$out"/students/bob/*/verdicts | sed 's/pass/P/; s/fail/F/; s/blocked/b/' | tr -d '\n')
    [ "$(sed -n 1p "$BATS_TEST_TMPDIR/map")" = "$(printf 'P%.0s' {1..51})" ]
    [ "$(sed -n 2p "$BATS_TEST_TMPDIR/map")" = "${letters:0:32}------------${letters:32}" ]
    [ "$(sed -n 3p "$BATS_TEST_TMPDIR/map")" = 'Fbbbbbbb!!!!!!!!!PPP!!!!!-------???????????P-------' ]
    [ "$(sed -n 5p "$BATS_TEST_TMPDIR/map")" = "Fb?!FP!!$(printf -- "-%.0s" {1..43})" ]
}

# section ID: its rows, without tags.
section() {
    sed -n "/<section id=\"$1\">/,/<\/section>/p" "$out/report.html" | grep '^<tr>' | sed 's/<[^>]*>/ /g; s/&#39;/'"'"'/g; s/  */ /g'
}

@test "report.html: who is stuck where, the common mistakes, what to look at, the second run" {
    section stuck >"$BATS_TEST_TMPDIR/stuck"
    cat "$BATS_TEST_TMPDIR/stuck"
    grep -q "^ 1.1 clone() makes .* 2 carol , &lt;script" "$BATS_TEST_TMPDIR/stuck"
    grep -q '^ 1.3 The first process of a PID namespace .* 1 bob jones' "$BATS_TEST_TMPDIR/stuck"
    grep -q '^ 1 not handed in 1 dave' "$BATS_TEST_TMPDIR/stuck"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/stuck")" = 3 ]
    section mistakes | grep -q '^ 4.1 .* 1 .*lstat() gives the inode of the link itself.* bob jones'
    run ! grep -q 'nothing was handed in' <(section mistakes)
    section look | grep -q '^ bob jones - two candidates for 01-clone-pid1'
    section look | grep -q ' 1 tried to start &lt;script'
    section again | grep -q '^ 5 not here making cgroups needs root; .* carol'
    section again | grep -q '^ 2 error it was not judged yet carol'
    section similar | grep -q 'None\.'
}

@test "the same mistake with other PIDs is one mistake" {
    local key
    for key in 7 48 123; do
        out=$new student "k$key" x
        out=$new hand_in "k$key" 02-unshare-fork root-v1
        printf '%s\t' 02-unshare-fork 1 fail 1 x "process $key is a zombie" none >"$new/students/k$key/02-unshare-fork/verdicts"
    done
    made "$new" 70
    out=$new section mistakes | grep -q '^ 2.1 .* 3 seen: process N is a zombie '
}

# --- the terminal ---------------------------------------------------------------------------------------

# No line is wider than 80 columns, a character of East Asia counts for two.
fits_80() {
    local line wide
    while IFS= read -r line; do
        line=$(sed 's/\x1b\[[0-9;]*m//g; s/\r$//' <<<"$line")
        wide=${line//[!山田太郎😀]/}
        echo "$line"
        [ $((${#line} + ${#wide})) -le 80 ] || return 1
    done <<<"$1"
}

@test "the table fits into 80 columns, also with long and wide names; what to type next is below it" {
    local LC_ALL=C.UTF-8
    fits_80 "$(cat "$table")"
    grep -qE '^bob jones +5 +' "$table"
    grep -qE '^carol +0 +0\? +5\? +- +1\? +- +[0-9]+ +6$' "$table"
    grep -q '^Look at: bob jones: two candidates' "$table"
    [ "$(grep -c "^Look at: <script" "$table")" = 2 ]
    grep -q "^Look at: 2 more in the report$" "$table"
    grep -q '^Open: 11 checks: not here, lab 5: making cgroups needs root; ' "$table"
    grep -q '^Next: [0-9]* points are open.*' "$table"
    out=$new student long "$(printf 'n%.0s' {1..250})" "note $(printf 'x%.0s' {1..300})"
    out=$new student wide "$(printf '山田太郎😀%.0s' {1..10})" 'note 山田太郎'
    out=$new student "$(printf 'k%.0s' {1..250})" x
    made "$new"
    fits_80 "$output"
    [ "$(find "$new/feedback" -name 'k*@1.md' | wc -l)" = 1 ]
}

@test "twenty labs fit into 80 columns, too" {
    local lab
    for lab in {07..20}; do
        cp tests/01-clone-pid1.bats "tests/$lab-more.bats"
    done
    some "$new" alice
    made "$new"
    rm tests/*-more.bats
    fits_80 "$output"
    [ "$(grep -c '^alice .* 78$' <<<"$output")" = 3 ]
    [ "$(grep -o 'lab *[0-9][0-9]*' <<<"$output" | sort -u | wc -l)" = 20 ]
}

@test "colours are for a terminal, and not with NO_COLOR" {
    needs script
    run script -qec "scripts/instructor/results/make '$out'" /dev/null </dev/null
    [[ $output = *$'\e[32m'* ]]
    fits_80 "$output" >/dev/null
    run script -qec "NO_COLOR=1 scripts/instructor/results/make '$out'" /dev/null </dev/null
    [[ $output != *$'\e'* ]]
    run ! grep -q $'\e' "$table"
}

@test "similar programs are in the report, with their lab, and the terminal says how many" {
    local key own=$BATS_TEST_TMPDIR/own.c
    for key in one two; do
        sed "s/what/$key/g" solutions/05-*/*.c - >"$own" <<<'static int own(int what, char *text) { for (int i = 0; i < what; i++) {
            if (text[i] == what) { what += i * 3; text[i] ^= what; } else { while (what > 7) { what -= i % 5; text[i]++; } } }
            do { what--; } while (what > 0 && text[what] != i); return what ? i : text[what]; }'
        out=$new student "$key" "$key"
        out=$new hand_in "$key" 05-cgroup-cpuset-pin root-v1 "$own"
    done
    out=$new judge_class
    made "$new"
    grep -q '^Similar: 1 pair of programs' <<<"$output"
    out=$new section similar | grep -qE '^ 5 one two [0-9]+ [0-9]+ % $'
}

# --- the script --------------------------------------------------------------------------------------------

@test "what was made before is replaced whole, and nothing else is left" {
    some "$new" alice bob
    made "$new"
    rm -r "$new/students/bob"
    made "$new"
    [ "$(cd "$new" && echo .[!.]* *)" = ".[!.]* classroom50 feedback grades.csv gradescope junit.xml report.html students" ]
    [ -z "$(find "$new" -maxdepth 2 -name 'bob*')" ]
    run ! grep -q bob "$new/grades.csv" "$new/report.html" "$new/junit.xml"
    diff -r "$out/feedback/alice.md" "$new/feedback/alice.md"
}

@test "what somebody else has put into GRADES, or has written into a file of ours, is not lost" {
    mkdir -p "$new"/{feedback,gradescope}
    echo mine | tee "$new/feedback/mine.txt" "$new/feedback/alice.md~" "$new/gradescope/old.json" >"$new/notes"
    echo before >"$new/grades.csv"
    some "$new" alice bob
    made "$new"
    [ "$(cat "$new"/grades.csv.2*)" = before ]
    grep -q '^"alice"' "$new/grades.csv"
    # Remarks stay in a file whose new text is the old one.
    echo 'Well done!' | tee -a "$new"/feedback/{alice,bob}.md >/dev/null
    cp "$new/feedback/bob.md" "$BATS_TEST_TMPDIR/remarks"
    sed -i 's/\tfail\t/\tpass\t/' "$new/students/bob/01-clone-pid1/verdicts"
    made "$new"
    [ "$(tail -n 1 "$new/feedback/alice.md")" = 'Well done!' ]
    # Where there is something new to say, they are beside it, and it is said.
    run ! grep -q 'Well done' "$new/feedback/bob.md"
    cmp "$BATS_TEST_TMPDIR/remarks" "$new"/feedback/bob.md.2*
    [[ $output != *alice.md* ]]
    made "$new"
    [ "$(tail -n 1 "$new/feedback/alice.md")" = 'Well done!' ]
    # Of a student who is gone, what has remarks in it stays, and nothing else.
    rm -r "$new/students/alice"
    made "$new"
    [ "$(tail -n 1 "$new/feedback/alice.md")" = 'Well done!' ]
    [ -z "$(find "$new"/{gradescope,classroom50} -name 'alice*')" ]
    [ "$(cat "$new"/{notes,feedback/mine.txt,feedback/alice.md~,gradescope/old.json} | grep -c mine)" = 4 ]
    [ "$(find "$new" -name '*.2[0-9][0-9][0-9]-*' | wc -l)" = 2 ]
}

@test "a link or a folder in the place of a file of ours is kept as it is" {
    mkdir -p "$new/feedback/bob.md"
    echo mine | tee "$BATS_TEST_TMPDIR/elsewhere" >"$new/feedback/bob.md/mine"
    ln -s "$BATS_TEST_TMPDIR/elsewhere" "$new/grades.csv"
    some "$new" alice bob
    made "$new"
    [ "$(<"$BATS_TEST_TMPDIR/elsewhere")" = mine ]
    [ "$(cat "$new"/feedback/bob.md.2*/mine)" = mine ]
    [ -f "$new/feedback/bob.md" ]
}

@test "010, 10, 10.0 and 1e1 are four students everywhere; .ZIP and .zip go from a name" {
    local id
    for id in 010 10 10.0 1e1; do
        mkdir -p "$new/students/$id"
        cp -r "$out"/students/carol/0* "$new/students/$id"
        out=$new student "$id" "$id.ZIP"
    done
    made "$new" 70 >"$BATS_TEST_TMPDIR/table"
    for id in 010 10 10.0 1e1; do
        grep -q "^\"$id\",.*,\"$id\""$'\r$' "$new/grades.csv"
        grep -q "^$id  " "$BATS_TEST_TMPDIR/table"
        [ "$(jq -r .owner "$new/classroom50/$id.json")" = "$id" ]
        [ "$(jq -r .extra_data.student "$new/gradescope/$id.json")" = "$id" ]
        grep -q "^# .$id.\$" "$new/feedback/$id.md"
        grep -q "package=\"$id\"" "$new/junit.xml"
        out=$new section again | grep ' 5 not here' | grep -qE "[ ,]${id//./[.]} ?(,|\$)"
    done
}

@test "any path of GRADES, and any CDPATH: the same results" {
    local new
    # shellcheck disable=SC2016 # nothing is to be expanded
    for new in 'R&D it'\''s "$x" 100%' 'a\tb#:(1)' -x; do
        some "$BATS_TEST_TMPDIR/$new" alice bob
        (cd "$BATS_TEST_TMPDIR" && CDPATH=".:$top" "$tree/scripts/instructor/results/make" "./$new") >/dev/null
        grep -q '^"alice"' "$BATS_TEST_TMPDIR/$new/grades.csv"
        diff "$out/feedback/alice.md" "$BATS_TEST_TMPDIR/$new/feedback/alice.md"
    done
}

@test "no room for the results: one sentence, and those of the last time are whole" {
    needs_root
    mkdir "$new"
    # shellcheck disable=SC2016 # the inner shell expands it
    run unshare -m bash -c 'mount -t tmpfs -o size=2m tmpfs "$1" && mkdir "$1/students" && cp -r "$2"/students/{alice,bob} "$1/students" &&
        scripts/instructor/results/make "$1" >/dev/null && cksum "$1"/*.* && rm -r "$1/students/bob"
        head -c 2M /dev/zero >"$1/fill" 2>/dev/null
        truncate -s -16K "$1/fill"
        scripts/instructor/results/make "$1"; echo "status $?"; rm "$1/fill"; cksum "$1"/*.*' - "$new" "$out"
    echo "$output"
    [[ $output = *'There is no room left in '*'status 1'* ]]
    [ "$(head -n 3 <<<"$output")" = "$(tail -n 3 <<<"$output")" ]
}

@test "a larger class needs no more processes" {
    local i name
    mkdir -p "$BATS_TEST_TMPDIR/bin"
    for name in awk jq sed sort grep sha256sum; do
        printf '#!/bin/sh\necho %s >>"%s/log"\nexec %s "$@"\n' "$name" "$BATS_TEST_TMPDIR" "$(command -v "$name")" \
            >"$BATS_TEST_TMPDIR/bin/$name"
    done
    chmod +x "$BATS_TEST_TMPDIR"/bin/*
    some "$new" bob
    PATH=$BATS_TEST_TMPDIR/bin:$PATH made "$new"
    mv "$BATS_TEST_TMPDIR/log" "$BATS_TEST_TMPDIR/small"
    for i in {1..30}; do
        cp -r "$out/students/bob" "$new/students/b$i"
    done
    PATH=$BATS_TEST_TMPDIR/bin:$PATH made "$new"
    [ -s "$BATS_TEST_TMPDIR/small" ]
    diff <(sort "$BATS_TEST_TMPDIR/small") <(sort "$BATS_TEST_TMPDIR/log") # a pipe has no order
}

@test "--help, wrong usage, and nothing to read: each says what to type" {
    run scripts/instructor/results/make --help
    [ "$status" = 0 ]
    [[ $output = 'usage: scripts/instructor/results/make GRADES'* ]]
    run --separate-stderr scripts/instructor/results/make
    [ "$status" = 2 ]
    [[ -z $output && $stderr = *usage* ]]
    run scripts/instructor/results/make --what
    [ "$status" = 2 ]
    run scripts/instructor/results/make "$BATS_TEST_TMPDIR/nothing"
    [ "$status" = 1 ]
    [[ $output = *'Type: make grade '* ]]
    mkdir -p "$BATS_TEST_TMPDIR/empty/students"
    run scripts/instructor/results/make "$BATS_TEST_TMPDIR/empty"
    [ "$status" = 1 ]
    [[ $output = *'Type: make grade '* ]]
    [ "$(ls -A "$BATS_TEST_TMPDIR/empty")" = students ]
}
