# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2034 # steps: read by scripts/presenter/present
steps=(write_twice)

needs() {
    grep -qs 'oslabs.guest=1' /proc/cmdline || { echo 'it runs in the virtual machine only' >&2 && return 1; }
    with_group cgroup-io-limit GROUP DISK
}

write_twice() {
    title 'one MiB a second'
    say 'A group may write 1 MiB a second. 4 MiB directly to the disk, then 4 MiB into memory, then fsync(). How long is each?'
    show_c cgroup-io-limit '/O_DIRECT/' '/argv\[2\], O_WRONLY)/'
    run 'with_group cgroup-io-limit GROUP DISK'
    answer 'Directly some 4 s: it waits for the disk. A buffered write() ends in memory, so nothing slows it down.'
}
