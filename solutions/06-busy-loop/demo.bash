# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(watch move tell)

needs() {
    other_cpu 0
}

watch() {
    title 'a process that never sleeps'
    say 'It asks in each iteration which CPU it is on. Nothing forbids it to move. Will it?'
    show_c busy-loop '/sched_getcpu/' '/if (cpu/,/burn/'
    start 2 busy-loop 3600
    loop=$started
    strip 30
    answer 'It may stay, it may move: the scheduler decides.'
}

move() {
    title 'taskset, twice'
    if [ "$phase" != run ]; then # to one CPU and to another: one of them is not where it is
        cpu=$(other_cpu "$(psr "$loop")")
        other=$(other_cpu "$cpu")
    fi
    say 'Affinity is a wish that the process may change itself; a cpuset (lab 5) it may not. Does it notice?'
    strip 10
    run "taskset -cp $cpu $loop"
    strip 20
    run "taskset -cp $other $loop"
    strip 20
}

tell() {
    title 'SIGTERM to the loop'
    say 'On SIGTERM it tells where it was. How much CPU time did it get on each CPU, and how much together?'
    run "kill $loop"
    until_ended "$loop"
    answer 'It has noticed by itself. It is less than the time that passed, if it had to wait.'
}
