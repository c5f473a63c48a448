# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2034 # steps: read by scripts/presenter/present
steps=(reach_the_limit)

needs() {
    with_group cgroup-memory-limit GROUP 8
}

reach_the_limit() {
    title 'twice as much as the group has'
    say 'A group of 8 MiB, and a child that wants 16. At which line will it end, and who says so?'
    show_c cgroup-memory-limit '/memset(/' '/WIFSIGNALED/'
    run 'with_group cgroup-memory-limit GROUP 8'
    answer 'Not at mmap(), but at the first byte without a page. waitpid() says SIGKILL, and the group has counted it.'
}
