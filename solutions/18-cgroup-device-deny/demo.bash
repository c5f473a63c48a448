# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2034 # steps: read by scripts/presenter/present
steps=(ask_at_open)

needs() {
    grep -qs 'oslabs.guest=1' /proc/cmdline || { echo 'it runs in the virtual machine only' >&2 && return 1; }
    with_group cgroup-device-deny GROUP
}

ask_at_open() {
    title 'who may open what'
    say 'A group may not open /dev/zero. A process of it has opened that before. What will read() say?'
    show_c cgroup-device-deny '/"devices.deny", zero/' '/BPF_PROG_ATTACH/' '/open("\/dev/' '/read(before/'
    run 'with_group cgroup-device-deny GROUP'
    answer 'It reads: who has a descriptor is not asked again. Asked is open() alone.'
}
