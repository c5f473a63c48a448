# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(become_root look_outside)

needs() {
    user-map-root box
}

become_root() {
    title 'a new user namespace'
    say 'Which number does it have before the map, and after? With all capabilities: may it rename the machine?'
    show_c user-map-root '/unshare(/' '/uid_map/' '/if (sethostname(/'
    start 5 user-map-root box 3600
    answer 'Nobody (65534), then 0. But the name belongs to the machine, and not to its own user namespace.'
}

look_outside() {
    title 'the same process from outside'
    say 'What does its map say, and which rights does it have? Where do these rights count?'
    run "tr -s ' ' </proc/$started/uid_map"
    run "grep CapEff /proc/$started/status"
    run 'uname -n'
    answer 'All capabilities, over what its own user namespace owns. The machine has kept its name.'
}
