# What scripts/presenter/demo shows of this lab, in the words of scripts/presenter/words.bash.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034 # started: set by start; steps: read by scripts/presenter/present
container_root=${BUILD:-build}/root

steps=(see_inside keep_it see_outside)

needs() {
    bash scripts/student/root "$container_root" >/dev/null
    container-run demo "$container_root" 0 0 true
}

see_inside() {
    title 'a container from inside'
    say 'Which processes, which name, which devices, which user?'
    show_c container-run '/CLONE_NEWUSER/' '/pivot_root, /' '/PR_CAPBSET_DROP/'
    dir=$(realpath "${BUILD:-build}")
    run "container-run demo root 0 0 sh -c 'ps; hostname; ls /dev; id'"
    answer 'All of it is its own. It is root in there, and of nothing else.'
}

keep_it() {
    title 'a container that stays'
    say 'For the machine it is a process. What is its PID out here, and in there?'
    start 1 container-run demo "$container_root" 0 0 sleep 3600
}

see_outside() {
    title 'the same container from outside'
    say 'What does the machine see of it, and which rights does it have?'
    run "ps -o pid,ppid,user,args --ppid $started"
    run "grep NSpid /proc/\$(pgrep -P $started)/status"
    run "grep CapEff /proc/\$(pgrep -P $started)/status"
    answer 'A process with two numbers. CapEff is 0: it has no right at all.'
}
