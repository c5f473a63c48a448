# What scripts/demo shows of this lab.
# shellcheck shell=bash
# shellcheck disable=SC2154 # other variables are those of scripts/demo

show_pinning() {
    local loop=$1 cpu
    say 'A loop that never sleeps, and the CPU that it is on: the column PSR.'
    sample_psr "$loop"
    cpu=$(other_cpu "$(psr "$loop")")
    if [ -z "$cpu" ]; then
        not_here 'there is one CPU, and PSR cannot change; a machine with two shows it.'
        return
    fi
    say "A cpuset group for CPU $cpu: the loop goes there and stays, until the group is removed."
    start cgroup-cpuset-pin "$loop" "$cpu" 4
    if until_said 'cpuset.cpus:' && until_said 'is on CPU'; then
        sample_psr "$loop"
        finish
    else
        not_here 'the program says why, and what to type.'
        finish || true
    fi
}

"$(program busy-loop)" 30 >/dev/null &
loop=$!
show 'busy-loop 30 &'
show_pinning "$loop"
kill "$loop"
wait "$loop"
