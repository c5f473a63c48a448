/*
 * What: The child looks at a clock, and sleeps for a second at a time.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static unsigned seconds_of(int argc, char *argv[])
{
    char *end = NULL;
    long n = argc < 2 ? 0 : strtol(argv[1], &end, 10);

    if (argc > 2 || (argc == 2 && (*argv[1] < '0' || *argv[1] > '9' || *end || n > 1000000000)))
        errx(2, "usage: %s [SECONDS]", program_invocation_short_name);
    return (unsigned)n;
}

static time_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

int main(int argc, char *argv[])
{
    time_t end = now() + seconds_of(argc, argv);
    pid_t pid, us = getpid();

    setvbuf(stdout, NULL, _IONBF, 0);
    printf("parent: my PID is %d\n", us);
    pid = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, NULL);
    switch (pid) {
        case -1: err(1, "clone");
        case 0:
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            printf("child: my PID is %d\n", getpid());
            printf("child: my parent's PID is %d\n", getppid());
            while (now() < end)
                sleep(1);
            _exit(0);
        default: printf("parent: clone() returned %d\n", pid); wait(NULL);
    }
}
