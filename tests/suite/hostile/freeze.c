// lab: 05-cgroup-cpuset-pin
// what: freezes PID 1 of the cage, and itself, in a group of its own, so that nobody ends it (on v2;
//       on v1 it finds no freezer)
// stops: the witness waits so long and no longer; and whoever is frozen can be killed
// expect: freeze:
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static int put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY), ok = fd != -1 && write(fd, text, strlen(text)) > 0;

    close(fd);
    return ok;
}

int main(void)
{
    mkdir("/tmp/tree", 0755);
    if (mount("tree", "/tmp/tree", "cgroup", 0, "freezer") == 0 &&
        (mkdir("/tmp/tree/cold", 0755) == 0 || put("/tmp/tree/freezer.state", "FROZEN")))
        puts("got through: a freezer of the machine");
    mkdir("/sys/fs/cgroup/cold", 0755);
    printf("freeze: init %d, self %d\n", put("/sys/fs/cgroup/cold/cgroup.procs", "1"),
           put("/sys/fs/cgroup/cold/cgroup.procs", "0"));
    fflush(stdout);
    put("/sys/fs/cgroup/cold/cgroup.freeze", "1");
    return 0;
}
