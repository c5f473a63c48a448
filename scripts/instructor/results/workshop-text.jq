# usage: jq -r --arg folder FOLDER -f workshop-text.jq CLASS
#
# What scripts/instructor/class shows on the terminal.

def number: sub("-.*"; "") | sub("^0+"; "");
def pad($width): .[:$width] | . + " " * ($width - length);

"\(.students | length) students in \($folder)",
"",
(.places[:8][] | "\(.names | length) at lab \(.lab | number), check \(.number): \(.sentence)",
    "    \(.names | join(", ") | .[:200])"),
(if .places == [] then "Nobody is stuck." else empty end),
"",
(if .students == [] then "When a student types make share GRADES=\($folder) NAME=THEIRS, a line comes here."
    else "name                done  now at              minutes ago" end),
(.students[] | "\(.name | pad(18))  \(.done | tostring | pad(4))  \(
    if .lab then "lab \(.lab | number), \(.passed) of \(.of)" else "-" end | pad(18))  \(.minutes)")
