/*
 * ipc-same-key KEY [SECONDS]: one key, and two segments of shared memory.
 *
 * Shows:   unshare(CLONE_NEWIPC) moves its caller into a new IPC namespace, and that one is
 *          empty: the key of a System V object is a name in a namespace, and no more.
 * Article: "Namespaces", the table of kinds: IPC.
 * Prints:  parent: key 0xK is segment N
 *          child: key 0xK: No such file or directory
 *          child: key 0xK is segment N
 * Write:   about 10 lines, all in child().
 * Try:     make run9 ARGS='0x7 60'   then, from a second terminal, with the child's PID:
 *          ipcs -m   and   nsenter --ipc --target PID ipcs -m
 * Pages:   unshare(2), shmget(2), ipc_namespaces(7)
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>
//| #define todo(what) errx(1, "%s", what)

static void child(key_t key)
{
    // BEGIN SOLUTION
    //| todo("TODO 1: call unshare(), and err() if it fails");
    //| todo("TODO 2: look for the key with shmget(), and print the second line");
    //| todo("TODO 3: make a segment with that key by shmget(), and print the third line");
    if (unshare(CLONE_NEWIPC) == -1)
        err(1, "unshare");
    if (shmget(key, 0, 0) == -1)
        printf("child: key 0x%x: %s\n", (unsigned)key, strerror(errno));
    int id = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600);
    if (id == -1)
        err(1, "shmget");
    printf("child: key 0x%x is segment %d\n", (unsigned)key, id);
    // END SOLUTION
}

/* --- given; read it later ------------------------------------------------------------------- */

/* A whole number without a sign; anything else, or none, gives the usage line. */
static unsigned long number(const char *text, int base, unsigned long most)
{
    char *end;
    unsigned long value = text ? strtoul(text, &end, base) : 0;
    if (text && *text >= '0' && *text <= '9' && *end == '\0' && value <= most)
        return value;
    fputs("usage: ipc-same-key KEY [SECONDS]   (whole numbers, KEY as 0x7)\n", stderr);
    exit(2);
}

static int segment = -1; /* of the parent: nobody else removes it */

static void remove_segment(void)
{
    shmctl(segment, IPC_RMID, NULL); /* NOLINT: a system call and no more */
}

static void on_signal(int name)
{
    remove_segment();
    signal(name, SIG_DFL);
    raise(name);
}

/* The child stays for SECONDS, but not longer than its parent lives. */
static _Noreturn void run_child(key_t key, unsigned seconds, pid_t parent)
{
    segment = -1;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        exit(1);
    child(key);
    sleep(seconds);
    exit(ferror(stdout) != 0);
}

int main(int argc, char *argv[])
{
    key_t key = (key_t)number(argc > 3 ? NULL : argv[1], 0, 0x7fffffff);
    unsigned seconds = (unsigned)number(argc == 3 ? argv[2] : "0", 10, 999999999);
    pid_t parent = getpid();
    int status;

    setvbuf(stdout, NULL, _IOLBF, 0); /* a line leaves at once, also into a pipe */
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    atexit(remove_segment);
    if ((segment = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600)) == -1)
        err(1, "shmget");
    printf("parent: key 0x%x is segment %d\n", (unsigned)key, segment);
    pid_t pid = fork();
    if (pid == -1)
        err(1, "fork");
    if (pid == 0)
        run_child(key, seconds, parent);
    waitpid(pid, &status, 0);
    return status != 0 || ferror(stdout);
}
