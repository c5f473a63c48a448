# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2034 # steps: read by scripts/presenter/present
# frozen_for SECONDS: a busy loop in an empty group, and how much CPU time it has had in the end.
frozen_for() {
    local loop
    busy-loop 30 >/dev/null &
    loop=$!
    with_group cgroup-freeze GROUP "$loop" "$1"
    kill "$loop"
    wait "$loop"
}

steps=(freeze_it)

needs() {
    frozen_for 0
}

freeze_it() {
    title 'a loop, frozen'
    say 'A loop that never sleeps, frozen for a second. Is it frozen when the write returns?'
    show_c cgroup-freeze '/"FROZEN" : "1"/'
    run 'frozen_for 1'
    answer 'Not yet: to ask is not to have. A file says when all of them stand.'
}
