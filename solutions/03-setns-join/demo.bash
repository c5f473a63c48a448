# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(join end_of_first)

needs() {
    setns-join
}

join() {
    title 'setns() joins, and the next child is PID 2'
    say 'The path is /proc/PID/ns/pid of a first child, made with clone().'
    show_c setns-join '/open(/,/"setns"/' '/fork()/'
    start 5 setns-join 3600
    tree parent "$started" first "$child" second "$second"
}

end_of_first() {
    title 'a PID namespace ends with its PID 1'
    say 'Only the first child is killed. What becomes of the second, which nobody touches?'
    run "kill -KILL $child"
    until_ended "$second"
    tree parent "$started" first "$child" second "$second"
}
