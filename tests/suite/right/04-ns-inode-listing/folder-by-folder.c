/*
 * What: readdir() in one process's folder, fstatat() in the others; all is written at once.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int status;

static ino_t inode(const char *pid, const char *kind)
{
    char path[300];
    struct stat info;
    int folder;

    snprintf(path, sizeof path, "/proc/%s/ns", pid);
    folder = open(path, O_RDONLY | O_DIRECTORY);
    if (folder == -1 || (errno = EACCES, fstatat(folder, kind, &info, 0)) == -1 || !S_ISREG(info.st_mode)) {
        warn("%s/%s", path, kind);
        status = 1;
        info.st_ino = 0;
    }
    if (folder != -1)
        close(folder);
    return info.st_ino;
}

int main(int argc, char *argv[])
{
    char own[20], *pids[argc + 1], *text = NULL;
    size_t size = 0;
    int count = argc - 1;
    FILE *table = open_memstream(&text, &size);
    DIR *folder = opendir("/proc/self/ns");
    struct dirent *entry;

    for (int i = 1; i < argc; i++)
        if (!*argv[i] || argv[i][strspn(argv[i], "0123456789")])
            errx(2, "usage: ns-inode-listing [PID]...");
    for (int i = 1; i < argc; i++) {
        char path[300];
        snprintf(path, sizeof path, "/proc/%.200s", argv[i]);
        if (access(path, F_OK) == -1)
            errno = ESRCH, err(1, "%s", argv[i]);
        pids[i - 1] = argv[i];
    }
    if (count == 0) {
        snprintf(own, sizeof own, "%d", getpid());
        pids[count++] = own;
    }
    fputs("NAMESPACE", table);
    for (int i = 0; i < count; i++)
        fprintf(table, " %s", pids[i]);
    while ((entry = readdir(folder)) != NULL) {
        ino_t smallest = 0, largest = 0, n;

        if (*entry->d_name == '.')
            continue;
        fprintf(table, "\n%s", entry->d_name);
        for (int i = 0; i < count; i++) {
            if ((n = inode(pids[i], entry->d_name)) == 0) {
                fputs(" -", table);
                continue;
            }
            fprintf(table, " %ju", (uintmax_t)n);
            smallest = smallest && smallest < n ? smallest : n;
            largest = largest > n ? largest : n;
        }
        fputs(smallest == largest ? "" : " *", table);
    }
    fputc('\n', table);
    fclose(table);
    for (size_t done = 0; done < size;) {
        ssize_t n = write(STDOUT_FILENO, text + done, size - done);
        if (n <= 0)
            err(1, "stdout");
        done += (size_t)n;
    }
    return status;
}
