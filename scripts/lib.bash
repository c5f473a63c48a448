# What the scripts of all rooms share. Each of them sources it before anything else:
#     . "${0%/*}/../lib.bash"
# shellcheck shell=bash
unset CDPATH

# All C here is compiled with these, at home, in tests and in grading. An unfinished program has unused
# variables and functions; to be told so helps nobody.
# shellcheck disable=SC2034
c_flags=(-std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wno-unused -Wno-unused-parameter)

# usage: prints the comment at the top of the script that was started.
usage() {
    local line
    while IFS= read -r line && [[ -n $line ]]; do
        [[ $line = '#!'* || $line != '#'* ]] || { line=${line#\#} && echo "${line# }"; }
    done <"$0"
}

# arguments MIN MAX ARGUMENT...: --help prints the usage; another number of arguments is refused with
# it, status 2. MAX - sets no limit.
arguments() {
    case ${3:-} in
        -h | --help) usage && exit ;;
    esac
    if (($# - 2 < $1)) || [[ $2 != - && $(($# - 2)) -gt $2 ]]; then
        usage >&2
        exit 2
    fi
}

# die STATUS SENTENCE...
die() {
    printf '%s\n' "${@:2}" >&2
    exit "$1"
}

# find_labs [PROJECT]: sets labs to all labs (NN-name): a lab is a check file tests/NN-name.bats.
find_labs() {
    local check
    labs=() labs_of=${1:-.}
    for check in "${1:-.}"/tests/[0-9]*-*.bats; do
        check=${check##*/}
        [[ $check != *'*'* ]] || continue
        labs+=("${check%.bats}")
    done
}

# shellcheck disable=SC2034
# number_of LAB: sets number: "01-clone-pid1" is lab 1.
number_of() {
    number=$((10#${1%%-*}))
}

# shellcheck disable=SC2034
# source_of LAB: sets source: NN-name/name.c, below a tree of labs.
source_of() {
    source=$1/${1#*-}.c
}

# is_guest LAB [RUNS]: whether it runs in the virtual machine only. Its checks say so, or a file with their runs: one of
# them has the step guest.
is_guest() {
    local text
    IFS= read -rd '' text <"${2:-${labs_of:-.}/tests/$1.bats}" || true
    [[ $text = *$'\n#>   guest\n'* ]]
}

# needs_guest LAB: whether it runs in the virtual machine only, and this is none, and none was asked for.
needs_guest() {
    [ -z "${VM:-}" ] && is_guest "$1" && ! grep -qsw 'oslabs.guest=1' /proc/cmdline
}

# is_demonstration LAB: there is nothing to write, and so there are no points: what lies in labs/ is the whole
# program. Its checks say so, in a line of their own.
is_demonstration() {
    local text
    IFS= read -rd '' text <"${labs_of:-.}/tests/$1.bats" || true
    [[ $text = *$'\n# what: demonstration\n'* ]]
}

# shellcheck disable=SC2034
# leave_out_demonstrations: takes them out of labs.
leave_out_demonstrations() {
    local lab all=("${labs[@]}")
    labs=()
    for lab in "${all[@]}"; do
        is_demonstration "$lab" || labs+=("$lab")
    done
}

# shellcheck disable=SC2034
# words_of LAB: sets behind to what its verbs need behind them: VM=1, or nothing.
words_of() {
    behind=''
    ! is_guest "$1" || behind=' VM=1'
}

# guest_only VERB LAB: says that it runs in the virtual machine only; on a terminal it is offered. Ends the script,
# with the status of the verdicts: make has but one.
guest_only() {
    local number answer=n status
    number_of "$2"
    echo "Lab $number runs in the virtual machine only, which needs no root here. Type: make $1$number VM=1"
    if [ -t 0 ] && [ -t 1 ] && [ -z "${WATCHED:-}" ]; then
        read -rp 'Do that now? [Y/n] ' answer || { echo && exit 77; }
    fi
    [[ ${answer,,} = @(|y|yes) ]] || exit 77
    said=$(mktemp)
    trap 'rm "$said"' EXIT
    VERDICTS_STATUS=$said make "$1$number" VM=1 && exit
    status=$(<"$said")
    exit "${status:-2}"
}

# no_file NAME: says that this source of a lab is not there, what may be it, and what to type.
no_file() {
    local folder=${1%/*} other yours='' number
    number_of "${folder##*/}"
    for other in "$folder"/*.[cC]*; do
        [ ! -f "$other" ] || yours=$other
    done
    echo "There is no $1."
    [ -z "$yours" ] || echo "If yours has another name, type: mv ${yours@Q} ${1@Q}"
    case $folder in
        labs/*) echo "For the starter type: make reset$number" ;;
        *) echo "A tree of labs has NN-name/name.c for each: is FROM=${folder%/*} right?" ;;
    esac
}

# colours: sets bold, green, red, yellow, dim and plain, empty where stdout is not a terminal or a dumb one, or
# with NO_COLOR.
# shellcheck disable=SC2034 # the script that sources this file uses them
colours() {
    bold='' green='' red='' yellow='' dim='' plain=''
    if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-}" != dumb ]; then
        bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' yellow=$'\e[33m' dim=$'\e[2m' plain=$'\e[0m'
    fi
}

# paragraph INDENT FIRST TEXT: prints TEXT in lines of at most 79 columns, behind FIRST; the second and later
# lines begin with INDENT. A word that is longer than a line is cut.
paragraph() {
    fold_text "$@"
    printf '%s\n' "$folded"
}

# fold_text INDENT FIRST TEXT: sets folded to what paragraph prints.
fold_text() {
    local indent=$1 line=$2 word room=$((79 - ${#1}))
    local -a long words=()
    folded=''
    read -ra long <<<"$3"
    for word in "${long[@]}"; do
        while ((${#word} > room)); do
            words+=("${word:0:room}")
            word=${word:room}
        done
        words+=("$word")
    done
    for word in "${words[@]}"; do
        if ((${#line} + ${#word} + 1 > 79)); then
            folded+=$line$'\n'
            line=$indent$word
        else
            line+=${line:+ }$word
        fi
    done
    folded+=$line
}

# shellcheck disable=SC2034
# words_behind: sets behind to what stands behind make to have the same machine again.
words_behind() {
    local name
    behind=''
    for name in VM CGROUP CPUS KERNEL ARCH VMUSER; do
        [[ -z ${VM:-} || -z ${!name:-} ]] || behind+=" $name=${!name}"
    done
}

# find_checked OUT LAB: sets checked to the folders with verdicts of the file that lies there now: that of
# OUT first, then those of this machine and of virtual ones.
find_checked() {
    local dir build=${BUILD:-build} tree
    tree=${1#"$build"/} checked=()
    tree=${tree#vm-*/}
    for dir in "$1" "$build/$tree" "$build"/vm-*/"$tree"; do
        dir=$dir/$2
        [[ -f $dir/verdicts && " ${checked[*]} " != *" $dir "* ]] || continue
        ! sha256sum -c "$dir/verdicts.of" >/dev/null 2>&1 || checked+=("$dir")
    done
}

# shellcheck disable=SC2034
# lab_after LAB: sets after to the lab that comes next, or to nothing.
lab_after() {
    local lab labs
    after=''
    find_labs
    for lab in "${labs[@]}"; do
        [[ ! $lab > $1 ]] || { after=$lab && return; }
    done
}

# read_verdicts TABLE: what scripts/student/judge has written, from check 1 on: sets verdict[], points[],
# sentence[], seen[], expected[] and likely[], all empty where there is no such table.
# shellcheck disable=SC2034
read_verdicts() {
    local line field
    verdict=() points=() sentence=() seen=() expected=() likely=()
    [ -f "$1" ] || return 0
    while IFS= read -r line; do
        IFS=$'\x1f' read -r -a field <<<"${line//$'\t'/$'\x1f'}" # a tab would not end an empty field
        verdict[field[1]]=${field[2]} points[field[1]]=${field[3]} sentence[field[1]]=${field[4]:-}
        seen[field[1]]=${field[5]:-} expected[field[1]]=${field[6]:-} likely[field[1]]=${field[7]:-}
    done <"$1"
}

# must_have_passed OUT LAB VERB: ends the script with 2, and says what to type, unless the file that lies there now
# has passed all checks of that lab, here or in a virtual machine, or SPOIL=1 was typed. After number_of.
must_have_passed() {
    local checked dir why="Lab $number was not checked since its file was changed. Type first: make lab$number"
    [ "${SPOIL:-}" != 1 ] || return 0
    find_checked "$1" "$2"
    for dir in "${checked[@]}"; do
        why="Not all checks of lab $number have passed yet. Type: make lab$number, or make hint$number"
        cut -f 3 "$dir/verdicts" | grep -qvx pass || return 0
    done
    die 2 "$why" "To see it all the same, type: make $3$number SPOIL=1"
}
