// lab: 02-unshare-fork
// what: a macro that becomes 6^24 words
// stops: limits of memory and of CPU time
// expect: does not compile
#define A(...) __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__, __VA_ARGS__
#define B(...) A(A(A(A(__VA_ARGS__))))
#define C(...) B(B(B(__VA_ARGS__)))

int a[] = {C(C(1))};

int main(void)
{
    return 0;
}
