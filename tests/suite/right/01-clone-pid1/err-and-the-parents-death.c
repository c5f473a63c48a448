/*
 * What: err(3) says what went wrong; SIGTERM and SIGINT kill the parent, and that its child.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned seconds_of(int argc, char *argv[])
{
    char *end = NULL;
    long n = argc < 2 ? 0 : strtol(argv[1], &end, 10);

    if (argc > 2 || (argc == 2 && (*argv[1] < '0' || *argv[1] > '9' || *end || n > 1000000000)))
        errx(2, "usage: %s [SECONDS]", program_invocation_short_name);
    return (unsigned)n;
}

static char stack[65536];

static int child(void *seconds)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    printf("child: my PID is %d\n", getpid());
    printf("child: my parent's PID is %d\n", getppid());
    sleep(*(unsigned *)seconds);
    return 0;
}

int main(int argc, char *argv[])
{
    unsigned seconds = seconds_of(argc, argv);
    pid_t pid;

    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("parent: my PID is %d\n", getpid());
    pid = clone(child, stack + sizeof stack, CLONE_NEWPID | SIGCHLD, &seconds);
    if (pid == -1)
        err(1, "clone");
    printf("parent: clone() returned %d\n", pid);
    waitpid(pid, NULL, 0);
    return 0;
}
