# What scripts/demo shows of this lab.
# shellcheck shell=bash
# shellcheck disable=SC2154 # number: set by until_said
say 'A namespace is an inode number. This shell beside a PID 1 of another PID namespace:'
start clone-pid1 1
until_said 'clone() returned'
run ns-inode-listing $$ "$number"
finish >/dev/null
