# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2034 # steps: read by scripts/presenter/present
steps=(touch_the_third)

needs() {
    grep -qs 'oslabs.guest=1' /proc/cmdline || { echo 'it runs in the virtual machine only' >&2 && return 1; }
    with_group cgroup-hugetlb-limit GROUP
}

touch_the_third() {
    title 'how many huge pages'
    say 'A group may have two pages of 2 MiB. Its child asks for four, and touches them. What does it get at the third?'
    show_c cgroup-hugetlb-limit '/mmap(NULL/,/MAP_HUGE_SHIFT/' '/memory\[(size_t)/'
    run 'with_group cgroup-hugetlb-limit GROUP'
    answer 'mmap() gave it four: a promise. At the third page there is none, and the kernel ends it: SIGBUS, not SIGKILL.'
}
