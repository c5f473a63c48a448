/*
 * What: It prints what it should, and calls nothing.
 * Fails: unshare(CLONE_NEWUTS) moves its caller into a new UTS namespace
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
    char old[65];

    if (argc < 2 || argc > 3)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    gethostname(old, sizeof old);
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        printf("child: hostname is %s after unshare()\n", old);
        printf("child: hostname is %s after sethostname()\n", argv[1]);
        sleep(argc == 3 ? (unsigned)atoi(argv[2]) : 0);
        _exit(0);
    }
    printf("parent: hostname is %s\n", old);
    wait(NULL);
    return 0;
}
