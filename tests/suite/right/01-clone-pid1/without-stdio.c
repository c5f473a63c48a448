/*
 * What: write() alone, and numbers made by hand.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A line with a number, in one write(). */
static void say(const char *before, int number, const char *after)
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

int main(int argc, char **argv)
{
    int pid;

    if (argc > 2 || (argc == 2 && (argv[1][0] == 0 || strlen(argv[1]) > 9 || argv[1][strspn(argv[1], "0123456789")]))) {
        write(2, "usage: [SECONDS]\n", 17);
        return 2;
    }
    say("parent: my PID is ", getpid(), "\n");
    pid = (int)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        say("child: my PID is ", getpid(), "\n");
        say("child: my parent's PID is ", getppid(), "\n");
        sleep(argc == 2 ? (unsigned)atoi(argv[1]) : 0);
        _exit(0);
    }
    if (pid == -1) {
        const char *text = strerror(errno);
        write(2, "clone-pid1: clone: ", 19);
        write(2, text, strlen(text));
        write(2, "\n", 1);
        return 1;
    }
    say("parent: clone() returned ", pid, "\n");
    return wait(NULL) == pid ? 0 : 1;
}
