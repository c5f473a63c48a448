# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(clone terminate end)

needs() {
    clone-pid1
}

clone() {
    title 'clone() makes a child that is PID 1'
    say 'One call makes a process and its PID namespace. Which PID does the child have, inside and outside?'
    show_c clone-pid1 '/clone(/'
    start 4 clone-pid1 3600
    tree parent "$started" child "$child"
}

terminate() {
    title 'PID 1 ignores signals it has no handler for'
    say "SIGTERM ends most programs; this one has no handler for it. The child is $child outside, and 1 inside."
    run "kill $child"
    run "ps -o pid,stat,args -p $child"
    tree parent "$started" child "$child"
}

end() {
    title 'SIGKILL from outside always works'
    say 'With PID 1 its namespace ends. The parent waited for the child, and ends as well.'
    run "kill -KILL $child"
    until_ended "$started"
    tree parent "$started" child "$child"
}
