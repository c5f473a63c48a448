# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(shift_it look_at_links)

needs() {
    time-shift 100
}

shift_it() {
    title 'unshare(), an offset, fork()'
    say 'For whom is the machine up for 100 days more, and which date is it there?'
    show_c time-shift '/unshare(/' '/boottime/'
    start 4 time-shift 100 3600
    answer "For the child alone: like a PID, clocks wait for the next child. The date is everybody's."
}

look_at_links() {
    title 'two links for one kind'
    say 'Two PIDs, two clocks. Which of the links of the parent leads to the namespace of its child?'
    run "ls -l /proc/$started/ns | grep time | sed 's/.* time/time/'"
    run "ls -l /proc/\$(pgrep -P $started)/ns | grep 'time ' | sed 's/.* time/time/'"
    run "tr -s ' ' </proc/\$(pgrep -P $started)/timens_offsets"
    answer 'time_for_children does. time is where the parent itself is.'
}
