/*
 * moved: what has changed in the namespaces of a process since it wrote its last line. While it waits for
 * the answer to its write(2), init compares its namespaces, and what is true in them, with those of its last
 * line (for its first line: with init's own) and reports each that is another one. So it is known what came
 * before which line, also of a process that ends at once.
 */
#define _GNU_SOURCE
#include "witness.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const kinds[] = {"uts",  "mnt",
                                    "ipc",  "net",
                                    "user", "cgroup",
                                    "time", "time_for_children",
                                    "pid",  "pid_for_children"};
enum { MNT = 1, NET = 3, USER = 4, TIME = 6, FOR_CHILDREN = 7 };
enum { KINDS = sizeof kinds / sizeof kinds[0], MOST_WRITERS = 64, FACTS = 8, FACT = 400 };

static struct writer {
    int pid;
    ino_t inode[KINDS];     /* 0: none yet */
    char fact[FACTS][FACT]; /* as it was reported last */
} writers[MOST_WRITERS];    /* the first one is init */
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

static bool elsewhere(const struct writer *writer, int kind)
{
    return writer->inode[kind] != writers[0].inode[kind];
}

static const char *mounts_of(int proc, int pid)
{
    static char mounts[256 * 1024];
    char path[32];

    snprintf(path, sizeof path, "%d/mountinfo", pid);
    return read_at(proc, path, mounts, sizeof mounts) ? mounts : NULL;
}

/* Each fact is a text; an empty one: there is nothing to say. */
static void tell_mounts(int proc, const struct writer *writer, char *text)
{
    const char *mounts = elsewhere(writer, MNT) ? mounts_of(proc, writer->pid) : NULL;
    int all, shared, slave;

    if (mounts == NULL)
        return;
    count_mounts(mounts, &all, &shared, &slave);
    snprintf(text, FACT, "shared=%d slave=%d", shared, slave);
}

/* An interface that is down has no routes to its addresses. */
static void tell_loopback(int proc, const struct writer *writer, char *text)
{
    char path[32], routes[8192];

    snprintf(path, sizeof path, "%d/net/fib_trie", writer->pid);
    if (elsewhere(writer, NET)) {
        read_at(proc, path, routes, sizeof routes);
        strcpy(text, strstr(routes, " 127.0.0.1\n") ? "up" : "down");
    }
}

static void tell_maps(int proc, const struct writer *writer, char *text)
{
    char uid[1024], gid[1024], path[32], setgroups[32];

    if (!elsewhere(writer, USER))
        return;
    snprintf(path, sizeof path, "%d/setgroups", writer->pid);
    read_at(proc, path, setgroups, sizeof setgroups);
    setgroups[strcspn(setgroups, "\n")] = '\0';
    snprintf(text, FACT, "uid_map=%.80s gid_map=%.80s setgroups=%s",
             map_of(proc, writer->pid, "uid_map", uid, sizeof uid),
             map_of(proc, writer->pid, "gid_map", gid, sizeof gid), setgroups);
}

static void tell_offset(int proc, const struct writer *writer, char *text)
{
    char path[32], offsets[256], *at;
    long long seconds;

    snprintf(path, sizeof path, "%d/timens_offsets", writer->pid);
    if ((elsewhere(writer, TIME) || elsewhere(writer, FOR_CHILDREN)) &&
        read_at(proc, path, offsets, sizeof offsets) &&
        (at = strstr(offsets, "boottime")) != NULL &&
        sscanf(at, "boottime %lld", &seconds) == 1)
        snprintf(text, FACT, "%lld", seconds);
}

static void append(char *text, const char *word, const char *name)
{
    size_t length = strlen(text);

    snprintf(text + length, FACT - length, "%s%s", word, name);
}

/* Namespaces that it has open. */
static void tell_open(int proc, int pid, char *text)
{
    char path[32], name[64], target[64];
    const char *word = "fd=";
    struct dirent *entry;

    snprintf(path, sizeof path, "%d/fd", pid);
    int fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fd == -1 ? NULL : fdopendir(fd);
    while (entries && (entry = readdir(entries)) != NULL) {
        ssize_t length = readlinkat(fd, entry->d_name, target, sizeof target - 1);
        target[length > 0 ? length : 0] = '\0';
        if (sscanf(target, "%40[a-z]:[", name) == 1 && strcmp(name, "pipe") != 0 &&
            strcmp(name, "socket") != 0) {
            append(text, word, target);
            word = ",";
        }
    }
    if (entries)
        closedir(entries);
}

