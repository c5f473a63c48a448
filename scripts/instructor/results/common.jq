# What the filters share. jq 1.6, 1.7 and 1.8 have to give the same bytes.

# 0.1 + 0.2 is 0.3 to a reader.
def rounded: . * 1e9 | rint | . / 1e9;
def sum(f): reduce (.[] | f) as $value (0; . + $value) | rounded;

# With one digit after the point, as printf rounds it.
def fixed: . * 10 | rint | . / 10 | tostring | if contains(".") then . else . + ".0" end;

def counted($noun): "\(.) \($noun)" + if . == 1 then "" else "s" end;

# jq 1.6 has another name for it.
def html: @html | split("&apos;") | join("&#39;");

def is_open: .verdict == "not here" or .verdict == "error";

# Groups by f, in the order in which the groups appear first.
def groups(f): . as $all | [range(length) as $at | $all[$at] + {$at}] | group_by(f) | sort_by(.[0].at);

# What a check that failed has said.
def failure: "seen: \(.seen)\nexpected: \(.expected)" + if .likely == "" then "" else "\nlikely: \(.likely)" end;

# The checks of a lab with their whole name and what a student is told; the first one that failed also
# has the hints of the lab.
def told:
    . as $lab | first((.checks[] | select(.verdict == "fail").number), "") as $first
    | .checks[] | . + {name: "\($lab.number).\(.number) \(.sentence)", output: (
        if .verdict != "fail" then .verdict + if .seen == "" then "" else ": " + .seen end
        else failure + if .number == $first then ($lab.hints | map("\nhint: " + .) | add // "") else "" end end)};

# What is said of a student without a program: whoever has notes has handed in something.
def without: "nothing " + if .notes == [] then "was handed in" else "could be taken" end;
def capital: (.[:1] | ascii_upcase) + .[1:];

# One file of many: its name, and its text.
def file(text): .file, "\u0000", text, "\u0000";
