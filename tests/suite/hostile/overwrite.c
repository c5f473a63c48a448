// lab: 04-ns-inode-listing
// what: overwrites whatever it finds: files below /, what /proc/self/mountinfo names, and the
//       checks, the witness and the grades where an insider knows them to be
// stops: nothing of that is in its mount namespace; what is there is mounted read-only, and its root
//       is nobody outside
// expect: refused: all that can be seen
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int opened, seen;

static void overwrite(const char *path)
{
    int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY);

    struct stat info;

    seen++;
    if (fd != -1 && fstat(fd, &info) == 0 && !S_ISCHR(info.st_mode)) { /* not /dev/null */
        opened++;
        printf("got through: %s\n", path);
    }
    close(fd);
}

/* Three folders deep: /usr is large, and all of it is one mount. */
static void overwrite_below(const char *folder, int depth)
{
    char path[4096];
    DIR *dir = opendir(*folder ? folder : "/");
    struct dirent *entry;

    while (dir && (entry = readdir(dir)) != NULL) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_type == DT_BLK)
            printf("got through: a disk, %s\n", path);
        if (entry->d_type == DT_REG)
            overwrite(path);
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.' && depth < 3 &&
            strcmp(path, "/proc") != 0 && strcmp(path, "/tmp") != 0)
            overwrite_below(path, depth + 1);
    }
    if (dir)
        closedir(dir);
}

int main(void)
{
    static char line[8192], root[4096], path[4096];
    FILE *mounts = fopen("/proc/self/mountinfo", "r");

    overwrite_below("", 0);
    while (mounts && fgets(line, sizeof line, mounts))
        if (sscanf(line, "%*s %*s %*s %4095s %4095s", root, path) == 2) {
            overwrite(root);
            overwrite(path);
        }
    overwrite("@canary@/checks");
    overwrite("@canary@/neighbour.c");
    if (seen > 100 && opened == 0)
        puts("refused: all that can be seen");
    return 0;
}
