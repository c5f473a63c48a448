# usage: awk -f scripts/student/look.awk RECORD
#
# The drawings of scripts/student/look. From the environment come LAB, RUN (empty: the first one with something
# to see), AGAIN (what stands behind "make look") and COLOURS (six, with / between). tests/witness/main.c says
# what the lines of a record mean.

# In a text \001 to \003 begin the colour of a namespace, \004 bold, \005 dim, and \006 ends them.
function width(text) { gsub(/[\001-\006]/, "", text); return length(text) }
function pad(text, to, with) { while (width(text) < to) text = text (with ? with : " "); return text }
function say(text,    i) {
    for (i = 1; i < 7; i++) gsub(sprintf("%c", i), escape[i], text)
    sub(/ +$/, "", text)
    print text
}
# Lines of at most 79 columns: the first one begins with first, the others with rest.
function wrap(first, rest, text,    i, n, word, begun) {
    n = split(text, word, " ")
    for (i = 1; i <= n; i++) {
        if (begun && width(first " " word[i]) > 79) { say(first); first = rest; begun = 0 }
        for (; width(first word[i]) > 79; first = rest) {
            say(first substr(word[i], 1, 79 - width(first)))
            word[i] = substr(word[i], 80 - width(first))
        }
        first = first (begun ? " " : "") word[i]
        begun = 1
    }
    say(first)
}
function behind(word, text) { return substr(text, index(text, " " word " ") + length(word) + 2) }
function field(name, text) {
    return match(text, " " name "=[^ ]*") ? substr(text, RSTART + length(name) + 2, RLENGTH - length(name) - 2) : ""
}

# --- which run: the record is read twice ----------------------------------------------------------
BEGIN {
    split(ENVIRON["COLOURS"], escape, "/")
    kinds = split("uts mnt ipc net user time time_for_children cgroup", kind, " ")
    split("hostname,mounts,IPC objects,network,users,clocks,,groups", holds, ",")
    lab = ENVIRON["LAB"]
    program_name = substr(lab, index(lab, "-") + 1)
    root = "?"
    ARGV[ARGC++] = ARGV[1]
}
/^build-failed / { why = substr($0, 14) }
/^run / { run++; split("", trusted); alike = "" }
FNR == NR && /^run / { name[++runs] = $2 }
FNR == NR && $2 ~ /^(loop|sleeper|neighbour)$/ { trusted[$3] }
FNR == NR && $2 ~ /^(loop|sleeper|move|followed|lost)$/ {
    if ($2 != "loop" || !(run in subject)) subject[run] = $3
    shows[run] = 1
}
FNR == NR && $2 == "process" {
    spaces = substr($0, index($0, " ns/"))
    if (!($3 in trusted) || (alike != "" && spaces != alike)) shows[run] = 1
    alike = spaces
}
FNR == NR { next }
FNR == 1 {
    for (chosen = 1; chosen <= runs && (ENVIRON["RUN"] == "" ? !shows[chosen] : name[chosen] != ENVIRON["RUN"]); ) chosen++
    if (chosen > runs && ENVIRON["RUN"] == "") chosen = 1
    run = 0
}
run != chosen { next }

