/*
 * What: err(3) says what went wrong; when the parent dies, of whatever, so do its children.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
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

static char stack[65536] __attribute__((aligned(16)));

static int first_main(void *unused)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    printf("first: my PID is %d\n", getpid());
    return pause();
}

int main(int argc, char *argv[])
{
    unsigned seconds = seconds_of(argc, argv);
    pid_t first, second;
    char path[40];
    int fd;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if ((first = clone(first_main, stack + sizeof stack, CLONE_NEWPID | SIGCHLD, NULL)) == -1)
        err(1, "clone");
    printf("parent: clone() returned %d\n", first);
    sprintf(path, "/proc/%d/ns/pid", first);
    if ((fd = open(path, O_RDONLY)) == -1)
        err(1, "%s", path);
    if (setns(fd, CLONE_NEWPID) == -1)
        err(1, "setns");
    printf("parent: my PID is %d after setns()\n", getpid());
    if ((second = fork()) == -1)
        err(1, "fork");
    if (second == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        printf("second: my PID is %d\n", getpid());
        sleep(seconds);
        _exit(0);
    }
    printf("parent: fork() returned %d\n", second);
    waitpid(second, NULL, 0);
    kill(first, SIGKILL);
    waitpid(first, NULL, 0);
    return 0;
}
