// lab: 02-unshare-fork
// what: lets the compiler print the environment and the command line of who called it
// stops: the compiler takes nothing from a file without a size; and that environment is made anew
// expect: does not compile
#include "/proc/self/environ"
#include "/proc/self/mountinfo"
