# usage: awk -f scripts/student/fits.awk VERDICTS RECORD HINTS...
#
# Prints hints, one a line: first, behind the word "fits", those that fit what was observed, then the
# others, behind "next", in their order.
# A hint is a block of lines, ended by an empty one. A block that begins with "? REGEX" fits when
# that is found in the verdict of a check that failed, the first one first, or in the first run of
# the record, the one that shows most. Where the program said TODO, only a REGEX with TODO in it
# counts: what a starter does not do is no mistake. Lines that begin with # are comments.

FILENAME == ARGV[1] {
    split($0, field, "\t")
    if (field[3] == "fail")
        observed[++count] = "seen: " field[6] "\nexpected: " field[7] "\nlikely: " field[8] "\n"
    next
}

FILENAME == ARGV[2] {
    if ($1 == "run" && ++runs == 1)
        observed[++count] = ""
    else if (runs == 1 && $1 ~ /^[0-9]/ && $2 != "process" && $2 != "writer")
        observed[count] = observed[count] substr($0, index($0, " ") + 1) "\n"
    next
}

/^#/ { next }

/^ *$/ { between = 1; next }

between || FNR == 1 { block++; between = 0 }

/^\? / { regex[block] = substr($0, 3); next }

block in text { text[block] = text[block] " " $0; next }

{ text[block] = $0 }

END {
    for (i = 1; i <= count; i++)
        for (j = 1; j <= block; j++)
            if (j in regex && !(j in printed) && observed[i] ~ regex[j] &&
                (observed[i] !~ /TODO/ || regex[j] ~ /TODO/)) {
                print "fits " text[j]
                printed[j] = 1
            }
    for (j = 1; j <= block; j++)
        if (j in text && !(j in regex))
            print "next " text[j]
}
