# usage: jq -r --arg out GRADES --arg colour 1|'' -f table.jq class.json
#
# The class on a terminal of 80 columns: a table, what to look at, where the files are, what to type next.
include "common";

# How wide a text is on a terminal: what is beyond U+3000 takes two columns.
def width: explode | map(if . >= 12288 then 2 else 1 end) | add // 0;
def spaces($n): [range($n) | " "] | join("");
def short($most): if width > $most then .[:$most - 1] | until(width < $most; .[:-1]) + "~" else . end;
def column($columns): short($columns) | . + spaces($columns - width);
def right($columns): tostring | spaces($columns - length) + .;
def paint($code): if $colour == "" then . else "\u001b[\($code)m\(.)\u001b[0m" end;

# A paragraph below a head; the lines behind the first one begin below its words.
def tell($head): ($head | length) as $room
    | reduce (split(" ")[] | select(. != "")) as $word ({rows: [], row: $head};
        if (.row | width) + ($word | width) + 1 > 79 and (.row | width) > $room then {rows: (.rows + [.row]), row: spaces($room)} else . end
        | .row += if .row | endswith(" ") then $word else " " + $word end)
    | .rows[], .row | short(79);

# The points of a lab; with ? if some are open; - if nothing was handed in.
def cell:
    if .state == "absent" then "-" | right(6) | paint(2)
    elif .open != 0 then "\(.points)?" | right(6) | paint(33)
    else (if .points == .of then 32 elif .points == 0 then 31 else null end) as $code
        | .points | right(6) | if $code then paint($code) else . end end;

# No more than seven labs: a name needs its room, too.
def table($from): . as $class
    | (.labs | length - $from | if . > 7 then 7 else . end) as $count
    | ([12, 79 - 6 * $count - 13] | max) as $room | (.students | length) as $students
    | def labs: .labs[$from:$from + $count];
    (("student" | column($room)) + " " + (labs | map("lab \(.number)" | if length > 5 then sub(" "; "") else . end | right(6)) | join("")) + "  open    sum" | paint(1)),
    (.students[] | (.name | column($room)) + " " + (labs | map(cell) | join(""))
        + if .open == 0 then spaces(6) else .open | right(6) | paint(33) end + (.points | right(7))),
    (("mean of \($students) students" | column($room)) + " "
        + ([range($from; $from + $count) as $at | [$class.students[].labs[$at].points] | add / $students | fixed | right(6)] | join(""))
        + (.students | (sum(.open) / $students | fixed | right(6)) + (sum(.points) / $students | fixed | right(7))) | paint(1)),
    (("of" | column($room)) + " " + (labs | map(.of | right(6)) | join("")) + spaces(6) + (.labs | sum(.of) | right(7)) | paint(1)), "";

# One student alone does not fill the screen.
def looks:
    [.students[] | (.name | short(30)) as $name | [.notes[] | "\($name): \(.)"] + [.labs[] | "\($name), lab \(.number): \(.looks[])"]] as $all
    | ($all | map(.[:2][]) | .[:10]) as $shown | (($all | map(length) | add) - ($shown | length)) as $more
    | ($shown[] | short(150) | tell("Look at: ")), if $more > 0 then "Look at: \($more) more in the report" else empty end;

def opens:
    [.students[].labs[] | .number as $lab | .checks[] | select(is_open)
        | {reason: ("\(.verdict), lab \($lab)" + if .seen == "" then "" else ": " + (.seen | short(150)) end)}] | groups(.reason)
    | (.[:10][] | "\(length | counted("check")): \(.[0].reason)" | tell("Open: ")),
    if length > 10 then "Open: \(length - 10) more reasons in the report" else empty end;

def nothing: [.students[] | select(.handed == 0) | {without: without, name: (.name | short(30))}] | groups(.without)[]
    | (.[0].without | capital) as $head | "\(length | counted("student")): \(.[:10] | map(.name) | join(", "))" + if length > 10 then ", ..." else "" end | tell($head + ": ");

def similar: .similar | select(. != [])
    | "\(length) pair\(if length == 1 then "" else "s" end) of programs; the report names them. It proves nothing." | tell("Similar: ");

def next: .students | sum(.open) | if . == 0 then "read the report, then send the feedback."
    else "\(.) points are open, and no mark. Mend what is said above, then type the same make grade again, with AGAIN=1." end | tell("Next: ");

table(range(0; .labs | length; 7)),
([nothing, looks, opens, similar] | .[], if . == [] then empty else "" end),
("\($out)/report.html, in a browser" | tell("The class:   ")),
("\($out)/grades.csv, \($out)/junit.xml" | tell("The marks:   ")),
("\($out)/feedback/KEY.md, gradescope/KEY.json, classroom50/KEY.json" | tell("A student:   ")),
next
