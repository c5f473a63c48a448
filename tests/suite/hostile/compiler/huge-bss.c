// lab: 02-unshare-fork
// what: a small file, and 4 GiB of memory when it runs
// stops: the linker cannot reach so far; what it can, is memory that the program does not have
// expect: fail
volatile char a[4ULL << 30], b[1ULL << 30];

int main(void)
{
    for (unsigned long i = 0; i < sizeof b; i += 4096)
        b[i] = 1;
    return a[sizeof a - 1];
}
