/*
 * What: It prints what it should, and calls nothing.
 * Fails: A namespace lives on without a process, held by a descriptor
 * Says: no process that printed something was in a new namespace
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    if (argc < 2 || argc > 3)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (fork() == 0) {
        printf("child: hostname is %s\n", argv[1]);
        _exit(0);
    }
    wait(NULL);
    puts("parent: child is gone\nparent: kept by a descriptor, uts:[4026531838]\nparent: kept by a mount, uts:[4026531838]");
    printf("parent: hostname is %s after setns()\n", argv[1]);
    sleep(argc == 3 ? (unsigned)atoi(argv[2]) : 0);
    return 0;
}
