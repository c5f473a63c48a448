/*
 * What: the reference of the first edition.
 *
 * setns-join [SECONDS]: a second process enters a PID namespace, and is PID 2.
 *
 * Shows:   a namespace is a file, /proc/PID/ns/pid. Who opens it and calls setns() stays where
 *          it is, as with unshare(): only its next child is born in there.
 * Article: "Three system calls", setns().
 * Prints:  first: my PID is 1              parent: my PID is N after setns()
 *          parent: clone() returned N      parent: fork() returned N
 *                                          second: my PID is 2
 * Try:     ./setns-join 60 &   then   ls -l /proc/N/ns/pid   for all three N. kill -KILL the
 *          first child: what becomes of the second?
 * Pages:   setns(2), pid_namespaces(7)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of the first child. It gets a copy, as of all our memory. */
static char stack[256 * 1024] __attribute__((aligned(16)));

/* SIGINT, SIGTERM and SIGCHLD: blocked, and taken one by one in wait_for() */
static sigset_t signals;

static pid_t first = -1; /* PID 1 of the new namespace */

static _Noreturn void die(const char *what)
{
    int error = errno;

    fprintf(stderr, "setns-join: %s: %s\n", what, strerror(error));
    if (error == EPERM)
        fputs("setns-join: only root makes a PID namespace: type 'sudo ./setns-join'\n"
              "  or 'unshare -Ur ./setns-join'; a container must be --privileged\n",
              stderr);
    if (first != -1) { /* it must not outlive us */
        kill(first, SIGKILL);
        waitpid(first, NULL, 0);
    }
    exit(1);
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

/* A PID namespace lives as long as its PID 1: this one waits for the parent's SIGTERM. */
static int first_main(void *unused)
{
    int number;

    (void)unused;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* no parent, no child */
    printf("first: my PID is %d\n", getpid());
    sigwait(&signals, &number);
    return ferror(stdout) != 0;
}

/* It leaves by _exit(): clean-up that its parent has planned for exit() is not its own. */
static _Noreturn void second_main(unsigned seconds)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
    printf("second: my PID is %d\n", getpid());
    sleep(seconds);
    _exit(ferror(stdout) != 0);
}

/* Waits for a child and returns its exit status. SIGINT or SIGTERM for us ends the child. */
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

/* Starts PID 1 of a new PID namespace; the file of that namespace is the path. */
static void start_first(char *path, size_t size)
{
    first = clone(first_main, stack + sizeof stack, CLONE_NEWPID | SIGCHLD, NULL);
    if (first == -1)
        die("clone");
    printf("parent: clone() returned %d\n", first);
    snprintf(path, size, "/proc/%d/ns/pid", first);
}

int main(int argc, char *argv[])
{
    unsigned seconds = parse_seconds(argc, argv);
    char path[64];
    int fd, status, first_status;
    pid_t second;

    prepare();
    start_first(path, sizeof path);
    // BEGIN SOLUTION
    //| // TODO 1: open() the file path, the PID namespace of the first child.
    //| // TODO 2: setns() with it; a flag says that it has to be a PID namespace.
    //| // TODO 3: print "parent: my PID is N after setns()". Predict N first.
    //| // TODO 4: fork(). In the child call second_main(seconds), which does not return.
    //| // When a call returns -1: die() with its name. Then delete these two lines:
    //| (void)fd, (void)second_main, (void)seconds;
    //| errno = ENOSYS, die("TODO 1 to 4: open(), setns(), fork()");
    if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
        die(path);
    if (setns(fd, CLONE_NEWPID) == -1)
        die("setns");
    close(fd);
    printf("parent: my PID is %d after setns()\n", getpid());
    second = fork();
    if (second == 0)
        second_main(seconds);
    // END SOLUTION
    if (second == -1)
        die("fork");
    printf("parent: fork() returned %d\n", second);
    /* The second one first: a PID 1 cannot end before all others are waited for. */
    status = wait_for(second);
    if (ferror(stdout))
        errno = EIO, die("stdout");
    kill(first, SIGTERM);
    first_status = wait_for(first);
    return status ? status : first_status;
}
