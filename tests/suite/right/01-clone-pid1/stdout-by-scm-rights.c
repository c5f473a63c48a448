/*
 * What: The child has closed all it had, and gets stdout from its parent in a message.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
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

static int child(void *seconds)
{
    char byte;
    union space space;
    struct iovec iov = {&byte, 1};
    struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &space, .msg_controllen = sizeof space};
    int fd;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(1);
    if (recvmsg(ends[1], &message, 0) != 1)
        return 1;
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    dprintf(fd, "child: my PID is %d\n", getpid());
    dprintf(fd, "child: my parent's PID is %d\n", getppid());
    sleep(*(unsigned *)seconds);
    return 0;
}

static void send_stdout(void)
{
    union space space = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
    struct iovec iov = {"", 1};
    struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &space, .msg_controllen = sizeof space};

    memcpy(CMSG_DATA(&space.header), &(int){1}, sizeof(int));
    if (sendmsg(ends[0], &message, 0) != 1)
        warn("sendmsg");
}

int main(int argc, char *argv[])
{
    unsigned seconds = seconds_of(argc, argv);
    int pid, status = 1;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == -1)
        err(1, "socketpair");
    dprintf(1, "parent: my PID is %d\n", getpid());
    pid = clone(child, stack + sizeof stack, CLONE_NEWPID | SIGCHLD, &seconds);
    if (pid == -1)
        err(1, "clone");
    dprintf(1, "parent: clone() returned %d\n", pid);
    send_stdout();
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
}
