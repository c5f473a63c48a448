/*
 * What: It prints what it should, and calls nothing.
 * Fails: unshare(CLONE_NEWIPC) moves its caller into a new IPC namespace
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
    printf("parent: key %s is segment 0\n", argv[1]);
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        printf("child: key %s: No such file or directory\n", argv[1]);
        printf("child: key %s is segment 0\n", argv[1]);
        sleep(argc == 3 ? (unsigned)atoi(argv[2]) : 0);
        _exit(0);
    }
    wait(NULL);
    return 0;
}
