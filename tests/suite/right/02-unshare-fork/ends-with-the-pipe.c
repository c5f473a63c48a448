/*
 * What: The child ends by itself when the pipe from its parent has an end.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <poll.h>
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

int main(int argc, char *argv[])
{
    unsigned seconds = seconds_of(argc, argv);
    int life[2];
    pid_t child;

    setlinebuf(stdout);
    if (pipe(life) == -1)
        err(1, "pipe");
    printf("parent: my PID is %d before unshare()\n", getpid());
    if (unshare(CLONE_NEWPID) == -1)
        err(1, "unshare");
    printf("parent: my PID is %d after unshare()\n", getpid());
    if ((child = fork()) == -1)
        err(1, "fork");
    if (child == 0) {
        struct pollfd parent = {life[0], POLLIN, 0};

        close(life[1]);
        printf("child: my PID is %d\n", getpid());
        poll(&parent, 1, (int)seconds * 1000);
        _exit(0);
    }
    printf("parent: fork() returned %d\n", child);
    return waitpid(child, NULL, 0) == child ? 0 : 1;
}
