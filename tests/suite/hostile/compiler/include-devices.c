// lab: 01-clone-pid1
// what: includes files that never end
// stops: a limit of memory
// expect: does not compile
#include "/dev/zero"
#include "/dev/urandom"
#include "/dev/stdin"
#include "/dev/tty"
#include "/proc/self/fd/1"
