# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2034 # steps: read by scripts/presenter/present
steps=(touch_the_third)

needs() {
    with_group cgroup-hugetlb-limit GROUP
}

touch_the_third() {
    title 'two huge pages, and no third one'
    say 'A group may have two pages of 2 MiB. Its child asks for four, and touches them. What does it get at the third?'
    show_c cgroup-hugetlb-limit '/mmap(NULL/,/MAP_HUGE_SHIFT/' '/memory\[i/'
    run 'with_group cgroup-hugetlb-limit GROUP'
}
