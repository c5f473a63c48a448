/*
 * unshare-fork [SECONDS]: the caller stays, its next child is PID 1.
 *
 * Shows:   unshare(CLONE_NEWPID) makes a PID namespace and no process. What does it change
 *          for its caller, and what for the next child? The four lines say it.
 * Article: "Three system calls", unshare().
 * Prints:  parent: my PID is N before unshare()    parent: fork() returned N
 *          parent: my PID is N after unshare()     child: my PID is 1
 * Write:   7 lines in main(): TODO 1 to 4, one after the other.
 * Try:     make run2 ARGS=60 &   then   ls -l /proc/N/ns   with the parent's N: pid and
 *          pid_for_children, are they equal? Fork a second time after the child has ended.
 * Pages:   unshare(2), pid_namespaces(7)
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
//| #define todo(what) errx(1, "%s", what)

static int parent; /* a file descriptor of the parent */

static unsigned parse_seconds(int argc, char *argv[]);
static _Noreturn void child_main(unsigned seconds);

int main(int argc, char *argv[])
{
    unsigned seconds = parse_seconds(argc, argv);
    pid_t child;
    int status;

    setvbuf(stdout, NULL, _IOLBF, 0); /* each line leaves at once, also into a pipe */
    parent = (int)syscall(SYS_pidfd_open, getpid(), 0);
    // BEGIN SOLUTION
    //| todo("TODO 1: print the line before unshare(), with getpid()");
    //| todo("TODO 2: unshare() the PID namespace; err(1, \"unshare\") if it returns -1");
    //| todo("TODO 3: print the line after unshare(). Predict N first");
    //| // fork() returns twice: 0 in the child, which calls child_main(seconds), and the child's
    //| // PID in the parent.
    //| todo("TODO 4: child = fork()");
    printf("parent: my PID is %d before unshare()\n", getpid());
    if (unshare(CLONE_NEWPID) == -1)
        err(1, "unshare");
    printf("parent: my PID is %d after unshare()\n", getpid());
    child = fork();
    if (child == 0)
        child_main(seconds);
    // END SOLUTION
    if (child == -1)
        err(1, "fork");
    printf("parent: fork() returned %d\n", child);
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

static _Noreturn void child_main(unsigned seconds)
{
    end_with_parent();
    printf("child: my PID is %d\n", getpid());
    sleep(seconds);
    exit(ferror(stdout) != 0);
}

static unsigned parse_seconds(int argc, char *argv[])
{
    const char *text = argc < 2 ? "0" : argv[1];
    size_t digits = strspn(text, "0123456789");

    if (argc > 2 || digits == 0 || digits > 9 || text[digits] != '\0') {
        fputs("usage: unshare-fork [SECONDS]   (a whole number, default 0)\n", stderr);
        exit(2);
    }
    return (unsigned)strtoul(text, NULL, 10);
}
