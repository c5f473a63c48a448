# The verdicts in bats' TAP, one check a line: VERDICT <tab> NAME <tab> WHAT IT SAID, where the last
# are its lines "seen: ...", "expected: ..." and "likely: ...", or why it was skipped, joined by " | ".
# The verdicts are explained in tests/record.bash. A last line "error" if bats did not come to its end.
function flush() {
    if (name != "")
        print verdict "\t" name "\t" said
    name = ""
}
/^1\.\./ { planned = substr($0, 4) }
/^(not )?ok / {
    flush()
    count++
    verdict = /^ok / ? "pass" : "error"
    said = ""
    sub(/^(not )?ok [0-9]+ /, "")
    if (match($0, / # skip( |$)/)) {
        said = substr($0, RSTART + RLENGTH)
        verdict = said ~ /^blocked: / ? "blocked" : said ~ /^not here: / ? "not here" : "error"
        sub(/^(blocked|not here): /, "", said)
        $0 = substr($0, 1, RSTART - 1)
    }
    name = $0
}
/^# (seen|expected|likely): / {
    verdict = "fail"
    said = said (said == "" ? "" : " | ") substr($0, 3)
}
END {
    flush()
    if (count == 0 || count != planned)
        print "error\tthe checks did not run to their end\t"
}
