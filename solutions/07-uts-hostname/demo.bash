# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(rename ask_inside the_lie)

needs() {
    uts-hostname box
}

rename() {
    title 'unshare() moves its caller'
    say 'The child leaves the UTS namespace of its parent, and changes the name. Which name has the parent?'
    show_c uts-hostname '/unshare(/' '/sethostname(/'
    start 3 uts-hostname box 3600
}

ask_inside() {
    title 'a name for each namespace'
    say 'Two processes of one kernel, and two names. Who joins the namespace of the child sees what the child sees.'
    run 'uname -n'
    run "nsenter --uts --target \$(pgrep -P $started) uname -n"
}

the_lie() {
    title 'a file that shows its reader'
    say 'This file is reached by way of the child. Whose name is in it?'
    run "cat /proc/\$(pgrep -P $started)/root/proc/sys/kernel/hostname"
}
