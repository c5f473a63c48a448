/*
 * clone-pid1 [SECONDS]: a child that is PID 1.
 *
 * Shows:   clone() with CLONE_NEWPID makes a process and a PID namespace in one call. The
 *          child is the first process in there: PID 1. Seen from outside it has another PID.
 * Article: "Three system calls", clone().
 * Prints:  parent: my PID is N             child: my PID is 1
 *          parent: clone() returned N      child: my parent's PID is 0
 * Write:   3 lines: TODO 1 in main(), then TODO 2 in child_main().
 * Try:     make run1 ARGS=60 &   then   grep NSpid /proc/N/status   with the N of clone().
 *          Then kill N, and then kill -KILL N: what does each of them do to the child?
 * Pages:   clone(2), pid_namespaces(7)
 */
#define _GNU_SOURCE
#include <err.h>
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
#define todo(what) errx(1, "%s", what)

static unsigned parse_seconds(int argc, char *argv[]);
static void end_with_parent(void);

static int parent; /* a file descriptor of the parent */

enum { STACK_SIZE = 256 * 1024 };
static char stack[STACK_SIZE] __attribute__((aligned(16))); /* of the child */

static int child_main(void *seconds)
{
    end_with_parent();
    todo("TODO 2: print the two lines of the child, with getpid() and getppid()");
    sleep(*(unsigned *)seconds);
    return ferror(stdout) != 0;
}

int main(int argc, char *argv[])
{
    unsigned seconds = parse_seconds(argc, argv);
    pid_t child;
    int status;

    setvbuf(stdout, NULL, _IOLBF, 0); /* each line leaves at once, also into a pipe */
    parent = (int)syscall(SYS_pidfd_open, getpid(), 0);
    printf("parent: my PID is %d\n", getpid());
    // child = clone(FUNCTION, HIGHEST ADDRESS OF ITS STACK, FLAGS, ARGUMENT). One flag makes
    // the PID namespace; SIGCHLD, as a flag, lets the parent wait for the child.
    todo("TODO 1: call clone() for the function child_main and the argument &seconds");
    if (child == -1)
        err(1, "clone");
    printf("parent: clone() returned %d\n", child);
    if (waitpid(child, &status, 0) == -1)
        err(1, "waitpid");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* --- given; read it later ------------------------------------------------------------------- */

/* No parent, no child: the kernel sees to that from now on, and until now we look ourselves. */
static void end_with_parent(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (poll(&(struct pollfd){.fd = parent, .events = POLLIN}, 1, 0) > 0)
        _exit(1); /* a file descriptor of a process can be read when that has ended */
}

static unsigned parse_seconds(int argc, char *argv[])
{
    const char *text = argc < 2 ? "0" : argv[1];
    size_t digits = strspn(text, "0123456789");

    if (argc > 2 || digits == 0 || digits > 9 || text[digits] != '\0') {
        fputs("usage: clone-pid1 [SECONDS]   (a whole number, default 0)\n", stderr);
        exit(2);
    }
    return (unsigned)strtoul(text, NULL, 10);
}
