// lab: 03-setns-join
// what: hands in the work of somebody else: by its place in the class, and by where an insider knows
//       it to be
// stops: the compiler sees /usr and this file only
// expect: does not compile
// expect: neighbour.c
#include "@canary@/neighbour.c"
#include "../../alice/03-setns-join/setns-join.c"
#include "../alice/setns-join.c"
