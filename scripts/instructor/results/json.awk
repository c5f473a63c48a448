# What results-gradescope.awk and results-classroom50.awk share.

function json(text) {
    gsub(/["\\]/, "\\\\&", text)
    gsub(/\n/, "\\n", text)
    return "\"" text "\""
}

# What a check said. $0 is its verdict; the first one that failed also has the hints of its lab.
function said(    text) {
    if ($4 != "fail") return $4 ($6 == "" ? "" : ": " $6)
    text = "seen: " $6 "\nexpected: " $7 ($8 == "" ? "" : "\nlikely: " $8) hints
    hints = ""
    return text
}

# The name of a check, with its lab: 3.2 SENTENCE.
function full_name() {
    return lab + 0 "." $2 " " $5
}

BEGIN { FS = "\t" }

$1 == "work" {
    lab = $2
    hints = ""
}

$1 == "hint" { hints = hints "\nhint: " $2 }
