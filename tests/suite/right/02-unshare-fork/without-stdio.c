/*
 * What: writev() alone, from another descriptor, and numbers made by hand.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* A line with a number, in one writev(). */
static void say(char *before, int number, char *after)
{
    char digits[12];
    int i = sizeof digits;

    do
        digits[--i] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    struct iovec line[] = {{before, strlen(before)}, {digits + i, sizeof digits - (size_t)i}, {after, strlen(after)}};
    writev(9, line, 3);
}

static int fails(char *what)
{
    char *parts[] = {"unshare-fork: ", what, ": ", strerror(errno), "\n"};

    for (int i = 0; i < 5; i++)
        write(2, parts[i], strlen(parts[i]));
    return 1;
}

int main(int argc, char **argv)
{
    int child;

    if (argc > 2 || (argc == 2 && (argv[1][0] == 0 || strlen(argv[1]) > 9 || argv[1][strspn(argv[1], "0123456789")]))) {
        write(2, "usage: [SECONDS]\n", 17);
        return 2;
    }
    dup2(1, 9);
    say("parent: my PID is ", getpid(), " before unshare()\n");
    if (unshare(CLONE_NEWPID) == -1)
        return fails("unshare");
    say("parent: my PID is ", getpid(), " after unshare()\n");
    child = fork();
    if (child == -1)
        return fails("fork");
    if (child > 0) {
        say("parent: fork() returned ", child, "\n");
        return wait(NULL) == child ? 0 : 1;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    say("child: my PID is ", getpid(), "\n");
    sleep(argc == 2 ? (unsigned)atoi(argv[1]) : 0);
    return 0;
}
