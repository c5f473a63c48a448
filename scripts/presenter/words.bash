# The words of a step in solutions/LAB/demo.bash: title, say, show_c, run, start, until_ended, tree, group, strip
# and answer. scripts/presenter/present sources this file and has the variables.
# shellcheck shell=bash disable=SC2154,SC2034

title() {
    title=$1
}

# In top a line has its kind before it: t text, c C, $ a command.
say() {
    [ "$phase" = show ] || return 0
    top+=("t $1")
}

# answer TEXT: below what the kernel says, after Enter.
answer() {
    [ "$phase" = run ] || return 0
    answers+=("$1")
    draw
}

# show_c NAME ADDRESS...: lines of a program, out of what its student writes (where that is nothing, of what
# stands above "given; read it later"); ADDRESS is sed's.
show_c() {
    [ "$phase" = show ] || return 0
    local lines file
    file=$(echo solutions/*-"$1/$1.c")
    lines=$(if grep -q 'BEGIN SOLUTION' "$file"; then
        sed -n '/BEGIN SOLUTION/,/END SOLUTION/{ /SOLUTION$/d; /\/\/|/d; p; }' "$file"
    else
        sed '/given; read it later/,$d' "$file"
    fi | sed -n "$(printf '%sp;' "${@:2}")")
    [ -n "$lines" ] || fail 1 "present: the reference of $1 has no such line: ${*:2}"
    mapfile -t -O ${#top[@]} top < <(sed "s/^${lines%%[! ]*}//; s/^/c /" <<<"$lines")
}

# run COMMAND: in the folder $dir.
run() {
    if [ "$phase" = show ]; then
        top+=("$ $1")
        return
    fi
    local lines
    mark
    mapfile -t lines < <(cd "$dir" && eval "$1" 2>&1 | sed 's/^.*words.bash: line [0-9]*:/bash:/' | expand)
    add "${lines[@]}"
}

# with_group NAME ARGUMENT...: a program of a lab; GROUP among its arguments is an empty group, as in make runN.
with_group() {
    WITNESS=${BUILD:-build}/witness bash scripts/student/run "$(realpath "$(command -v "$1")")" "${@:2}"
}

# start LINES NAME [ARGUMENT...]: a program in the background, until it has said so many lines. Then
# started is its PID, and child and second are those that clone() and fork() returned in it.
start() {
    if [ "$phase" = show ]; then
        top+=("$ ${*:2} &")
        return
    fi
    mark
    said=$(mktemp -p "$folder") heard=0
    "${guard[@]}" "${@:2}" >"$said" 2>&1 </dev/null &
    started=$!
    poll has_said "$1"
    listen
    read -rd '' child second < <(sed -n 's/.* returned //p' "$said") || true
}

# until_ended PID: the kernel takes a moment to end a process; what was started may have last words.
until_ended() {
    [ "$phase" = show ] && return
    poll has_ended "$1"
    listen
}

# tree NAME PID...: namespaces of a parent and of its children. Before it began, it had those of this
# shell: other ones are marked.
tree() {
    [ "$phase" = run ] || return 0
    local before branch=''
    before=$(readlink "/proc/$$/ns/pid")
    leaf 'before  pid' $$ pid
    leaf pid_for_children $$ pid_for_children
    while [ $# -gt 0 ]; do
        if has_ended "$2"; then
            right+=("$branch$1 $2 has ended")
        else
            leaf "$(printf '%-18s pid' "$branch$1 $2")" "$2" pid
            leaf pid_for_children "$2" pid_for_children
            [ -z "$branch" ] || right+=("$(sed -n 's/^NSpid:/                 NSpid/p' "/proc/$2/status" | tr '\t' ' ')")
        fi
        branch='\_ '
        shift 2
    done
    draw
}

leaf() {
    local link
    link=$(readlink "/proc/$2/ns/$3") || true
    right+=("$(printf '%22s %s' "$1" "$(tr -dc 0-9 <<<"$link")")")
    [ "$link" = "$before" ] || right[-1]+=' *'
}

# group FOLDER FILE...: what the files of a group say, and what the kernel says of the process $loop.
group() {
    [ "$phase" = run ] || return 0
    local file text longest
    longest "${@:2}" cpus_allowed
    right=("$1/")
    for file in "${@:2}"; do
        text=$(paste -sd' ' "$dir/$1/$file")
        right+=("$(printf "  %-${longest}s %s" "$file" "${text:-(empty)}")")
    done
    right+=("process $loop")
    right+=("$(printf "  %-${longest}s %s" cgroup "$(grep -m 1 -e ':cpuset:' -e '^0::' "/proc/$loop/cgroup")")")
    right+=("$(printf "  %-${longest}s %s" cpus_allowed "$(sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$loop/status")")")
    draw
}

# strip COLUMNS [CPU...]: for so many ticks, or until a key is typed, the CPU that the process $loop is
# on, among those CPUs.
strip() {
    [ "$phase" = run ] || return 0
    local i cpu row
    [ ${#rows[@]} != 0 ] || all_rows
    for ((i = 0; i < $1; i++)); do
        cpu=$(psr "$loop") || return 0
        for row in "$cpu" "${@:2}"; do
            [ -n "${rows[row]+known}" ] || new_row "$row"
        done
        for row in "${!rows[@]}"; do
            ((row == cpu)) && rows[row]+='#' || rows[row]+='.'
        done
        draw
        sleep "${TICK:-0.1}"
        [ -z "$ending" ] || return 0
        [ "$mode" != keys ] || ! read -rt 0 || return 0
    done
}

# --- what the words need ----------------------------------------------------------------------------

# poll COMMAND...: until it succeeds, or for 5 s.
poll() {
    local i
    for ((i = 0; i < 250; i++)); do
        ! "$@" || return 0
        sleep 0.02
    done
}

has_said() {
    [ "$(wc -l <"$said")" -ge "$1" ]
}

# What the started program has said since it was listened to. Of more than a screen has room for, its first
# and its last lines: a loop says as much as the scheduler moves it.
listen() {
    local lines count
    mapfile -t -s "$heard" lines <"$said"
    count=${#lines[@]} heard=$((heard + ${#lines[@]}))
    ((count <= 12)) || lines=("${lines[@]:0:5}" "($((count - 11)) lines more)" "${lines[@]: -6}")
    add "${lines[@]}"
}

# Lines of a program, to those of others.
add() {
    left+=("$@")
    draw
}

has_ended() {
    ! readlink "/proc/$1/ns/pid" >/dev/null
}

# The column PSR of ps, also where ps has none.
psr() {
    local stat
    read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
    read -ra stat <<<"${stat##*) }"
    echo "${stat[36]}"
}

# other_cpu CPU: one that we may use and that is not this one.
other_cpu() {
    local cpu
    for ((cpu = 0; cpu < $(getconf _NPROCESSORS_CONF); cpu++)); do
        if [ "$cpu" != "$1" ] && taskset -c "$cpu" true 2>/dev/null; then
            echo "$cpu"
            return
        fi
    done
    echo 'There is one CPU here: no process can move.' >&2
    return 1
}

# A command stands in the strip as a bar.
mark() {
    local row
    for row in "${!rows[@]}"; do
        rows[row]+='|'
    done
}

# Where there are few CPUs all have a row from the start: a row that comes later moves all that is below it.
all_rows() {
    local cpu count
    count=$(getconf _NPROCESSORS_CONF)
    for ((cpu = 0; count <= 6 && cpu < count; cpu++)); do
        ! taskset -c "$cpu" true 2>/dev/null || rows[cpu]=''
    done
}

# A CPU that was not seen yet. Six rows are as many as fit: the one that was left longest ago goes.
new_row() {
    local row past='' unused oldest='' longest=-1
    for row in "${!rows[@]}"; do
        past=${rows[row]//#/.} unused=${rows[row]##*#}
        ((${#unused} <= longest)) || oldest=$row longest=${#unused}
    done
    [ ${#rows[@]} -lt 6 ] || unset "rows[$oldest]"
    rows[$1]=$past
}