# --- the facts of that run; for each moment of its CPUs a line of notes -----------------------------
function meet(pid) { if (pid > 0 && !(pid in met)) { met[pid]; meets[++meeting] = pid } }
function add(where, sign, text) {
    at[++moments] = pad(program == "" ? " before" : " " $1 " s", 11)
    cpu[moments] = where; mark[moments] = sign; note[moments] = text
    if (where != "" && !used[where]++) columns++
    if (where + 0 > highest) highest = where + 0
}
$2 == "not-here" { absent = behind($2, $0) }
$2 ~ /^(loop|sleeper|neighbour)$/ { role[$3] = "a " ($2 == "loop" ? "busy loop" : $2); rank[$3] = ++ranks }
$2 == "drawn" { drawn[$3] = $4 }
$2 == "start" {
    program = $3; role[program] = "the program"
    if (!(run in subject)) subject[run] = program
    add("", "", "the program starts: " program_name " " behind($3, $0 " "))
}
$2 == "writer" { writer = $3; meet(writer) }
$2 == "namespace" { late[$3, $4] = $5; meet($3) }
$2 ~ /^(out|err)$/ {
    words = behind($2, $0)
    if (!(writer in said)) said[writer] = words
    if ($2 == "err") last_words = " Its last words: " words
    claims = / (is on|s:) CPU [0-9]+$/
    if (claims) strip = 1
    add(claims ? $NF : "", "....", "\"" words "\"")
}
$2 == "look" { looks++; moment[looks] = $1 }
$2 == "process" {
    who[looks, ++size[looks]] = $3; facts[looks, $3] = $0
    if (!($3 in role) || $3 == program) ours[looks]++
    if ($3 == subject[run]) add(field("psr", $0), "####", "has run " field("ran", $0) " s; may use CPU " field("allowed", $0) \
        (field("cgroup", $0) == "/" ? "" : "; in group " field("cgroup", $0)))
}
$2 ~ /^(inside|closed)$/ {
    words = behind($4, $0)
    if ($4 == "uts") words = "hostname " words
    if ($5 ~ /^mounts=/ && (shared = 1)) words = field("mounts", $0) " mounts, " field("shared", $0) " of them shared"
    if ($5 ~ /^(at|in)-folder$/) words = $5 ~ /^at/ ? $6 " at " drawn["DIRECTORY"] : "file " drawn["DIRECTORY"] "/" $6
    inside[$3, $4] = inside[$3, $4] ", " words
}
$2 ~ /^(loop|sleeper|move|followed|lost)$/ { strip = 1 }
$2 == "followed" { add($4, "####", "has come here") }
$2 == "lost" { add("", "", "has not come to CPU " $4) }
$2 == "move" && end == "" { add("", "", "somebody moves it to CPU " $4) }
$2 == "signal" && end == "" { add("", "", "the program gets SIG" $3) }
$2 == "left" { add("", "", "left behind: " behind($2, $0)) }
$2 ~ /^(exit|killed)$/ {
    end = " It ended after " $1 " s: " $2 " " $3 "."
    add("", "", "the program ends: " $2 " " $3)
}

# The first look that shows most of the program. If none does: what its lines tell, which is not all.
function choose(    i, j, k, p, text) {
    for (i = 1; i <= looks; i++) if (!best || ours[i] > ours[best]) best = i
    for (k = 1; k <= 2 + ranks; k++) for (i = 1; i <= size[best]; i++) {
        p = who[best, i]
        if (k != (p == program ? 1 : p in role ? 2 + rank[p] : 2)) continue
        pids[++all] = p
        text = facts[best, p]
        parent[p] = field("parent", text); chain[p] = field("nspid", text); ended[p] = field("state", text) == "Z"
        space[p] = field("ns/pid", text); next_one[p] = field("ns/pid_for_children", text)
        for (j = 1; j <= kinds; j++) value[p, j] = field("ns/" kind[j], text)
        if (depth(p) == 1 && space[p] != "-") root = space[p]
    }
    looked = all
    if (program != "") meet(program)
    for (i = 1; !ours[best] && i <= meeting; i++) {
        p = pids[++all] = meets[i]
        space[p] = (p, "pid") in late ? late[p, "pid"] : root
        next_one[p] = (p, "pid_for_children") in late ? late[p, "pid_for_children"] : space[p]
        chain[p] = p (space[p] == root ? "" : ",?")
        if (space[p] != root) unknown = 1
    }
}
function depth(p,    n) { return split(chain[p], n, ",") }
function pid_in(p, level,    n) { split(chain[p], n, ","); return n[level > 0 ? level : 1] }

