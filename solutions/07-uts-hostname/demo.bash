# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(rename ask_inside the_lie)

needs() {
    uts-hostname box
}

rename() {
    title 'unshare(), then another name'
    say 'The child leaves the UTS namespace of its parent, and changes the name. Which name does the parent have?'
    show_c uts-hostname '/unshare(/' '/sethostname(/'
    start 3 uts-hostname box 3600
    answer 'The old one. Here unshare() has moved its caller, and at once: a copy of the name, then a name of its own.'
}

ask_inside() {
    title 'asked from outside, and from inside'
    say 'One kernel. Which name does it say?'
    run 'uname -n'
    run "nsenter --uts --target \$(pgrep -P $started) uname -n"
    answer 'Two names, one for each namespace. Those who join that of the child (nsenter) see what the child sees.'
}

the_lie() {
    title 'a file of the child?'
    say 'This file is reached by way of the child. Whose name is in it?'
    run "cat /proc/\$(pgrep -P $started)/root/proc/sys/kernel/hostname"
    answer 'Ours: this file shows the namespace of its reader, whatever the way to it.'
}
