/*
 * What: CLONE_VFORK suspends its caller until the child ends: a thread calls, and the program goes on.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
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

static char stack[1 << 16] __attribute__((aligned(16)));
static unsigned seconds;
static volatile pid_t pid;
static volatile int error;

static int child(void *unused)
{
    struct timespec time = {.tv_sec = seconds};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dprintf(1, "child: my PID is %d\n", getpid());
    dprintf(1, "child: my parent's PID is %d\n", getppid());
    nanosleep(&time, NULL);
    _exit(0);
}

static void *caller(void *unused)
{
    if (clone(child, stack + sizeof stack, CLONE_NEWPID | CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID | SIGCHLD,
              NULL, &pid) == -1)
        error = errno;
    return unused;
}

int main(int argc, char *argv[])
{
    pthread_t thread;
    int problem;

    seconds = seconds_of(argc, argv);
    dprintf(1, "parent: my PID is %d\n", getpid());
    if ((problem = pthread_create(&thread, NULL, caller, NULL)) != 0)
        errno = problem, err(1, "pthread_create");
    while (pid == 0 && error == 0)
        usleep(100);
    if (error)
        errno = error, err(1, "clone");
    dprintf(1, "parent: clone() returned %d\n", pid);
    pthread_join(thread, NULL);
    return waitpid(pid, NULL, 0) == pid ? 0 : 1;
}
