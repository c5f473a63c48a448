// lab: 01-clone-pid1
// what: mounts the hierarchy of cpusets in a cgroup namespace of its own, and changes the groups of
//       the programs of others that run at the same time, for a second
// stops: the root of each cage is another user outside
// expect: refused: the groups of others
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int changed, seen;

static void change(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);

    changed += fd != -1 && write(fd, text, strlen(text)) > 0;
    close(fd);
}

static void change_group(const char *group)
{
    char path[800];

    seen++;
    snprintf(path, sizeof path, "%s/intruder", group);
    changed += mkdir(path, 0755) == 0;
    snprintf(path, sizeof path, "%s/tasks", group);
    change(path, "0");
    snprintf(path, sizeof path, "%s/cpuset.cpus", group);
    change(path, "0");
    int fd = open(group, O_RDONLY | O_DIRECTORY);
    if (flock(fd, LOCK_EX | LOCK_NB) == -1 ||
        seen > 20) /* else it is held until the end */
        close(fd);
}

static void change_groups(const char *top)
{
    DIR *groups = opendir(top);
    struct dirent *entry;
    char path[600];

    while (groups && (entry = readdir(groups)) != NULL)
        if (strncmp(entry->d_name, "oslabs-", 7) == 0) {
            snprintf(path, sizeof path, "%s/%s", top, entry->d_name);
            change_group(path);
        }
    if (groups)
        closedir(groups);
}

int main(int argc, char *argv[])
{
    time_t end = time(NULL) + 2;
    struct timespec pause = {0, 1000000};

    if (argc < 2 || strcmp(argv[1], "60") != 0) /* once is enough */
        return 0;
    mkdir("/tmp/tree", 0755);
    if (unshare(CLONE_NEWCGROUP) == -1 ||
        (mount("tree", "/tmp/tree", "cgroup", 0, "cpuset") == -1 &&
         mount("tree", "/tmp/tree", "cgroup2", 0, NULL) == -1))
        puts("nothing to be seen");
    flock(open("/tmp/tree", O_RDONLY | O_DIRECTORY), LOCK_EX | LOCK_NB);
    while (time(NULL) < end && changed == 0 && seen < 200) {
        change_groups("/tmp/tree");
        nanosleep(&pause, NULL);
    }
    printf("%s: the groups of others; %s\n", changed ? "got through" : "refused",
           seen ? "there were some" : "there were none");
    return 0;
}
