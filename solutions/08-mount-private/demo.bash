# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(mount_it look_in)

needs() {
    mount-private /mnt
}

mount_it() {
    title 'a mount in a new namespace'
    say 'First private, then mount, then a file in there. Who finds the file?'
    show_c mount-private '/if (/'
    start 2 mount-private /mnt 3600
    answer 'The child alone.'
}

look_in() {
    title 'one path, asked twice'
    say 'The way through /proc/PID/root is the view of that process: of the child, then of the parent.'
    run "ls /proc/\$(pgrep -P $started)/root/mnt"
    run "ls -d /proc/$started/root/mnt/inside"
    answer 'One path, and two views.'
}
