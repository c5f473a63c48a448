# usage: awk -f scripts/instructor/results/json.awk -f scripts/instructor/results/gradescope.awk -v folder=FOLDER CLASS
#
# Writes FOLDER/KEY.json for each student: what an autograder of Gradescope leaves in results.json
# (https://gradescope-autograders.readthedocs.io/en/latest/specs/). All text is "text", for the default
# of some fields is HTML. An open check has no score: it is no mark.

$1 == "student" {
    file = folder "/" $3 ".json"
    summary = $6 " of " $7 " points" ($8 ? "; " $8 " are open: they are looked at again" : "") \
        ($9 ? "" : "; nothing was handed in")
    printf "{\"score\":%s,\"output\":%s,\"output_format\":\"text\",\"test_output_format\":\"text\"", $6, json(summary) >file
    printf ",\"test_name_format\":\"text\",\"visibility\":\"visible\",\"stdout_visibility\":\"hidden\"" >file
    printf ",\"extra_data\":{\"student\":%s,\"of\":%s,\"open\":%s},\"tests\":[", json($4), $7, $8 >file
    comma = ""
}

$1 == "verdict" {
    printf "%s\n{\"number\":\"%d.%d\",\"name\":%s,\"tags\":[%s]", comma, lab, $2, json(full_name()), json(lab) >file
    if ($4 !~ /^(not here|error)$/)
        printf ",\"score\":%s,\"max_score\":%s,\"status\":\"%s\"", $4 == "pass" ? $3 : 0, $3, $4 == "pass" ? "passed" : "failed" >file
    print ",\"output\":" json(said()) ",\"visibility\":\"visible\"}" >file
    comma = ","
}

$1 == "end" {
    print "]}" >file
    close(file)
}
