# What scripts/presenter/demo and, in steps, scripts/presenter/present show of this lab.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # started: set by start; steps: read by scripts/presenter/present
demo() {
    if [ ! -e /proc/self/ns/time ]; then
        not_here 'this kernel has no time namespaces: they came with Linux 5.6'
        return
    fi
    say 'For the child the machine has been up for 100 days more. The date is the same.'
    run time-shift 100
}

steps=(shift_it look_at_links)

needs() {
    time-shift 100
}

shift_it() {
    title 'up for 100 days more'
    say 'unshare(), then the offset, then fork(). For whom is the machine up for longer?'
    show_c time-shift '/unshare(/' '/boottime/'
    start 4 time-shift 100 3600
}

look_at_links() {
    title 'two links for one kind'
    say 'Two PIDs, two clocks. Which of the links of the parent leads to the namespace of its child?'
    run "ls -l /proc/$started/ns | grep time | sed 's/.* time/time/'"
    run "ls -l /proc/\$(pgrep -P $started)/ns | grep 'time ' | sed 's/.* time/time/'"
    run "tr -s ' ' </proc/\$(pgrep -P $started)/timens_offsets"
}
