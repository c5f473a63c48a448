# usage: awk -f scripts/instructor/results/html.awk -v css=FILE -v csp=HASH SIMILAR pass=1 CLASS pass=2 CLASS >report.html
#
# The report for the class, in one file: no script, nothing from elsewhere, and a policy that forbids
# both, so that nothing that a student wrote can do more than be read. CLASS is what
# scripts/instructor/results/read.awk prints, SIMILAR is from scripts/instructor/results/similar.c. It is read twice: the sums come
# first, and the map of all students is too large to be kept.

function html(text) {
    gsub(/&/, "\\&amp;", text)
    gsub(/</, "\\&lt;", text)
    gsub(/>/, "\\&gt;", text)
    gsub(/"/, "\\&quot;", text)
    gsub(/'/, "\\&#39;", text)
    return text
}

# At most so many bytes, and no half of a character.
function cut(text, most) {
    if (length(text) <= most) return text
    text = substr(text, 1, most)
    sub(/[\200-\377]+$/, "", text)
    return text " ..."
}

# bdi: a name that is written from right to left turns nothing else round.
function link(key) {
    return "<a href=\"feedback/" file_of[key] ".md\"><bdi>" html(cut(name_of[key], 80)) "</bdi></a>"
}

function links(keys,    key, i, n, out) {
    n = split(keys, key, " ")
    for (i = 1; i <= n; i++) out = out (i > 1 ? ", " : "") link(key[i])
    return n > 12 ? "<details><summary>" n " students</summary>" out "</details>" : out
}

function check_title(lab, number) {
    return "<b>" lab + 0 "." number "</b> " html(check_name[lab, number])
}

# A row of cells that are HTML already.
function row(a, b, c, d, e, f) {
    print "<tr><td>" a "</td><td>" b "</td>" cell(c) cell(d) cell(e) cell(f) "</tr>"
}

function cell(text) {
    return text == "" ? "" : "<td>" text "</td>"
}

function begin_section(id, title, text) {
    print "<section id=\"" id "\"><h2>" title "</h2>\n<p>" text "</p>"
}

function begin_table(a, b, c, d, e, f) {
    print "<table><thead><tr>" head(a) head(b) head(c) head(d) head(e) head(f) "</tr></thead><tbody>"
}

function head(text) {
    return text == "" ? "" : "<th scope=\"col\">" text "</th>"
}

function end_table(empty, rows) {
    if (!rows) print "<tr><td colspan=\"6\">" empty "</td></tr>"
    print "</tbody></table></section>"
}

function meter(value, most) {
    return "<meter min=\"0\" max=\"" most "\" value=\"" value "\"></meter> " value
}

BEGIN { FS = "\t" }

!pass { similar[++similars] = $0; next }

# --- the first time: sums and lists -----------------------------------------------------------

pass == 1 && $1 == "lab" {
    lab_name[++labs] = $2
    of_lab[$2] = $4
    full += $4
}

pass == 1 && $1 == "check" {
    checks[$2]++
    check_name[$2, $3] = $5
}

pass == 1 && $1 == "student" {
    key = $2 "" # text: 010 and 10 are two students
    file_of[key] = $3
    name_of[key] = $4
    students++
    points += $6
    open_points += $8
    if ($9) handed++
    stuck = ""
}

pass == 1 && $1 == "note" { note[++notes] = key "\t\t" $2 }

pass == 1 && $1 == "look" { note[++notes] = key "\t" lab "\t" $2 }

pass == 1 && $1 == "work" {
    lab = $2
    state = $3
    points_of[lab] += $5
    if (state != "absent") handed_in[lab]++
    if ($8 == checks[lab]) all_passed[lab]++
    if (state == "absent") get_stuck(lab, 0)
}

function get_stuck(lab, number) {
    if (stuck == "") stuck = lab SUBSEP number
}

pass == 1 && $1 == "verdict" {
    if ($4 == "pass") passed[lab, $2]++
    if ($4 ~ /^(not here|error)$/) add_open($4, $6)
    if ($4 != "fail" || state == "absent") next
    get_stuck(lab, $2)
    add_mistake($2, $8 == "" ? "seen: " $6 : $8)
}

function add_open(verdict, reason,    text) {
    text = lab SUBSEP verdict SUBSEP reason
    if (!(text in open_of)) open_text[++opens] = text
    if (last_open[text] != key) open_of[text] = open_of[text] " " key
    last_open[text] = key
}

# The same mistake has other PIDs in each run.
function add_mistake(number, text) {
    gsub(/[0-9]+/, "N", text)
    text = lab SUBSEP number SUBSEP cut(text, 240)
    if (!(text in mistake_of)) mistake_text[++mistakes] = text
    mistake_of[text] = mistake_of[text] " " key
    mistake_count[text]++
}

pass == 1 && $1 == "end" {
    if (stuck == "") free++
    else stuck_of[stuck] = stuck_of[stuck] " " key
}

# --- the second time: the report, and the map student by student -------------------------------

pass == 2 && FNR == 1 {
    write_head()
    write_labs()
    write_stuck()
    write_map_head()
}

pass == 2 && $1 == "student" {
    printf "<tr><th scope=\"row\">%s</th><td class=\"points\">%s%s</td>", link($2), $6, $8 ? "+" $8 "?" : ""
}

pass == 2 && $1 == "work" { state = $3; lab = $2 }

pass == 2 && $1 == "verdict" {
    letter = state == "absent" ? "-" : $4 == "pass" ? "P" : $4 == "fail" ? "F" : $4 == "blocked" ? "b" : \
        $4 == "error" ? "!" : "?"
    printf "<td class=\"%s%s\"%s>%s</td>", kind[letter], $2 == 1 ? " first" : "", letter ~ /[F?!]/ ? \
        " title=\"" html(cut(lab + 0 "." $2 " " $4 ": " $6 ($8 == "" ? "" : " | likely: " $8), 300)) "\"" : "", letter
}

pass == 2 && $1 == "end" { print "</tr>" }

END {
    if (!students) exit
    print "</tbody></table></div></section>"
    write_mistakes()
    write_looks()
    write_similar()
    print "</main></body></html>"
}

function write_head(    line) {
    kind["P"] = "pass"
    kind["F"] = "fail"
    kind["b"] = "blocked"
    kind["?"] = "open"
    kind["!"] = "error"
    kind["-"] = "absent"
    print "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
    print "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '" csp \
        "'; base-uri 'none'; form-action 'none'\">"
    print "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
    print "<meta name=\"color-scheme\" content=\"light dark\"><title>The class</title>"
    printf "<style>"
    while ((getline line < css) > 0) print line
    print "</style></head><body><main><h1>The class</h1>"
    print "<nav><a href=\"#stuck\">Stuck</a> <a href=\"#map\">Map</a> <a href=\"#mistakes\">Mistakes</a> " \
        "<a href=\"#look\">To look at</a> <a href=\"#again\">Second run</a> <a href=\"#similar\">Similar</a></nav>"
    print "<dl class=\"sums\">" sum("students", students) sum("handed in something", handed + 0) \
        sum("mean points", sprintf("%.1f", points / students)) sum("of", full) sum("not stuck", free + 0) \
        sum("open points", open_points + 0) sum("similar pairs", similars + 0) "</dl>"
}

function sum(name, value) {
    return "<div><dt>" name "</dt><dd>" value "</dd></div>"
}

function write_labs(    i, lab) {
    print "<section>"
    begin_table("lab", "handed in", "all checks passed", "mean points", "of")
    for (i = 1; i <= labs; i++) {
        lab = lab_name[i]
        row(lab + 0 " " html(substr(lab, index(lab, "-") + 1)), meter(handed_in[lab] + 0, students), \
            meter(all_passed[lab] + 0, students), sprintf("%.1f", points_of[lab] / students), of_lab[lab])
    }
    end_table("", labs)
}

function write_stuck(    i, j, lab, rows) {
    begin_section("stuck", "Who is stuck where", "Each student at the first check that did not pass; " free + 0 \
        " of " students " have none. A check that could not be made here holds nobody up.")
    begin_table("check", "students", "who")
    for (i = 1; i <= labs; i++)
        for (j = 0; j <= checks[lab_name[i]]; j++) {
            lab = lab_name[i]
            if (!((lab, j) in stuck_of)) continue
            rows++
            row(j ? check_title(lab, j) : "<b>" lab + 0 "</b> not handed in", \
                meter(split(stuck_of[lab, j], who, " "), students), links(stuck_of[lab, j]))
        }
    end_table("Nobody is stuck.", rows)
}

function write_map_head(    i, j, lab) {
    begin_section("map", "Student by check", \
        "<b class=\"key pass\">P</b> pass <b class=\"key fail\">F</b> fail " \
        "<b class=\"key blocked\">b</b> blocked by an earlier check " \
        "<b class=\"key open\">?</b> not here, and <b class=\"key error\">!</b> error: open, no mark " \
        "<b class=\"key absent\">-</b> not handed in. Point at a letter, and it says more.")
    print "<div class=\"map\" tabindex=\"0\"><table class=\"map\"><thead><tr><th scope=\"col\">lab</th><th>points</th>"
    for (i = 1; i <= labs; i++) {
        lab = lab_name[i]
        print "<th class=\"first\" scope=\"colgroup\" colspan=\"" checks[lab] "\">" lab + 0 " " \
            html(substr(lab, index(lab, "-") + 1)) "</th>"
    }
    print "</tr><tr><th scope=\"row\">check</th><td class=\"points\">of " full "</td>"
    for (i = 1; i <= labs; i++)
        for (j = 1; j <= checks[lab_name[i]]; j++)
            print "<th scope=\"col\"" (j == 1 ? " class=\"first\"" : "") " title=\"" html(check_name[lab_name[i], j]) "\">" j "</th>"
    print "</tr><tr><th scope=\"row\">% passed</th><td class=\"points\">" sprintf("%d", full ? 100 * points / full / students : 0) "</td>"
    for (i = 1; i <= labs; i++)
        for (j = 1; j <= checks[lab_name[i]]; j++)
            print "<td" (j == 1 ? " class=\"first\"" : "") ">" sprintf("%d", 100 * passed[lab_name[i], j] / students) "</td>"
    print "</tr></thead><tbody>"
}

# The twenty most common ones.
function write_mistakes(    i, rows, best, part) {
    begin_section("mistakes", "Most common mistakes", "Grouped by check and by what it looks like; each number is N.")
    begin_table("check", "students", "it looks like", "who")
    while (rows < 20) {
        best = ""
        for (i = 1; i <= mistakes; i++)
            if (mistake_count[mistake_text[i]] > (best == "" ? 0 : mistake_count[best])) best = mistake_text[i]
        if (best == "") break
        split(best, part, SUBSEP)
        row(check_title(part[1], part[2]), meter(mistake_count[best], students), html(part[3]), links(mistake_of[best]))
        delete mistake_count[best]
        rows++
    }
    end_table("No check has failed.", rows)
}

function write_looks(    i, part) {
    begin_section("look", "To look at", "What was found while collecting, and what the witness saw a program do.")
    begin_table("student", "lab", "what")
    for (i = 1; i <= notes; i++) {
        split(note[i], part, "\t")
        row(link(part[1]), part[2] == "" ? "-" : part[2] + 0, html(part[3]))
    }
    end_table("Nothing.", notes)
    begin_section("again", "Second run", "These points are open: they are no mark. Mend what is " \
        "in the way, then type the same <code>make grade</code> again, with <code>AGAIN=1</code>.")
    begin_table("lab", "verdict", "reason", "who")
    for (i = 1; i <= opens; i++) {
        split(open_text[i], part, SUBSEP)
        row(part[1] + 0, part[2], html(part[3] == "" ? "the checker itself broke" : part[3]), links(open_of[open_text[i]]))
    }
    end_table("No points are open.", opens)
}

function write_similar(    i, part) {
    begin_section("similar", "Similar submissions", "Runs of 12 tokens that two programs share, without names and layout, " \
        "and without those of the starter, of the reference and of a quarter of the class: how many, and which part " \
        "of the smaller program's own they are. It is a reason to read both, and no proof.")
    begin_table("lab", "student", "student", "shared", "of the smaller")
    for (i = 1; i <= similars && i <= 200; i++) {
        split(similar[i], part, "\t")
        row(part[1] + 0, link(part[4]), link(part[5]), part[3], part[2] " %")
    }
    end_table("None.", similars)
}
