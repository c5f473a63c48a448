# What the scripts of all rooms share. Each of them sources it before anything else:
#     . "${0%/*}/../lib.bash"
# shellcheck shell=bash
unset CDPATH

# usage: prints the comment at the top of the script that was started.
usage() {
    local line
    while IFS= read -r line && [[ -n $line ]]; do
        [[ $line = '#!'* || $line != '#'* ]] || { line=${line#\#} && echo "${line# }"; }
    done <"$0"
}

# arguments MIN MAX ARGUMENT...: --help prints the usage; another number of arguments is refused with
# it, status 2. MAX - is no limit.
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
    labs=()
    for check in "${1:-.}"/tests/[0-9]*-*.bats; do
        check=${check##*/}
        [[ $check != *'*'* ]] || continue
        labs+=("${check%.bats}")
    done
}

# number_of LAB: sets number: "01-clone-pid1" is lab 1.
number_of() {
    number=$((10#${1%%-*}))
}

# source_of LAB: sets source: NN-name/name.c, below a tree of labs.
source_of() {
    source=$1/${1#*-}.c
}

# colours: sets bold, green, red, yellow, dim and plain, empty where stdout is no terminal or a dumb one, or
# with NO_COLOR.
# shellcheck disable=SC2034 # the script that sources this file uses them
colours() {
    bold='' green='' red='' yellow='' dim='' plain=''
    if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-}" != dumb ]; then
        bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' yellow=$'\e[33m' dim=$'\e[2m' plain=$'\e[0m'
    fi
}

# paragraph INDENT FIRST TEXT: TEXT in lines of at most 79 columns, behind FIRST; the second and later
# lines begin with INDENT. A word that is longer than a line is cut.
paragraph() {
    local indent=$1 line=$2 word room=$((79 - ${#1}))
    local -a long words=()
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
            printf '%s\n' "$line"
            line=$indent$word
        else
            line+=${line:+ }$word
        fi
    done
    printf '%s\n' "$line"
}
