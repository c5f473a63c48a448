/*
 * What: The child waits on a pipe, and speaks when its parent has said all.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

static int told[2], life[2];
static unsigned seconds;
static _Alignas(16) char stack[1 << 16];

static int child(void *unused)
{
    char byte;

    close(told[1]);
    close(life[1]);
    if (read(told[0], &byte, 1) != 1)
        return 1;
    dprintf(1, "child: my PID is %d\n", getpid());
    dprintf(1, "child: my parent's PID is %d\n", getppid());
    alarm(seconds); /* PID 1 would ignore SIGALRM, so it has a handler */
    return seconds > 0 && read(life[0], &byte, 1) == 0;
}

static void on_alarm(int unused)
{
    _exit(unused * 0);
}

int main(int argc, char *argv[])
{
    pid_t pid;

    seconds = seconds_of(argc, argv);
    signal(SIGALRM, on_alarm);
    if (pipe(told) == -1 || pipe(life) == -1)
        err(1, "pipe");
    dprintf(1, "parent: my PID is %d\n", getpid());
    if ((pid = clone(child, stack + sizeof stack, CLONE_NEWPID | SIGCHLD, NULL)) == -1)
        err(1, "clone(CLONE_NEWPID)");
    dprintf(1, "parent: clone() returned %d\n", pid);
    write(told[1], "!", 1);
    return waitpid(pid, NULL, 0) == pid ? 0 : 1; /* when we die, the pipe called life has an end */
}
