# usage: jq -j -f gradescope.jq class.json
#
# For each student what an autograder of Gradescope leaves in results.json
# (https://gradescope-autograders.readthedocs.io/en/latest/specs/). All text is "text", because the default
# of some fields is HTML. An open check has no score: it is not a mark.
include "common";

def score: if is_open then {} else (.verdict == "pass") as $passed
    | {score: (if $passed then .points else 0 end), max_score: .points, status: (if $passed then "passed" else "failed" end)} end;

def summary: "\(.points) of \(.of) points" + if .open == 0 then "" else "; \(.open) are open: they are looked at again" end
    + if .handed == 0 then "; \(without)\(.notes | map(": " + .) | join(""))" else "" end;

.students[] | file(
    ({score: .points, output: summary, output_format: "text", test_output_format: "text", test_name_format: "text",
        visibility: "visible", stdout_visibility: "hidden", extra_data: {student: .name, of, open}, tests: []} | tojson[:-2]),
    ([.labs[] | . as $of | told | "\n" + ({number: "\($of.number).\(.number)", name, tags: [$of.lab]} + score
        + {output, visibility: "visible"} | tojson) + "\n"] | join(",")),
    "]}\n")
