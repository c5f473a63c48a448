/*
 * What: The parent takes its signals itself and ends the child; the child waits for an end of file.
 */
#define _GNU_SOURCE
#include <err.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t stopped;
static pid_t pid;

static void stop(int number)
{
    stopped = number;
    if (pid > 0)
        kill(pid, SIGTERM);
}

static void child(const char *name, int seconds, int told, int alive)
{
    struct pollfd parent = {alive, POLLIN, 0};
    char text[128];

    if (unshare(CLONE_NEWUTS) == -1)
        err(1, "unshare");
    gethostname(text, sizeof text);
    dprintf(1, "child: hostname is %s after unshare()\n", text);
    if (sethostname(name, strlen(name)) == -1)
        err(1, "sethostname");
    gethostname(text, sizeof text);
    dprintf(1, "child: hostname is %s after sethostname()\n", text);
    write(told, "x", 1);
    close(told);
    poll(&parent, 1, 1000 * seconds);
    _exit(0);
}

int main(int argc, char *argv[])
{
    int told[2], alive[2], status;
    struct utsname uts;
    long seconds = 0;
    char *end = "", byte;

    if (argc == 3)
        seconds = strtol(argv[2], &end, 10);
    if (argc < 2 || argc > 3 || *end || (argc == 3 && (argv[2][0] < '0' || argv[2][0] > '9')) || seconds > 100000) {
        fprintf(stderr, "usage: %s NAME [SECONDS]\n", argv[0]);
        return 2;
    }
    if (pipe(told) == -1 || pipe(alive) == -1)
        err(1, "pipe");
    sigaction(SIGINT, &(struct sigaction){.sa_handler = stop}, NULL);
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = stop}, NULL);
    pid = fork();
    if (pid == -1)
        err(1, "fork");
    if (pid == 0) {
        signal(SIGINT, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
        close(alive[1]);
        child(argv[1], (int)seconds, told[1], alive[0]);
    }
    close(told[1]);
    if (read(told[0], &byte, 1) == 1) {
        uname(&uts);
        dprintf(1, "parent: hostname is %s\n", uts.nodename);
    }
    while (waitpid(pid, &status, 0) == -1)
        ;
    return stopped ? 128 + stopped : WEXITSTATUS(status);
}
