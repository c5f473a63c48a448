/*
 * The part of the cpuset hierarchy that is ours (group.c), and what is in it. Inside the cage it looks like
 * the top of the hierarchy:
 *
 *   oslabs-PID-N
 *    ├─ home             where the trusted processes begin
 *    ├─ shell            where the program begins. So "back to the top" and "to my own group" are not
 *    │                   "back where it was"
 *    └─ ...              what the program makes; removed with all that is in it
 */
#define _GNU_SOURCE
#include "witness.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct own_group ours = {.controller = "cpuset", .top = -1, .dir = -1};
static int refusal;              /* errno; 0: no hierarchy here has cpuset */
static char exclusive[PATH_MAX]; /* a group that has CPUs for itself alone */

/* Takes from the set the CPUs of a list like 0-2,7. */
static void take_away(const char *list, cpu_set_t *set)
{
    unsigned first, last;
    int used;

    for (; sscanf(list, "%u%n", &first, &used) == 1; list += *list == ',') {
        list += used;
        last = first;
        if (sscanf(list, "-%u%n", &last, &used) == 1)
            list += used;
        for (; first <= last && first < CPU_SETSIZE; first++)
            CPU_CLR(first, set);
    }
}

/* v1: what a group in TOP has for itself alone, nobody else in TOP can have. */
static void take_away_exclusive(cpu_set_t *set)
{
    DIR *entries = fdopendir(openat(ours.top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct dirent *entry;
    char path[NAME_MAX + 64], text[4096];

    while (entries && (entry = readdir(entries)) != NULL) {
        snprintf(path, sizeof path, "%s/cpuset.cpu_exclusive", entry->d_name);
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.' ||
            !read_at(ours.top, path, text, sizeof text) || text[0] != '1')
            continue;
        snprintf(exclusive, sizeof exclusive, "%.1000s/%s", ours.top_path, entry->d_name);
        snprintf(path, sizeof path, "%s/cpuset.cpus", entry->d_name);
        if (read_at(ours.top, path, text, sizeof text))
            take_away(text, set);
    }
    if (entries)
        closedir(entries);
}

/* CPUs for ours: all that TOP has; and where others have some of those for themselves alone (EINVAL),
   the ones that are left. */
static bool take_cpus(void)
{
    cpu_set_t all, left_over;
    char text[4096], *end = text;

    if (copy_file(ours.top, ours.dir, "cpuset.cpus"))
        return true;
    if (errno != EINVAL)
        return false;
    sched_getaffinity(0, sizeof all, &all);
    left_over = all;
    take_away_exclusive(&left_over);
    *text = '\0';
    for (unsigned cpu = 0; cpu < CPU_SETSIZE && end < text + sizeof text - 16; cpu++)
        if (CPU_ISSET(cpu, &left_over))
            end += sprintf(end, "%s%u", end == text ? "" : ",", cpu);
    errno = *exclusive ? EBUSY : EINVAL;
    return CPU_COUNT(&left_over) > 0 && write_at(ours.dir, "cpuset.cpus", text);
}

/* Ours gets what the group above has. v1 wants both files filled before a process may enter. */
static bool furnish(void)
{
    return ours.version == 2 ||
           (copy_file(ours.top, ours.dir, "cpuset.mems") && take_cpus());
}

/* The groups where processes begin. */
static bool make_begin(const char *group)
{
    if (mkdirat(ours.dir, group, 0755) == -1)
        return false;
    int dir = openat(ours.dir, group, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok =
        dir != -1 && (ours.version == 2 || (copy_file(ours.dir, dir, "cpuset.mems") &&
                                            copy_file(ours.dir, dir, "cpuset.cpus")));
    int error = errno;
    if (dir != -1)
        close(dir);
    errno = error;
    return ok;
}

static bool make_begins(void)
{
    return furnish() && make_begin("home") && make_begin("shell");
}

void cpuset_not_here(void)
{
    not_here_group("cpuset", refusal, ours.mounted, exclusive);
}

bool cpuset_open(void)
{
    if (group_open(&ours) && make_begins())
        return true;
    refusal = errno;
    cpuset_close();
    ours.version = 0;
    return false;
}

struct own_group *cpuset_group(void)
{
    return &ours;
}

const char *cpuset_begin(const char *group, pid_t pid)
{
    static char begin[128];

    snprintf(begin, sizeof begin, "/shell/%.100s", group);
    if (!make_begin(begin + 1))
        broken(begin);
    group_delegate(&ours, begin + 1);
    snprintf(ours.shell, sizeof ours.shell, "%s", begin + 1);
    groups_enter_shell(pid);
    return begin;
}

/* " word=TEXT" of a file of a group, or of one with another name (v1). */
static void print_file(int group, const char *word, const char *file, const char *other)
{
    char text[4096];

    if (!read_at(group, file, text, sizeof text))
        read_at(group, other, text, sizeof text);
    text[strcspn(text, "\n")] = '\0';
    print_path(word, text);
}

static void print_group(int group, const char *path)
{
    char text[4096];
    int processes = 0;

    record_begin("group ");
    print_path("", path);
    print_file(group, "cpus", "cpuset.cpus", "");
    print_file(group, "effective", "cpuset.cpus.effective", "cpuset.effective_cpus");
    print_file(group, "mems", "cpuset.mems.effective", "cpuset.mems");
    read_at(group, "cgroup.procs", text, sizeof text);
    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
        processes++;
    printf(" procs=%d\n", processes);
}

void cpuset_print(void)
{
    group_each(&ours, print_group);
}

/* v2: whether our top hands cpuset down is the business of others, too. */
void cpuset_enable(void)
{
    if (!group_hand_down(&ours, ours.dir, true))
        broken("cgroup.subtree_control");
}

void cpuset_print_control(void)
{
    char text[4096];

    if (ours.version != 2 ||
        !read_at(ours.dir, "cgroup.subtree_control", text, sizeof text))
        return;
    record_text("control", text, strcspn(text, "\n"));
}

void cpuset_clean(void)
{
    group_clean(&ours);
    if (!make_begins())
        broken("groups where processes begin");
}

/* Of a set, those CPUs that ours has. */
void cpuset_restrict(cpu_set_t *set)
{
    cpu_set_t others = *set;
    char text[4096];

    if (ours.version != 1 || !read_at(ours.dir, "cpuset.cpus", text, sizeof text))
        return;
    take_away(text, &others);
    CPU_XOR(set, set, &others);
}

int cpuset_version(void)
{
    return ours.version;
}

void cpuset_close(void)
{
    group_close(&ours);
}
