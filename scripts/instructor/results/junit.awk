# usage: awk -f scripts/instructor/results/junit.awk CLASS >junit.xml
#
# JUnit XML: a test suite for each student and lab, a test case for each check. CLASS is what
# scripts/instructor/results/read.awk prints. blocked and not here are skipped; what else is not pass is a failure
# or an error. All that the strict one of the two known schemas wants is there, so both take it.

function xml(text) {
    gsub(/&/, "\\&amp;", text)
    gsub(/</, "\\&lt;", text)
    gsub(/>/, "\\&gt;", text)
    gsub(/"/, "\\&quot;", text)
    return text
}

function property(name, value) {
    printf "      <property name=\"%s\" value=\"%s\"/>\n", name, xml(value)
}

# What is in a test case that did not pass.
function inside(kind, message, text) {
    printf ">\n      <%s%s message=\"%s\">", kind, kind == "skipped" ? "" : " type=\"" kind "\"", xml(message)
    printf "%s</%s>\n    </testcase>\n", xml(text), kind
}

function end_suite() {
    if (suite == "") return
    print "    <system-out></system-out>"
    print "    <system-err>" xml(compiler) "</system-err>"
    print "  </testsuite>"
    suite = ""
}

BEGIN {
    FS = "\t"
    print "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
    print "<testsuites>"
}

$1 == "student" {
    key = $2
    name = $4
    collected = $5
}

$1 == "work" {
    end_suite()
    suite = key "." $2
    compiler = ""
    printf "  <testsuite id=\"%d\" package=\"%s\" name=\"%s\" timestamp=\"%s\" hostname=\"localhost\" time=\"0\"", \
        suites++, xml(key), xml(suite), $4 == "" ? collected : $4
    printf " tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\">\n", $8 + $9 + $10 + $11 + $12, $9, $12, $10 + $11
    print "    <properties>"
    property("student", name)
    property("points", $5)
    property("of", $6)
    property("open", $7)
    print "    </properties>"
}

$1 == "compiler" { compiler = compiler $2 "\n" }

$1 == "verdict" {
    printf "    <testcase classname=\"%s\" name=\"%s\" time=\"0\"", xml(suite), xml($2 " " $5)
    if ($4 == "pass") print "/>"
    else if ($4 == "fail") inside("failure", $6, "seen: " $6 "\nexpected: " $7 ($8 == "" ? "" : "\nlikely: " $8))
    else if ($4 == "error") inside("error", $6 == "" ? "the checker itself broke" : $6, "")
    else inside("skipped", $4 ": " $6, "")
}

$1 == "end" { end_suite() }

END { print "</testsuites>" }
