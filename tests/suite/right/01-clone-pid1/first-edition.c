/*
 * What: the reference of the first edition.
 *
 * clone-pid1 [SECONDS]: a child that is PID 1.
 *
 * Shows:   clone() with CLONE_NEWPID makes a process and a PID namespace in one call. The
 *          child is the first process in there: PID 1. Seen from outside it has another PID.
 * Article: "Three system calls", clone().
 * Prints:  parent: my PID is N             child: my PID is 1
 *          parent: clone() returned N      child: my parent's PID is 0
 * Try:     ./clone-pid1 60 &   then   grep NSpid /proc/N/status   with the N of clone().
 *          kill N does nothing to the child, kill -KILL N ends it. Why?
 * Pages:   clone(2), pid_namespaces(7)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STACK_SIZE = 256 * 1024 }; /* bytes */

/* SIGINT, SIGTERM and SIGCHLD: blocked, and taken one by one in wait_for() */
static sigset_t signals;

static _Noreturn void die(const char *what)
{
    int error = errno;

    fprintf(stderr, "clone-pid1: %s: %s\n", what, strerror(error));
    if (error == EPERM)
        fputs("clone-pid1: only root makes a PID namespace: type 'sudo ./clone-pid1'\n"
              "  or 'unshare -Ur ./clone-pid1'; a container must be --privileged\n",
              stderr);
    exit(1);
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

static void prepare(void)
{
    /* Each line leaves at once, also into a pipe. If nobody reads it, printf() fails. */
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_DFL); /* if it came to us ignored, waitpid() would find nobody */
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, NULL);
}

/* Returns the lowest address of a stack. Its first page is closed: a stack that grows too far
   down ends in SIGSEGV, and not silently in other data. */
static char *new_stack(void)
{
    char *stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

    if (stack == MAP_FAILED ||
        mprotect(stack, (size_t)sysconf(_SC_PAGESIZE), PROT_NONE) == -1)
        die("stack");
    return stack;
}

/* When it returns, clone() ends the child with _exit(): nothing flushes stdout for it. */
static int child_main(void *seconds)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* no parent, no child */
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
    // BEGIN SOLUTION
    //| // TODO 2: print the two lines of the child, with getpid() and getppid().
    printf("child: my PID is %d\n", getpid());
    printf("child: my parent's PID is %d\n", getppid());
    // END SOLUTION
    sleep(*(unsigned *)seconds);
    return ferror(stdout) != 0;
}

/* Waits for the child and returns its exit status. A SIGINT or SIGTERM for us ends the child
   by SIGKILL: it is PID 1, and PID 1 ignores any signal that it has no handler for. */
static int wait_for(pid_t child)
{
    int status = 0, number, stop = 0;

    while (waitpid(child, &status, WNOHANG) == 0)
        if (sigwait(&signals, &number) == 0 && number != SIGCHLD) {
            stop = number;
            kill(child, SIGKILL);
        }
    if (stop)
        return 128 + stop;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char *argv[])
{
    unsigned seconds = parse_seconds(argc, argv);
    char *stack = new_stack();
    pid_t child;
    int status;

    prepare();
    printf("parent: my PID is %d\n", getpid());
    // BEGIN SOLUTION
    //| // TODO 1: call clone(), so that child_main(&seconds) runs as PID 1 of a new PID
    //| // namespace, and its end sends us SIGCHLD. Which flags say that? Which end of the
    //| // stack does clone() want? Then delete these two lines:
    //| (void)stack, (void)child_main, (void)seconds;
    //| errno = ENOSYS, die("TODO 1: call clone()");
    child = clone(child_main, stack + STACK_SIZE, CLONE_NEWPID | SIGCHLD, &seconds);
    // END SOLUTION
    if (child == -1)
        die("clone");
    printf("parent: clone() returned %d\n", child);
    status = wait_for(child);
    if (ferror(stdout))
        errno = EIO, die("stdout");
    return status;
}
