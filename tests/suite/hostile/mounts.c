// lab: 04-ns-inode-listing
// what: makes read-only mounts writable, takes away or covers what the witness reads, and mounts file
//       systems that lie about processes
// stops: mounts that came into its mount namespace are locked; the witness has its own, unreachable
// expect: refused: remount /
// expect: refused: umount /tmp
// expect: left mount
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static void tried(const char *what, const char *path, bool failed)
{
    printf(failed ? "refused: %s %s: %s\n" : "got through: %s %s\n", what, path,
           strerror(errno));
}

int main(void)
{
    static const char *const paths[] = {
        "/", "/usr", "/dev", "/tmp", "/dev/shm", "/cage/witness", "/sys/fs/cgroup"};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        tried("remount", paths[i],
              mount(NULL, paths[i], NULL, MS_REMOUNT | MS_BIND, NULL) == -1);
        tried("umount", paths[i], umount2(paths[i], MNT_DETACH) == -1);
        tried("move", paths[i], mount(paths[i], "/tmp", NULL, MS_MOVE, NULL) == -1);
    }
    tried("disk", "/dev/vda", mount("/dev/vda", "/tmp", "ext4", 0, NULL) == -1);
    tried("sysfs", "/sys", mount("sysfs", "/tmp", "sysfs", 0, NULL) == -1);
    tried("debugfs", "/sys", mount("debugfs", "/tmp", "debugfs", 0, NULL) == -1);
    mount("none", "/cage", "tmpfs", 0, NULL);
    mkdir("/cage/1", 0755);
    mount("/cage", "/proc", NULL, MS_BIND, NULL);
    return 0;
}
