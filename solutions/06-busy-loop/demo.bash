# What scripts/demo shows of this lab.
# shellcheck shell=bash
say 'The loop itself can ask on which CPU it is. It is moved once, by its affinity:'
show 'busy-loop 2 &'
exec {output}< <(exec "$(program busy-loop)" 2)
started=$!
until_said 's: CPU'
if cpu=$(other_cpu "$number") && [ -n "$cpu" ]; then
    show "taskset -cp $cpu $started"
    taskset -cp "$cpu" "$started" >/dev/null
fi
finish
