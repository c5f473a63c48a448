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
    steps=(write_loop start_loop see_cpu hierarchy new_group too_early limit enter see_pinned move_it program_does_it)
else
    version=2 tasks=cgroup.procs
    top_folder=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
    steps=(write_loop start_loop see_cpu hierarchy new_group enter limit see_pinned move_it program_does_it)
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
    title 'article step 1: a loop that never sleeps'
    say 'The article writes it as a shell script. Ours also says on which CPU it is:'
    show_c busy-loop '/sched_getcpu/' '/if (cpu/,/burn/'
    run 'busy-loop 0.1'
}

start_loop() {
    title 'article step 2: start it in the background'
    say 'A loop is always ready to run: it always has a CPU, or waits for one.'
    start 2 busy-loop 3600
    loop=$started
}

see_cpu() {
    title 'article step 3: see on which CPU it runs'
    say 'PSR is the CPU it last ran on. Nothing holds it there. Will it move?'
    run "ps -o ruser,lwp,psr,args -p $loop"
    strip 30
    answer 'It may stay, it may move. A number that stays proves nothing.'
}

hierarchy() {
    title 'article step 4: the cgroup hierarchy of cpuset'
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
    title 'article step 5: a new group is a new folder'
    say 'Is there a system call that makes a group? What is in a new one?'
    dir=$top_folder
    run "mkdir $name"
    [ "$phase" = show ] || group0=$name
    run "ls $name | grep -we cpus -e mems -e $tasks"
    show_group
    answer 'No system call was added for cgroups: mkdir makes one, and the kernel fills it with files.'
}

too_early() {
    title 'article step 6: add the process, as early as in the article'
    say 'The article has this before step 7. Does the kernel take it?'
    run "echo $loop >$name/$tasks"
    show_group
    answer 'No space left? Not the disk: the group has no CPU yet, and no memory. (v2 would take it: there an empty file means "as my parent".)'
}

limit() {
    if [ "$phase" != run ]; then
        cpu=$(other_cpu "$(psr "$loop")")
        other=$(other_cpu "$cpu")
    fi
    title "article step 7: the group gets CPU $cpu"
    say 'Numbers, written into files.'
    [ "$version" = 2 ] || say 'Why mems as well?'
    run "echo $cpu >$name/cpuset.cpus"
    [ "$version" = 2 ] || run "echo $(cat "$dir/cpuset.mems") >$name/cpuset.mems"
    show_group
    [ "$version" = 2 ] || answer 'A process needs memory, too: v1 wants both of them, before it takes one.'
}

enter() {
    title 'article step 6: add the process'
    if [ "$version" = 1 ]; then
        say 'Once more. Does the kernel take it now?'
    else
        say 'On v2 the file is cgroup.procs; there is no tasks. The article has this before step 7. Does the kernel take it?'
    fi
    run "echo $loop >$name/$tasks"
    show_group
    if [ "$version" = 1 ]; then
        answer 'It does. (On v2 there is no file tasks: it is cgroup.procs.)'
    else
        answer 'It does: an empty cpuset.cpus means "as my parent". v1 would say: no space left on device.'
    fi
}

see_pinned() {
    title 'article step 8: see where it is'
    say 'Where is it, the next time it runs?'
    run "ps -o ruser,lwp,psr,args -p $loop"
    strip 30 "$cpu" "$other"
    show_group
    answer "On CPU $cpu, wherever it was, and there it stays."
}

# It was held on the one: here everybody sees that it moves.
move_it() {
    title 'the other CPU'
    say 'One more number into the file. When does the loop follow?'
    strip 15 "$cpu" "$other"
    run "echo $other >$name/cpuset.cpus"
    strip 30
    show_group
    answer 'At once: where it was, it may not run any more.'
}

program_does_it() {
    title 'the program does steps 5 to 8'
    say "It finds v1 or v2 by itself: mkdir(), two writes, rmdir(). For 2 s the loop is on CPU $cpu, then back."
    show_c cgroup-cpuset-pin '/mkdir(group/' '/cpuset.cpus", cpu/' '/cgroup.procs/'
    show_c cgroup-cpuset-pin '/rmdir(group/'
    strip 10
    start 4 cgroup-cpuset-pin "$loop" "$cpu" 2
    strip 40
}

show_group() {
    group "$name" cpuset.cpus "$([ "$version" = 1 ] && echo cpuset.mems || echo cpuset.cpus.effective)" "$tasks"
}
