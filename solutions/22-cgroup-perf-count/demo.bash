# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2034 # steps: read by scripts/presenter/present
steps=(count_a_group)

needs() {
    grep -qs 'oslabs.guest=1' /proc/cmdline || { echo 'it runs in the virtual machine only' >&2 && return 1; }
    with_group cgroup-perf-count GROUP
}

count_a_group() {
    title 'what a group does'
    say 'A child in the group touches 100 pages on each CPU, its parent outside 1000. What do the counters of the group say?'
    show_c cgroup-perf-count '/syscall(SYS_perf_event_open/,/PERF_FLAG/'
    run 'with_group cgroup-perf-count GROUP'
    answer 'About 100 on each CPU: those of the child, and some of its start. None of the 1000 outside.'
}
