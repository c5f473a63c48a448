/*
 * mount-private DIRECTORY [SECONDS]: a child mounts something that nobody else sees.
 *
 * Shows:   unshare(CLONE_NEWNS) gives its caller a copy of the list of mounts. The copies still
 *          hand on to each other what happens to them, until they are made private.
 * Article: "Namespaces", the table of kinds: mount point.
 * Prints:  child: DIRECTORY/inside exists
 *          parent: DIRECTORY/inside does not exist
 * Write:   about 10 lines, all in child().
 * Try:     mkdir /tmp/box; make run8 ARGS='/tmp/box 60'   then, from a second terminal:
 *          ls /proc/PID/root/tmp/box   with the child's PID, and with the parent's
 * Pages:   unshare(2), mount(2), mount_namespaces(7)
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#define todo(what) errx(1, "%s", what)

static char inside[4096]; /* the path DIRECTORY/inside */

static const char *is_there(void)
{
    return access(inside, F_OK) == 0 ? "exists" : "does not exist";
}

static void child(const char *directory)
{
    todo("TODO 1: call unshare() for a mount namespace, and err() if it fails");
    todo("TODO 2: call mount() to make / private, with all that is below it");
    todo("TODO 3: call mount() for a tmpfs on directory, then creat() the file inside");
    printf("child: %s %s\n", inside, is_there());
}

/* --- given; read it later ------------------------------------------------------------------- */

static unsigned parse_seconds(int argc, char *argv[])
{
    const char *text = argc == 3 ? argv[2] : "0";
    size_t digits = strspn(text, "0123456789");

    if (argc < 2 || argc > 3 || digits == 0 || digits > 9 || text[digits] != '\0') {
        fputs("usage: mount-private DIRECTORY [SECONDS]   (a whole number, default 0)\n",
              stderr);
        exit(2);
    }
    return (unsigned)strtoul(text, NULL, 10);
}

/* The child stays for SECONDS, but not longer than its parent lives. */
static _Noreturn void run_child(const char *directory, unsigned seconds, int told,
                                pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        exit(1);
    child(directory);
    close(told); /* the parent reads "end of file": the mount is made */
    sleep(seconds);
    exit(ferror(stdout) != 0);
}

int main(int argc, char *argv[])
{
    unsigned seconds = parse_seconds(argc, argv);
    pid_t parent = getpid();
    int told[2], status;
    char byte;

    setvbuf(stdout, NULL, _IOLBF, 0); /* a line leaves at once, also into a pipe */
    snprintf(inside, sizeof inside, "%s/inside", argv[1]);
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
    printf("parent: %s %s\n", inside, is_there());
    waitpid(pid, &status, 0);
    return status != 0 || ferror(stdout);
}
