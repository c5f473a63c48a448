# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
# The eight steps of the article, by hand, and then the program. On v1, 6 is tried before 7 as well.
needs() {
    local first
    first=$(other_cpu none) && other_cpu "$first" >/dev/null && cgroup-cpuset-pin "$BASHPID" "$first"
}

# Where cpuset is: a hierarchy of its own on v1, one of the controllers on v2. tasks: who is in the group.
top_folder=$(awk '$3 == "cgroup" && $4 ~ /(^|,)cpuset(,|$)/ { print $2; exit }' /proc/mounts)
if [ -n "$top_folder" ]; then
    version=1 tasks=tasks
    steps=(write_loop start_loop see_cpu hierarchy new_group too_early limit enter see_pinned program_does_it)
else
    version=2 tasks=cgroup.procs
    top_folder=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
    steps=(write_loop start_loop see_cpu hierarchy new_group enter limit see_pinned program_does_it)
fi

name=group0
[ ! -e "$top_folder/$name" ] || name=group0.$$ # that one is somebody else's

# What is made in the hierarchy, and to be undone.
group0='' handed_down=''
undo_lab() {
    [ -z "$group0" ] || rmdir "$top_folder/$group0" || true
    [ -z "$handed_down" ] || echo -cpuset >"$top_folder/cgroup.subtree_control" || true
    group0='' handed_down=''
}

write_loop() {
    title '1. a loop that never sleeps'
    say 'The article writes it as a shell script. Ours also says on which CPU it is:'
    show_c busy-loop '/sched_getcpu/' '/if (cpu/,/burn/'
    run 'busy-loop 0.1'
}

start_loop() {
    title '2. start it in the background'
    say 'A loop is always ready to run: it always has a CPU, or waits for one.'
    start 2 busy-loop 3600
    loop=$started
}

see_cpu() {
    title '3. see on which CPU it runs'
    say 'PSR is the CPU it last ran on. Nothing holds it there: it may stay, it may move.'
    run "ps -o ruser,lwp,psr,args -p $loop"
    strip 30
}

hierarchy() {
    title '4. the cgroup hierarchy of cpuset'
    if [ "$version" = 1 ]; then
        say 'The article mounts it (cgroup v1). Today the system has done that at boot. v2 has one hierarchy for all controllers, so cpuset is not mounted there, but handed down, from folder to folder.'
        run 'grep -w cpuset /proc/mounts | cut -d" " -f1-3'
    else
        say 'The article mounts it (cgroup v1). This system has v2: one hierarchy for all controllers, and cpuset is handed down in it, from the top, folder by folder.'
        run "cat $top_folder/cgroup.controllers"
        if [ "$phase" != show ] && ! grep -qw cpuset "$top_folder/cgroup.subtree_control"; then
            handed_down=yes
        fi
        run "echo +cpuset >$top_folder/cgroup.subtree_control"
    fi
    run "cd $top_folder"
}

new_group() {
    title '5. a new group is a new folder'
    say 'No system call was added for cgroups: mkdir makes one, and the kernel fills it with files.'
    dir=$top_folder
    run "mkdir $name"
    [ "$phase" = show ] || group0=$name
    run "ls $name | grep -we cpus -e mems -e $tasks"
    show_group
}

too_early() {
    title '6. add the process: too early'
    say 'The article has this before step 7. No space left? Not the disk: the group has no CPU yet, and no memory. (v2 would take it: there an empty file means "as my parent".)'
    run "echo $loop >$name/$tasks"
    show_group
}

limit() {
    [ "$phase" = run ] || cpu=$(other_cpu "$(psr "$loop")")
    title "7. the group gets CPU $cpu"
    say 'Numbers written into files.'
    [ "$version" = 2 ] || say 'v1 wants both of them, before it takes a process.'
    run "echo $cpu >$name/cpuset.cpus"
    [ "$version" = 2 ] || run "echo $(cat "$dir/cpuset.mems") >$name/cpuset.mems"
    show_group
}

enter() {
    title '6. add the process'
    if [ "$version" = 1 ]; then
        say 'Once more, and now it works. (On v2 there is no file tasks: it is cgroup.procs.)'
    else
        say 'On v2 the file is cgroup.procs; there is no tasks. It works before step 7: an empty cpuset.cpus means "as my parent". v1 would say ENOSPC.'
    fi
    run "echo $loop >$name/$tasks"
    show_group
}

see_pinned() {
    title "8. see it on CPU $cpu"
    say 'Wherever it was, the next time it runs it is there, and there it stays.'
    run "ps -o ruser,lwp,psr,args -p $loop"
    strip 30 "$cpu" "$(other_cpu "$cpu")"
    show_group
}

program_does_it() {
    title 'the program does steps 5 to 8'
    say 'It finds v1 or v2 by itself: mkdir(), two writes, rmdir(). For 2 s the loop is on the other CPU, then back.'
    show_c cgroup-cpuset-pin '/mkdir(group/' '/cpuset.cpus", cpu/' '/cgroup.procs/'
    show_c cgroup-cpuset-pin '/rmdir(group/'
    strip 10
    start 4 cgroup-cpuset-pin "$loop" "$(other_cpu "$cpu")" 2
    strip 40
}

show_group() {
    group "$name" cpuset.cpus "$([ "$version" = 1 ] && echo cpuset.mems || echo cpuset.cpus.effective)" "$tasks"
}
