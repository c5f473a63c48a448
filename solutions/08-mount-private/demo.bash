# What scripts/presenter/demo and, in steps, scripts/presenter/present show of this lab.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # started: set by start; steps: read by scripts/presenter/present
demo() {
    say 'The child mounts a tmpfs over /mnt and makes a file in it. Nobody else sees either.'
    run mount-private /mnt
}

steps=(mount_it look_in)

needs() {
    mount-private /mnt
}

mount_it() {
    title 'a mount for one process'
    say 'First private, then mount. Who finds the file?'
    show_c mount-private '/if (/'
    start 2 mount-private /mnt 3600
}

look_in() {
    title 'one path, two views'
    say 'The way through /proc/PID/root is the view of that process.'
    run "ls /proc/\$(pgrep -P $started)/root/mnt"
    run "ls -d /proc/$started/root/mnt/inside"
}
