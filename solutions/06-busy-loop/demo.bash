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
}

move() {
    title 'its affinity moves it'
    [ "$phase" = run ] || cpu=$(other_cpu "$(psr "$loop")")
    say 'Affinity is a wish that the process may change itself; a cpuset (lab 5) it may not.'
    strip 10
    run "taskset -cp $cpu $loop"
    strip 30
}

tell() {
    title 'the loop has noticed it by itself'
    say 'On SIGTERM it tells how much CPU time it got on each CPU: less than the time that passed, if it had to wait.'
    run "kill $loop"
    until_ended "$loop"
}
