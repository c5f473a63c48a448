# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(two_segments look_from_both)

needs() {
    ipc-same-key 0x0511a85
}

two_segments() {
    title 'one key, two processes'
    say 'The parent has a segment with this key. The child leaves the IPC namespace, and looks for it. Is it there?'
    show_c ipc-same-key '/unshare(/' '/shmget(/'
    start 3 ipc-same-key 0x0511a85 3600
    answer 'No. A key is a name in one namespace: it is free again, and the child makes a segment of its own.'
}

look_from_both() {
    title 'the table, from outside and from inside'
    say 'The last but one column has the PID of the maker. Who made which?'
    run 'ipcs -m -p | grep -v "^$"'
    run "nsenter --ipc --target \$(pgrep -P $started) ipcs -m -p | grep -v '^\$'"
    answer 'Each namespace has a table of its own.'
}