/* Namespaces that are mounted on a file. */
static void tell_mounted(int proc, int pid, char *text)
{
    const char *word = *text ? " mount=" : "mount=", *mounts = mounts_of(proc, pid);
    char root[64], type[32];

    for (const char *at = mounts; at && *at;
         at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
        const char *end = strstr(at, " - ");
        if (end && sscanf(at, "%*d %*d %*s %63s", root) == 1 &&
            sscanf(end, " - %31s", type) == 1 && strcmp(type, "nsfs") == 0) {
            append(text, word, root);
            word = ",";
        }
    }
}

static void tell_held(int proc, const struct writer *writer, char *text)
{
    tell_open(proc, writer->pid, text);
    if (elsewhere(writer, MNT))
        tell_mounted(proc, writer->pid, text);
}

/* A process that has not moved is where init is. */
static void tell_group(int proc, const struct writer *writer, char *text)
{
    char begin[FACT] = "";
    const char *path = run.has_group ? groups_of(proc, 1) : NULL;

    if (path)
        snprintf(begin, sizeof begin, "%s", path);
    if (path && (path = groups_of(proc, writer->pid)) != NULL && strcmp(path, begin) != 0)
        snprintf(text, FACT, "%s", path);
}

/* BPF programs that it has open. */
static void tell_programs(int proc, const struct writer *writer, char *text)
{
    char path[32];
    struct dirent *entry;

    snprintf(path, sizeof path, "%d/fd", writer->pid);
    int fd = run.cage.guest ? openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    DIR *entries = fd == -1 ? NULL : fdopendir(fd);
    while (entries && (entry = readdir(entries)) != NULL) {
        const char *type = guest_program_of(proc, writer->pid, entry->d_name);
        if (type)
            append(text, *text ? "," : "", type);
    }
    if (entries)
        closedir(entries);
}

/* How it has a disk open, and how much it has written, to whatever disk. */
static void tell_disk(int proc, const struct writer *writer, char *text)
{
    char path[300], io[1024], *at;
    struct dirent *entry;
    struct stat info;

    snprintf(path, sizeof path, "%d/fd", writer->pid);
    int fd = run.cage.guest ? openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    DIR *entries = fd == -1 ? NULL : fdopendir(fd);
    while (entries && (entry = readdir(entries)) != NULL)
        if (fstatat(fd, entry->d_name, &info, 0) == 0 && S_ISBLK(info.st_mode)) {
            snprintf(path, sizeof path, "%d/fdinfo/%s", writer->pid, entry->d_name);
            unsigned flags = 0;
            if (read_at(proc, path, io, sizeof io) && (at = strstr(io, "flags:")) != NULL)
                sscanf(at, "flags: %o", &flags);
            append(text, *text ? "," : "", flags & O_DIRECT ? "direct" : "buffered");
        }
    if (entries)
        closedir(entries);
    snprintf(path, sizeof path, "%d/io", writer->pid);
    if (*text && read_at(proc, path, io, sizeof io) &&
        (at = strstr(io, "\nwrite_bytes: ")) != NULL)
        append(text, " written=", strtok(at + strlen("\nwrite_bytes: "), "\n"));
}

static const struct {
    const char *word;
    void (*tell)(int proc, const struct writer *writer, char *text);
} facts[FACTS] = {{"mounts", tell_mounts},   {"loopback", tell_loopback},
                  {"maps", tell_maps},       {"offset", tell_offset},
                  {"holds", tell_held},      {"in", tell_group},
                  {"loaded", tell_programs}, {"on-disk", tell_disk}};

void report_moves(int proc, int pid)
{
    struct writer *writer = known(proc, pid);

    for (int i = 0; i < KINDS; i++) {
        ino_t inode = inode_of(proc, pid, kinds[i]);
        if (inode != writer->inode[i])
            report(inode ? "namespace %d %s %ju" : "namespace %d %s -", pid, kinds[i],
                   (uintmax_t)inode);
        writer->inode[i] = inode;
    }
    for (int i = 0; i < FACTS; i++) {
        char text[FACT] = "";
        facts[i].tell(proc, writer, text);
        if (strcmp(text, writer->fact[i]) != 0)
            report("%s %d %s", facts[i].word, pid, text);
        strcpy(writer->fact[i], text);
    }
}
