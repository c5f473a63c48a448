/*
 * A part of the cpuset hierarchy for one witness alone:
 *
 *   TOP                      as the machine mounts it; only cpuset may be enabled in it (v2)
 *    └─ oslabs-PID-N         ours; inside the cage it looks like the top of the hierarchy. A "+"
 *        │                   behind it: we have enabled cpuset in TOP, and take that back
 *        ├─ home             where the trusted processes begin
 *        ├─ shell            where the program begins. So "back to the top" and "to my own group"
 *        │                   are not "back where it was"
 *        └─ ...              what the program makes; removed with all that is in it
 *
 * A witness that was killed leaves its part behind, without processes: the next one removes it.
 */
#define _GNU_SOURCE
#include "witness.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "oslabs-"
enum { MOST_STEPS = 1000000, MOST_LEFT = 20, MOST_DEPTH = 8 };

static int version;
static char top_path[PATH_MAX];
static int top = -1, ours = -1;  /* opened before the cage hides the hierarchy */
static char name[64];            /* of ours */
static char prefix[PATH_MAX];    /* of ours, as /proc/PID/cgroup shows it */
static bool enabled;             /* we asked the top for cpuset */
static int refusal;              /* errno; 0: no hierarchy here has cpuset */
static bool mounted;             /* some hierarchy is */
static char exclusive[PATH_MAX]; /* a group that has CPUs for itself alone */
static int left;                 /* groups that were recorded */

static bool write_at(int dir, const char *path, const char *text)
{
    int fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
    bool ok = fd != -1 && write(fd, text, strlen(text)) != -1;
    int error = errno;

    if (fd != -1)
        close(fd);
    errno = error;
    return ok;
}

/* Whether a list of words, parted by commas, blanks or line ends, has that one. */
static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (; *list; list += strcspn(list, ", \n"), list += strspn(list, ", \n"))
        if (strncmp(list, word, length) == 0 && strchr(", \n", list[length]))
            return true;
    return false;
}

/* Whether the top of a cgroup2 can hand cpuset down. */
static bool hands_down(const char *at)
{
    char path[PATH_MAX], controllers[PATH_MAX];

    snprintf(path, sizeof path, "%.4000s/cgroup.controllers", at);
    return read_at(AT_FDCWD, path, controllers, sizeof controllers) &&
           has_word(controllers, "cpuset");
}

/* v1 where a mount has cpuset; else v2 where the top of a mount can hand it down. The kernel's
   version says nothing about it, and /proc/cgroups not much. */
static bool find_top(char *root)
{
    static char line[3 * PATH_MAX];
    char from[PATH_MAX], at[PATH_MAX], type[32], options[PATH_MAX];
    FILE *mounts = fopen("/proc/self/mountinfo", "re");

    while (mounts && version != 1 && fgets(line, sizeof line, mounts)) {
        const char *tail = strstr(line, " - ");
        if (sscanf(line, "%*d %*d %*s %4095s %4095s", from, at) != 2 || tail == NULL ||
            sscanf(tail, " - %31s %*s %4095s", type, options) != 2)
            continue;
        mounted |= strncmp(type, "cgroup", 6) == 0;
        if (strcmp(type, "cgroup") == 0 && has_word(options, "cpuset"))
            version = 1;
        else if (strcmp(type, "cgroup2") == 0 && version == 0 && hands_down(at))
            version = 2;
        else
            continue;
        strcpy(top_path, at);
        strcpy(root, strcmp(from, "/") == 0 ? "" : from);
    }
    if (mounts)
        fclose(mounts);
    return version != 0;
}

/* Removes the groups in a group that have none themselves, and opens one of the others, or returns
   -1 when there is none. */
