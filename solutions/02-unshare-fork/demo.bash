# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(unshare_and_fork dead_init living_init)

needs() {
    unshare-fork
}

unshare_and_fork() {
    title 'unshare(), then fork()'
    say 'What changes for the parent, and what for its next child?'
    show_c unshare-fork '/unshare(CLONE/,/err/' '/fork()/'
    start 4 unshare-fork 3600
    tree parent "$started" child "$child"
    answer 'The parent is where it was. Only its link pid_for_children leads elsewhere: there its next child is born.'
}

dead_init() {
    title 'PID 1 has ended'
    say 'bash calls unshare() and starts ls twice. The first ls is PID 1 in there, and ends. The second?'
    run "unshare --pid bash -c 'ls -d /; ls -d /; echo end'"
    answer 'Nobody is born there any more: no memory, says the kernel, though there is enough.'
}

living_init() {
    title 'the same with --fork'
    say 'Now bash is the child of unshare. Which PID does it have, and does the second ls start?'
    run "unshare --pid --fork bash -c 'echo PID \$\$; ls -d /; ls -d /; echo end'"
    answer 'bash is PID 1: it starts the others, and lives as long as they do.'
}
