# usage: jq -j -f feedback.jq class.json
#
# A text in Markdown for each student: verdicts, what was seen, hints; never a solution. What a student has
# written is only ever in code: in a span of more backticks than it has itself, or in a fenced block, where
# each line begins with something of ours.
include "common";

def span:
    (if contains("`") then [match("`+"; "g").length] | max else 0 end) as $most
    | ("`" * ($most + 1)) as $ticks
    | if startswith("`") or endswith("`") or startswith(" ") and endswith(" ") then " \(.) " else . end
    | $ticks + . + $ticks;

# Our own sentences have < and _ in them.
def md: reduce ("\\", "`", "*", "_", "<", ">", "#", "|", "~", "&", "[", "]") as $special (.; split($special) | join("\\" + $special));

def title: "\(.number): \(.name | md)";

def check:
    if .verdict != "fail" then "- \(.verdict) (\(.number)) \(.sentence | md)" + if .seen == "" then "\n" else ": \(.seen | span)\n" end
    else "- **FAIL** (\(.number)) \(.sentence | md)\n\n  ```text\n", (["seen:     ", .seen], ["expected: ", .expected], ["likely:   ", .likely]
        | select(.[1] != "") | "  \(.[0])\(.[1])\n"), "  ```\n\n" end;

def lab:
    "\n## Lab \(title)\n\n", (.checks[] | check),
    if .compiler == [] then empty else "\nThe compiler said:\n\n```text\n", (.compiler[] | "    \(.)\n"), "```\n" end,
    if .hints == [] then empty else (.hints[] | "\nHint: \(md)\n"),
        "\nTo see it yourself: `make lab\(.number)`, and `make hint\(.number)` for more hints.\n" end;

def row:
    (if .state == "absent" then "not handed in" else "\([.checks[] | select(.verdict == "pass")] | length) of \(.checks | length)" end) as $passed
    | "| \(title) | \($passed) | \(.points) | \(.of) | \(if .open == 0 then "" else .open end) |\n";

.students[] | file(
    "# \(.name | span)\n\n**\(.points) of \(.of) points.**" + if .handed == 0 then " \(without | capital).\n" else "\n" end,
    if .open == 0 then empty else "\n\(.open) points are open: these checks could not be made. That is not a mark; they are made again.\n" end,
    if .notes == [] then empty else "\n\(if .handed == 0 then "The reason" else "What was found in your files" end):\n\n", (.notes[] | "- \(span)\n") end,
    "\n| lab | checks passed | points | of | open |\n|:--|--:|--:|--:|--:|\n", (.labs[] | row),
    (.labs[] | select(.state != "absent") | lab))
