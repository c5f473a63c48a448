# usage: jq -n -R -c --rawfile points FILE --rawfile weights FILE --rawfile similar FILE -f class.jq STREAM >class.json
#
# The class as one object, of which all formats are made. points and weights are from scripts/student/points,
# similar is from similar.c, STREAM from read.awk, where each field is explained.
#   labs       of each: lab, number, name, weight, of, checks (number, points, sentence)
#   students   of each: key, file, name, collected, points, of, open, handed, notes, and labs, each with
#              state (absent: no file was handed in), judged, points, of, open, hints, looks, compiler, and
#              its checks, each with verdict, seen, expected and likely
#   similar    pairs: lab, percent, shared, one, other
include "common";

def lines: split("\n") | map(select(. != "") | split("\t"));

def labs:
    ($weights | lines | map({(.[0]): (.[1] | tonumber)}) | add // {}) as $weight_of
    | $points | lines | group_by(.[0])
    | map(.[0][0] as $lab | ($weight_of[$lab] // 1) as $weight
        | {$lab, number: ($lab | sub("-.*"; "") | sub("^0+"; "")), name: ($lab | sub("^[0-9]*-"; "")), $weight}
        + (map({number: .[1], points: (.[2] | tonumber * $weight | rounded), sentence: .[3]}) | {of: sum(.points), checks: .}));

# A student, line by line. An object is emitted at its end.
def students:
    foreach (inputs | split("\t")) as $line ({};
        $line[0] as $kind
        | if $kind == "student" then {key: $line[1], file: $line[2], name: $line[1], collected: $line[3], notes: [], work: {}}
        elif $kind == "name" then .name = $line[1]
        elif $kind == "note" then .notes += [$line[1]]
        elif $kind == "work" then .lab = $line[1]
            | .work[.lab] = {state: $line[2], judged: $line[3], verdicts: {}, compiler: [], hint: [], look: []}
        elif $kind == "verdict" then .work[.lab].verdicts[$line[1]] = $line[2:]
        elif $kind == "end" then .ended = true
        else .work[.lab][$kind] += [$line[1]] end;
        select(.ended));

# What a check has said, or why it has said nothing.
def verdict($work; $lab):
    $work.verdicts[.number] // (
        if $work.state == "judged" then ["error", "the checks did not run to their end"]
        elif $work.state == "waiting" then ["error", "it was not judged yet"]
        elif .number == "1" then ["fail", "nothing was handed in", "\($lab.lab)/\($lab.name).c"]
        else ["blocked", "check 1 must pass first"] end)
    | {verdict: .[0], seen: .[1], expected: (.[2] // ""), likely: (.[3] // "")};

def sums: . + {points: (.checks | sum(select(.verdict == "pass").points)), open: (.checks | sum(select(is_open).points))};

def complete($labs):
    .work as $all | {key, file, name, collected, notes} + {
        handed: ($all | length),
        labs: [$labs[] | . as $lab | ($all[.lab] // {state: "absent"}) as $work
            | {lab, number, name, of, state: $work.state, judged: $work.judged, compiler: ($work.compiler // []),
                hints: ($work.hint // []), looks: ($work.look // []), checks: (.checks | map(. + verdict($work; $lab)))} | sums]}
    | . + (.labs | {points: sum(.points), of: sum(.of), open: sum(.open)});

labs as $labs | {$labs, students: [students | complete($labs)],
    similar: ($similar | lines | map({lab: .[0], percent: .[1], shared: .[2], one: .[3], other: .[4]}))}
