# usage: jq -r --rawfile css FILE --arg csp HASH -f html.jq class.json >report.html
#
# The report for the class, in one file: no script, nothing from elsewhere, and a policy that forbids both, so
# that nothing that a student wrote can do more than be read.
include "common";

def cut($most): if length > $most then .[:$most] + " ..." else . end;

# bdi: a name that is written from right to left turns nothing else round.
def link: "<a href=\"feedback/\(.file).md\"><bdi>\(.name | cut(80) | html)</bdi></a>";
def links: (map(link) | join(", ")) as $all
    | if length > 12 then "<details><summary>\(length) students</summary>\($all)</details>" else $all end;
def meter($most): "<meter min=\"0\" max=\"\($most)\" value=\"\(.)\"></meter> \(.)";
def title: "<b>\(.lab).\(.number)</b> \(.sentence | html)";

# A section with a table: heads, and rows of cells that are HTML already.
def table($heads; $empty): "<table><thead><tr>\($heads | map("<th scope=\"col\">\(.)</th>") | join(""))</tr></thead><tbody>",
    if . == [] then "<tr><td colspan=\"6\">\($empty)</td></tr>" else .[] | "<tr>\(map("<td>\(.)</td>") | join(""))</tr>" end,
    "</tbody></table></section>";
def section($id; $title; $text): "<section id=\"\($id)\"><h2>\($title)</h2>\n<p>\($text)</p>";

# All checks of all students, with whose they are; and where each student is stuck.
def checks: [.students[] | {file, name} as $whose | .labs[] | .number as $lab | .state as $state | .checks[] | . + {$lab, $state} + $whose];
def stuck: {file, name} + ([.labs[] | .number as $lab | if .state == "absent" then {$lab, number: "0"}
    else .checks[] | select(.verdict == "fail") + {$lab} | {lab, number, sentence} end] | .[0] // {});

def head($stuck): (.students | length) as $students
    | def sum_of($name): "<div><dt>\($name)</dt><dd>\(.)</dd></div>";
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">",
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '\($csp)'; base-uri 'none'; form-action 'none'\">",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
    "<meta name=\"color-scheme\" content=\"light dark\"><title>The class</title>",
    "<style>\($css)</style></head><body><main><h1>The class</h1>",
    ("<nav><a href=\"#stuck\">Stuck</a> <a href=\"#map\">Map</a> <a href=\"#mistakes\">Mistakes</a> "
        + "<a href=\"#look\">To look at</a> <a href=\"#again\">Second run</a> <a href=\"#similar\">Similar</a></nav>"),
    "<dl class=\"sums\">\([($students | sum_of("students")), ([.students[] | select(.handed > 0)] | length | sum_of("handed in something")),
        (.students | sum(.points) / $students | fixed | sum_of("mean points")), (.labs | sum(.of) | sum_of("of")),
        ($stuck | map(select(.lab | not)) | length | sum_of("not stuck")), (.students | sum(.open) | sum_of("open points")),
        (.similar | length | sum_of("similar pairs"))] | join(""))</dl>";

def labs: (.students | length) as $students | [.students[].labs] as $all | "<section>",
    ([.labs | to_entries[] | .key as $at | .value | [$all[][$at]] as $of
        | ["\(.number) \(.name | html)", ([$of[] | select(.state != "absent")] | length | meter($students)),
            ([$of[] | select(all(.checks[]; .verdict == "pass"))] | length | meter($students)),
            ($of | sum(.points) / $students | fixed), .of]]
    | table(["lab", "handed in", "all checks passed", "mean points", "of"]; ""));

def write_stuck($stuck): (.students | length) as $students
    | section("stuck"; "Who is stuck where"; "Each student at the first check that did not pass; "
        + "\($stuck | map(select(.lab | not)) | length) of \($students) have none. A check that could not be made here holds nobody up."),
    ([$stuck | map(select(.lab)) | group_by([.lab, .number | tonumber])[]
        | [if .[0].number == "0" then "<b>\(.[0].lab)</b> not handed in" else .[0] | title end, (length | meter($students)), links]]
    | table(["check", "students", "who"]; "Nobody is stuck."));

# A cell of the map. Point at a letter, and it says more.
def letter($lab):
    (if $lab.state == "absent" then ["-", "absent"]
        else {"pass": ["P", "pass"], "fail": ["F", "fail"], "blocked": ["b", "blocked"], "error": ["!", "error"], "not here": ["?", "open"]}[.verdict] end)
        as [$letter, $class]
    | "<td class=\"\($class)\(if .number == "1" then " first" else "" end)\"" + (if "F?!" | contains($letter) then
        " title=\"\("\($lab.number).\(.number) \(.verdict): \(.seen)" + (if .likely == "" then "" else " | likely: \(.likely)" end) | cut(300) | html)\""
        else "" end) + ">\($letter)</td>";

