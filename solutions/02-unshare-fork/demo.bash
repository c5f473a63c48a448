# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # of scripts/presenter/present
steps=(unshare_and_fork dead_init living_init)

needs() {
    unshare-fork
}

unshare_and_fork() {
    title 'unshare() moves nobody'
    say 'What changes for the parent? Only where its next child is born: pid_for_children.'
    show_c unshare-fork '/unshare(CLONE/,/err/' '/fork()/'
    start 4 unshare-fork 3600
    tree parent "$started" child "$child"
}

dead_init() {
    title 'once PID 1 is gone, nobody is born'
    say 'bash calls unshare() and starts ls twice. The first ls is PID 1 in there, and ends. The second?'
    run "unshare --pid bash -c 'ls -d /; ls -d /; echo end'"
}

living_init() {
    title 'with --fork, bash itself is PID 1'
    say 'PID 1 is now the one that starts the others, and lives as long as they do.'
    run "unshare --pid --fork bash -c 'echo PID \$\$; ls -d /; ls -d /; echo end'"
}
