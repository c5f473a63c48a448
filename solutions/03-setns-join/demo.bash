# What scripts/presenter/demo and, in steps, scripts/presenter/present show of this lab.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # started, child, second: set by start; steps: read by scripts/presenter/present
demo() {
    say 'setns() joins the namespace of the first child: the next child is PID 2 in it.'
    run setns-join
}

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
