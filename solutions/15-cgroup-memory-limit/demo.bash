# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2034 # steps: read by scripts/presenter/present
# with_group NAME ARGUMENT...: runs a program; GROUP stands for an empty group.
with_group() {
    local program
    program=$(realpath "$(command -v "$1")")
    "${program%/*/*/*}/witness" --group memory "$program" "${@:2}"
}

steps=(reach_the_limit)

needs() {
    with_group cgroup-memory-limit GROUP 8
}

reach_the_limit() {
    title 'so much memory, and no more'
    say 'A group of 8 MiB, and a child that wants 16. At which line will it end, and who says so?'
    show_c cgroup-memory-limit '/memset(/' '/WIFSIGNALED/'
    run 'with_group cgroup-memory-limit GROUP 8'
}
