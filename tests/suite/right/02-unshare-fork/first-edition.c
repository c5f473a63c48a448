/*
 * What: the reference of the first edition.
 *
 * unshare-fork [SECONDS]: the caller stays, its next child is PID 1.
 *
 * Shows:   unshare(CLONE_NEWPID) makes a PID namespace and moves nobody. The caller keeps its
 *          PID; what changed is where its next child is born: as PID 1 of the new namespace.
 * Article: "Three system calls", unshare().
 * Prints:  parent: my PID is N before unshare()    parent: fork() returned N
 *          parent: my PID is N after unshare()     child: my PID is 1
 * Try:     ./unshare-fork 60 &   then   ls -l /proc/N/ns   with the parent's N: its pid and
 *          pid_for_children differ. Fork a second time after the child has ended: ENOMEM.
 * Pages:   unshare(2), pid_namespaces(7)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* SIGINT, SIGTERM and SIGCHLD: blocked, and taken one by one in wait_for() */
static sigset_t signals;

static _Noreturn void die(const char *what)
{
    int error = errno;

    fprintf(stderr, "unshare-fork: %s: %s\n", what, strerror(error));
    if (error == EPERM)
        fputs(
            "unshare-fork: only root makes a PID namespace: type 'sudo ./unshare-fork'\n"
            "  or 'unshare -Ur ./unshare-fork'; a container must be --privileged\n",
            stderr);
    exit(1);
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

/* It leaves by _exit(): clean-up that its parent has planned for exit() is not its own. */
static _Noreturn void child_main(unsigned seconds)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* no parent, no child */
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
    printf("child: my PID is %d\n", getpid());
    sleep(seconds);
    _exit(ferror(stdout) != 0);
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
    pid_t child;
    int status;

    prepare();
    // BEGIN SOLUTION
    //| // TODO 1: print "parent: my PID is N before unshare()".
    //| // TODO 2: unshare() the PID namespace; die("unshare") when the kernel refuses.
    //| // TODO 3: print "parent: my PID is N after unshare()". Predict N first.
    //| // TODO 4: fork(). In the child call child_main(seconds), which does not return.
    //| // Then delete these two lines:
    //| (void)child_main, (void)seconds;
    //| errno = ENOSYS, die("TODO 1 to 4: unshare(), then fork()");
    printf("parent: my PID is %d before unshare()\n", getpid());
    if (unshare(CLONE_NEWPID) == -1)
        die("unshare");
    printf("parent: my PID is %d after unshare()\n", getpid());
    child = fork();
    if (child == 0)
        child_main(seconds);
    // END SOLUTION
    if (child == -1)
        die("fork");
    printf("parent: fork() returned %d\n", child);
    status = wait_for(child);
    if (ferror(stdout))
        errno = EIO, die("stdout");
    return status;
}
