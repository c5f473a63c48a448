/*
 * setns-join [SECONDS]: a second process enters a PID namespace, and is PID 2.
 *
 * Shows:   a namespace is a file, /proc/PID/ns/pid. A process that opens it and calls setns()
 *          joins the namespace, in the way of lab 2: who is in it after that?
 * Article: "Three system calls", setns().
 * Prints:  first: my PID is 1              parent: my PID is N after setns()
 *          parent: clone() returned N      parent: fork() returned N
 *                                          second: my PID is 2
 * Write:   9 lines in main(): TODO 1 to 3, one after the other.
 * Try:     make run3 ARGS=60 &   then   ls -l /proc/N/ns/pid   for all three N. kill -KILL the
 *          first child: what becomes of the second?
 * Pages:   setns(2), pid_namespaces(7)
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
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

//| static _Noreturn void todo(const char *what)
//| {
//|     errx(1, "%s", what);
//| }
//|
static unsigned parse_seconds(int argc, char *argv[]);
static void start_first(char *path, size_t size);
static _Noreturn void second_main(unsigned seconds);

int main(int argc, char *argv[])
{
    unsigned seconds = parse_seconds(argc, argv);
    char path[64]; /* the file of the new PID namespace, /proc/PID/ns/pid */
    pid_t second;
    int fd, status;

    setvbuf(stdout, NULL, _IOLBF, 0); /* each line leaves at once, also into a pipe */
    start_first(path, sizeof path);
    // BEGIN SOLUTION
    //| // A flag of setns() says which kind of namespace the file has to be.
    //| todo("TODO 1: fd = open() the file path, then setns() with it; err() if one fails");
    //| todo("TODO 2: print the line after setns(). Predict N first");
    //| todo("TODO 3: keep in second what fork() returns; the child calls second_main()");
    if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
        err(1, "%s", path);
    if (setns(fd, CLONE_NEWPID) == -1)
        err(1, "setns");
    close(fd);
    printf("parent: my PID is %d after setns()\n", getpid());
    second = fork();
    if (second == 0)
        second_main(seconds);
    // END SOLUTION
    if (second == -1)
        err(1, "fork");
    printf("parent: fork() returned %d\n", second);
    /* before PID 1 ends: it cannot while others are there */
    if (waitpid(second, &status, 0) == -1)
        err(1, "waitpid");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* --- given; read it later ------------------------------------------------------------------- */

static int parent;  /* a file descriptor of the parent */
static pid_t first; /* PID 1 of the new PID namespace */

/* No parent, no child: the kernel sees to that from now on, and until now we look ourselves. */
static void end_with_parent(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (poll(&(struct pollfd){.fd = parent, .events = POLLIN}, 1, 0) > 0)
        _exit(1); /* a file descriptor of a process can be read when that has ended */
}

/* atexit() calls this on every way out. */
static void end_first(void)
{
    kill(first, SIGKILL);
    waitpid(first, NULL, 0);
}

/* A PID namespace lives as long as its PID 1: this one waits for the parent's SIGKILL. */
static int first_main(void *argument)
{
    int *ready = argument;

    end_with_parent();
    printf("first: my PID is %d\n", getpid());
    close(ready[1]);
    return pause();
}

/* Starts PID 1 of a new PID namespace, and returns when it has printed its line. */
static void start_first(char *path, size_t size)
{
    static char stack[256 * 1024] __attribute__((aligned(16)));
    int ready[2];

    parent = (int)syscall(SYS_pidfd_open, getpid(), 0);
    if (pipe(ready) == -1)
        err(1, "pipe");
    first = clone(first_main, stack + sizeof stack, CLONE_NEWPID | SIGCHLD, ready);
    if (first == -1)
        err(1, "clone");
    atexit(end_first);
    close(ready[1]);
    if (read(ready[0], path, 1) == -1) /* 0: the first one has closed the other end */
        err(1, "read");
    close(ready[0]);
    printf("parent: clone() returned %d\n", first);
    snprintf(path, size, "/proc/%d/ns/pid", first);
}

static _Noreturn void second_main(unsigned seconds)
{
    end_with_parent();
    printf("second: my PID is %d\n", getpid());
    sleep(seconds);
    _exit(ferror(stdout) != 0); /* not exit(): end_first() is the parent's affair */
}

static unsigned parse_seconds(int argc, char *argv[])
{
    const char *text = argc < 2 ? "0" : argv[1];
    size_t digits = strspn(text, "0123456789");

    if (argc > 2 || digits == 0 || digits > 9 || text[digits] != '\0') {
        fputs("usage: setns-join [SECONDS]   (a whole number, default 0)\n", stderr);
        exit(2);
    }
    return (unsigned)strtoul(text, NULL, 10);
}
