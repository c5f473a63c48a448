// lab: 01-clone-pid1
// what: takes what the checker has open: inherited descriptors, /proc/PID/fd of its parent and of
//       every process that it sees, pidfd_getfd(), the controlling terminal, and its keyring
// stops: it inherits three descriptors only; PID 1 of the cage is not dumpable; a session of its own
// expect: refused: pidfd_getfd of 1
// expect: refused: /proc/1/fd
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PIDFD_OPEN = 434, PIDFD_GETFD = 438, SEARCH = 10, SESSION = -3 };

static void tried(const char *what, bool failed)
{
    printf(failed ? "refused: %s: %s\n" : "got through: %s\n", what, strerror(errno));
}

static void of_process(int pid)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    tried(path, opendir(path) == NULL);
    snprintf(path, sizeof path, "/proc/%d/root", pid);
    tried(path, open(path, O_RDONLY) == -1);
    snprintf(path, sizeof path, "pidfd_getfd of %d", pid);
    tried(path, syscall(PIDFD_GETFD, syscall(PIDFD_OPEN, pid, 0), 1, 0) == -1);
}

int main(void)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;

    for (int fd = 3; fd < 65536; fd++)
        if (fd != dirfd(proc) && fcntl(fd, F_GETFD) != -1)
            tried("an inherited descriptor", false);
    while ((entry = readdir(proc)) != NULL)
        if (atoi(entry->d_name) > 0 && atoi(entry->d_name) != getpid())
            of_process(atoi(entry->d_name));
    tried("/dev/tty", open("/dev/tty", O_RDWR) == -1);
    tried("the key of who grades",
          syscall(SYS_keyctl, SEARCH, SESSION, "user", "oslabs-canary", 0) == -1);
    return 0;
}
