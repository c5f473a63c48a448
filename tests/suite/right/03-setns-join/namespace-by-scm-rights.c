/*
 * What: The first child opens its own namespace, and sends the descriptor to its parent in a message.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
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

static int ends[2];
static char stack[1 << 16] __attribute__((aligned(16)));

union space {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
};

static int first_main(void *unused)
{
    int fd = open("/proc/self/ns/pid", O_RDONLY);
    union space space = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
    struct iovec iov = {"", 1};
    struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &space, .msg_controllen = sizeof space};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dprintf(1, "first: my PID is %d\n", getpid());
    memcpy(CMSG_DATA(&space.header), &fd, sizeof fd);
    if (fd == -1 || sendmsg(ends[1], &message, 0) != 1)
        warn("sendmsg");
    for (;;)
        pause();
}

static int receive(void)
{
    char byte;
    union space space;
    struct iovec iov = {&byte, 1};
    struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &space, .msg_controllen = sizeof space};
    int fd = -1;

    if (recvmsg(ends[0], &message, 0) == 1 && CMSG_FIRSTHDR(&message))
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    return fd;
}

int main(int argc, char *argv[])
{
    unsigned seconds = seconds_of(argc, argv);
    pid_t first, second;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == -1)
        err(1, "socketpair");
    first = clone(first_main, stack + sizeof stack, CLONE_NEWPID | SIGCHLD, NULL);
    if (first == -1)
        err(1, "clone");
    close(ends[1]);
    dprintf(1, "parent: clone() returned %d\n", first);
    if (setns(receive(), CLONE_NEWPID) == -1)
        err(1, "setns");
    dprintf(1, "parent: my PID is %d after setns()\n", getpid());
    second = fork();
    if (second == -1)
        err(1, "fork");
    if (second == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dprintf(1, "second: my PID is %d\n", getpid());
        sleep(seconds);
        _exit(0);
    }
    dprintf(1, "parent: fork() returned %d\n", second);
    waitpid(second, NULL, 0);
    kill(first, SIGKILL);
    return waitpid(first, NULL, 0) == first ? 0 : 1;
}
