/*
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

static sigset_t
    signals; /* SIGINT, SIGTERM and SIGCHLD: the parent takes them one by one */

static void die(const char *what)
{
    int error = errno;

    fprintf(stderr, "clone-pid1: %s: %s\n", what, strerror(error));
    if (error == EPERM)
        fputs("clone-pid1: a new PID namespace needs root: type 'sudo ./clone-pid1', or "
              "without root 'unshare -Ur ./clone-pid1'\n",
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

/* A stack grows down, so clone() wants its upper end. The lowest page is closed: a stack
   that grows too far ends in SIGSEGV, and not silently in other data. */
static char *new_stack(void)
{
    char *low = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

    if (low == MAP_FAILED ||
        mprotect(low, (size_t)sysconf(_SC_PAGESIZE), PROT_NONE) == -1)
        die("stack");
    return low + STACK_SIZE;
}

/* The child. When it returns, glibc ends it with _exit(): nothing flushes stdout for it. */
static int child_main(void *seconds)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* no parent, no child */
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
    // BEGIN SOLUTION
    //| // TODO 2: print the child's two lines, with getpid() and getppid().
    printf("child: my PID is %d\n", getpid());
    printf("child: my parent's PID is %d\n", getppid());
    // END SOLUTION
    sleep(*(unsigned *)seconds);
    return 0;
}

/* Waits for the child and returns its exit status. A SIGINT or SIGTERM for us ends the child
   by SIGKILL: it is PID 1, and PID 1 ignores any signal that it has no handler for. */
static int wait_for(pid_t child)
{
    int status = 0, stop = 0;
    pid_t pid;

    while ((pid = waitpid(child, &status, WNOHANG)) == 0) {
        int signal_number = sigwaitinfo(&signals, NULL);
        if (signal_number == SIGINT || signal_number == SIGTERM) {
            stop = signal_number;
            kill(child, SIGKILL);
        }
    }
    if (pid == -1)
        die("waitpid");
    if (stop)
        return 128 + stop;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char *argv[])
{
    unsigned seconds = parse_seconds(argc, argv);
    char *stack_top = new_stack();
    pid_t child;

    setvbuf(stdout, NULL, _IOLBF, 0); /* each line leaves at once, also into a pipe */
    signal(SIGCHLD, SIG_DFL); /* if it came to us ignored, there is no waitpid() */
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, NULL);

    printf("parent: my PID is %d\n", getpid());
    // BEGIN SOLUTION
    //| // TODO 1: call clone() so that child_main(&seconds) runs as PID 1 of a new PID
    //| // namespace, and so that its end sends us SIGCHLD. Which end of the stack? Which flags?
    //| fputs("clone-pid1: TODO 1: call clone()\n", stderr);
    //| (void)stack_top, (void)child_main;
    //| child = -1, errno = ENOSYS;
    child = clone(child_main, stack_top, CLONE_NEWPID | SIGCHLD, &seconds);
    // END SOLUTION
    if (child == -1)
        die("clone");
    printf("parent: clone() returned %d\n", child);
    return wait_for(child);
}
