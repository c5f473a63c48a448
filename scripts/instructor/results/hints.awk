# Hints for many records in one process; part of results-read.awk. How hints are written and which fit is
# said in scripts/student/fits.awk, which does the same for one record; tests/suite/results.bats holds them together.

# The hints of a lab, and what an errno means.
function load_hints(lab) {
    loaded[lab] = 1
    blocks[lab] = 0
    load_blocks(lab, "labs/" lab "/hints")
    load_blocks(lab, "tests/errno.hints")
}

function load_blocks(lab, file,    line, between, n) {
    between = 1
    while ((getline line < file) > 0) {
        if (line ~ /^#/) continue
        if (line ~ /^ *$/) {
            between = 1
            continue
        }
        if (between) blocks[lab]++
        between = 0
        n = blocks[lab]
        if (line ~ /^\? /) regex[lab, n] = substr(line, 3)
        else if ((lab, n) in block) block[lab, n] = block[lab, n] " " line
        else block[lab, n] = line
    }
    close(file)
}

# Sets first_run to what the program did in the run that shows most, and look[1..looks] to what an
# instructor should see: the witness wrote these lines, no program can.
function read_record(file,    line, runs, count, word) {
    first_run = ""
    looks = 0
    split("", looked)
    while ((getline line < file) > 0 && ++count <= 20000) {
        split(line, word, " ")
        if (word[1] == "run") runs++
        if (word[1] !~ /^[0-9]/) continue
        if (runs == 1 && word[2] != "process" && word[2] != "writer" && length(first_run) < 60000)
            first_run = first_run substr(line, index(line, " ") + 1) "\n"
        if (word[2] ~ /^(stopped|exec|left|killed)$/) look_at(word[2], substr(line, index(line, word[2])))
    }
    close(file)
}

function look_at(word, line,    told) {
    if (word == "killed" && line !~ /killed SYS/ || word == "left" && line ~ /left (process|group)/) return
    sub(/^[a-z]+ /, "", line)
    if (word == "exec") sub(/^[0-9]+ /, "", line)
    told = word == "stopped" ? "used too much, and was stopped: " line : \
        word == "exec" ? "tried to start " line : \
        word == "left" ? "left behind: " line : "was killed: it made a system call that the cage forbids"
    if (!(word in looked)) look[++looks] = told
    looked[word] = 1
}

# Sets hint[1..hints] to the first two that fit what was observed, or to the first of the others.
function find_hints(lab,    i, n, observed, j, used) {
    if (!(lab in loaded)) load_hints(lab)
    hints = 0
    for (i = 1; i <= checks[lab]; i++)
        if (verdict[i] == "fail") observed[++n] = as_lines(text[i])
    observed[++n] = first_run
    for (i = 1; i <= n && hints < 2; i++)
        for (j = 1; j <= blocks[lab] && hints < 2; j++)
            if ((lab, j) in regex && !(j in used) && observed[i] ~ regex[lab, j] &&
                (observed[i] !~ /TODO/ || regex[lab, j] ~ /TODO/)) {
                hint[++hints] = block[lab, j]
                used[j] = 1
            }
    for (j = 1; j <= blocks[lab] && !hints; j++)
        if ((lab, j) in block && !((lab, j) in regex)) hint[++hints] = block[lab, j]
}

function as_lines(said) {
    gsub(/ \| (expected|likely): /, "\n&", said)
    gsub(/\n \| /, "\n", said)
    return said "\n"
}
