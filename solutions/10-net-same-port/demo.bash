# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(two_servers look_from_both)

needs() {
    net-same-port 28467
}

two_servers() {
    title 'one port, two processes'
    say 'The parent listens. The child leaves the network of the machine: can it reach its parent?'
    show_c net-same-port '/unshare(/' '/connect(/' '/SIOCSIFFLAGS/' '/listen_there();/'
    start 4 net-same-port 28467 3600
    answer 'No: it is empty in there, and lo is switched off. So the same address and port are free once more.'
}

look_from_both() {
    title 'what is in there'
    say 'How many interfaces, and who listens? 6F33 is port 28467, and 0A means that somebody listens.'
    run "tail -n +3 /proc/\$(pgrep -P $started)/net/dev | cut -c 1-40"
    run "cut -c 1-40 /proc/$started/net/tcp | grep :6F33"
    run "cut -c 1-40 /proc/\$(pgrep -P $started)/net/tcp | grep :6F33"
    answer 'One interface, and two servers on one port.'
}
