// lab: 03-setns-join
// what: messages without end: a warning with a long story, a million times
// stops: of what the compiler says 64 KiB are kept, and the size of the file is limited
// expect: fail
#define A(x) x x x x x x x x x x
#define B(x) A(A(A(x)))
#define C(x) B(A(A(x)))

int main(void)
{
    int a;
    C(a == "x"; a << 99; 1 / 0;)
    return 0;
}
