/*
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
 * Pages:   setns(2), pid_namespaces(7), pipe(7)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
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
static int
    until_told[2]; /* a pipe that nobody writes to: the first child waits for its end */
static pid_t first = -1; /* PID 1 of the new namespace */

/* The first child must not outlive us, whatever went wrong. */
static void die(const char *what)
{
    int error = errno;

    fprintf(stderr, "setns-join: %s: %s\n", what, strerror(error));
    if (error == EPERM)
        fputs("setns-join: a new PID namespace needs root: type 'sudo ./setns-join', or "
              "without root 'unshare -Ur ./setns-join'\n",
              stderr);
    if (first != -1) {
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

/* A PID namespace lives as long as its PID 1: this one stays until the parent closes the pipe,
   or is gone. Its own copy of the writing end would keep the pipe open for ever. */
static int first_main(void *unused)
{
    char byte;

    (void)unused;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* no parent, no child */
    close(until_told[1]);
    printf("first: my PID is %d\n", getpid());
    return (int)read(until_told[0], &byte, 1); /* 0: the end of the pipe */
}

/* _exit(): clean-up handlers of the process that this is a copy of are not its own. */
static void second_main(unsigned seconds)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
    close(until_told[1]);
    printf("second: my PID is %d\n", getpid());
    sleep(seconds);
    _exit(0);
}

/* Waits for a child and returns its exit status. SIGINT or SIGTERM for us ends the child. */
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
    char path[64];
    int fd, status;
    pid_t second;

    setvbuf(stdout, NULL, _IOLBF, 0); /* each line leaves at once, also into a pipe */
    signal(SIGCHLD, SIG_DFL); /* if it came to us ignored, there is no waitpid() */
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, NULL);

    if (pipe2(until_told, O_CLOEXEC) == -1)
        die("pipe2");
    first = clone(first_main, new_stack(), CLONE_NEWPID | SIGCHLD, NULL);
    if (first == -1)
        die("clone");
    printf("parent: clone() returned %d\n", first);
    snprintf(path, sizeof path, "/proc/%d/ns/pid", first);
    // BEGIN SOLUTION
    //| // TODO 1: open() the file named path: it is the first child's PID namespace.
    //| // TODO 2: setns() with it, and say that it must be a PID namespace.
    //| // TODO 3: print "parent: my PID is N after setns()". Predict N first.
    //| // TODO 4: fork(). The child runs second_main(seconds), which does not return.
    //| // When a call returns -1: die() with its name.
    //| fputs("setns-join: TODO 1 to 4: open(), setns(), fork()\n", stderr);
    //| (void)second_main, (void)seconds, (void)fd;
    //| second = -1, errno = ENOSYS;
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
    status =
        wait_for(second); /* before PID 1: that one cannot end while others are left */
    close(until_told[1]);
    return wait_for(first) | status;
}
