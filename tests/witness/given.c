/*
 * An empty group for the program, with the controllers that a scenario names, in a part of the hierarchy that
 * is ours (group.c):
 *
 *   oslabs-PID-N
 *    ├─ home, shell      where trusted processes and the program begin
 *    └─ NAME             the group, with another name in each run. The program may do all in it
 *
 * v1 may have the controllers in several hierarchies: a part of each, and a group in each. v2 has one: what
 * is enabled there for the second controller has an empty part, which is only the mark of it. A controller
 * with /v2 behind its name is left out where the first one is in a hierarchy of v1.
 */
#define _GNU_SOURCE
#include "witness.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 4, MOST_LINES = 200, HUGE_PAGES_LENT = 8 };
static struct own_group ours[MOST];
static char names[256]; /* of the controllers */
static int count;
static int refusal;   /* errno; 0: no hierarchy here has the last one */
static int uses = -1; /* an inotify of the groups */
static int lines;     /* that were recorded of it */

/* Those of one hierarchy share what the first of them has. */
static struct own_group *first_like(const struct own_group *group)
{
    struct own_group *first = ours;

    while (strcmp(first->top_path, group->top_path) != 0)
        first++;
    return first;
}

static bool is_first(const struct own_group *group)
{
    return first_like(group) == group;
}

/* Whoever watches the program has limited its memory, and in here it would be outside of that. */
static void limit_memory(const struct own_group *group)
{
    char text[16];

    snprintf(text, sizeof text, "%d", LIMIT_MEMORY);
    if (strcmp(group->controller, "memory") == 0)
        write_at(first_like(group)->dir,
                 group->version == 1 ? "memory.limit_in_bytes" : "memory.max", text);
}

bool given_open(const char *controllers, bool fixed)
{
    char *rest, *name;

    snprintf(names, sizeof names, "%s", controllers);
    for (name = strtok_r(names, " ,", &rest); name && count < MOST;
         name = strtok_r(NULL, " ,", &rest)) {
        char *only = strstr(name, "/v2");
        if (only && count > 0 && ours[0].version == 1)
            continue;
        if (only)
            *only = '\0';
        struct own_group *group = &ours[count++];
        *group =
            (struct own_group){.controller = name, .top = -1, .dir = -1, .fixed = fixed};
        if (!group_open(group)) {
            refusal = errno;
            given_close();
            return false;
        }
        limit_memory(group);
    }
    return true;
}

void given_not_here(void)
{
    not_here_group(ours[count - 1].controller, refusal, ours[count - 1].mounted, "");
}

void given_hide_rest(void)
{
    for (int i = 0; i < count; i++)
        if (is_first(&ours[i]))
            group_hide_rest(&ours[i]);
}

void given_use(void)
{
    for (int i = 0; i < count; i++) {
        *ours[i].given = '\0';
        if (!is_first(&ours[i]))
            continue;
        if (mkdirat(ours[i].dir, "home", 0755) == -1 ||
            mkdirat(ours[i].dir, "shell", 0755) == -1)
            broken("groups where processes begin");
        groups_use(&ours[i]);
    }
}

void given_print(void)
{
    for (int i = 0; i < count; i++)
        record("given %s v%d", ours[i].controller, ours[i].version);
}

