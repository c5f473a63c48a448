/*
 * What: The child waits for ever; the parent waits SECONDS for a signal, and then ends it.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

int main(int argc, char *argv[])
{
    struct timespec time = {.tv_sec = seconds_of(argc, argv)};
    sigset_t set;
    int ready[2], number;
    pid_t child;
    char byte;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if (pipe(ready) == -1)
        err(1, "pipe");
    dprintf(1, "parent: my PID is %d before unshare()\n", getpid());
    if (unshare(CLONE_NEWPID))
        err(1, "unshare(CLONE_NEWPID)");
    dprintf(1, "parent: my PID is %d after unshare()\n", getpid());
    child = fork();
    if (child < 0)
        err(1, "fork()");
    if (child == 0) {
        dprintf(1, "child: my PID is %d\n", getpid());
        write(ready[1], "!", 1);
        for (;;)
            pause();
    }
    dprintf(1, "parent: fork() returned %d\n", child);
    read(ready[0], &byte, 1);
    number = sigtimedwait(&set, NULL, &time);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return number == -1 ? 0 : 128 + number;
}
