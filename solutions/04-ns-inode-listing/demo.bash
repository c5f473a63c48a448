# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(somebody listing link)

needs() {
    clone-pid1
}

somebody() {
    title 'two processes'
    say 'A namespace has no name. How do we know that two processes share one?'
    start 4 clone-pid1 3600
    tree parent "$started" child "$child"
    answer 'By a number. * is behind each one that is not the number of this shell.'
}

listing() {
    title 'this shell beside the child'
    say "This shell, $$, beside the child, $child: in which lines do they differ?"
    show_c ns-inode-listing '/stat(path/,/st_ino/'
    run "ns-inode-listing $$ $child"
    answer 'In pid, and in pid_for_children: its own children are born where it is. They share all else.'
}

link() {
    title 'stat, with -L and without'
    say 'Two numbers for one path. Which of them is the namespace?'
    run "stat -L -c '%i %n' /proc/$child/ns/pid"
    run "stat -c '%i %n' /proc/$child/ns/pid"
    tree parent "$started" child "$child"
    answer 'The first: -L follows the link. Without it, it is the number of the link, which says nothing.'
}
