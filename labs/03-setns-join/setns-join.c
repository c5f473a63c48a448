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
 * Try:     make run3 ARGS=60 &   then   kill -KILL   the first child: and the second?
 * Pages:   setns(2), pid_namespaces(7)
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#define todo(what) errx(1, "%s", what)

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
    // A flag of setns() says which kind of namespace the file has to be.
    todo("TODO 1: fd = open() the file path, then setns() with it; err() if one fails");
    todo("TODO 2: print the line after setns(). Predict N first");
    todo("TODO 3: keep in second what fork() returns; the child calls second_main()");
    if (second == -1)
        err(1, "fork");
    printf("parent: fork() returned %d\n", second);
    if (waitpid(second, &status, 0) == -1) /* it ends before PID 1 can */
        err(1, "waitpid");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* --- given; read it later ------------------------------------------------------------------- */

static int held[2]; /* a pipe: the first child lives until the parent closes its end */
static char stack[256 * 1024] __attribute__((aligned(16))); /* of the first child */

static void end_first(void)
{
    close(held[1]);
    while (wait(NULL) != -1)
        ;
}

static int first_main(void *unused) /* PID 1 of the namespace: the others end with it */
{
    (void)unused;
    close(held[1]); /* now only the parent has that end */
    printf("first: my PID is %d\n", getpid());
    return (int)read(held[0], &(char){0}, 1); /* 0: nobody has the other end any more */
}

static void start_first(char *path, size_t size)
{
    if (pipe(held) == -1)
        err(1, "pipe");
    pid_t first = clone(first_main, stack + sizeof stack, CLONE_NEWPID | SIGCHLD, NULL);
    if (first == -1)
        err(1, "clone");
    atexit(end_first); /* exit() calls it, so the child has ended whenever we have */
    printf("parent: clone() returned %d\n", first);
    snprintf(path, size, "/proc/%d/ns/pid", first);
}

static _Noreturn void second_main(unsigned seconds)
{
    close(held[1]);
    printf("second: my PID is %d\n", getpid());
    sleep(seconds);
    _exit(ferror(stdout) != 0); /* not exit(): end_first() is the parent's affair */
}

static unsigned parse_seconds(int argc, char *argv[])
{
    const char *text = argc < 2 ? "0" : argv[1];

    if (argc < 3 && *text && strlen(text) < 10 && !text[strspn(text, "0123456789")])
        return (unsigned)strtoul(text, NULL, 10);
    fputs("usage: setns-join [SECONDS]   (a whole number, default 0)\n", stderr);
    exit(2);
}
