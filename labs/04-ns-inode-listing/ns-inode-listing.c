/*
 * ns-inode-listing [PID]...: a namespace is an inode number.
 *
 * Shows:   namespaces have no names. /proc/PID/ns has a link for each kind; the inode number
 *          of the file behind it is the namespace. Same number, same namespace.
 * Article: the listing of /proc/4123/ns. It shows seven kinds; how many has your kernel?
 * Prints:  NAMESPACE PID...                 one column for each process, by default this one
 *          pid       4026531836 4026532281 *   one line for each entry; * where they differ
 * Write:   about 10 lines: TODO 1 in namespace_inode(), TODO 2 in differ().
 * Try:     make run4 ARGS="$$ 1"   as root and as yourself. Then with the child of lab 1.
 * Pages:   namespaces(7), stat(2)
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define todo(what) errx(1, "%s", what)

/* The inode number of the file that path leads to; 0, and errno, when it cannot be known. */
static ino_t namespace_inode(const char *path)
{
    // The link has an inode number of its own: that one says nothing. See man 2 stat.
    todo("TODO 1: ask the kernel for the file, and return its inode number");
}

/* Whether two of the numbers differ. A 0 stands for one that is not known: it takes no part. */
static bool differ(int count, const ino_t inodes[])
{
    todo("TODO 2: compare the numbers, and return true if two that are known differ");
}

/* --- given; read it later ------------------------------------------------------------------- */

static int exit_status = 0;

static void check_life(const char *pid)
{
    char path[32];

    snprintf(path, sizeof path, "/proc/%.20s", pid);
    if (access(path, F_OK) == -1)
        errx(1, "PID %s: %s", pid, strerror(ESRCH));
}

/* All numbers are read before the line begins: a process that ends leaves no half of it. */
static void print_line(const char *kind, int count, char *pids[], ino_t inodes[])
{
    char path[300];

    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "/proc/%s/ns/%s", pids[i], kind);
        inodes[i] = namespace_inode(path);
        if (inodes[i] == 0) {
            int error = errno;
            check_life(pids[i]);
            warnx("%s: %s", path, strerror(error));
            exit_status = 1;
        }
    }
    printf("%-18s", kind);
    for (int i = 0; i < count; i++)
        inodes[i] ? printf(" %10lu", (unsigned long)inodes[i]) : printf(" %10s", "-");
    puts(count > 1 && differ(count, inodes) ? " *" : "");
}

int main(int argc, char *argv[])
{
    char own[32] = ""; /* our PID in this /proc: getpid() may be of another namespace */
    char **pids = argc > 1 ? argv + 1 : (char *[]){own};
    int count = argc > 1 ? argc - 1 : 1;
    ino_t inodes[count];
    glob_t kinds;

    setvbuf(stdout, NULL, _IOLBF, 0); /* each line leaves at once, also into a pipe */
    if (readlink("/proc/self", own, sizeof own - 1) == -1 ||
        glob("/proc/self/ns/*", 0, NULL, &kinds) != 0) /* one list for all */
        err(1, "/proc/self/ns");
    for (int i = 0; i < count; i++)
        if (*pids[i] == '\0' || pids[i][strspn(pids[i], "0123456789")] != '\0') {
            fputs("usage: ns-inode-listing [PID]...   (default: its own)\n", stderr);
            exit(2);
        }
    for (int i = 0; i < count; i++)
        check_life(pids[i]);
    printf("%-18s", "NAMESPACE");
    for (int i = 0; i < count; i++)
        printf(" %10s", pids[i]);
    putchar('\n');
    for (size_t i = 0; i < kinds.gl_pathc; i++)
        print_line(strrchr(kinds.gl_pathv[i], '/') + 1, count, pids, inodes);
    globfree(&kinds);
    return ferror(stdout) ? 1 : exit_status;
}
