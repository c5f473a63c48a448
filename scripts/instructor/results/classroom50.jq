# usage: jq -j -f classroom50.jq class.json
#
# For each student what an autograder of Classroom 50 leaves in result.json, "classroom50/result/v1"
# (schemas/result-v1.schema.json in foundation50/classroom50). Who and what was graded is in the variables
# that its runner sets; without them it is the student's KEY, and no link. Scores are whole there: weights
# that are not make all of them 10 or 100 times as large. An open check counts 0 of 0: it is not a mark.
include "common";

def from_runner($name; $otherwise): env[$name] // "" | if . == "" then $otherwise else . end;

def scale: [.labs[].weight] as $weights | first(((1, 10, 100, 1000, 10000, 100000) | select(. as $scale
    | all($weights[]; . * $scale | (. - rint | fabs) < 0.000001))), 1000000);

def head: {schema: "classroom50/result/v1", classroom: from_runner("CLASSROOM"; "class"),
    assignment: from_runner("ASSIGNMENT"; "labs"), assignment_type: "individual", owner: from_runner("OWNER"; .key),
    submission: from_runner("SUBMISSION_TAG"; "submit/" + .key), commit: from_runner("COMMIT_URL"; "none"),
    release: from_runner("RELEASE_URL"; "none"), review: from_runner("REVIEW_URL"; "none"), datetime: (.collected + "Z"), tests: []};

scale as $scale | .students[] | [.labs[] | told | (.points * $scale + 0.5 | floor) as $points | (.verdict == "pass") as $passed
    | {"test-name": .name, $passed, score: (if $passed then $points else 0 end), "max-score": (if is_open then 0 else $points end), output}] as $tests
| file((head | tojson[:-2]), "\n", ($tests | map(tojson) | join("\n,")),
    "\n],\"score\":\($tests | sum(.score)),\"max-score\":\($tests | sum(.["max-score"]))}\n")
