/*
 * What: Cheat: a child that is in no namespace, and constants.
 * Fails: unshare(CLONE_NEWPID) makes a namespace for the next child
 * Says: unshare(CLONE_NEWPID) was not called
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


int main(int argc, char *argv[])
{
    int us = getpid(), child;

    if (argc > 2)
        return fputs("usage\n", stderr), 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("parent: my PID is %d before unshare()\nparent: my PID is %d after unshare()\n", us, us);
    child = fork();
    if (child == 0)
        puts("child: my PID is 1");
    else
        printf("parent: fork() returned %d\n", child);
    sleep(argc > 1 ? (unsigned)atoi(argv[1]) : 0);
    return 0;
}
