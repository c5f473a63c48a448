# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(change_the_view look_outside)

needs() {
    cgroup-view
}

change_the_view() {
    title 'unshare(), between two looks'
    say 'It reads in which group it is, twice. Has it moved in between?'
    show_c cgroup-view '/unshare(/'
    start 2 cgroup-view 3600
    answer 'No. Where it is has become the root of all that it can name.'
}

look_outside() {
    title 'from outside, and from inside'
    say 'First our names for its groups, then its own. Which of the two is right?'
    run "grep -e ^0: -e :memory: /proc/$started/cgroup"
    run "nsenter --cgroup --target $started grep -e ^0: -e :memory: /proc/$started/cgroup"
    answer 'Both: one group, and two names for it.'
}
