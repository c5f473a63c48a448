# usage: awk -f scripts/instructor/results/read.awk -f scripts/instructor/results/hints.awk -v work=FOLDER -v programs=FILE
#            POINTS WEIGHTS FILES
#
# Reads a class, and prints it as the one stream that the other results-*.awk make their files of: lines
# of fields with tabs between them. POINTS and WEIGHTS are from scripts/student/points; FILES lists what is in
# the folder OUT/students: path, time, size. Only one student is in memory at a time.
#
#   lab NN-name WEIGHT OF                       all labs first; OF: the points of a lab, weighted
#   check NN-name NUMBER POINTS NAME            and their checks
#   student KEY FILE NAME TIME POINTS OF OPEN HANDED   FILE: the name for files of this student
#   note TEXT                                   all that follows is about this student
#   work NN-name STATE TIME POINTS OF OPEN PASS FAIL BLOCKED NOT-HERE ERROR
#   compiler TEXT | hint TEXT | look TEXT       all that follows is about this lab; look: for the instructor
#   verdict NUMBER POINTS VERDICT NAME SEEN EXPECTED LIKELY     else than for fail: SEEN is the reason
#   end                                         of the student
#
# STATE is judged, absent (no file was handed in) or waiting (there is a file, and no result).
#
# Here, once for all formats, strange bytes are made visible as \xNN: control characters, what is no
# UTF-8, and characters that nobody sees or that turn the text round. awk reads bytes, and an XML file
# with one wrong byte is no XML file. What is special in a format is escaped where that is written.

function clean(text,    out, rest) {
    if (text !~ /[^ -~]/) return text
    for (rest = text; rest != ""; rest = substr(rest, RLENGTH + 1)) {
        if (match(rest, /^[ -~]+/) || is_character(rest)) out = out substr(rest, 1, RLENGTH)
        else {
            out = out "\\x" hex[substr(rest, 1, 1)]
            RLENGTH = 1
        }
    }
    return out
}

# Whether the text begins with a character beyond ASCII that can be seen; matches it.
function is_character(text) {
    if (match(text, /^(\302[\200-\237\255]|\330\234|\342\200[\213-\217\250-\256]|\342\201[\240-\257]|\357\273\277|\357\277[\271-\277]|\363\240)/))
        return 0
    return match(text, /^[\302-\337][\200-\277]/) ||
        match(text, /^(\340[\240-\277]|[\341-\354\356\357][\200-\277]|\355[\200-\237])[\200-\277]/) ||
        match(text, /^(\360[\220-\277]|[\361-\363][\200-\277]|\364[\200-\217])[\200-\277][\200-\277]/)
}

# At most so many bytes of it.
function bounded(text, most) {
    return clean(length(text) > most ? substr(text, 1, most) " ..." : text)
}

function number(value) {
    return sprintf("%.10g", value)
}

function say(line) {
    lines[++said] = line
}

BEGIN {
    FS = OFS = "\t"
    for (i = 0; i < 256; i++) hex[sprintf("%c", i)] = sprintf("%02x", i)
}

FILENAME == ARGV[1] {
    if (!($1 in checks)) lab_name[++labs] = $1
    checks[$1]++
    points[$1, $2] = $3
    check_name[$1, $2] = $4
    next
}

FILENAME == ARGV[2] {
    weight[$1] = $2
    next
}

FNR == 1 { print_labs() }

{
    key = $1
    sub(/\/.*/, "", key)
    if (key !~ /^[A-Za-z0-9_@][A-Za-z0-9._@-]*$/) next
    if (key != student) end_student()
    student = key
    path = substr($1, length(key) + 2)
    time[path] = substr($2, 1, 19)
    size[path] = $3
}

END {
    if (!said_labs) print_labs()
    end_student()
}

function print_labs(    i, j, lab, sum) {
    said_labs = 1
    for (i = 1; i <= labs; i++) {
        lab = lab_name[i]
        sum = 0
        for (j = 1; j <= checks[lab]; j++) {
            points[lab, j] *= weight[lab]
            sum += points[lab, j]
        }
        print "lab", lab, weight[lab], number(sum)
        for (j = 1; j <= checks[lab]; j++)
            print "check", lab, j, number(points[lab, j]), check_name[lab, j]
    }
}

function end_student(    i, name, file) {
    if (student != "" && "collected" in time) {
        said = sum_points = sum_of = sum_open = handed = 0
        name = read_collected(work "/" student "/collected")
        for (i = 1; i <= labs; i++) read_lab(lab_name[i])
        # A file name has its limit, and an ending is still to come.
        file = length(student) > 200 ? substr(student, 1, 180) "@" ++long_names : student
        print "student", student, file, name, time["collected"], number(sum_points), number(sum_of),
            number(sum_open), handed
        for (i = 1; i <= said; i++) print lines[i]
        print "end"
    }
    split("", time)
}

