# What scripts/demo shows of this lab.
# shellcheck shell=bash
say 'unshare() moves nobody: the parent keeps its PID, and its next child is PID 1.'
run unshare-fork
