// lab: 03-setns-join
// what: looks for a way into an outer namespace: /proc/1/ns, the parent of its own namespaces, the
//       file handles of those that the kernel made first, every descriptor that is open
// stops: PID 1 of the cage may not be looked into; the kernel shows nobody what is above them
// expect: refused: /proc/1/ns/mnt
// expect: refused: parent of pid
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *const kinds[] = {"mnt", "pid",  "net",    "ipc",
                                    "uts", "user", "cgroup", "time"};

static void tried(const char *what, const char *kind, bool failed)
{
    printf(failed ? "refused: %s%s: %s\n" : "got through: %s%s\n", what, kind,
           strerror(errno));
}

static void open_and_join(const char *folder, const char *kind)
{
    char path[64];
    int fd;

    snprintf(path, sizeof path, "%s%s", folder, kind);
    fd = open(path, O_RDONLY);
    tried(path, "", fd != -1 ? setns(fd, 0) == -1 : true);
}

static void up(const char *kind)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/self/ns/%s", kind);
    int fd = open(path, O_RDONLY);
    tried("parent of ", kind, ioctl(fd, NS_GET_PARENT) == -1);
    int owner = ioctl(fd, NS_GET_USERNS);
    tried("outer owner of ", kind, owner == -1 || ioctl(owner, NS_GET_USERNS) == -1);
}

/* Since 6.18 a namespace has a file handle. Those that the kernel made first have small numbers. */
static void by_handle(int id)
{
    struct {
        struct file_handle head;
        struct {
            uint64_t id;
            uint32_t type, inode;
        } namespace;
    } handle = {.head = {.handle_bytes = 16, .handle_type = 0xf1},
                .namespace = {.id = (uint64_t)id}};
    char number[16];

    snprintf(number, sizeof number, "%d", id);
    tried("file handle of namespace ", number,
          open_by_handle_at(-10003, &handle.head, O_RDONLY) == -1);
}

int main(void)
{
    for (int fd = 3; fd < 1024; fd++)
        if (fcntl(fd, F_GETFD) != -1 && setns(fd, 0) == 0)
            tried("namespace of descriptor", "", false);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        open_and_join("/proc/1/ns/", kinds[i]);
        up(kinds[i]);
        by_handle((int)i + 1);
    }
    return 0;
}