def map_of_all: . as $class | (.students | length) as $students | (.labs | sum(.of)) as $full
    | def edge: if .number == "1" then " class=\"first\"" else "" end;
    section("map"; "Student by check"; "<b class=\"key pass\">P</b> pass <b class=\"key fail\">F</b> fail "
        + "<b class=\"key blocked\">b</b> blocked by an earlier check <b class=\"key open\">?</b> not here, and "
        + "<b class=\"key error\">!</b> error: open, no mark <b class=\"key absent\">-</b> not handed in. Point at a letter, and it says more."),
    "<div class=\"map\" tabindex=\"0\"><table class=\"map\"><thead><tr><th scope=\"col\">lab</th><th>points</th>",
    (.labs[] | "<th class=\"first\" scope=\"colgroup\" colspan=\"\(.checks | length)\">\(.number) \(.name | html)</th>"),
    "</tr><tr><th scope=\"row\">check</th><td class=\"points\">of \($full)</td>",
    (.labs[].checks[] | "<th scope=\"col\"\(edge) title=\"\(.sentence | html)\">\(.number)</th>"),
    "</tr><tr><th scope=\"row\">% passed</th><td class=\"points\">\(if $full == 0 then 0 else 100 * (.students | sum(.points)) / $full / $students | floor end)</td>",
    (.labs | to_entries[] | .key as $lab | .value.checks | to_entries[] | .key as $at | .value
        | "<td\(edge)>\([$class.students[].labs[$lab].checks[$at] | select(.verdict == "pass")] | 100 * length / $students | floor)</td>"),
    "</tr></thead><tbody>",
    (.students[] | "<tr><th scope=\"row\">\(link)</th><td class=\"points\">\(.points)\(if .open == 0 then "" else "+\(.open)?" end)</td>"
        + ([.labs[] | . as $lab | .checks[] | letter($lab)] | join("")) + "</tr>"),
    "</tbody></table></div></section>";

# The same mistake has other PIDs in each run. The twenty most common ones.
def mistakes($students): section("mistakes"; "Most common mistakes"; "Grouped by check and by what it looks like; each number is N."),
    (map(select(.verdict == "fail" and .state != "absent")
        | .text = (if .likely == "" then "seen: \(.seen)" else .likely end | [splits("[0-9]+")] | join("N") | cut(240)))
    | groups([.lab, .number, .text]) | sort_by(-length) | [.[:20][] | [(.[0] | title), (length | meter($students)), (.[0].text | html), links]]
    | table(["check", "students", "it looks like", "who"]; "No check has failed."));

def looks: section("look"; "To look at"; "What was found while collecting, and what the witness saw a program do."),
    ([.students[] | link as $link | (.notes[] | [$link, "-", html]), (.labs[] | .number as $lab | .looks[] | [$link, $lab, html])]
    | table(["student", "lab", "what"]; "Nothing."));

def again: section("again"; "Second run"; "These points are open: they are not marks. Mend what is "
        + "in the way, then type the same <code>make grade</code> again, with <code>AGAIN=1</code>."),
    (map(select(is_open)) | groups([.lab, .verdict, .seen])
    | map([.[0].lab, .[0].verdict, (.[0].seen | if . == "" then "the checker itself broke" else html end), (groups(.file) | map(.[0]) | links)])
    | table(["lab", "verdict", "reason", "who"]; "No points are open."));

def similar: (.students | map({(.key): link}) | add) as $link_of
    | section("similar"; "Similar submissions"; "Runs of 12 tokens that two programs share, without names and layout, "
        + "and without those of the starter, of the reference and of a quarter of the class: how many, and which part "
        + "of the smaller program's own they are. It is a reason to read both, and no proof."),
    (.similar[:200] | map([(.lab | sub("-.*"; "") | sub("^0+"; "")), $link_of[.one], $link_of[.other], .shared, .percent + " %"])
    | table(["lab", "student", "student", "shared", "of the smaller"]; "None."));

(.students | length) as $students | [.students[] | stuck] as $stuck | checks as $checks
| head($stuck), labs, write_stuck($stuck), map_of_all, ($checks | mistakes($students)), looks, ($checks | again), similar,
"</main></body></html>"