static int open_nested(int dir)
{
    DIR *entries = fdopendir(openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct dirent *entry;
    int nested = -1;

    while (entries && (entry = readdir(entries)) != NULL)
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.' &&
            unlinkat(dir, entry->d_name, AT_REMOVEDIR) == -1 && nested == -1)
            nested = openat(dir, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (entries)
        closedir(entries);
    return nested;
}

/* Removes a group and all below it; its processes are gone. A program may have nested thousands, so
   this walks down and up with one descriptor. It gives up on what cannot be removed. */
static void remove_group(int dir, const char *group)
{
    int at = openat(dir, group, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), next,
        depth = 0;

    for (int steps = 0; at != -1 && steps < MOST_STEPS; steps++) {
        next = open_nested(at);
        if (next == -1 && depth == 0)
            break;
        depth += next == -1 ? -1 : 1;
        if (next == -1)
            next = openat(at, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        close(at);
        at = next;
    }
    if (at != -1)
        close(at);
    unlinkat(dir, group, AT_REMOVEDIR);
}

/* A group that no witness holds a lock on was left by one that was killed. */
static void remove_orphans(void)
{
    DIR *entries = fdopendir(openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct dirent *entry;

    while (entries && (entry = readdir(entries)) != NULL) {
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0)
            continue;
        enabled |= strchr(entry->d_name, '+') != NULL; /* the last one takes it back */
        int group = openat(top, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        bool orphan = group != -1 && flock(group, LOCK_EX | LOCK_NB) == 0;
        if (orphan)
            remove_group(top, entry->d_name);
        if (group != -1)
            close(group);
    }
    if (entries)
        closedir(entries);
}

/* Makes ours and locks it. In between, another witness may take it for an orphan: then once more. */
static bool make_ours(void)
{
    for (int i = 0; i < 4096; i++) {
        snprintf(name, sizeof name, PREFIX "%d-%d%s", getpid(), i, enabled ? "+" : "");
        if (mkdirat(top, name, 0755) == -1) {
            if (errno != EEXIST)
                return false;
            continue; /* of a witness with this PID in another PID namespace */
        }
        ours = openat(top, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (ours != -1 && flock(ours, LOCK_EX | LOCK_NB) == 0 &&
            faccessat(top, name, F_OK, 0) == 0)
            return true;
        if (ours != -1)
            close(ours);
        ours = -1;
    }
    errno = EEXIST;
    return false;
}

/* v2 hands cpuset down only where it is enabled. Is it not, then we do it. */
static bool enable(void)
{
    char text[4096];

    if (version == 1)
        return true;
    read_at(top, "cgroup.subtree_control", text, sizeof text);
    if (has_word(text, "cpuset"))
        return true;
    enabled = true;
    return write_at(top, "cgroup.subtree_control", "+cpuset");
}

static bool copy(int from, int to, const char *file)
{
    char text[4096];

    return read_at(from, file, text, sizeof text) && write_at(to, file, text);
}

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
    DIR *entries = fdopendir(openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct dirent *entry;
    char path[NAME_MAX + 64], text[4096];

    while (entries && (entry = readdir(entries)) != NULL) {
        snprintf(path, sizeof path, "%s/cpuset.cpu_exclusive", entry->d_name);
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.' ||
            !read_at(top, path, text, sizeof text) || text[0] != '1')
            continue;
        snprintf(exclusive, sizeof exclusive, "%.1000s/%s", top_path, entry->d_name);
        snprintf(path, sizeof path, "%s/cpuset.cpus", entry->d_name);
        if (read_at(top, path, text, sizeof text))
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

    if (copy(top, ours, "cpuset.cpus"))
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
    return CPU_COUNT(&left_over) > 0 && write_at(ours, "cpuset.cpus", text);
}

/* Ours gets what the group above has. v1 wants both files filled before a process may enter. */
static bool furnish(void)
{
    return version == 2 || (copy(top, ours, "cpuset.mems") && take_cpus());
}

/* The groups where processes begin. */
static bool make_begin(const char *group)
{
    if (mkdirat(ours, group, 0755) == -1)
        return false;
    int dir = openat(ours, group, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = dir != -1 && (version == 2 || (copy(ours, dir, "cpuset.mems") &&
                                             copy(ours, dir, "cpuset.cpus")));
    int error = errno;
    if (dir != -1)
        close(dir);
    errno = error;
    return ok;
}

/* What root of the cage needs to make groups and to move its own processes: the same four files
   that one gives to a user when a part of the tree is delegated. */
static void delegate(const char *group, unsigned user)
{
    static const char *const files[] = {"", "cgroup.procs", "tasks", "cgroup.threads",
                                        "cgroup.subtree_control"};
    char path[64];

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", group, files[i]);
        fchownat(ours, path, user, user, 0);
    }
}

static bool refused(int error)
{
    refusal = error;
    cpuset_close();
    version = 0;
    return false;
}

void cpuset_not_here(void)
{
    not_here_cpuset(refusal, mounted, exclusive);
}

bool cpuset_open(void)
{
    char root[PATH_MAX], type[32];

    if (!find_top(root))
        return refused(0);
    top = open(top_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    remove_orphans();
    if (!enable())
        return refused(errno);
    if (!make_ours())
        return refused(errno);
    snprintf(prefix, sizeof prefix, "%.3900s/%.64s", root, name);
    if (!furnish() || !make_begin("home") || !make_begin("shell"))
        return refused(errno);
    if (read_at(ours, "cgroup.type", type, sizeof type) && strstr(type, "invalid"))
        return refused(EOPNOTSUPP);
    return true;
}

static unsigned owner;  /* root of the cage, or 0 */
static char begin[128]; /* where the program begins, if that is not shell */

void cpuset_delegate(unsigned user)
{
    owner = user;
    delegate(".", user);
    delegate("home", user);
    delegate("shell", user);
}

/* The cage is read-only, but for this. */
void cpuset_hide_rest(void)
{
    char path[2 * PATH_MAX];

    snprintf(path, sizeof path, "%s/%s", top_path, name);
    if (mount("", top_path, "", MS_PRIVATE, NULL) == -1 ||
        mount(path, top_path, "", MS_BIND, NULL) == -1 ||
        mount("", top_path, "", MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV | MS_NOEXEC,
              NULL) == -1)
        broken("own part of the cpuset hierarchy");
}

static void enter(const char *file, pid_t pid)
{
    char text[16];

    snprintf(text, sizeof text, "%d", pid);
    if (!write_at(ours, file, text))
        broken(file);
}

void cpuset_enter(pid_t pid)
{
    enter("cgroup.procs", pid);
}

void cpuset_enter_home(pid_t pid)
{
    enter("home/cgroup.procs", pid);
}

void cpuset_enter_shell(pid_t pid)
{
    char file[160];

    snprintf(file, sizeof file, "%s/cgroup.procs", *begin ? begin + 1 : "shell");
    enter(file, pid);
}

const char *cpuset_begin(const char *group, pid_t pid)
{
    snprintf(begin, sizeof begin, "/shell/%.100s", group);
    if (!make_begin(begin + 1))
        broken(begin);
    if (owner)
        delegate(begin + 1, owner);
    cpuset_enter_shell(pid);
    return begin;
}

static bool is_begin(const char *group)
{
    return strcmp(group, "/home") == 0 || strcmp(group, "/shell") == 0 ||
           (*begin && strcmp(group, begin) == 0);
}

/* The groups that the program made, all but those where it may have begun: those below dir, whose name in the cage is
   path. A program may nest thousands; some are enough. */
static void for_each_group(int dir, const char *path, int depth,
                           void (*act)(int dir, const char *path))
{
    DIR *entries = fdopendir(openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct dirent *entry;
    char inner[PATH_MAX];

    while (entries && depth < MOST_DEPTH && left < MOST_LEFT &&
           (entry = readdir(entries)) != NULL) {
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
            continue;
        int group = openat(dir, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        snprintf(inner, sizeof inner, "%.3000s/%s", path, entry->d_name);
        if (!is_begin(inner))
            left++, act(group, inner);
        for_each_group(group, inner, depth + 1, act);
        close(group);
    }
    if (entries)
        closedir(entries);
}

static void record_left(int group, const char *path)
{
    (void)group;
    record_text("left group", path + 1, strlen(path + 1));
}

void cpuset_look(void)
{
    left = 0;
    for_each_group(ours, "", 0, record_left);
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
    left = 0;
    for_each_group(ours, "", 0, print_group);
}

/* v2: whether our top hands cpuset down is the business of others, too. */
void cpuset_enable(void)
{
    if (version == 2 && !write_at(ours, "cgroup.subtree_control", "+cpuset"))
        broken("cgroup.subtree_control");
}

void cpuset_print_control(void)
{
    char text[4096];

    if (version != 2 || !read_at(ours, "cgroup.subtree_control", text, sizeof text))
        return;
    record_text("control", text, strcspn(text, "\n"));
}

static void clean(const char *group)
{
    DIR *entries = fdopendir(openat(ours, group, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct dirent *entry;
    char path[PATH_MAX];

    while (entries && (entry = readdir(entries)) != NULL) {
        snprintf(path, sizeof path, "%s/%s", group, entry->d_name);
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.' && !is_begin(path + 1))
            remove_group(ours, path);
    }
    if (entries)
        closedir(entries);
}

void cpuset_clean(void)
{
    *begin = '\0';
    clean("./home");
    clean("./shell");
    clean(".");
    if (version == 2)
        write_at(ours, "cgroup.subtree_control", "-cpuset");
    else
        furnish();
}

/* Also after a failure half-way. */
void cpuset_close(void)
{
    if (top == -1)
        return;
    if (ours != -1)
        close(ours);
    remove_group(top, name);
    if (enabled)
        write_at(top, "cgroup.subtree_control",
                 "-cpuset"); /* EBUSY: others use it by now */
    close(top);
    top = ours = -1;
    enabled = false;
}

/* Of a set, those CPUs that ours has. */
void cpuset_restrict(cpu_set_t *set)
{
    cpu_set_t others = *set;
    char text[4096];

    if (version != 1 || !read_at(ours, "cpuset.cpus", text, sizeof text))
        return;
    take_away(text, &others);
    CPU_XOR(set, set, &others);
}

int cpuset_version(void)
{
    return version;
}

const char *cpuset_inside(const char *group)
{
    size_t length = strlen(prefix);

    if (length == 0 || strncmp(group, prefix, length) != 0)
        return group;
    return group[length] ? group + length : "/";
}
