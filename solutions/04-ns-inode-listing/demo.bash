# What scripts/presenter/demo and, in steps, scripts/presenter/present show of this lab.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # number: set by until_said, started, child: by start; steps: read by scripts/presenter/present
demo() {
    say 'A namespace is an inode number. This shell beside a PID 1 of another PID namespace:'
    start clone-pid1 1
    until_said 'clone() returned'
    run ns-inode-listing $$ "$number"
    finish >/dev/null
}

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
