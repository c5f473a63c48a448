// lab: 02-unshare-fork
// what: includes itself twice, and so 2^150 times: a few lines keep the compiler busy for ever
// stops: a limit of its CPU time
// expect: does not compile
#if __INCLUDE_LEVEL__ < 150
#include __FILE__
#include __FILE__
#endif
