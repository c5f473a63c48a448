# usage: jq -s --rawfile checks FILE -f workshop.jq STUDENTS
#
# From what scripts/instructor/class has read: {students: [{name, minutes, done, lab, passed, of, stuck}], places:
# [{lab, number, sentence, names}]}. lab is the first one that is not done, stuck its first check that fails. Only
# what stands in $checks (scripts/student/points --tsv) is taken from the lines of a student.

def clean: gsub("[[:cntrl:]]"; "?") | .[:40];

([$checks | split("\n")[] | split("\t") | select(length == 4) | {key: "\(.[0]) \(.[1])", value: .[3]}] | from_entries) as $sentences
| ($sentences | keys | map(split(" ")[0]) | group_by(.) | map({key: .[0], value: length}) | from_entries) as $size

| def look: .name as $name | .minutes as $minutes
    | ([.rows[] | select(length == 3 and ($sentences["\(.[0]) \(.[1])"] // "") != ""
            and (.[2] | IN("pass", "fail", "blocked", "not here", "error")))
        | {lab: .[0], number: .[1] | tonumber, verdict: .[2]}] | unique_by([.lab, .number]) | group_by(.lab)
        | map({lab: .[0].lab, passed: map(select(.verdict == "pass")) | length, checks: .})) as $labs
    | ([$labs[] | select(.passed < $size[.lab])] | .[0]) as $at
    | {name: ($name | clean), $minutes, done: ([$labs[] | select(.passed == $size[.lab])] | length)}
        + if $at then {lab: $at.lab, passed: $at.passed, of: $size[$at.lab],
            stuck: (($at.checks | map(select(.verdict == "fail" or .verdict == "error")) | .[0].number) // null)} else {} end;

map(look)
| {students: sort_by([.stuck == null, .name]),
    places: (map(select(.stuck)) | group_by([.lab, .stuck]) | sort_by(-length)
        | map({lab: .[0].lab, number: .[0].stuck, sentence: $sentences["\(.[0].lab) \(.[0].stuck)"], names: map(.name)}))}
