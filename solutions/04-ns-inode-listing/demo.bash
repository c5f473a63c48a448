# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(somebody listing link)

needs() {
    clone-pid1
}

somebody() {
    title 'somebody in another PID namespace'
    say 'A namespace has no name. How do we know that two processes share one?'
    start 4 clone-pid1 3600
    tree parent "$started" child "$child"
}

listing() {
    title 'a namespace is an inode number'
    say "This shell, $$, beside the child, $child: in which lines do they differ?"
    show_c ns-inode-listing '/stat(path/,/st_ino/'
    run "ns-inode-listing $$ $child"
}

link() {
    title 'the link has a number of its own'
    say 'stat -L follows the link to the namespace. Without -L it looks at the link, which says nothing.'
    run "stat -L -c '%i %n' /proc/$child/ns/pid"
    run "stat -c '%i %n' /proc/$child/ns/pid"
    tree parent "$started" child "$child"
}
