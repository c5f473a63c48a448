# What scripts/demo shows of this lab.
# shellcheck shell=bash
say 'clone() with CLONE_NEWPID makes a process and a PID namespace: the child is PID 1 in it.'
run clone-pid1