function read_collected(file,    line, name, notes) {
    name = student
    while ((getline line < file) > 0)
        if (line ~ /^name ./) {
            name = bounded(substr(line, 6), 200)
            if (match(tolower(name), /\.(tar|tar\.(gz|bz2|xz|zst)|tgz|zip)$/)) name = substr(name, 1, RSTART - 1)
        } else if (line ~ /^note / && ++notes <= 20)
            say("note" OFS bounded(substr(line, 6), 400))
    close(file)
    return name
}

function read_lab(lab,    state, program, j) {
    program = lab "/" substr(lab, index(lab, "-") + 1) ".c"
    split("", verdict)
    split("", text)
    state = !(program in time) ? "absent" : (lab "/result") in time ? "judged" : "waiting"
    if (state == "judged") read_result(work "/" student "/" lab "/result")
    for (j = 1; j <= checks[lab]; j++)
        if (!(j in verdict)) {
            verdict[j] = state != "absent" ? "error" : j == 1 ? "fail" : "blocked"
            text[j] = state == "judged" ? "the checks did not run to their end" : \
                state == "waiting" ? "it was not judged yet" : \
                j == 1 ? "seen: nothing was handed in | expected: " program : "check 1 must pass first"
        }
    if (state != "absent") {
        handed++
        print lab, student, work "/" student "/" program >programs
    }
    say_lab(lab, state)
}

function read_result(file,    line, part) {
    while ((getline line < file) > 0) {
        split(line, part, "\t")
        if (part[1] !~ /^[1-9][0-9]*$/) continue
        verdict[part[1]] = part[3] ~ /^(pass|fail|blocked|not here)$/ ? part[3] : "error"
        text[part[1]] = part[5]
    }
    close(file)
}

function say_lab(lab, state,    j, count, full, got, open) {
    count["pass"] = count["fail"] = count["blocked"] = count["not here"] = count["error"] = 0
    for (j = 1; j <= checks[lab]; j++) {
        count[verdict[j]]++
        full += points[lab, j]
        if (verdict[j] == "pass") got += points[lab, j]
        else if (verdict[j] ~ /^(not here|error)$/) open += points[lab, j]
    }
    sum_points += got
    sum_of += full
    sum_open += open
    say("work" OFS lab OFS state OFS time[lab "/result"] OFS number(got) OFS number(full) OFS number(open) OFS \
        count["pass"] OFS count["fail"] OFS count["blocked"] OFS count["not here"] OFS count["error"])
    if (state == "judged" && count["pass"] < checks[lab]) say_more(lab, work "/" student "/" lab, count["fail"])
    for (j = 1; j <= checks[lab]; j++) say_verdict(lab, j)
}

# What helps the student, and what an instructor wants to see.
function say_more(lab, folder, failed,    i) {
    read_record(folder "/record")
    if (size[lab "/compiler"] > 0) say_compiler(folder "/compiler", size[lab "/compiler"])
    if (failed) find_hints(lab)
    for (i = 1; failed && i <= hints; i++) say("hint" OFS clean(hint[i]))
    for (i = 1; i <= looks; i++) say("look" OFS bounded(look[i], 300))
}

# Its first lines: the others often follow from them. A line could be longer than the memory.
function say_compiler(file, size,    line, count) {
    if (size > 1000000) {
        say("compiler" OFS "(it said " size " bytes)")
        return
    }
    while ((getline line < file) > 0 && ++count <= 20) say("compiler" OFS bounded(line, 200))
    if (count > 20) say("compiler" OFS "...")
    close(file)
}

function say_verdict(lab, j,    seen, expected, likely) {
    seen = text[j]
    if (verdict[j] == "fail") {
        likely = tail_of(seen, " | likely: ")
        seen = head_of(seen, " | likely: ")
        expected = tail_of(seen, " | expected: ")
        seen = head_of(seen, " | expected: ")
        sub(/^seen: /, "", seen)
        if (likely ~ /TODO/) sub(/: Function not implemented$/, "", likely)
        if (seen ~ /TODO/) sub(/: Function not implemented$/, "", seen)
    }
    say("verdict" OFS j OFS number(points[lab, j]) OFS verdict[j] OFS check_name[lab, j] OFS bounded(seen, 600) OFS \
        bounded(expected, 600) OFS bounded(likely, 600))
}

function head_of(text, mark) {
    return index(text, mark) ? substr(text, 1, index(text, mark) - 1) : text
}

function tail_of(text, mark) {
    return index(text, mark) ? substr(text, index(text, mark) + length(mark)) : ""
}
