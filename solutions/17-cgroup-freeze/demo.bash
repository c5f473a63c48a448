# What scripts/presenter/demo and, in steps, scripts/presenter/present show of this lab.
# shellcheck shell=bash
# shellcheck disable=SC2034 # steps: read by scripts/presenter/present
demo() {
    say 'A loop that never sleeps is frozen for a second, and notices nothing but the clock.'
    "$(program busy-loop)" 30 >/dev/null &
    loop=$!
    show 'busy-loop 30 &'
    run cgroup-freeze GROUP "$loop" 1 || not_here 'above is why.'
    kill "$loop"
    wait "$loop"
}

# frozen_for SECONDS: a busy loop in an empty group, and how much CPU time it has had in the end.
frozen_for() {
    local program loop
    program=$(realpath "$(command -v cgroup-freeze)")
    busy-loop 30 >/dev/null &
    loop=$!
    "${program%/*/*/*}/witness" --group freezer "$program" GROUP "$loop" "$1"
    kill "$loop"
    wait "$loop"
}

steps=(freeze_it)

needs() {
    frozen_for 0
}

freeze_it() {
    title 'a group stands still'
    say 'A loop that never sleeps, frozen for a second. Is it frozen when the write returns?'
    show_c cgroup-freeze '/FROZEN/' '/nap/'
    run 'frozen_for 1'
}
