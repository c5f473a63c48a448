# usage: jq -r -f junit.jq class.json >junit.xml
#
# JUnit XML: a test suite for each student and lab, a test case for each check. blocked and not here are
# skipped; what else is not pass is a failure or an error. All that the strict one of the two known schemas
# wants is there, so both take it.
include "common";

def xml: html | split("&#39;") | join("'");

# What is in a test case that did not pass.
def content($kind; $message; $text):
    ">\n      <\($kind)" + if $kind == "skipped" then "" else " type=\"\($kind)\"" end
    + " message=\"\($message | xml)\">\($text | xml)</\($kind)>\n    </testcase>";

def case($suite): "    <testcase classname=\"\($suite)\" name=\"\("\(.number) \(.sentence)" | xml)\" time=\"0\"" + (
    if .verdict == "pass" then "/>"
    elif .verdict == "fail" then content("failure"; .seen; failure)
    elif .verdict == "error" then content("error"; if .seen == "" then "the checker itself broke" else .seen end; "")
    else content("skipped"; "\(.verdict): \(.seen)"; "") end);

def count(f): [.checks[].verdict | select(f)] | length;

def suite($student; $id): "\($student.key).\(.lab)" as $name
    | "  <testsuite id=\"\($id)\" package=\"\($student.key)\" name=\"\($name)\""
        + " timestamp=\"\(if .judged then .judged else $student.collected end)\" hostname=\"localhost\" time=\"0\""
        + " tests=\"\(.checks | length)\" failures=\"\(count(. == "fail"))\" errors=\"\(count(. == "error"))\""
        + " skipped=\"\(count(. == "blocked" or . == "not here"))\">\n    <properties>",
    ({student: $student.name, points, of, open} | to_entries[] | "      <property name=\"\(.key)\" value=\"\(.value | tostring | xml)\"/>"),
    "    </properties>", (.checks[] | case($name)),
    "    <system-out></system-out>\n    <system-err>\(.compiler | map(. + "\n") | add // "" | xml)</system-err>\n  </testsuite>";

(.labs | length) as $labs
| "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>",
(.students | to_entries[] | .key as $at | .value as $student
    | $student.labs | to_entries[] | .key as $lab | .value | suite($student; $at * $labs + $lab)),
"</testsuites>"
