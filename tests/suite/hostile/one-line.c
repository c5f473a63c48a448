// lab: 02-unshare-fork
// what: prints one line of 100 MB, and no end of it
// stops: the witness cuts a long line in pieces, and takes 64 KiB
// expect: it used too much: output
#include <stdio.h>

int main(void)
{
    for (int i = 0; i < 100000000; i++)
        putchar('x');
    return 0;
}
