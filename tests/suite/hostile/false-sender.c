// lab: 01-clone-pid1
// what: the parent prints the lines of its child: by a message whose credentials say that it comes from
//       the child, and by splice(), which asks nobody
// stops: stdout is no socket; what comes by splice() was written by nobody
// expect: out child: my PID is 1
// expect: writer nobody
// expect: fail
#define _GNU_SOURCE
#include <fcntl.h>
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
    int ends[2];
    struct iovec part = {line, strlen(line)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};

    memcpy(CMSG_DATA(&control.head), &who, sizeof who);
    if (sendmsg(STDOUT_FILENO, &message, 0) == -1 && pipe(ends) == 0)
        splice(ends[0], NULL, STDOUT_FILENO, NULL,
               (size_t)write(ends[1], line, strlen(line)), 0);
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
