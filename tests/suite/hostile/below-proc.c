// lab: 04-ns-inode-listing
// what: takes its own /proc away, and looks at what was there before: the processes of the machine,
//       with their command lines, and its sockets
// stops: the cage is in another PID namespace, whose /proc is the one below
// expect: refused: what is below /proc
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static int count;

static void look_at(const char *pid)
{
    static char text[65536];
    char path[300];

    snprintf(path, sizeof path, "/proc/%s/cmdline", pid);
    int fd = open(path, O_RDONLY);
    ssize_t length = fd == -1 ? 0 : read(fd, text, sizeof text - 1);
    close(fd);
    count++;
    if (length > 0 && memmem(text, (size_t)length, "oslabs-canary", 13) != NULL)
        puts("got through: the command line of somebody else");
}

int main(void)
{
    while (umount2("/proc", MNT_DETACH) == 0 ||
           mount("/proc", "/tmp", NULL, MS_MOVE, NULL) == 0) {
        DIR *proc = opendir("/proc");
        struct dirent *entry;
        while (proc && (entry = readdir(proc)) != NULL)
            if (atoi(entry->d_name) > 0)
                look_at(entry->d_name);
    }
    printf("%s: what is below /proc\n", count < 20 ? "refused" : "got through");
    return 0;
}
