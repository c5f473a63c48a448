// lab: 05-cgroup-cpuset-pin
// what: cgroup v1 starts a program as root of the machine when a group gets empty: release_agent, in
//       each hierarchy that it can mount in a cgroup namespace of its own
// stops: the kernel (since 5.17), and the files are of a user whom its root is not
// expect: refused: release_agent
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static int written;

static void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);

    if (fd != -1 && write(fd, text, strlen(text)) > 0) {
        printf("got through: %s\n", path);
        written++;
    }
    close(fd);
}

int main(void)
{
    static const char *const kinds[] = {
        "memory", "pids",   "cpu",  "cpuacct",    "freezer", "devices",
        "blkio",  "cpuset", "rdma", "perf_event", "net_cls", "none,name=systemd"};

    put("/sys/fs/cgroup/cpuset/release_agent", "/tmp/cgroup-cpuset-pin");
    put("/sys/fs/cgroup/release_agent", "/tmp/cgroup-cpuset-pin");
    mkdir("/tmp/tree", 0755);
    if (unshare(CLONE_NEWCGROUP) == -1)
        return 1;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (mount("tree", "/tmp/tree", "cgroup", 0, kinds[i]) == 0) {
            put("/tmp/tree/release_agent", "/tmp/cgroup-cpuset-pin");
            put("/tmp/tree/devices.allow", "a");
            put("/tmp/tree/freezer.state", "FROZEN");
            put("/tmp/tree/memory.limit_in_bytes", "-1");
            put("/tmp/tree/pids.max", "max");
            put("/tmp/tree/cpu.cfs_quota_us", "-1");
            umount2("/tmp/tree", MNT_DETACH);
        }
    if (written == 0)
        puts("refused: release_agent, and all other files of cgroups");
    return 0;
}
