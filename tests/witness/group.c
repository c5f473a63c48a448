/*
 * A part of a cgroup hierarchy for one witness alone, whatever the controller is:
 *
 *   TOP                      as the machine mounts it; of v2, a part that was delegated to a plain user
 *    └─ oslabs-PID-N         ours. "+CONTROLLER" behind it: we have enabled that in TOP (v2), and take
 *                            it back
 *
 * A witness that was killed leaves its part behind, without processes: the next one for that controller
 * removes it.
 */
#define _GNU_SOURCE
#include "witness.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "oslabs-"
enum { MOST_STEPS = 1000000, MOST_TRIES = 500 /* of 10 ms */ };

bool write_at(int dir, const char *path, const char *text)
{
    int fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
    bool ok = fd != -1 && write(fd, text, strlen(text)) != -1;
    int error = errno;

    if (fd != -1)
        close(fd);
    errno = error;
    return ok;
}

bool copy_file(int from, int to, const char *file)
{
    char text[4096];

    return read_at(from, file, text, sizeof text) && write_at(to, file, text);
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

/* What v2 calls a controller. Empty: each of its groups can do that, and nobody enables it. */
static const char *name_in_v2(const char *controller)
{
    static const char *const always[] = {"freezer", "cpuacct",  "devices",
                                         "net_cls", "net_prio", "perf_event"};

    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        if (strcmp(controller, always[i]) == 0)
            return "";
    return strcmp(controller, "blkio") == 0 ? "io" : controller;
}

/* Whether the top of a cgroup2 can hand that down. */
static bool hands_down(const char *at, const char *controller)
{
    char path[PATH_MAX], controllers[PATH_MAX];

    snprintf(path, sizeof path, "%.4000s/cgroup.controllers", at);
    return *controller == '\0' ||
           (read_at(AT_FDCWD, path, controllers, sizeof controllers) &&
            has_word(controllers, controller));
}

/* v1 where a mount has the controller; else v2 where the top of a mount can hand it down. The kernel's
   version says nothing about it, and /proc/cgroups not much. */
static bool find_top(struct own_group *group, char *root)
{
    static char line[3 * PATH_MAX];
    char from[PATH_MAX], at[PATH_MAX], type[32], options[PATH_MAX];
    FILE *mounts = fopen("/proc/self/mountinfo", "re");

    while (mounts && group->version != 1 && fgets(line, sizeof line, mounts)) {
        const char *tail = strstr(line, " - ");
        if (sscanf(line, "%*d %*d %*s %4095s %4095s", from, at) != 2 || tail == NULL ||
            sscanf(tail, " - %31s %*s %4095s", type, options) != 2)
            continue;
        group->mounted |= strncmp(type, "cgroup", 6) == 0;
        if (strcmp(type, "cgroup") == 0 && has_word(options, group->controller))
            group->version = 1;
        else if (strcmp(type, "cgroup2") == 0 && group->version == 0 &&
                 hands_down(at, name_in_v2(group->controller)))
            group->version = 2;
        else
            continue;
        strcpy(group->top_path, at);
        strcpy(root, strcmp(from, "/") == 0 ? "" : from);
    }
    if (mounts)
        fclose(mounts);
    return group->version != 0;
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
void group_remove(int dir, const char *path)
{
    int at = openat(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), next,
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
    unlinkat(dir, path, AT_REMOVEDIR);
}

/* A group that no witness holds a lock on was left by one that was killed. */
static void remove_orphans(struct own_group *group)
{
    DIR *entries = fdopendir(openat(group->top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct dirent *entry;

    while (entries && (entry = readdir(entries)) != NULL) {
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0)
            continue;
        const char *mark = strchr(entry->d_name, '+');
        if (mark && strcmp(mark + 1, group->controller) != 0)
            continue;
        group->enabled |= mark != NULL; /* the last one takes it back */
        int other = openat(group->top, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        bool orphan = other != -1 && flock(other, LOCK_EX | LOCK_NB) == 0;
        if (orphan)
            group_remove(group->top, entry->d_name);
        if (other != -1)
            close(other);
    }
    if (entries)
        closedir(entries);
}

/* Makes ours and locks it. In between, another witness may take it for an orphan: then once more. */
static bool make_ours(struct own_group *group)
{
    for (int i = 0; i < 4096; i++) {
        snprintf(group->name, sizeof group->name, PREFIX "%d-%d%s%s", getpid(), i,
                 group->enabled ? "+" : "", group->enabled ? group->controller : "");
        if (mkdirat(group->top, group->name, 0755) == -1) {
            if (errno != EEXIST)
                return false;
            continue; /* of a witness with this PID in another PID namespace */
        }
        group->dir = openat(group->top, group->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (group->dir != -1 && flock(group->dir, LOCK_EX | LOCK_NB) == 0 &&
            faccessat(group->top, group->name, F_OK, 0) == 0)
            return true;
        if (group->dir != -1)
            close(group->dir);
        group->dir = -1;
    }
    errno = EEXIST;
    return false;
}

bool group_hand_down(const struct own_group *group, int dir, bool on)
{
    char text[64];

    snprintf(text, sizeof text, "%c%s", on ? '+' : '-', name_in_v2(group->controller));
    return group->version == 1 || text[1] == '\0' ||
           write_at(dir, "cgroup.subtree_control", text);
}

/* v2 hands a controller down only where it is enabled. Is it not, then we do it. */
static bool enable(struct own_group *group)
{
    const char *controller = name_in_v2(group->controller);
    char text[4096];

    if (group->version == 1 || *controller == '\0')
        return true;
    read_at(group->top, "cgroup.subtree_control", text, sizeof text);
    if (has_word(text, controller))
        return true;
    group->enabled = true;
    return group_hand_down(group, group->top, true);
}

/* Whether we may make groups in there that have the controller: v2 hands one down from a group without
   processes only. */
static bool is_delegated(const struct own_group *group, const char *path)
{
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const char *controller = name_in_v2(group->controller);
    char text[4096];
    bool mine =
        faccessat(dir, ".", W_OK, 0) == 0 && faccessat(dir, "cgroup.procs", W_OK, 0) == 0;

    mine = mine && (*controller == '\0' ||
                    (read_at(dir, "cgroup.subtree_control", text, sizeof text) &&
                     has_word(text, controller)) ||
                    (read_at(dir, "cgroup.procs", text, sizeof text) && *text == '\0' &&
                     read_at(dir, "cgroup.controllers", text, sizeof text) &&
                     has_word(text, controller)));
    if (dir != -1)
        close(dir);
    return mine;
}

/* A plain user may make groups where a part of the tree was delegated, as systemd does with that of a login:
   it is the group that we are in, or one above it. */
static void find_delegated(struct own_group *group, const char *root)
{
    char text[8192], path[3 * PATH_MAX];
    size_t length = strlen(root);

    *group->part = '\0';
    if (group->version != 2 || access(group->top_path, W_OK) == 0 ||
        !read_at(AT_FDCWD, "/proc/self/cgroup", text, sizeof text))
        return;
    char *own = strstr(text, "0::");
    if (own == NULL || strncmp(own += strlen("0::"), root, length) != 0)
        return;
    own += length;
    own[strcspn(own, "\n")] = '\0';
    for (; *own; *strrchr(own, '/') = '\0') {
        snprintf(path, sizeof path, "%s%s", group->top_path, own);
        if (is_delegated(group, path)) {
            snprintf(group->part, sizeof group->part, "%.3000s", own);
            return;
        }
    }
}

bool group_open(struct own_group *group)
{
    char root[PATH_MAX], type[32], path[2 * PATH_MAX];

    if (!find_top(group, root)) {
        errno = 0;
        return false;
    }
    find_delegated(group, root);
    snprintf(path, sizeof path, "%s%s", group->top_path, group->part);
    group->top = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    remove_orphans(group);
    if (!enable(group) || !make_ours(group))
        return false;
    snprintf(group->prefix, sizeof group->prefix, "%.900s%.3000s/%.64s", root,
             group->part, group->name);
    errno = EOPNOTSUPP;
    return !read_at(group->dir, "cgroup.type", type, sizeof type) ||
           strstr(type, "invalid") == NULL;
}

/* What root of the cage needs to make groups and to move its own processes: the same four files
   that one gives to a user when a part of the tree is delegated. */
static void delegate(const struct own_group *group, const char *path, unsigned user)
{
    static const char *const files[] = {"", "cgroup.procs", "tasks", "cgroup.threads",
                                        "cgroup.subtree_control"};
    char file[PATH_MAX];

    for (size_t i = group->fixed; i < sizeof files / sizeof files[0]; i++) {
        snprintf(file, sizeof file, "%.3900s/%s", path, files[i]);
        fchownat(group->dir, file, user, user, 0);
    }
}

/* The cage is read-only, but for this. */
void group_hide_rest(const struct own_group *group)
{
    char path[3 * PATH_MAX];

    snprintf(path, sizeof path, "%s%s/%s", group->top_path, group->part, group->name);
    if (mount("", group->top_path, "", MS_PRIVATE, NULL) == -1 ||
        mount(path, group->top_path, "", MS_BIND, NULL) == -1 ||
        mount("", group->top_path, "",
              MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == -1)
        broken("own part of a cgroup hierarchy");
}

static void enter(const struct own_group *group, const char *path, pid_t pid)
{
    char file[PATH_MAX], text[16];

    snprintf(file, sizeof file, "%.3900s/cgroup.procs", path);
    snprintf(text, sizeof text, "%d", pid);
    if (!write_at(group->dir, file, text))
        broken(file);
}

static const char *inside(const struct own_group *group, const char *path)
{
    size_t length = strlen(group->prefix);

    if (length == 0 || strncmp(path, group->prefix, length) != 0)
        return path;
    return path[length] ? path + length : "/";
}

/* --- the groups of a run ------------------------------------------------------------------------ */

enum { MOST_USED = 4, MOST_LEFT = 20, MOST_DEPTH = 8 };
static struct own_group *used[MOST_USED];
static int uses;

void groups_forget(void)
{
    uses = 0;
}

void groups_use(struct own_group *group)
{
    snprintf(group->shell, sizeof group->shell, "shell");
    used[uses++] = group;
}

bool groups_any(void)
{
    return uses > 0;
}

void groups_delegate(unsigned user)
{
    for (int i = 0; i < uses; i++) {
        used[i]->owner = user;
        if (user == 0)
            continue;
        delegate(used[i], ".", user);
        delegate(used[i], "home", user);
        delegate(used[i], "shell", user);
    }
}

void group_delegate(const struct own_group *group, const char *path)
{
    if (group->owner)
        delegate(group, path, group->owner);
}

void groups_enter(const char *path, pid_t pid)
{
    for (int i = 0; i < uses; i++)
        enter(used[i], path, pid);
}

void groups_enter_shell(pid_t pid)
{
    for (int i = 0; i < uses; i++)
        enter(used[i], used[i]->shell, pid);
}

/* Without a group of our own it is the one of v2. */
const char *groups_of(int proc, int pid)
{
    static char text[8192];
    char file[32], *rest, *line;
    const struct own_group *first = uses > 0 ? used[0] : NULL;

    snprintf(file, sizeof file, "%d/cgroup", pid);
    read_at(proc, file, text, sizeof text);
    for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char *list = strchr(line, ':') + 1, *path = strchr(list, ':');
        *path++ = '\0';
        if (first && first->version == 1 ? has_word(list, first->controller)
                                         : strcmp(line, "0:") == 0)
            return first ? inside(first, path) : path;
    }
    return NULL;
}

static bool is_ours(const struct own_group *group, const char *path)
{
    return strcmp(path, "/home") == 0 || strcmp(path, "/shell") == 0 ||
           strcmp(path + 1, group->shell) == 0 || strcmp(path + 1, group->given) == 0;
}

static int left; /* groups that were found */

/* Those below dir, whose name in the cage is path. A program may nest thousands; some are enough. */
static void each_below(const struct own_group *own, int dir, const char *path, int depth,
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
        if (!is_ours(own, inner))
            left++, act(group, inner);
        each_below(own, group, inner, depth + 1, act);
        close(group);
    }
    if (entries)
        closedir(entries);
}

void group_each(const struct own_group *group, void (*act)(int dir, const char *path))
{
    left = 0;
    each_below(group, group->dir, "", 0, act);
}

/* Returns whether nothing is left in ours. */
static bool remove_all(const struct own_group *group)
{
    DIR *entries = fdopendir(openat(group->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct dirent *entry;
    bool empty = true;

    while (entries && (entry = readdir(entries)) != NULL)
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.') {
            group_remove(group->dir, entry->d_name);
            empty = empty && faccessat(group->dir, entry->d_name, F_OK, 0) == -1;
        }
    if (entries)
        closedir(entries);
    return empty;
}

/* When the cage is closed, all that was in it is dead. Who waited for a slow disk may be counted a moment longer. */
void group_clean(const struct own_group *group)
{
    for (int i = 0; i < MOST_TRIES && !remove_all(group); i++)
        usleep(10000);
    group_hand_down(group, group->dir, false);
}

static void record_left(int group, const char *path)
{
    (void)group;
    record_text("left group", path + 1, strlen(path + 1));
}

void groups_look(void)
{
    for (int i = 0; i < uses; i++)
        group_each(used[i], record_left);
}

/* Also after a failure half-way. */
void group_close(struct own_group *group)
{
    if (group->top == -1)
        return;
    if (group->dir != -1)
        close(group->dir);
    group_remove(group->top, group->name);
    if (group->enabled)
        group_hand_down(group, group->top, false); /* EBUSY: others use it by now */
    close(group->top);
    group->top = group->dir = -1;
    group->enabled = false;
}
