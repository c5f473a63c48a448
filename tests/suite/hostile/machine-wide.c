// lab: 01-clone-pid1
// what: takes what the machine has one of for all: events of asynchronous I/O, locks on programs that
//       others use, keys, writing to the disks; and listens to what others do with files
// stops: a seccomp filter; limits of the cage's user namespace
// expect: refused: asynchronous I/O
// expect: refused: a lock on /usr/bin
// expect: refused: a watch over /usr
// expect: refused: more namespaces
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

static void tried(const char *what, bool failed)
{
    printf(failed ? "refused: %s: %s\n" : "got through: %s\n", what, strerror(errno));
    fflush(stdout);
}

static void lock(const char *path)
{
    struct flock all = {.l_type = F_RDLCK};
    int fd = open(path, O_RDONLY), file = open("/usr/bin/env", O_RDONLY);

    tried("a lock on /usr/bin", flock(fd, LOCK_EX | LOCK_NB) == -1);
    tried("a lock on env", flock(file, LOCK_EX | LOCK_NB) == -1);
    tried("a lock of POSIX", fcntl(file, F_SETLK, &all) == -1);
    tried("a lock of a description", fcntl(file, F_OFD_SETLK, &all) == -1);
    tried("a lease", fcntl(file, F_SETLEASE, F_RDLCK) == -1);
    tried("a watch by dnotify", fcntl(fd, F_NOTIFY, DN_ACCESS | DN_MULTISHOT) == -1);
}

static void take_namespaces(void)
{
    int count = 0;

    while (count < 115 && unshare(CLONE_NEWUTS) == 0) {
        if (open("/proc/self/ns/uts", O_RDONLY) ==
            -1) /* it lives as long as that is open */
            break;
        count++;
    }
    tried("more namespaces", count < 115 && errno == ENOSPC);
}

static void raise_limit(void)
{
    int fd = open("/proc/sys/user/max_uts_namespaces", O_WRONLY);

    tried("a higher limit", fd == -1 || write(fd, "90000", 5) == -1);
}

int main(void)
{
    unsigned long context[8] = {0};
    char zero[128] = "";
    int count = 0, watch = inotify_init1(0);

    signal(SIGIO, SIG_IGN); /* of dnotify */
    while (syscall(SYS_io_setup, 4096, &context[count % 8]) == 0 && count < 100)
        context[++count % 8] = 0;
    tried("asynchronous I/O", count == 0);
    lock("/usr/bin");
    tried("a watch over /usr",
          watch == -1 || inotify_add_watch(watch, "/usr/bin", IN_OPEN | IN_ACCESS) == -1);
    tried("a watch by fanotify", syscall(SYS_fanotify_init, 0x200, 0) == -1);
    tried("a key", syscall(SYS_add_key, "user", "talk", "x", 1, -4) == -1);
    tried("perf", syscall(SYS_perf_event_open, zero, 0, -1, -1, 0) == -1);
    tried("userfaultfd", syscall(SYS_userfaultfd, 1) == -1);
    tried("sync", syncfs(-1) == 0); /* the kernel would say that it is no file */
    raise_limit();
    take_namespaces();
    for (int i = 0; i < 50; i++) /* time for the canary to look */
        usleep(20000);
    return 0;
}
