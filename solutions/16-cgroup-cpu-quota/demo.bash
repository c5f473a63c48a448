# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2034 # steps: read by scripts/presenter/present
steps=(use_it_up)

needs() {
    with_group cgroup-cpu-quota GROUP 20
}

use_it_up() {
    title 'a fifth of a CPU'
    say 'A loop that never sleeps, for two seconds. How long will it have run, and how often waited?'
    show_c cgroup-cpu-quota '/while (/,/wall =/'
    run 'with_group cgroup-cpu-quota GROUP 20 2'
    answer 'A fifth of the time, in some ten pieces a second, also on an idle machine.'
}
