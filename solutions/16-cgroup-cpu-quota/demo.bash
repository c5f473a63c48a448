# What scripts/presenter/demo and, in steps, scripts/presenter/present show of this lab.
# shellcheck shell=bash
# shellcheck disable=SC2034 # steps: read by scripts/presenter/present
demo() {
    say 'A loop that never sleeps, in a group that has a fifth of a CPU. The machine may be idle.'
    run cgroup-cpu-quota GROUP 20 2 || not_here 'above is why.'
}

# with_group NAME ARGUMENT...: runs a program; GROUP stands for an empty group.
with_group() {
    local program
    program=$(realpath "$(command -v "$1")")
    "${program%/*/*/*}/witness" --group 'cpu cpuacct' "$program" "${@:2}"
}

steps=(use_it_up)

needs() {
    with_group cgroup-cpu-quota GROUP 20
}

use_it_up() {
    title 'a fifth of a CPU'
    say 'A loop that never sleeps, for two seconds. How long will it have run, and how often waited?'
    show_c cgroup-cpu-quota '/while (/,/wall =/'
    run 'with_group cgroup-cpu-quota GROUP 20 2'
}
