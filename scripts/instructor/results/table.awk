# usage: awk -f scripts/instructor/results/table.awk -v out=OUT -v colour=1|'' SIMILAR CLASS
#
# The class on a terminal of 80 columns: a table, what to look at, where the files are, what to type
# next. CLASS is what scripts/instructor/results/read.awk prints, SIMILAR is from scripts/instructor/results/similar.c.

# How wide a text is on a terminal: what is beyond U+3000 takes two columns.
function width(text,    wide) {
    wide = gsub(/[\343-\364][\200-\277][\200-\277]/, "&", text)
    gsub(/[\200-\277]/, "", text)
    return length(text) + wide
}

# The text in so many columns: cut, or filled up.
function column(text, columns) {
    if (width(text) > columns) {
        while (width(text) > columns - 1) sub(/([\300-\367][\200-\277]*|.)$/, "", text)
        text = text "~"
    }
    return text sprintf("%" (columns - width(text)) "s", "")
}

function paint(code, text) {
    return colour ? "\033[" code "m" text "\033[0m" : text
}

# A paragraph below a head; the lines behind the first one begin below its words.
function tell(head, text,    part, n, i, row, room) {
    n = split(text, part, " ")
    row = head
    room = length(head)
    for (i = 1; i <= n; i++) {
        if (width(row) + width(part[i]) + 1 > 79 && width(row) > room) {
            print short(row, 79)
            row = sprintf("%" room "s", "")
        }
        row = row (row ~ / $/ || row == "" ? "" : " ") part[i]
    }
    print short(row, 79)
}

function short(text, most) {
    return width(text) > most ? column(text, most) : text
}

BEGIN { FS = "\t" }

FILENAME == ARGV[1] { similars++; next }

$1 == "lab" {
    lab_name[++labs] = $2
    of_lab[$2] = $4
    full += $4
}

$1 == "student" {
    if (!students++) begin_table()
    key = $2 "" # text: 010 and 10 are two students
    name = $4
    row = column(name, room) " "
    sums = $6
    open = $8
    sum += sums
    sum_open += open
    if (!$9) nothing[++nothings] = short(name, 30)
}

$1 == "note" { look(short(name, 30) ": " $2) }

$1 == "look" { look(short(name, 30) ", lab " lab + 0 ": " $2) }

# One student alone does not fill the screen.
function look(text) {
    if (++looks_of[key] > 2 || shown >= 10) more++
    else looked[++shown] = short(text, 150)
}

function begin_table(    i, lab) {
    room = 79 - 6 * labs - 13
    if (room < 12) room = 12
    line = column("student", room) " "
    for (i = 1; i <= labs; i++) line = line sprintf("%6s", "lab " lab_name[i] + 0)
    print paint(1, line "  open    sum")
}

# Of a lab: its points; with ? if some are open; - if nothing was handed in.
$1 == "work" {
    lab = $2
    lab_sum[lab] += $5
    cell = sprintf("%6s", $3 == "absent" ? "-" : $7 ? $5 "?" : $5)
    row = row ($3 == "absent" ? paint(2, cell) : $7 ? paint(33, cell) : $5 == $6 ? paint(32, cell) : $5 ? cell : paint(31, cell))
}

$1 == "verdict" && $4 ~ /^(not here|error)$/ {
    reason = $4 ", lab " lab + 0 ($6 == "" ? "" : ": " short($6, 150))
    if (!again[reason]++) order[++reasons] = reason
}

$1 == "end" {
    row = row (open ? paint(33, sprintf("%6s", open)) : sprintf("%6s", "")) sprintf("%7s", sums)
    print row
}

END {
    if (!students) exit
    mean = column("mean of " students " students", room) " "
    of = column("of", room) " "
    for (i = 1; i <= labs; i++) {
        mean = mean sprintf("%6.1f", lab_sum[lab_name[i]] / students)
        of = of sprintf("%6s", of_lab[lab_name[i]])
    }
    print paint(1, mean sprintf("%6.1f%7.1f", sum_open / students, sum / students))
    print paint(1, of sprintf("%6s%7s", "", full))
    write_looks()
    write_files()
}

function write_looks(    i, text) {
    print ""
    for (i = 1; i <= nothings && i <= 10; i++) text = text (i > 1 ? ", " : "") nothing[i]
    if (nothings) tell("Nothing handed in: ", nothings " student" (nothings == 1 ? "" : "s") ": " text (nothings > 10 ? ", ..." : ""))
    for (i = 1; i <= shown; i++) tell("Look at: ", looked[i])
    if (more) print "Look at: " more " more in the report"
    for (i = 1; i <= reasons && i <= 10; i++)
        tell("Open: ", again[order[i]] " check" (again[order[i]] == 1 ? "" : "s") ": " order[i])
    if (reasons > 10) print "Open: " reasons - 10 " more reasons in the report"
    if (similars) tell("Similar: ", similars " pair" (similars == 1 ? "" : "s") " of programs; the report names them. It is no proof.")
    if (nothings || shown || reasons || similars) print ""
}

function write_files() {
    tell("The class:   ", out "/report.html, in a browser")
    tell("The marks:   ", out "/grades.csv, " out "/junit.xml")
    tell("A student:   ", out "/feedback/KEY.md, gradescope/KEY.json, classroom50/KEY.json")
    if (sum_open)
        tell("Next: ", sum_open " points are open, and no mark. Mend what is said above, then type the same make grade again, with AGAIN=1.")
    else tell("Next: ", "read the report, then send the feedback.")
}
