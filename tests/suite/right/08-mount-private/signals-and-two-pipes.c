/*
 * What: The parent takes its signals itself and ends the child; the child waits for an end of file.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
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

static void tell(const char *who, const char *directory)
{
    char path[4096];
    struct stat info;

    snprintf(path, sizeof path, "%s/inside", directory);
    dprintf(1, "%s: %s %s\n", who, path, stat(path, &info) == 0 ? "exists" : "does not exist");
}

static void child(const char *directory, int seconds, int told, int alive)
{
    struct pollfd parent = {alive, POLLIN, 0};

    if (unshare(CLONE_NEWNS) == -1)
        err(1, "unshare");
    if (mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL) == -1)
        err(1, "mount");
    if (mount("inside", directory, "tmpfs", 0, "") == -1)
        err(1, "mount");
    int folder = open(directory, O_PATH | O_DIRECTORY);
    if (folder == -1 || openat(folder, "inside", O_CREAT | O_EXCL | O_RDWR, 0644) == -1)
        err(1, "inside");
    tell("child", directory);
    write(told, "x", 1);
    close(told);
    poll(&parent, 1, 1000 * seconds);
    _exit(0);
}

int main(int argc, char *argv[])
{
    int told[2], alive[2], status;
    long seconds = 0;
    char *end = "", byte;

    if (argc == 3)
        seconds = strtol(argv[2], &end, 10);
    if (argc < 2 || argc > 3 || *end || (argc == 3 && (argv[2][0] < '0' || argv[2][0] > '9')) || seconds > 100000) {
        fprintf(stderr, "usage: %s DIRECTORY [SECONDS]\n", argv[0]);
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
    if (read(told[0], &byte, 1) == 1)
        tell("parent", argv[1]);
    while (waitpid(pid, &status, 0) == -1)
        ;
    return stopped ? 128 + stopped : WEXITSTATUS(status);
}
