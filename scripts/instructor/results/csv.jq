# usage: jq -j -f csv.jq class.json >grades.csv
#
# A line for each student (RFC 4180). Text is always in quotes.
include "common";

# A spreadsheet takes what begins with = + - @ for a formula, also behind a semicolon where that separates
# the columns, and also the wide forms of East Asia. A ' makes it text.
def harmless:
    def formula: "[=+@\uff0b\uff0d\uff1d\uff20-]";
    if test(formula) then sub("^(?<cell>[ \t]*" + formula + ")"; "'" + .cell) | gsub("(?<blank>;[\" \t]*)(?<sign>" + formula + ")"; .blank + "'" + .sign)
    else . end;

def notes:
    [.labs[] | select(.state == "absent").lab] as $absent
    | [.notes[], (.labs[] | (select(.state == "waiting") | .lab + " was not judged"), .lab + " " + .looks[]),
        if $absent == [] then empty elif .handed == 0 then without else "not handed in: " + ($absent | join(", ")) end]
    | join("; ");

(["student", .labs[].lab, "points", "of", "open", "notes", "key"] | join(",")),
(.students[] | [(.name | harmless), .labs[].points, .points, .of, .open, (notes | harmless), (.key | harmless)] | @csv)
| . + "\r\n"
