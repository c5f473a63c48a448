/*
 * moved: which namespaces a process was in when it wrote a line. While it waits for the answer to its
 * write(2), init compares its namespaces with those of its last line (for its first line: with init's
 * own) and reports each that is another one. So it is known what came before which line, also of a process
 * that ends at once.
 */
#define _GNU_SOURCE
#include "witness.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char *const kinds[] = {"uts",  "mnt",
                                    "ipc",  "net",
                                    "user", "cgroup",
                                    "time", "time_for_children",
                                    "pid",  "pid_for_children"};
enum { KINDS = sizeof kinds / sizeof kinds[0], MOST_WRITERS = 64, MNT = 1 };

static struct writer {
    int pid;
    ino_t inode[KINDS]; /* 0: none yet */
    int shared, slave;
} writers[MOST_WRITERS]; /* the first one is init */
static int count;

static ino_t inode_of(int proc, int pid, const char *kind)
{
    char path[64];
    struct stat info;

    snprintf(path, sizeof path, "%d/ns/%s", pid, kind);
    return fstatat(proc, path, &info, 0) == 0 ? info.st_ino : 0;
}

static struct writer *add(int pid)
{
    struct writer *writer = &writers[count < MOST_WRITERS ? count++ : MOST_WRITERS - 1];

    *writer = writers[0];
    writer->pid = pid;
    return writer;
}

static struct writer *known(int proc, int pid)
{
    if (count == 0) {
        add(1);
        for (int i = 0; i < KINDS; i++)
            writers[0].inode[i] = inode_of(proc, 1, kinds[i]);
    }
    for (int i = 1; i < count; i++)
        if (writers[i].pid == pid)
            return &writers[i];
    return add(pid);
}

/* Of those in a mount namespace of their own: how many of its mounts others share. */
static void report_mounts(int proc, struct writer *writer)
{
    static char mounts[256 * 1024];
    char path[32];
    int all, shared, slave;

    snprintf(path, sizeof path, "%d/mountinfo", writer->pid);
    if (!read_at(proc, path, mounts, sizeof mounts))
        return;
    count_mounts(mounts, &all, &shared, &slave);
    if (shared != writer->shared || slave != writer->slave)
        report("mounts %d shared=%d slave=%d", writer->pid, shared, slave);
    writer->shared = shared;
    writer->slave = slave;
}

void report_moves(int proc, int pid)
{
    struct writer *writer = known(proc, pid);

    for (int i = 0; i < KINDS; i++) {
        ino_t inode = inode_of(proc, pid, kinds[i]);
        if (inode != writer->inode[i]) {
            report(inode ? "namespace %d %s %ju" : "namespace %d %s -", pid, kinds[i],
                   (uintmax_t)inode);
            if (i == MNT)
                writer->shared = writer->slave = -1;
        }
        writer->inode[i] = inode;
    }
    if (writer->inode[MNT] != writers[0].inode[MNT])
        report_mounts(proc, writer);
}
