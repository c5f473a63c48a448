/*
 * What: It prints what it should, and calls nothing.
 * Fails: unshare(CLONE_NEWNS) moves its caller into a new mount namespace
 * Says: unshare() was not called
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    if (argc < 2 || argc > 3)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        printf("child: %s/inside exists\n", argv[1]);
        sleep(argc == 3 ? (unsigned)atoi(argv[2]) : 0);
        _exit(0);
    }
    printf("parent: %s/inside does not exist\n", argv[1]);
    wait(NULL);
    return 0;
}
