# usage: awk -f scripts/instructor/results/read.awk -f scripts/student/fits.awk -v students=FOLDER -v programs=FILE
#            POINTS FILES
#
# Reads what was collected and judged of a class, for class.jq. POINTS is from scripts/student/points; FILES
# lists what is in FOLDER: path, time, size. Prints lines of fields with tabs between them, and writes
# all programs (NN-name, KEY, path) into the file programs. Only one student is in memory at a time.
#
#   student KEY FILE TIME        FILE: the name for files of this student; what follows is about this student
#   name TEXT | note TEXT
#   work NN-name STATE TIME      STATE is judged, or waiting for the judge; what follows is about this lab
#   verdict NUMBER VERDICT SEEN EXPECTED LIKELY
#   compiler TEXT | hint TEXT | look TEXT       look: for the instructor
#   end                          of the student
#
# Here, once for all formats, strange bytes are made visible as \xNN: control characters, what is not
# UTF-8, and characters that nobody sees or that turn the text round. awk reads bytes, and an XML file
# with one wrong byte is not XML. What is special in a format is escaped where that is written.

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

BEGIN {
    FS = OFS = "\t"
    for_class = 1
    for (i = 0; i < 256; i++) hex[sprintf("%c", i)] = sprintf("%02x", i)
}

FILENAME == ARGV[1] {
    if (!checks[$1]++) lab_name[++labs] = $1
    next
}

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

END { end_student() }

# A file name has its limit, and an ending is still to come.
function end_student(    i) {
    if ("collected" in time) {
        print "student", student, (length(student) > 200 ? substr(student, 1, 180) "@" ++long_names : student), time["collected"]
        read_collected(students "/" student "/collected")
        for (i = 1; i <= labs; i++) read_lab(lab_name[i])
        print "end"
    }
    split("", time)
    split("", size)
}

function read_collected(file,    line, notes) {
    while ((getline line < file) > 0)
        if (line ~ /^name ./) print "name", name_of(bounded(substr(line, 6), 200))
        else if (line ~ /^note / && ++notes <= 20) print "note", bounded(substr(line, 6), 400)
    close(file)
}

function name_of(archive) {
    return match(tolower(archive), /\.(tar|tar\.(gz|bz2|xz|zst)|tgz|zip)$/) ? substr(archive, 1, RSTART - 1) : archive
}

function read_lab(lab,    program, folder) {
    program = lab "/" substr(lab, index(lab, "-") + 1) ".c"
    if (!(program in time)) return
    print lab, student, students "/" student "/" program >programs
    if (!((lab "/verdicts") in time)) {
        print "work", lab, "waiting"
        return
    }
    print "work", lab, "judged", time[lab "/verdicts"]
    folder = students "/" student "/" lab
    if (read_verdicts(folder "/verdicts") == checks[lab]) return
    read_record(folder "/record")
    if (size[lab "/compiler"] > 0) read_compiler(folder "/compiler", size[lab "/compiler"])
    if (observations) say_hints(lab)
}

# Returns how many have passed.
function read_verdicts(file,    line, part, passed) {
    forget_observed()
    while ((getline line < file) > 0) {
        split(line, part, "\t")
        if (part[2] !~ /^[1-9][0-9]*$/) continue
        if (part[3] !~ /^(pass|fail|blocked|not here)$/) part[3] = "error"
        # What this machine cannot show, and the command that mends it, are one sentence to a reader.
        if (part[3] == "not here" && part[7] != "") part[6] = part[6] "; " part[7]
        if (part[3] != "fail") part[7] = part[8] = ""
        print "verdict", part[2], part[3], bounded(part[6], 600), bounded(part[7], 600), bounded(part[8], 600)
        passed += part[3] == "pass"
        observe_verdict(line)
    }
    close(file)
    return passed
}

# Of a record, what helps to find hints, and what an instructor should see: the witness wrote these
# lines, no program can.
function read_record(file,    line, word, count, told) {
    while ((getline line < file) > 0 && ++count <= 20000) {
        observe_event(line)
        split(line, word, " ")
        if (word[1] !~ /^[0-9]/ || word[2] in told || !(word[2] ~ /^(stopped|exec)$/ ||
            word[2] == "killed" && word[3] ~ /^SYS/ || word[2] == "left" && word[3] !~ /^(process|group)$/)) continue
        told[word[2]] = 1
        line = substr(line, index(line, word[2]) + length(word[2]) + 1)
        print "look", bounded(word[2] == "stopped" ? "used too much, and was stopped: " line : \
            word[2] == "exec" ? "tried to start " substr(line, length(word[3]) + 2) : \
            word[2] == "left" ? "left behind: " line : "was killed: it made a system call that the cage forbids", 300)
    }
    close(file)
}

# Its first lines: the others often follow from them. A line could be longer than the memory.
function read_compiler(file, size,    line, count) {
    if (size > 1000000) {
        print "compiler", "(it said " size " bytes)"
        return
    }
    while ((getline line < file) > 0 && ++count <= 20) print "compiler", bounded(line, 200)
    if (count > 20) print "compiler", "..."
    close(file)
}

# The first two that fit, or the first of the others.
function say_hints(lab,    i) {
    if (!(lab in blocks)) {
        read_hints(lab, "labs/" lab "/hints")
        read_hints(lab, "tests/errno.hints")
    }
    find_hints(lab)
    for (i = 1; i <= hints && i <= (fitting > 1 ? 2 : 1); i++) print "hint", clean(hint[i])
}
