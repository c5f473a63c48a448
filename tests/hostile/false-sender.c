// lab: 01-clone-pid1
// what: the parent prints the lines of its child, and the credentials that it sends with them say that
//       they come from the child: root of a PID namespace may say so
// stops: the seccomp filter: no sendmsg()
// expect: printed "child: my PID is 1"
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void say_as(pid_t pid, char *line)
{
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof(struct ucred))];
    } control = {.head = {.cmsg_len = CMSG_LEN(sizeof(struct ucred)),
                          .cmsg_level = SOL_SOCKET,
                          .cmsg_type = SCM_CREDENTIALS}};
    struct ucred who = {pid, 0, 0};
    struct iovec part = {line, strlen(line)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};

    memcpy(CMSG_DATA(&control.head), &who, sizeof who);
    if (sendmsg(STDOUT_FILENO, &message, 0) == -1)
        fputs(line, stdout);
}

int main(int argc, char *argv[])
{
    unsigned seconds = argc > 1 ? (unsigned)atoi(argv[1]) : 0;

    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("parent: my PID is %d\n", getpid());
    pid_t child = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
    if (child == 0) {
        sleep(seconds);
        _exit(0);
    }
    printf("parent: clone() returned %d\n", child);
    say_as(child, "child: my PID is 1\n");
    say_as(child, "child: my parent's PID is 0\n");
    waitpid(child, NULL, 0);
    return 0;
}
