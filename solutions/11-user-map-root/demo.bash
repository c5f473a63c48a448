# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(become_root look_outside)

needs() {
    user-map-root box
}

become_root() {
    title 'nobody, then root'
    say 'A new user namespace, then a map. It has all capabilities: why may it not rename the machine?'
    show_c user-map-root '/unshare(/' '/uid_map/' '/if (sethostname(/'
    start 5 user-map-root box 3600
}

look_outside() {
    title 'the same process from outside'
    say 'What the map says, and which rights it has. Where do these rights count?'
    run "tr -s ' ' </proc/$started/uid_map"
    run "grep CapEff /proc/$started/status"
    run 'uname -n'
}
