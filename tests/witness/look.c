/* What the kernel shows of the processes in a cage: /proc/PID/status, stat, cgroup and ns. */
#define _GNU_SOURCE
#include "witness.h"
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_PIDS = 256, FILE_SIZE = 8192 };

/* Fields of /proc/PID/stat, counted as in proc(5). */
enum { STATE = 3, UTIME = 14, NICE = 19, PROCESSOR = 39, POLICY = 41 };

bool read_at(int dir, const char *path, char *text, size_t size)
{
    int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
    ssize_t length = 0, part;

    *text = '\0';
    if (fd < 0)
        return false;
    while ((part = read(fd, text + length, size - 1 - (size_t)length)) > 0)
        length += part;
    text[length] = '\0';
    close(fd);
    return part != -1;
}

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

int list_pids(int proc, int *pids, int most)
{
    DIR *dir = fdopendir(openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct dirent *entry;
    int count = 0;

    if (dir == NULL)
        broken("procfs of the cage");
    while (count < most && (entry = readdir(dir)) != NULL)
        if (isdigit((unsigned char)entry->d_name[0]))
            pids[count++] = atoi(entry->d_name);
    closedir(dir);
    qsort(pids, (size_t)count, sizeof *pids, compare);
    return count;
}

/* Field 2, the name, is in parentheses and may itself contain ") ": fields are counted from the
   last one on. */
static const char *stat_field(int proc, int pid, int field, char *text, size_t size)
{
    char path[32], *at;

    snprintf(path, sizeof path, "%d/stat", pid);
    if (!read_at(proc, path, text, size) || (at = strrchr(text, ')')) == NULL)
        return NULL;
    for (int i = 2; at != NULL && i < field; i++)
        at = strchr(at + 1, ' ');
    return at ? at + 1 : NULL;
}

static int number_in_stat(int proc, int pid, int which)
{
    char text[1024];
    const char *field = stat_field(proc, pid, which, text, sizeof text);

    return field ? atoi(field) : -1;
}

int cpu_of(int proc, int pid)
{
    return number_in_stat(proc, pid, PROCESSOR);
}

char state_of(int proc, int pid)
{
    char text[1024];
    const char *field = stat_field(proc, pid, STATE, text, sizeof text);

    return field ? *field : '\0';
}

double cpu_time_of(int proc, int pid)
{
    char text[1024];
    const char *field = stat_field(proc, pid, UTIME, text, sizeof text);
    unsigned long user = 0, system = 0; /* ticks */

    if (field)
        sscanf(field, "%lu %lu", &user, &system);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* Seconds that the main thread had a CPU, and that it waited for one. Both together are all of its
   life if it never sleeps, on a machine as loaded as you like. */
static void print_times(int proc, int pid)
{
    char path[32], text[256];
    unsigned long long ran = 0, waited = 0; /* nanoseconds */

    snprintf(path, sizeof path, "%d/schedstat", pid);
    if (read_at(proc, path, text, sizeof text))
        sscanf(text, "%llu %llu", &ran, &waited);
    printf(" ran=%.3f waited=%.3f", (double)ran / 1e9, (double)waited / 1e9);
}

/* Prints " word=VALUE" from a line "name: VALUE" of status; blanks between values become commas. */
static void print_status(const char *status, const char *name, const char *word)
{
    const char *at = strstr(status, name);

    printf(" %s=", word);
    if (at == NULL)
        return;
    for (at += strlen(name) + strspn(at + strlen(name), " \t"); *at && *at != '\n'; at++)
        putchar(isblank((unsigned char)*at) ? ',' : *at);
}

/* The program has chosen the name: no blank in it may look like the end of this value. */
void print_path(const char *word, const char *path)
{
    if (*word)
        printf(" %s=", word);
    for (; *path; path++)
        if (*path > ' ' && *path <= '~' && *path != '\\')
            putchar(*path);
        else if (*path == '\\')
            fputs("\\\\", stdout);
        else
            printf("\\x%02x", (unsigned char)*path);
}

/* The inode number behind each link of /proc/PID/ns; "-" where there is nothing (yet). */
static void print_namespaces(int proc, int pid)
{
    char path[32];
    struct dirent *entry;
    struct stat info;
    DIR *dir;

    snprintf(path, sizeof path, "%d/ns", pid);
    dir = fdopendir(openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    while (dir && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        if (fstatat(dirfd(dir), entry->d_name, &info, 0) == 0)
            printf(" ns/%s=%ju", entry->d_name, (uintmax_t)info.st_ino);
        else
            printf(" ns/%s=-", entry->d_name);
    }
    if (dir)
        closedir(dir);
}

/* Bytes in memory and descriptors of one process. FDSize grows by powers of two as they are opened. */
static void add_use(int proc, int pid, double *memory, unsigned *files)
{
    char path[32], text[FILE_SIZE], *at;
    unsigned long resident = 0;
    unsigned slots;

    snprintf(path, sizeof path, "%d/statm", pid);
    if (read_at(proc, path, text, sizeof text) && sscanf(text, "%*u %lu", &resident) == 1)
        *memory += (double)resident * (double)sysconf(_SC_PAGESIZE);
    snprintf(path, sizeof path, "%d/status", pid);
    if (read_at(proc, path, text, sizeof text) &&
        (at = strstr(text, "\nFDSize:")) != NULL &&
        sscanf(at, " FDSize: %u", &slots) == 1 && slots > *files)
        *files = slots;
}

/* The number after a word in a file of the memory group that we are in; 0: not known. */
static double of_memory_group(const char *file, const char *word)
{
    const char *group = getenv("MEMORY_GROUP"), *at;
    char path[PATH_MAX], text[FILE_SIZE];

    if (group == NULL)
        return 0;
    snprintf(path, sizeof path, "%s/%s", group, file);
    if (!read_at(AT_FDCWD, path, text, sizeof text) || (at = strstr(text, word)) == NULL)
        return 0;
    return strtod(at + strlen(word), NULL);
}

/* Names of cgroup v2 and v1: one of the two is there. memory.events would count what a group below has
   done within a limit of its own, and memory.events.local counts who died in this very group. */
bool ran_out_of_memory(void)
{
    static double known;
    double count = of_memory_group("memory.events.local", "oom ") +
                   of_memory_group("memory.oom_control", "oom_kill ");
    bool more = count > known;

    known = count;
    return more;
}

/* What no process shows: memory files that nobody has mapped, pipes, queues. */
static double memory_of_group(void)
{
    return of_memory_group("memory.current", "") +
           of_memory_group("memory.usage_in_bytes", "");
}

const char *excess(int proc)
{
    int pids[MOST_PIDS], count = list_pids(proc, pids, MOST_PIDS);
    double memory = 0;
    unsigned files = 0;

    for (int i = 0; i < count; i++)
        add_use(proc, pids[i], &memory, &files);
    if (count >= LIMIT_PROCESSES - 10)
        return "processes";
    if (memory > LIMIT_MEMORY || memory_of_group() > LIMIT_MEMORY || ran_out_of_memory())
        return "memory";
    return files >= LIMIT_FILES ? "open-files" : NULL;
}

static void print_process(int proc, int pid)
{
    char path[32], status[FILE_SIZE];
    const char *group;

    snprintf(path, sizeof path, "%d/status", pid);
    if (!read_at(proc, path, status, sizeof status))
        return; /* it has ended since it was listed */
    record_begin("process");
    printf(" %d", pid);
    print_status(status, "\nNSpid:", "nspid");
    print_status(status, "\nPPid:", "parent");
    print_status(status, "\nThreads:", "threads");
    print_status(status, "\nvoluntary_ctxt_switches:", "slept"); /* times */
    print_status(status, "\nCpus_allowed_list:", "allowed");
    printf(" state=%c psr=%d nice=%d policy=%d", state_of(proc, pid), cpu_of(proc, pid),
           number_in_stat(proc, pid, NICE), number_in_stat(proc, pid, POLICY));
    print_times(proc, pid);
    if ((group = groups_of(proc, pid)) != NULL)
        print_path("cgroup", group);
    print_namespaces(proc, pid);
    putchar('\n');
}

void look(int proc, const char *when)
{
    int pids[MOST_PIDS], count = list_pids(proc, pids, MOST_PIDS);

    record("look %s", when);
    for (int i = 0; i < count; i++)
        if (pids[i] != 1)
            print_process(proc, pids[i]);
}
