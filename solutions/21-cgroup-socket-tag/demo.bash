# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2034 # steps: read by scripts/presenter/present
steps=(ask_the_socket)

needs() {
    grep -qs 'oslabs.guest=1' /proc/cmdline || { echo 'it runs in the virtual machine only' >&2 && return 1; }
    with_group cgroup-socket-tag GROUP
}

ask_the_socket() {
    title 'what a socket knows'
    say 'A group tags what is made in it: v1 by a number in a file, v2 by a program in the kernel. What does the kernel say of the socket?'
    show_c cgroup-socket-tag '/put("net_cls.classid"/' '/tag_by_program();/' '/listen(fd, 1)/'
    run 'with_group cgroup-socket-tag GROUP'
    answer 'On v1 it has the number of the group; on v2 the group itself, and what the program has set.'
}
