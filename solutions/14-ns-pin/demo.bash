# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(keep_it look_at_pin)

needs() {
    ns-pin box
}

keep_it() {
    title 'the last process is killed'
    say 'The child renames its host and is killed. What keeps its namespace?'
    show_c ns-pin '/open(link/' '/mount(held/' '/setns(/'
    start 5 ns-pin box 3600
    answer 'First a descriptor, then a mount: one number all the way.'
}

look_at_pin() {
    title 'a namespace on a file'
    say 'The mount, and the namespace that the program is in now. Are they one?'
    run "grep nsfs /proc/$started/mountinfo | cut -d' ' -f 4-5"
    run "readlink /proc/$started/ns/uts"
    run "ls /tmp/pin"
    answer 'One number. A namespace lives as long as something holds it.'
}
