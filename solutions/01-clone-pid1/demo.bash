# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(clone terminate end)

needs() {
    clone-pid1
}

clone() {
    title 'clone(), with a flag'
    say 'One call makes a process and its PID namespace. Which PID does the child have, inside and outside?'
    show_c clone-pid1 '/clone(/'
    start 4 clone-pid1 3600
    tree parent "$started" child "$child"
    answer "1 inside, $child outside: one process, and a number in each namespace."
}

terminate() {
    title 'SIGTERM to the child'
    say "SIGTERM ends most programs; this one has no handler for it. The child is $child outside, and 1 inside. Will it end?"
    run "kill $child"
    run "ps -o pid,stat,args -p $child"
    tree parent "$started" child "$child"
    answer 'No: PID 1 ignores signals that it has no handler for.'
}

end() {
    title 'SIGKILL to the child'
    say 'And SIGKILL, from outside? What about the parent, which waits for it?'
    run "kill -KILL $child"
    until_ended "$started"
    tree parent "$started" child "$child"
    answer 'From outside SIGKILL always works. With PID 1 its namespace ends, and the parent has nobody to wait for.'
}
