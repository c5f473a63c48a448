/*
 * What: the reference of the first edition.
 *
 * ns-inode-listing [PID]...: a namespace is an inode number.
 *
 * Shows:   namespaces have no names. /proc/PID/ns has a link for each kind; the inode number
 *          of the file behind it is the namespace. Same number, same namespace.
 * Article: the listing of /proc/4123/ns. It shows seven kinds; how many has your kernel?
 * Prints:  NAMESPACE PID...                 one column for each process, by default this one
 *          pid       4026531836 4026532281 *   one line for each entry; * where they differ
 * Try:     ./ns-inode-listing $$ N   with the N of a child that ./clone-pid1 60 & printed.
 *          Give it PID 1, as root and as yourself.
 * Pages:   namespaces(7), stat(2)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int exit_status = 0;

static void warn(const char *what)
{
    static bool advised = false;
    int error = errno;

    fprintf(stderr, "ns-inode-listing: %s: %s\n", what, strerror(error));
    if ((error == EACCES || error == EPERM) && !advised) {
        fprintf(stderr, "ns-inode-listing: not your process: %s\n",
                geteuid() != 0 ? "type 'sudo ./ns-inode-listing PID...'"
                               : "even root may not look, as in a container");
        advised = true;
    }
    exit_status = 1;
}

static void check_usage(const char *pid)
{
    if (*pid == '\0' || pid[strspn(pid, "0123456789")] != '\0') {
        fputs("usage: ns-inode-listing [PID]...   (whole numbers, default: its own)\n",
              stderr);
        exit(2);
    }
}

static void check_life(const char *pid)
{
    char path[32];
    bool is_short = snprintf(path, sizeof path, "/proc/%s", pid) < (int)sizeof path;

    if (!is_short || access(path, F_OK) == -1) {
        fprintf(stderr, "ns-inode-listing: PID %s: %s\n", pid, strerror(ESRCH));
        exit(1);
    }
}

/* The namespace of one kind that a process is in; 0 when that cannot be known. */
static ino_t namespace_inode(const char *pid, const char *kind)
{
    char path[PATH_MAX];
    ino_t inode = 0;

    snprintf(path, sizeof path, "/proc/%s/ns/%s", pid, kind);
    errno = EACCES; /* 5.10 gives who may not follow the link its folder, and no error */
    // BEGIN SOLUTION
    //| // TODO 1: ask the kernel for the file that path leads to, and take its inode number.
    //| // The link has an inode of its own: that one says nothing. Delete the next line.
    //| fputs("ns-inode-listing: TODO 1: find the inode number\n", stderr), exit(1);
    struct stat info;

    if (stat(path, &info) == 0 && S_ISREG(info.st_mode))
        inode = info.st_ino;
    // END SOLUTION
    if (inode == 0) {
        int error = errno;
        check_life(pid);
        errno = error;
        warn(path);
    }
    return inode;
}

/* All numbers are read before the line begins: a process that ends leaves no half of it. */
static void print_line(const char *kind, int count, char *pids[], ino_t inodes[])
{
    bool differ = false;
    ino_t known = 0;

    for (int i = 0; i < count; i++)
        inodes[i] = namespace_inode(pids[i], kind);
    printf("%-18s", kind);
    for (int i = 0; i < count; i++) {
        // BEGIN SOLUTION
        //| // TODO 2: print inodes[i] in the column of its process, or - when it is 0.
        //| // Does it differ from one that is known? Then delete the next line.
        //| (void)known;
        if (inodes[i] == 0) {
            printf(" %10s", "-");
            continue;
        }
        printf(" %10ju", (uintmax_t)inodes[i]);
        differ = differ || (known != 0 && inodes[i] != known);
        known = inodes[i];
        // END SOLUTION
    }
    puts(differ ? " *" : "");
}

static void print_table(int count, char *pids[])
{
    ino_t inodes[count];
    glob_t kinds;

    /* Our own folder names the kinds: we may read it, and one kernel has one list. */
    if (glob("/proc/self/ns/*", 0, NULL, &kinds) != 0) {
        warn("/proc/self/ns");
        return;
    }
    printf("%-18s", "NAMESPACE");
    for (int i = 0; i < count; i++)
        printf(" %10s", pids[i]);
    putchar('\n');
    for (size_t i = 0; i < kinds.gl_pathc; i++)
        print_line(strrchr(kinds.gl_pathv[i], '/') + 1, count, pids, inodes);
    globfree(&kinds);
}

int main(int argc, char *argv[])
{
    /* Not getpid(): in a PID namespace with the /proc of another one that is not our number. */
    char own_pid[32] = "";
    char *own[] = {own_pid};
    char **pids = argc > 1 ? argv + 1 : own;
    int count = argc > 1 ? argc - 1 : 1;

    setvbuf(stdout, NULL, _IOLBF, 0); /* each line leaves at once, also into a pipe */
    if (argc == 1 && readlink("/proc/self", own_pid, sizeof own_pid - 1) == -1) {
        warn("/proc/self");
        return 1;
    }
    for (int i = 0; i < count; i++)
        check_usage(pids[i]);
    for (int i = 0; i < count; i++)
        check_life(pids[i]);
    print_table(count, pids);
    if (ferror(stdout)) {
        errno = EIO;
        warn("stdout");
    }
    return exit_status;
}
