// lab: 01-clone-pid1
// what: prints without end, on stdout and on stderr
// stops: the witness, which takes 64 KiB and 2,000 lines
// expect: it used too much: output
#include <stdio.h>

int main(void)
{
    for (;;) {
        puts("parent: my PID is 1");
        fputs("and once more\n", stderr);
    }
}
