# usage: jq -r -f workshop-html.jq CLASS >PAGE
#
# The page of scripts/instructor/class: no script, nothing from elsewhere, and the browser reads it again by itself.

def number: sub("-.*"; "") | sub("^0+"; "");
def row: "<tr>\(map("<td>\(.)</td>") | join(""))</tr>";

"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"5\">",
"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
"<meta name=\"color-scheme\" content=\"light dark\"><title>The room</title>",
"<style>body { font: 1.4rem sans-serif; margin: 2rem; } td, th { text-align: left; padding: .2em 1em .2em 0; vertical-align: top; }</style>",
"</head><body><h1>\(.students | length) students</h1>",
"<h2>Who is stuck where</h2><table id=\"places\">",
(.places[] | ["<b>\(.lab | number).\(.number)</b> \(.sentence | @html)", "\(.names | length)",
    (.names | map("<bdi>\(@html)</bdi>") | join(", "))] | row),
"</table><h2>Everybody</h2><table id=\"students\"><tr><th>name</th><th>labs done</th><th>now at</th><th>minutes ago</th></tr>",
(.students[] | ["<bdi>\(.name | @html)</bdi>", .done, (if .lab then "lab \(.lab | number), \(.passed) of \(.of)" else "" end), .minutes] | row),
"</table></body></html>"
