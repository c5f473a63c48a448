/*
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
#include <dirent.h>
#include <errno.h>
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
    fprintf(stderr, "ns-inode-listing: %s: %s\n", what, strerror(errno));
    if (errno == EACCES || errno == EPERM)
        fputs("ns-inode-listing: that process is not yours to look into: "
              "type 'sudo ./ns-inode-listing PID...'\n",
              stderr);
    exit_status = 1;
}

static void check_pid(const char *pid)
{
    char path[PATH_MAX];
    struct stat info;

    if (*pid == '\0' || strspn(pid, "0123456789") != strlen(pid)) {
        fputs("usage: ns-inode-listing [PID]...   (whole numbers, default: its own)\n",
              stderr);
        exit(2);
    }
    if (snprintf(path, sizeof path, "/proc/%s", pid) >= 32 || stat(path, &info) == -1) {
        fprintf(stderr, "ns-inode-listing: PID %.20s: %s\n", pid, strerror(ESRCH));
        exit(1);
    }
}

/* The namespace of one kind that a process is in; 0 with errno when that cannot be known. */
static ino_t namespace_inode(const char *pid, const char *kind)
{
    char path[PATH_MAX];
    ino_t inode = 0;

    snprintf(path, sizeof path, "/proc/%s/ns/%s", pid, kind);
    // BEGIN SOLUTION
    //| // TODO 1: ask the kernel for the file that path leads to, and take its inode number.
    //| //         The link has an inode of its own: that one says nothing.
    //| errno = ENOSYS;
    struct stat info;

    if (stat(path, &info) == 0)
        inode = info.st_ino;
    // END SOLUTION
    if (inode == 0)
        warn(path);
    return inode;
}

static void print_line(const char *kind, int count, char *pids[])
{
    ino_t known = 0;
    bool differ = false;

    printf("%-18s", kind);
    for (int i = 0; i < count; i++) {
        ino_t inode = namespace_inode(pids[i], kind);
        // BEGIN SOLUTION
        //| // TODO 2: print the number in the column of its process, or - when it is 0.
        //| //         Remember whether two known numbers differ.
        //| (void)inode, (void)known;
        if (inode == 0) {
            printf(" %10s", "-");
            continue;
        }
        printf(" %10ju", (uintmax_t)inode);
        differ = differ || (known != 0 && inode != known);
        known = inode;
        // END SOLUTION
    }
    puts(differ ? " *" : "");
}

static int not_a_dot(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(int argc, char *argv[])
{
    char own_pid[16];
    char *own[] = {own_pid};
    char **pids = argc > 1 ? argv + 1 : own;
    int count = argc > 1 ? argc - 1 : 1, kinds;
    struct dirent **kind;

    setvbuf(stdout, NULL, _IOLBF, 0); /* each line leaves at once, also into a pipe */
    snprintf(own_pid, sizeof own_pid, "%d", getpid());
    for (int i = 0; i < count; i++)
        check_pid(pids[i]);
    /* Our own folder names the kinds: it is always ours to read, and one kernel has one list. */
    if ((kinds = scandir("/proc/self/ns", &kind, not_a_dot, alphasort)) == -1) {
        warn("/proc/self/ns");
        return 1;
    }
    printf("%-18s", "NAMESPACE");
    for (int i = 0; i < count; i++)
        printf(" %10s", pids[i]);
    putchar('\n');
    for (int i = 0; i < kinds; i++) {
        print_line(kind[i]->d_name, count, pids);
        free(kind[i]);
    }
    free(kind);
    return exit_status;
}
