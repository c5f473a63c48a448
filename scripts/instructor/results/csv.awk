# usage: awk -f scripts/instructor/results/csv.awk CLASS >grades.csv
#
# A line for each student (RFC 4180). CLASS is what scripts/instructor/results/read.awk prints.

# Text is always in quotes. A spreadsheet takes what begins with = + - @ for a formula, also behind a
# semicolon where that separates the columns, and also the wide forms of East Asia. A ' makes it text.
function text(cell) {
    gsub(/"/, "\"\"", cell)
    sub(/^[ \t]*([=+@-]|\357\274[\213\215\235\240])/, "'&", cell)
    gsub(/;[" \t]*([=+@-]|\357\274[\213\215\235\240])/, "&\001", cell)
    gsub(/[=+@-]\001|\357\274[\213\215\235\240]\001/, "'&", cell)
    gsub(/\001/, "", cell)
    return "\"" cell "\""
}

function end_line(line) {
    printf "%s\r\n", line
}

BEGIN { FS = "\t" }

$1 == "lab" { heads = heads $2 "," }

$1 == "student" {
    if (!head++) end_line("student," heads "points,of,open,notes,key")
    key = $2
    name = $4
    sums = $6 "," $7 "," $8
    labs = notes = missing = ""
    handed = $9
}

function add_note(note) {
    notes = notes (notes == "" ? "" : "; ") note
}

$1 == "note" { add_note($2) }

$1 == "work" {
    lab = $2
    labs = labs $5 ","
    if ($3 == "absent") missing = missing (missing == "" ? "not handed in: " : ", ") lab
    if ($3 == "waiting") add_note(lab " was not judged")
}

$1 == "look" { add_note(lab " " $2) }

$1 == "end" {
    if (missing != "") add_note(handed ? missing : "nothing was handed in")
    end_line(text(name) "," labs sums "," text(notes) "," text(key))
}
