/*
 * uts-hostname NAME [SECONDS]: a child renames its host, and nobody else notices.
 *
 * Shows:   unshare(CLONE_NEWUTS) moves its caller into a new UTS namespace at once. The new
 *          namespace begins with a copy of the hostname; sethostname() changes that copy.
 * Article: "Namespaces", the table of kinds: UTS.
 * Prints:  child: hostname is OLD after unshare()
 *          child: hostname is NAME after sethostname()
 *          parent: hostname is OLD
 * Write:   about 10 lines, all in child().
 * Try:     make run7 ARGS='box 60'   then, from a second terminal, with the child's PID:
 *          nsenter --uts --target PID hostname
 * Pages:   unshare(2), uname(2), sethostname(2), uts_namespaces(7)
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
//| #define todo(what) errx(1, "%s", what)

static void child(const char *name)
{
    struct utsname uts;

    // BEGIN SOLUTION
    //| todo("TODO 1: call unshare(), and err() if it fails");
    //| todo("TODO 2: call uname(), and print the first line");
    //| todo("TODO 3: call sethostname() and uname(), and print the second line");
    if (unshare(CLONE_NEWUTS) == -1)
        err(1, "unshare");
    uname(&uts);
    printf("child: hostname is %s after unshare()\n", uts.nodename);
    if (sethostname(name, strlen(name)) == -1)
        err(1, "sethostname");
    uname(&uts);
    printf("child: hostname is %s after sethostname()\n", uts.nodename);
    // END SOLUTION
}

/* --- given; read it later ------------------------------------------------------------------- */

static unsigned parse_seconds(int argc, char *argv[])
{
    const char *text = argc == 3 ? argv[2] : "0";
    size_t digits = strspn(text, "0123456789");

    if (argc < 2 || argc > 3 || digits == 0 || digits > 9 || text[digits] != '\0') {
        fputs("usage: uts-hostname NAME [SECONDS]   (a whole number, default 0)\n",
              stderr);
        exit(2);
    }
    return (unsigned)strtoul(text, NULL, 10);
}

/* The child stays for SECONDS, but not longer than its parent lives. */
static _Noreturn void run_child(const char *name, unsigned seconds, int told,
                                pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        exit(1);
    child(name);
    close(told); /* the parent reads "end of file": the name is changed */
    sleep(seconds);
    exit(ferror(stdout) != 0);
}

int main(int argc, char *argv[])
{
    unsigned seconds = parse_seconds(argc, argv);
    pid_t parent = getpid();
    struct utsname uts;
    int told[2], status;
    char byte;

    setvbuf(stdout, NULL, _IOLBF, 0); /* a line leaves at once, also into a pipe */
    if (pipe(told) == -1)
        err(1, "pipe");
    pid_t pid = fork();
    if (pid == -1)
        err(1, "fork");
    if (pid == 0)
        run_child(argv[1], seconds, told[1], parent);
    close(told[1]);
    while (read(told[0], &byte, 1) > 0)
        ;
    uname(&uts);
    printf("parent: hostname is %s\n", uts.nodename);
    waitpid(pid, &status, 0);
    return status != 0 || ferror(stdout);
}
