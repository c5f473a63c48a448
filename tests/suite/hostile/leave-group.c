// lab: 05-cgroup-cpuset-pin
// what: leaves the group that limits it: into the top of every hierarchy that it sees or can mount,
//       and raises its limits
// stops: within its part of the tree it may move; the other files are of a user whom its root is not; a cgroup namespace shows nothing above
// expect: refused: another group
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static char after[8192];

static void groups(char *text, size_t size)
{
    int fd = open("/proc/self/cgroup", O_RDONLY);
    ssize_t length = read(fd, text, size - 1);

    text[length > 0 ? length : 0] = '\0';
    close(fd);
}

static void put(const char *folder, const char *file, const char *text)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, file);
    int fd = open(path, O_WRONLY);
    if (fd != -1 && write(fd, text, strlen(text)) > 0 && strcmp(text, "0") != 0)
        printf("got through: %s\n", path);
    close(fd);
}

static void leave(const char *folder)
{
    static const char *const ups[] = {"", "/..", "/../..", "/../../.."};
    char path[128];

    for (int i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s%s", folder, ups[i]);
        put(path, "cgroup.procs", "0");
        put(path, "tasks", "0");
        put(path, "memory.max", "max");
        put(path, "pids.max", "max");
        put(path, "cpu.max", "max");
        put(path, "memory.limit_in_bytes", "-1");
    }
}

int main(void)
{
    static const char *const kinds[] = {"memory", "pids", "cpu", "freezer", "cpuset"};

    leave("/sys/fs/cgroup");
    leave("/sys/fs/cgroup/memory");
    mkdir("/tmp/tree", 0755);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (mount("tree", "/tmp/tree", "cgroup", 0, kinds[i]) == 0)
            leave("/tmp/tree");
    if (mount("tree", "/tmp/tree", "cgroup2", 0, NULL) == 0)
        leave("/tmp/tree");
    groups(after, sizeof after);
    printf("%s: another group\n", strstr(after, "/..") ? "got through" : "refused");
    return 0;
}
