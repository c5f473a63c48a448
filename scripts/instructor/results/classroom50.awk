# usage: awk -f scripts/instructor/results/json.awk -f scripts/instructor/results/classroom50.awk -v folder=FOLDER CLASS
#
# Writes FOLDER/KEY.json for each student: what an autograder of Classroom 50 leaves in result.json,
# "classroom50/result/v1" (schemas/result-v1.schema.json in foundation50/classroom50). Who and what was
# graded is in the variables that its runner sets; without them it is the student's KEY, and no link.
# Scores are whole there: weights that are not make all of them 10 or 100 times as large. An open check
# counts 0 of 0: it is no mark.

function from_runner(name, otherwise) {
    return json(ENVIRON[name] == "" ? otherwise : ENVIRON[name])
}

function whole(points) {
    return sprintf("%d", points * scale + 0.5)
}

BEGIN { scale = 1 }

$1 == "lab" {
    while (scale < 1000000 && ($3 * scale) % 1 > 0.000001 && ($3 * scale) % 1 < 0.999999) scale *= 10
}

$1 == "student" {
    file = folder "/" $3 ".json"
    printf "{\"schema\":\"classroom50/result/v1\",\"classroom\":%s,\"assignment\":%s,\"assignment_type\":\"individual\"", \
        from_runner("CLASSROOM", "class"), from_runner("ASSIGNMENT", "labs") >file
    printf ",\"owner\":%s,\"submission\":%s", from_runner("OWNER", $2), from_runner("SUBMISSION_TAG", "submit/" $2) >file
    printf ",\"commit\":%s,\"release\":%s,\"review\":%s", from_runner("COMMIT_URL", "none"), \
        from_runner("RELEASE_URL", "none"), from_runner("REVIEW_URL", "none") >file
    print ",\"datetime\":" json($5 "Z") ",\"tests\":[" >file
    score = max = 0
    comma = ""
}

$1 == "verdict" {
    most = $4 ~ /^(not here|error)$/ ? 0 : whole($3)
    got = $4 == "pass" ? most : 0
    score += got
    max += most
    printf "%s{\"test-name\":%s,\"passed\":%s,\"score\":%d,\"max-score\":%d", comma, json(full_name()), \
        $4 == "pass" ? "true" : "false", got, most >file
    print ",\"output\":" json(said()) "}" >file
    comma = ","
}

$1 == "end" {
    print "],\"score\":" score ",\"max-score\":" max "}" >file
    close(file)
}
