/*
 * A part of the cpuset hierarchy for one witness alone:
 *
 *   TOP                      as the machine mounts it; only cpuset may be enabled in it (v2)
 *    └─ oslabs-PID-N         ours; inside the cage it looks like the top of the hierarchy. A "+"
 *        │                   behind it: we have enabled cpuset in TOP, and take that back
 *        ├─ home             v2: where processes begin, since a group that hands a controller
 *        │                   down may hold none itself. On v1 they begin in ours
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
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "oslabs-"
enum { MOST_STEPS = 1000000, MOST_LEFT = 20 };

static int version;
static char top_path[PATH_MAX];
static int top = -1, ours = -1;  /* opened before the cage hides the hierarchy */
static char name[64];            /* of ours */
static char prefix[PATH_MAX];    /* of ours, as /proc/PID/cgroup shows it */
static bool enabled;             /* we asked the top for cpuset */
static const char *reason, *fix; /* when this machine gives us none */
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

/* v1 where a mount has cpuset; else v2 where the top of a mount can hand it down. The kernel's
   version says nothing about it, and /proc/cgroups not much. */
static bool find_top(char *root)
{
    static char line[3 * PATH_MAX];
    char from[PATH_MAX], at[PATH_MAX], type[32], options[PATH_MAX], controllers[PATH_MAX];
    FILE *mounts = fopen("/proc/self/mountinfo", "re");

    while (mounts && version != 1 && fgets(line, sizeof line, mounts)) {
        const char *tail = strstr(line, " - ");
        if (sscanf(line, "%*d %*d %*s %4095s %4095s", from, at) != 2 || tail == NULL ||
            sscanf(tail, " - %31s %*s %4095s", type, options) != 2)
            continue;
        if (strcmp(type, "cgroup") == 0 && has_word(options, "cpuset"))
            version = 1;
        else if (strcmp(type, "cgroup2") != 0 || version != 0 ||
                 (snprintf(options, sizeof options, "%.4000s/cgroup.controllers", at) <
                  0) ||
                 !read_at(AT_FDCWD, options, controllers, sizeof controllers) ||
                 !has_word(controllers, "cpuset"))
            continue;
        else
            version = 2;
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

/* Ours gets what the group above has. v1 wants both files filled before a process may enter. */
static bool furnish(void)
{
    char text[4096];

    return version == 2 || (read_at(top, "cpuset.mems", text, sizeof text) &&
                            write_at(ours, "cpuset.mems", text) &&
                            read_at(top, "cpuset.cpus", text, sizeof text) &&
                            write_at(ours, "cpuset.cpus", text));
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
    switch (error) {
    case 0:
        reason = "no cgroup hierarchy here has the cpuset controller";
        fix = "look for it in /proc/self/mountinfo and cgroup.controllers, or use the "
              "virtual machine";
        break;
    case EACCES:
    case EPERM:
        reason = "making cgroups needs root";
        fix = "type the same with sudo";
        break;
    case EROFS:
        reason = "the cgroup tree is mounted read-only, as in a container";
        fix = "start the container with --privileged";
        break;
    case EOPNOTSUPP:
        reason = "the group above holds processes itself, as in a container";
        fix = "start the container with --privileged --cgroupns=host";
        break;
    default:
        reason = strerror(error);
        fix = "look at the cgroup tree: the kernel makes no group with cpuset in it";
    }
    cpuset_close();
    version = 0;
    return false;
}

void cpuset_not_here(void)
{
    record_not_here(reason, fix);
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
    if (!furnish() || (version == 2 && mkdirat(ours, "home", 0755) == -1))
        return refused(errno);
    if (read_at(ours, "cgroup.type", type, sizeof type) && strstr(type, "invalid"))
        return refused(EOPNOTSUPP);
    return true;
}

void cpuset_delegate(unsigned user)
{
    delegate(".", user);
    if (version == 2)
        delegate("home", user);
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
    if (version == 2)
        enter("home/cgroup.procs", pid);
}

/* The groups that the program made: all but home. */
static void for_each_left(void (*act)(const char *group))
{
    DIR *entries = fdopendir(openat(ours, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct dirent *entry;

    while (entries && (entry = readdir(entries)) != NULL)
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.' &&
            strcmp(entry->d_name, "home") != 0)
            act(entry->d_name);
    if (entries)
        closedir(entries);
}

static void record_group(const char *group)
{
    if (left++ < MOST_LEFT)
        record_text("left group", group, strlen(group));
}

static void remove_left(const char *group)
{
    remove_group(ours, group);
}

void cpuset_look(void)
{
    left = 0;
    for_each_left(record_group);
}

void cpuset_clean(void)
{
    for_each_left(remove_left);
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