/* All of its files. */
static void give_away(const struct own_group *group)
{
    int dir = openat(group->dir, group->given, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fdopendir(dir);
    struct dirent *entry;

    group_delegate(group, group->given);
    while (group->owner && entries && (entry = readdir(entries)) != NULL)
        if (entry->d_type == DT_REG)
            fchownat(dir, entry->d_name, group->owner, group->owner, 0);
    if (entries)
        closedir(entries);
}

static void make(struct own_group *group, const char *name)
{
    snprintf(group->given, sizeof group->given, "%s", name);
    if (mkdirat(group->dir, name, 0755) == -1)
        broken(name);
    give_away(group);
}

/* What happens to the files of a group from now on. */
static void watch(const struct own_group *group)
{
    char path[64];
    int dir = openat(group->dir, group->given, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    snprintf(path, sizeof path, "/proc/self/fd/%d", dir);
    if (inotify_add_watch(uses, path, IN_ACCESS | IN_MODIFY) == -1)
        broken("inotify of a group");
    close(dir);
}

/* tell: records it. Else it was our own doing. */
static void drain(bool tell)
{
    static char last[300];
    char text[300];
    _Alignas(struct inotify_event) char events[4096];
    ssize_t length;

    while (uses != -1 && (length = read(uses, events, sizeof events)) > 0)
        for (char *at = events; tell && at < events + length;) {
            const struct inotify_event *event = (void *)at;
            at += sizeof *event + event->len;
            snprintf(text, sizeof text, "%s %s",
                     event->mask & IN_MODIFY ? "wrote" : "read",
                     event->len ? event->name : "");
            if (strcmp(text, last) != 0 && lines++ < MOST_LINES)
                record("%s", text);
            strcpy(last, text);
        }
    if (!tell)
        *last = '\0';
}

void given_drain(void)
{
    drain(true);
}

/* On v2 a group that hands controllers down has no processes: from now on nobody enters ours. */
static void make_all(const char *name)
{
    for (int i = 0; i < count; i++)
        if (!group_hand_down(&ours[i], first_like(&ours[i])->dir, true))
            broken("cgroup.subtree_control");
    for (int i = 0; i < count; i++)
        if (is_first(&ours[i]))
            make(&ours[i], name);
}

/* inside: as the cage sees it, where our part looks like the whole hierarchy. */
static const char *paths(bool is_inside)
{
    static char text[2 * PATH_MAX];
    size_t length = 0;

    for (int i = 0; i < count && length < PATH_MAX; i++)
        if (is_first(&ours[i]))
            length += (size_t)snprintf(text + length, sizeof text - length,
                                       "%s%.2000s%s%s/%s", length ? "," : "",
                                       ours[i].top_path, is_inside ? "" : "/",
                                       is_inside ? "" : ours[i].name, ours[i].given);
    return text;
}

const char *given_path(void)
{
    char name[12];

    if (count == 0 || *ours[0].given)
        return paths(true);
    draw_letters(name, 9);
    make_all(name);
    uses = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    lines = 0;
    for (int i = 0; i < count; i++)
        if (is_first(&ours[i]))
            watch(&ours[i]);
    return paths(true);
}

void given_file(const char *name)
{
    char path[300], text[8192], *rest, *line;
    bool found = false;

    drain(true);
    for (int i = 0; i < count && !found; i++) {
        snprintf(path, sizeof path, "%s/%.200s", ours[i].given, name);
        found = *ours[i].given && faccessat(ours[i].dir, path, F_OK, 0) == 0 &&
                read_at(ours[i].dir, path, text, sizeof text);
    }
    drain(false);
    if (!found)
        record("no-file %s", name);
    for (line = found ? strtok_r(text, "\n", &rest) : NULL; line;
         line = strtok_r(NULL, "\n", &rest))
        record("file %s %s", name, line);
}

static bool enter_all(void)
{
    char path[64];
    bool entered = true;

    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/cgroup.procs", ours[i].given);
        entered &= !is_first(&ours[i]) || write_at(ours[i].dir, path, "0");
    }
    return entered;
}

void given_try(bool inside, const char *path)
{
    drain(true);
    int error = guest_open(path, inside ? enter_all : NULL);
    drain(false);
    record("open %s %s %s", inside ? "inside" : "outside", path,
           error ? strerror(error) : "ok");
}

int given_folder(void)
{
    return openat(ours[0].dir, ours[0].given, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

void given_fault(bool inside, int pages)
{
    drain(true);
    counter_fault(pages, inside ? enter_all : NULL);
    drain(false);
    record("faulted %s %d", inside ? "inside" : "outside", pages);
}

void given_packet(int proc)
{
    drain(true);
    int inside = tags_packet(proc, enter_all), outside = tags_packet(proc, NULL);
    drain(false);
    record("packet inside %d", inside);
    record("packet outside %d", outside);
}

/* Only a group of v2 can have some. */
static void each_type(void (*act)(const char *type, int programs))
{
    int dir = given_folder();

    for (int i = 0; guest_program_types[i]; i++)
        act(guest_program_types[i], guest_programs(dir, guest_program_types[i]));
    if (dir != -1)
        close(dir);
}

static void print_programs(const char *type, int programs)
{
    record(programs == -1 ? "programs %s -" : "programs %s %d", type, programs);
}

void given_print_programs(void)
{
    each_type(print_programs);
}

static void look_for_programs(const char *type, int programs)
{
    if (programs > 0)
        record("left BPF program %s of GROUP", type);
}

void given_look_programs(void)
{
    if (*ours[0].given)
        each_type(look_for_programs);
}

static const char *wanted; /* names of files */

static void record_made(int group, const char *path)
{
    char copy[256], text[8192], *rest, *name, *more, *line;

    snprintf(copy, sizeof copy, "%s", wanted);
    for (name = strtok_r(copy, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        if (faccessat(group, name, F_OK, 0) == -1 ||
            !read_at(group, name, text, sizeof text))
            continue;
        for (line = strtok_r(text, "\n", &more); line;
             line = strtok_r(NULL, "\n", &more)) {
            record_begin("made ");
            print_path("", path);
            printf(" %s %s\n", name, line);
        }
    }
}

void given_print_made(const char *names_of_files)
{
    wanted = names_of_files;
    for (int i = 0; i < count; i++)
        if (is_first(&ours[i]))
            group_each(&ours[i], record_made);
}

/* Only the program freezes it: v1 and v2 have a file each. */
static bool reads(const char *name, const char *word)
{
    char path[64], text[256];

    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", ours[i].given, name);
        if (*ours[i].given && read_at(ours[i].dir, path, text, sizeof text) &&
            strstr(text, word))
            return true;
    }
    return false;
}

bool given_is_frozen(void)
{
    drain(true);
    bool is = reads("freezer.state", "FROZEN") || reads("cgroup.events", "frozen 1");
    drain(false);
    return is;
}

void given_thaw(void)
{
    char path[64];

    for (int i = 0; i < count; i++) {
        if (*ours[i].given == '\0')
            continue;
        snprintf(path, sizeof path, "%s/freezer.state", ours[i].given);
        write_at(ours[i].dir, path, "THAWED");
        snprintf(path, sizeof path, "%s/cgroup.freeze", ours[i].given);
        write_at(ours[i].dir, path, "0");
    }
}

/* From the last on: the first may hand down what the others are the mark of. */
void given_clean(void)
{
    if (uses != -1)
        close(uses);
    uses = -1;
    for (int i = count - 1; i >= 0; i--) {
        group_hand_down(&ours[i], first_like(&ours[i])->dir, false);
        group_clean(&ours[i]);
    }
}

void given_close(void)
{
    for (int i = count - 1; i >= 0; i--)
        group_close(&ours[i]);
}

/* --- without a cage ------------------------------------------------------------------------------ */

static pid_t lent_to;

static const int endings[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/* What ends us is for the program, and then we clean up. */
static void hand_on(int number)
{
    kill(lent_to, number);
}

static void lend_to(char *argv[], const sigset_t *signals)
{
    lent_to = fork();
    if (lent_to == -1)
        broken("fork");
    for (size_t i = 0; lent_to > 0 && i < sizeof endings / sizeof endings[0]; i++)
        signal(endings[i], hand_on);
    sigprocmask(SIG_SETMASK, signals, NULL);
    if (lent_to == 0) {
        execv(argv[0], argv);
        _exit(127);
    }
}

static int wait_for_it(void)
{
    int status = 0;

    while (waitpid(lent_to, &status, 0) == -1 && errno == EINTR)
        ;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* What the program has put into the group and left there goes to the top. false: it is still there. */
static bool move_out(void)
{
    char path[64], text[4096], *rest, *pid;
    bool empty = true;

    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/cgroup.procs", ours[i].given);
        if (*ours[i].given == '\0' || !read_at(ours[i].dir, path, text, sizeof text))
            continue;
        for (pid = strtok_r(text, "\n", &rest); pid; pid = strtok_r(NULL, "\n", &rest)) {
            write_at(ours[i].top, "cgroup.procs", pid);
            empty = false;
        }
    }
    return empty;
}

int given_run(char *argv[])
{
    char name[12];
    sigset_t set, before;

    sigemptyset(&set);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        sigaddset(&set, endings[i]);
    sigprocmask(SIG_BLOCK, &set, &before); /* a signal waits for the program */
    reasons_prepare();
    record_for_people();
    if (!given_open(argv[0], true))
        return given_not_here(), 77;
    if (strcmp(ours[0].controller, "hugetlb") == 0 && guest_here())
        guest_huge_pages(HUGE_PAGES_LENT); /* as the machine lays some aside */
    draw_letters(name, 9);
    make_all(name);
    for (char **word = argv + 2; *word; word++)
        if (strcmp(*word, "GROUP") == 0)
            *word = strdup(paths(false));
        else if (strcmp(*word, "DISK") == 0 && guest_is_virtual() && guest_disk())
            *word = strdup(guest_disk());
    lend_to(argv + 1, &before);
    int status = wait_for_it();
    given_thaw();
    for (int i = 0; i < 200 && !move_out(); i++)
        usleep(10000);
    given_close();
    guest_restore();
    return status;
}
