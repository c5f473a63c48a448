// lab: 01-clone-pid1
// what: fills every folder that it may write to, with large files and with many small ones
// stops: only /tmp and /dev/shm can be written, and they are small, in memory
// expect: refused: more than 16 MiB in /tmp
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char block[1 << 20];

static void fill(const char *folder)
{
    char path[256];
    long total = 0;
    int i = 0, fd, error = 0;

    for (; i < 3000 && error == 0; i++) {
        snprintf(path, sizeof path, "%s/%d", folder, i);
        if ((fd = open(path, O_CREAT | O_WRONLY, 0600)) == -1 ||
            (i % 16 == 0 && write(fd, block, sizeof block) < (ssize_t)sizeof block))
            error = errno ? errno : ENOSPC;
        else if (i % 16 == 0)
            total += (long)sizeof block;
        close(fd);
    }
    if (total > 0)
        printf("%s: more than 16 MiB in %s: %s\n",
               total <= 16 << 20 ? "refused" : "got through", folder, strerror(error));
}

int main(void)
{
    static const char *const folders[] = {"/tmp",  "/dev/shm", "/",     "/dev",
                                          "/usr",  "/var/tmp", "/cage", "/run",
                                          "/home", "/root",    "/proc", "/sys/fs/cgroup"};

    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        fill(folders[i]);
    return 0;
}
