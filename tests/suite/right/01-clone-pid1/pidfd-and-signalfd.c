/*
 * What: clone3() gives a pidfd, and signals come by a descriptor, too.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
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
    int pidfd = -1;
    struct clone_args args = {.flags = CLONE_NEWPID | CLONE_PIDFD, .pidfd = (uintptr_t)&pidfd, .exit_signal = SIGCHLD};
    struct pollfd wait[2];
    sigset_t set;
    pid_t pid;

    setlinebuf(stdout);
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    printf("parent: my PID is %d\n", getpid());
    pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    if (pid == -1)
        err(1, "clone3");
    if (pid == 0) {
        printf("child: my PID is %d\nchild: my parent's PID is %d\n", getpid(), getppid());
        sleep(seconds);
        _exit(0);
    }
    printf("parent: clone() returned %d\n", pid);
    wait[0] = (struct pollfd){pidfd, POLLIN, 0};
    wait[1] = (struct pollfd){signalfd(-1, &set, 0), POLLIN, 0};
    while (poll(wait, 2, -1) == -1)
        ;
    if (!wait[0].revents)
        syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
    waitpid(pid, NULL, 0);
    return wait[0].revents ? 0 : 130;
}
