# usage: awk -f scripts/instructor/results/feedback.awk -v folder=FOLDER CLASS
#
# Writes FOLDER/KEY.md for each student. What a student has written is only ever in code: in a span of
# more backticks than it has itself, or in a fenced block, where each line begins with something of ours.
# CLASS is what scripts/instructor/results/read.awk prints.

function span(text,    rest, most, ticks) {
    for (rest = text; match(rest, /`+/); rest = substr(rest, RSTART + RLENGTH))
        if (RLENGTH > most) most = RLENGTH
    for (ticks = "`"; length(ticks) <= most; ticks = ticks "`") { }
    if (text ~ /^`|`$|^ .* $/) text = " " text " "
    return ticks text ticks
}

# Our own sentences have < and _ in them.
function md(text) {
    gsub(/[][\\`*_<>#|~&]/, "\\\\&", text)
    return text
}

function line(label, text) {
    return text == "" ? "" : "  " sprintf("%-10s", label) text "\n"
}

function name_of(lab) {
    return lab + 0 ": " md(substr(lab, index(lab, "-") + 1))
}

BEGIN { FS = "\t" }

$1 == "student" {
    file = folder "/" $3 ".md"
    head = "# " span($4) "\n\n**" $6 " of " $7 " points.**" ($9 ? "" : " Nothing was handed in.") "\n"
    if ($8) head = head "\n" $8 " points are open: these checks could not be made. That is no mark; they are made again.\n"
    notes = table = text = lab = ""
}

$1 == "note" { notes = notes "- " span($2) "\n" }

$1 == "work" {
    end_lab()
    lab = $3 == "absent" ? "" : $2
    table = table "| " name_of($2) " | " ($3 == "absent" ? "not handed in" : $8 " of " $8 + $9 + $10 + $11 + $12) \
        " | " $5 " | " $6 " | " ($7 ? $7 : "") " |\n"
    if (lab != "") text = text "\n## Lab " name_of(lab) "\n\n"
    compiler = hints = ""
}

$1 == "compiler" { compiler = compiler "    " $2 "\n" }

$1 == "hint" { hints = hints "\nHint: " md($2) "\n" }

$1 == "verdict" && lab != "" {
    text = text "- " ($4 == "fail" ? "**FAIL**" : $4) " (" $2 ") " md($5) ($4 == "fail" || $6 == "" ? "" : ": " span($6)) "\n"
    if ($4 == "fail")
        text = text "\n  ```text\n" line("seen:", $6) line("expected:", $7) line("likely:", $8) "  ```\n\n"
}

function end_lab() {
    if (lab == "") return
    if (compiler != "") text = text "\nThe compiler said:\n\n```text\n" compiler "```\n"
    if (hints != "")
        text = text hints "\nTo see it yourself: `make lab" lab + 0 "`, and `make hint" lab + 0 "` for more hints.\n"
}

$1 == "end" {
    end_lab()
    if (notes != "") notes = "\nWhat was found in your files:\n\n" notes
    printf "%s%s\n| lab | checks passed | points | of | open |\n|:--|--:|--:|--:|--:|\n%s%s", head, notes, table, text >file
    close(file)
}
