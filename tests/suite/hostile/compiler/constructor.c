// lab: 02-unshare-fork
// what: runs before main(), after it, and when it is dead: constructors and destructors
// stops: nothing has to: all of it runs in the cage
// expect: nothing on stdout
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void before(void)
{
    if (access("/etc/shadow", F_OK) == 0 || access("@canary@", F_OK) == 0)
        puts("got through: the machine's files");
    fflush(stdout);
    _exit(0);
}

int main(void)
{
    puts("parent: my PID is 1 before unshare()");
    return 0;
}
