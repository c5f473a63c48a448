# What scripts/demo shows of this lab.
# shellcheck shell=bash
say 'setns() joins the namespace of the first child: the next child is PID 2 in it.'
run setns-join