# --- the tree of PID namespaces: A is the one of the cage --------------------------------------------
function letter(ns) {
    if (!(ns in number)) number[ns] = ++numbers
    return substr("ABCDEFGHIJKLMNOPQRSTUVWXYZ", number[ns], 1)
}
function coloured(ns, text) { letter(ns); return sprintf("%c", 1 + number[ns] % 3) text "\006" }
function prepare(    i, j, p) {
    letter(root)
    for (j = 1; j <= 9; j++) for (i = 1; i <= all; i++) if (depth(p = pids[i]) == j) {
        if (j == 1) space[p] = root
        letter(space[p]); lives[space[p]]
        label[p] = p in role ? role[p] : p in said ? "says \"" said[p] "\"" : ""
        above[p] = parent[p] in chain ? parent[p] : 0
        left[above[p]]++
        if (ended[p]) { next_one[p] = space[p]; label[p] = "(has ended, nobody has waited for it) " label[p] }
        else if (i <= looked && !above[p] && !(p in role)) label[p] = "(its parent has ended) " label[p]
        if (j > 2 || (j == 2 && space[above[p]] == space[p])) label[p] = "= PID " p " in A " label[p]
        if (elsewhere(p)) tree = 1
    }
    if (numbers > 1 || ours[best] > 1) tree = 1
}
function elsewhere(p) { return next_one[p] != space[p] }
function row(start, text, end) {
    start = start text
    while (width(start) > 79 - width(end)) start = substr(start, 1, length(start) - 5) "...\006"
    say(pad(start, 79 - width(end)) end)
}
function edge(ns, to, text) { return coloured(ns, pad("+" text, to - 1, "-") "+") }
function title(ns) { return "- PID namespace " letter(ns) (ns ~ /^[0-9]/ ? " = pid:[" ns "]" : "") (ns == root ? ", in which it was started " : " ") }
function wall(ns) { return coloured(ns, "|") }
function trunk(p) { return p && left[p] > 0 ? " |" : "  " }
function outside(p, c) { return (p ? " +-- " : "") "PID " coloured(root, pid_in(c, depth(c) - 1)) " ==" }
function inner(p) { return "PID " coloured(space[p], pid_in(p, depth(p))) "  " label[p] }
# What stands below a process: where its next child is born; its children in the same namespace; a box
# for each other namespace in which it has children. 0 stands for whoever has started all.
function below(p, start, end,    i, j, c, ns, w, done) {
    if (p && (elsewhere(p) || (p == program && numbers > 1 && ours[best])))
        row(start trunk(p) "   ", "the next child that it forks is born in " (next_one[p] == "-" ? "a new, empty namespace" : \
            coloured(next_one[p], letter(next_one[p])) (next_one[p] in lives ? "" : ", where nobody is left")), end)
    ns = p ? space[p] : root
    for (i = 1; i <= all; i++) if (above[c = pids[i]] == p && space[c] == ns) {
        if (p) row(start " |", "", end)
        left[p]--
        row(start (p ? " +-- " : ""), inner(c), end)
        below(c, start (p ? trunk(p) "   " : ""), end)
    }
    for (i = 1; i <= all; i++) if (above[pids[i]] == p && space[pids[i]] != ns && !index(done, " " space[pids[i]] " ")) {
        ns = space[pids[i]]; done = done " " ns " "
        w = 0
        for (j = i; j <= all; j++) if (above[c = pids[j]] == p && space[c] == ns && width(outside(p, c)) > w) w = width(outside(p, c))
        row(start trunk(p), "", end)
        row(start pad(trunk(p), w), edge(ns, 79 - w - width(start end), title(ns)), end)
        for (j = i; j <= all; j++) if (above[c = pids[j]] == p && space[c] == ns) {
            left[p]--
            row(start pad(outside(p, c), w, "=") wall(ns) "== ", inner(c), " " wall(ns) end)
            below(c, start pad(trunk(p), w) wall(ns) "   ", " " wall(ns) end)
        }
        row(start pad(trunk(p), w), edge(ns, 79 - w - width(start end)), end)
        ns = p ? space[p] : root
    }
}
function draw_tree(    i, p, moved) {
    say(" " edge(root, 78, title(root)))
    below(0, " " wall(root) "  ", " " wall(root))
    say(" " edge(root, 78))
    for (i = all; i; i--) {
        if (depth(pids[i]) > 1) two = pids[i]
        if (elsewhere(pids[i])) moved = pids[i]
    }
    p = two
    if (looked && two) wrap(" ", " ", "PID " pid_in(p, depth(p) - 1) " ==|== PID " pid_in(p, depth(p)) " is one process with two numbers: " \
        pid_in(p, depth(p) - 1) " for whoever is outside of the box, " pid_in(p, depth(p)) " for whoever is in it.")
    else if (looked > 1) wrap(" ", " ", "All are in one PID namespace, so each process has one number.")
    if (looked && moved) wrap(" ", " ", "PID " moved " itself stays in " letter(space[moved]) ", as /proc/" moved "/ns/pid shows; only its children are born elsewhere, as pid_for_children beside it shows.")
    if (looked) wrap(" ", " ", "pid:[...] is the number of a namespace, as ls -l /proc/PID/ns shows it.")
    say("")
}

