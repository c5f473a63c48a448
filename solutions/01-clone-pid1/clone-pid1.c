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
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

//| static _Noreturn void todo(const char *what)
//| {
//|     errx(1, "%s", what);
//| }
//|
static unsigned parse_seconds(int argc, char *argv[]);

static char stack[256 * 1024] __attribute__((aligned(16))); /* of the child */

static int child_main(void *seconds)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* no parent, no child */
    // BEGIN SOLUTION
    //| todo("TODO 2: print the two lines of the child, with getpid() and getppid()");
    printf("child: my PID is %d\n", getpid());
    printf("child: my parent's PID is %d\n", getppid());
    // END SOLUTION
    sleep(*(unsigned *)seconds);
    return ferror(stdout) != 0;
}

int main(int argc, char *argv[])
{
    unsigned seconds = parse_seconds(argc, argv);
    pid_t child;
    int status;

    setvbuf(stdout, NULL, _IOLBF, 0); /* each line leaves at once, also into a pipe */
    printf("parent: my PID is %d\n", getpid());
    // BEGIN SOLUTION
    //| // child = clone(FUNCTION, HIGHEST ADDRESS OF ITS STACK, FLAGS, ARGUMENT). One flag makes
    //| // the PID namespace; SIGCHLD, as a flag, lets the parent wait for the child.
    //| todo("TODO 1: call clone(), so that it runs child_main(&seconds)");
    child = clone(child_main, stack + sizeof stack, CLONE_NEWPID | SIGCHLD, &seconds);
    // END SOLUTION
    if (child == -1)
        err(1, "clone");
    printf("parent: clone() returned %d\n", child);
    waitpid(child, &status, 0);
    return status != 0;
}

/* --- given; read it later ------------------------------------------------------------------- */

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
