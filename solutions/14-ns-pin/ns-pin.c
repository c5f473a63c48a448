/*
 * ns-pin NAME [SECONDS]: a namespace that outlives its last process.
 *
 * Shows:   a namespace lives as long as anybody holds it: a process in it, a descriptor, or a
 *          mount. Who has hold of it can go in again by setns().
 * Article: "Namespaces", the inode behind /proc/PID/ns: when is it deleted?
 * Prints:  child: hostname is NAME
 *          parent: child is gone
 *          parent: kept by a descriptor, uts:[N]
 *          parent: kept by a mount, uts:[N]
 *          parent: hostname is NAME after setns()
 * Write:   about 15 lines, all in keep(). inode_of() is given.
 * Try:     make run14 ARGS='box 60'   then, from a second terminal, with the PID of ns-pin:
 *          grep nsfs /proc/PID/mountinfo   and   lsns -t uts
 * Pages:   namespaces(7), setns(2), mount(2)
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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
//| #define todo(what) errx(1, "%s", what)

static unsigned long inode_of(const char *path);

/* link: /proc/CHILD/ns/uts. pin: an empty file in a file system that only we see. */
static void keep(pid_t child, const char *link, const char *pin)
{
    char held[32], name[65]; /* the path of a descriptor; the longest hostname there is */

    // BEGIN SOLUTION
    //| todo("TODO 1: open() the link, and write /proc/self/fd/N of that descriptor to held");
    int fd = open(link, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        err(1, "%s", link);
    snprintf(held, sizeof held, "/proc/self/fd/%d", fd);
    // END SOLUTION
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    printf("parent: child is gone\n");
    printf("parent: kept by a descriptor, uts:[%lu]\n", inode_of(held));
    // BEGIN SOLUTION
    //| todo("TODO 2: mount() what is held on pin, with MS_BIND, and close the descriptor");
    if (mount(held, pin, NULL, MS_BIND, NULL) == -1)
        err(1, "mount");
    close(fd);
    // END SOLUTION
    printf("parent: kept by a mount, uts:[%lu]\n", inode_of(pin));
    // BEGIN SOLUTION
    //| todo("TODO 3: open() pin, and go in with setns()");
    fd = open(pin, O_RDONLY | O_CLOEXEC);
    if (fd == -1 || setns(fd, CLONE_NEWUTS) == -1)
        err(1, "setns");
    // END SOLUTION
    gethostname(name, sizeof name);
    printf("parent: hostname is %s after setns()\n", name);
}

/* --- given; read it later ------------------------------------------------------------------- */

static unsigned long inode_of(const char *path)
{
    struct stat info;
    if (stat(path, &info) == -1)
        err(1, "%s", path);
    return info.st_ino;
}

/* Nothing that is mounted here is seen elsewhere, and all goes with the last process. */
static void make_room(const char *pin)
{
    if (unshare(CLONE_NEWNS) == -1)
        err(1, "unshare");
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
        mount("none", "/tmp", "tmpfs", 0, NULL) == -1 || creat(pin, 0600) == -1)
        err(1, "mount");
}

static unsigned parse_seconds(int argc, char *argv[])
{
    const char *text = argc == 3 ? argv[2] : "0";
    size_t digits = strspn(text, "0123456789");
    if ((argc == 2 || argc == 3) && digits > 0 && digits < 10 && text[digits] == '\0')
        return (unsigned)strtoul(text, NULL, 10);
    fputs("usage: ns-pin NAME [SECONDS]   (a whole number, default 0)\n", stderr);
    exit(2);
}

/* The child renames its host, as in lab 7, and stops: its parent sees that, and kills it. */
static _Noreturn void run_child(const char *name, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        exit(1);
    if (unshare(CLONE_NEWUTS) == -1)
        err(1, "unshare");
    if (sethostname(name, strlen(name)) == -1)
        err(1, "sethostname");
    printf("child: hostname is %s\n", name);
    exit(raise(SIGSTOP));
}

int main(int argc, char *argv[])
{
    unsigned seconds = parse_seconds(argc, argv);
    pid_t parent = getpid();
    char link[32];
    int status;

    setvbuf(stdout, NULL, _IOLBF, 0); /* a line leaves at once, also into a pipe */
    make_room("/tmp/pin");
    pid_t pid = fork();
    if (pid == -1)
        err(1, "fork");
    if (pid == 0)
        run_child(argv[1], parent);
    if (waitpid(pid, &status, WUNTRACED) == -1 || !WIFSTOPPED(status))
        exit(1);
    snprintf(link, sizeof link, "/proc/%d/ns/uts", pid);
    keep(pid, link, "/tmp/pin");
    sleep(seconds);
    return ferror(stdout) != 0;
}
