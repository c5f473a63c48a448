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

int main(int argc, char *argv[])
{
    unsigned seconds = seconds_of(argc, argv);
    pid_t child;

    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("parent: my PID is %d before unshare()\n", getpid());
    if (unshare(CLONE_NEWPID) == -1)
        err(1, "unshare");
    printf("parent: my PID is %d after unshare()\n", getpid());
    if ((child = fork()) == -1)
        err(1, "fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        printf("child: my PID is %d\n", getpid());
        sleep(seconds);
        return 0;
    }
    printf("parent: fork() returned %d\n", child);
    return waitpid(child, NULL, 0) == child ? 0 : 1;
}
