# usage: awk -f scripts/student/fits.awk VERDICTS RECORD HINTS...
#
# Prints hints, one a line: first, behind the word "fits", those that fit what was observed, then the
# others, behind "next", in their order. VERDICTS is a judge's table, RECORD what the witness wrote.
# A hint is a block of lines, ended by an empty one. A block that begins with "? REGEX" fits when
# that is found in the verdict of a check that failed, the first one first, or in the first run of
# the record, the one that shows most. Where the program said TODO, only a REGEX with TODO in it
# counts: what a starter does not do is not a mistake. And it counts only where no mistake has a hint. The hints
# for a step have all the REGEX "TODO N" alone: where nothing was observed they come in order, too, else only while
# the step is open. Lines that begin with # are comments.
#
# For a class, scripts/instructor/results/read.awk has these functions in its own process (-f read.awk
# -f fits.awk); it sets for_class.

BEGIN { if (!for_class) print_hints() }

function print_hints(    line, i) {
    while ((getline line < ARGV[1]) > 0) observe_verdict(line)
    while ((getline line < ARGV[2]) > 0) observe_event(line)
    for (i = 3; i < ARGC; i++) read_hints("all", ARGV[i])
    find_hints("all")
    for (i = 1; i <= hints; i++) print (i <= fitting ? "fits " : "next ") hint[i]
    exit
}

function forget_observed() {
    observations = runs = 0
    first_run = ""
}

# A line of a table of verdicts.
function observe_verdict(line,    part) {
    if (split(line, part, "\t") < 6 || part[3] != "fail") return
    observed[++observations] = "seen: " part[6] "\n" (part[7] == "" ? "" : "expected: " part[7] "\n") \
        (part[8] == "" ? "" : "likely: " part[8] "\n")
}

# A line of a record. What a program says a thousand times is not needed a thousand times.
function observe_event(line,    word) {
    split(line, word, " ")
    if (word[1] == "run") runs++
    else if (runs == 1 && word[1] ~ /^[0-9]/ && word[2] !~ /^(process|writer)$/ && length(first_run) < 60000)
        first_run = first_run substr(line, index(line, " ") + 1) "\n"
}

# Adds the hints of a file to a set of hints.
function read_hints(set, file,    line, between, n) {
    between = 1
    while ((getline line < file) > 0) {
        if (line ~ /^#/) continue
        if (line ~ /^ *$/) {
            between = 1
            continue
        }
        if (between) blocks[set]++
        between = 0
        n = blocks[set]
        if (line ~ /^\? /) regex[set, n] = substr(line, 3)
        else if ((set, n) in block) block[set, n] = block[set, n] " " line
        else block[set, n] = line
    }
    close(file)
}

# Sets hint[1..hints]: those that fit, hint[1..fitting], and then the others.
function find_hints(set,    j, used, nothing) {
    hints = 0
    nothing = !observations && first_run == ""
    observed[++observations] = first_run
    find_fitting(set, 0, used)
    if (!hints) find_fitting(set, 1, used)
    fitting = hints
    for (j = 1; j <= blocks[set]; j++)
        if ((set, j) in block && (!((set, j) in regex) || nothing && regex[set, j] ~ /^TODO [0-9]+$/))
            hint[++hints] = block[set, j]
}

# Those that fit where the program did not say TODO, or where it did.
function find_fitting(set, todo, used,    i, j) {
    for (i = 1; i <= observations; i++)
        for (j = 1; j <= blocks[set]; j++)
            if ((observed[i] ~ /TODO/) == todo && (set, j) in regex && !(j in used) && observed[i] ~ regex[set, j] &&
                (!todo || regex[set, j] ~ /TODO/)) {
                hint[++hints] = block[set, j]
                used[j] = 1
            }
}
