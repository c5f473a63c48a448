/*
 * What: Definitions as Kernighan and Ritchie wrote them in 1978.
 * CC: gcc -Wno-error=implicit-int -Wno-error=implicit-function-declaration
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

char stk[40960];
int secs;

child(arg)
char *arg;
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    printf("child: my PID is %d\n", getpid());
    printf("child: my parent's PID is %d\n", getppid());
    fflush(stdout);
    if (secs)
        sleep(secs);
    return 0;
}

main(argc, argv)
int argc;
char **argv;
{
    register int pid, w;
    char *p;

    if (argc > 2 || (argc == 2 && **++argv == 0))
        goto usage;
    if (argc == 2)
        for (p = *argv; *p; p++) {
            if (*p < '0' || *p > '9' || secs > 99999999)
                goto usage;
            secs = secs * 10 + *p - '0';
        }
    printf("parent: my PID is %d\n", getpid());
    fflush(stdout);
    pid = clone(child, stk + sizeof stk, CLONE_NEWPID | SIGCHLD, 0);
    if (pid < 0) {
        fprintf(stderr, "clone-pid1: cannot clone: %s\n", strerror(errno));
        exit(1);
    }
    printf("parent: clone() returned %d\n", pid);
    fflush(stdout);
    while ((w = wait((int *)0)) != pid && w != -1)
        ;
    exit(0);
usage:
    fprintf(stderr, "usage: clone-pid1 [SECONDS]\n");
    exit(2);
}
