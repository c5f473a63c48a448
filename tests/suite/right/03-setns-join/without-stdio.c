/*
 * What: write() alone, and numbers made by hand.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A line with a number, in one write(). */
static void say(const char *before, unsigned number, const char *after)
{
    char line[100] = "", digits[12];
    int i = sizeof digits;

    digits[--i] = '\0';
    do
        digits[--i] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    strcat(strcat(strcat(line, before), digits + i), after);
    write(1, line, strlen(line));
}

static void fails(const char *what)
{
    const char *parts[] = {"setns-join: ", what, ": ", strerror(errno), "\n"};

    for (int i = 0; i < 5; i++)
        write(2, parts[i], strlen(parts[i]));
    _exit(1);
}

int main(int argc, char **argv)
{
    int first, second, fd;
    char folder[30] = "/proc/", digits[12];

    if (argc > 2 || (argc == 2 && (argv[1][0] == 0 || strlen(argv[1]) > 9 || argv[1][strspn(argv[1], "0123456789")]))) {
        write(2, "usage: [SECONDS]\n", 17);
        return 2;
    }
    first = (int)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, NULL);
    if (first == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        say("first: my PID is ", getpid(), "\n");
        for (;;)
            pause();
    }
    if (first == -1)
        fails("clone");
    say("parent: clone() returned ", first, "\n");
    int i = 11, n = first;
    digits[i] = '\0';
    for (; n > 0; n /= 10)
        digits[--i] = (char)('0' + n % 10);
    strcat(strcat(folder, digits + i), "/ns/pid");
    if ((fd = open(folder, O_RDONLY)) == -1)
        fails("open");
    if (setns(fd, CLONE_NEWPID) == -1)
        fails("setns");
    say("parent: my PID is ", getpid(), " after setns()\n");
    second = fork();
    if (second == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        say("second: my PID is ", getpid(), "\n");
        sleep(argc == 2 ? (unsigned)atoi(argv[1]) : 0);
        _exit(0);
    }
    if (second == -1)
        fails("fork");
    say("parent: fork() returned ", second, "\n");
    waitpid(second, NULL, 0);
    kill(first, SIGKILL);
    waitpid(first, NULL, 0);
    return 0;
}
