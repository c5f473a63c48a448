// lab: 01-clone-pid1
// what: a program of 4 GiB
// stops: the size of what the compiler may write
// expect: does not compile
volatile char a[4ULL << 30] = {1};

int main(void)
{
    return a[1];
}