# --- the other kinds of namespaces ------------------------------------------------------------------
function differs(k,    i) {
    for (i = 2; i <= looked; i++) if (value[pids[i], k] != value[pids[1], k]) return 1
    return 0
}
function draw_table(    i, k, a, head, cell, same, p) {
    for (k = 1; k <= kinds; k++) if (!differs(k)) same = same " " kind[k]
    for (a = 1; a <= looked; a += 5) {
        if (a > 1) say("")
        head = pad(" kind", 19); cell = pad("", 19)
        for (i = a; i <= looked && i < a + 5; i++) {
            p = pids[i]; head = head pad("PID " p, 12)
            cell = cell pad(p in role ? role[p] : parent[p] == program ? "its child" : "another", 12)
        }
        say("\004" head "\006"); say(cell)
        for (k = 1; k <= kinds; k++) if (differs(k)) {
            cell = pad(" " kind[k] (holds[k] == "" ? "" : ", " holds[k]), 19)
            for (i = a; i <= looked && i < a + 5; i++) {
                p = value[pids[i], k]
                cell = cell pad(p == value[pids[1], k] ? p : "\003" p "*\006", 12)
            }
            say(cell)
        }
    }
    wrap(" ", " ", "A number is a namespace. * is another one than that of PID " pids[1] "." (same == "" ? "" : " The same for all:" same "."))
    say("")
}
function draw_inside(    i, k, p, any) {
    for (k = 1; k <= kinds; k++) for (i = 1; i <= all; i++) if (((p = pids[i]), kind[k]) in inside) {
        if (!any++) say("\004 what they see\006")
        wrap(pad(" " kind[k], 8) pad("PID " p, 11), pad("", 19), substr(inside[p, kind[k]], 3))
    }
    if (any && shared) wrap(" ", " ", "shared: what is mounted there shows up in other mount namespaces, too.")
    if (any) say("")
}

# --- CPUs over time: a line for each moment -----------------------------------------------------------
function draw_strip(    i, j, head, p) {
    p = subject[chosen]
    say("\004 PID " p ", " role[p] (p == program ? "" : " of the check") ", on its CPUs. Time goes down.\006")
    head = pad(" time", 11) (columns > 5 ? "CPU" : "")
    for (i = 0; columns < 6 && i <= highest; i++) if (i in used) head = head pad("CPU " i, 8)
    say(head)
    for (i = 1; i <= moments && i < 60; i++) {
        if (columns > 5) at[i] = at[i] pad(cpu[i] " " mark[i], 9)
        for (j = 0; columns < 6 && j <= highest; j++) if (j in used) at[i] = at[i] pad(cpu[i] != "" && j == cpu[i] ? mark[i] : "", 8)
        wrap(at[i], pad("", width(at[i])), note[i])
    }
    wrap(" ", " ", "#### there the kernel showed it; .... there the program says it is. What it has run is CPU time.")
    say("")
}

# --- all of it --------------------------------------------------------------------------------------
END {
    if (why != "") {
        wrap("", "", "There is nothing to draw: " why ". Change that, then type: make lab" ENVIRON["AGAIN"])
        exit
    }
    if (chosen > runs) wrap("", "", "There is no run " ENVIRON["RUN"] " in this record.")
    else draw()
    for (i = 1; i <= runs; i++) names = names " " name[i]
    wrap("\005Runs: ", "      ", names)
    wrap("      ", "      ", "To draw another one, type: make look" ENVIRON["AGAIN"] " ARGS=" name[chosen < runs ? chosen + 1 : 1] "\006")
    exit chosen > runs ? 2 : 0
}
function draw(    i, k, table) {
    choose()
    prepare()
    for (k = 1; k <= kinds; k++) if (differs(k)) table = 1
    wrap("\004Lab " (lab + 0) "  " program_name "\006, ", "", "run " name[chosen] (looked && (tree || table) ? \
        ": what the kernel showed" (ours[best] ? " " moment[best] " s after the start" : "") : ""))
    say("")
    if (absent != "") {
        i = index(absent, "; ")
        wrap(" ", " ", "This machine cannot show it: " substr(absent, 1, i - 1) ". To do: " substr(absent, i + 2) ".")
        say("")
        return
    }
    if (tree || !(table || strip)) draw_tree()
    if (table) draw_table()
    draw_inside()
    if (strip) draw_strip()
    else if (!ours[best]) {
        wrap(" ", " ", "Nobody looked while the program ran, so this is not all" (unknown ? ", and ? is a number that nobody saw" : "") "." end last_words)
        say("")
    }
}
