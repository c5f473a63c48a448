# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(join end_of_first)

needs() {
    setns-join
}

join() {
    title 'setns(), then fork()'
    say 'The path is /proc/PID/ns/pid of a first child, made with clone(). Which PID does the second child get?'
    show_c setns-join '/open(/,/"setns"/' '/fork()/'
    start 5 setns-join 3600
    tree parent "$started" first "$child" second "$second"
    answer 'PID 2: it is born in the namespace of the first one, which is PID 1 there.'
}

end_of_first() {
    title 'SIGKILL to the first child'
    say 'Only the first child is killed. What becomes of the second, which nobody touches?'
    run "kill -KILL $child"
    until_ended "$second"
    tree parent "$started" first "$child" second "$second"
    answer 'It ends, too: a PID namespace ends with its PID 1, and everybody in it.'
}
