/*
 * cgroup-cpuset-pin PID CPU [SECONDS]: a cgroup holds a process on one CPU.
 *
 * Shows:   a cgroup is a folder, its settings are files: mkdir(), write(), rmdir() do it all.
 * Article: the cpuset walk, steps 5 to 8. (Step 4, the mount, your machine has done.)
 * Prints:  PID N is on CPU N              before, and after; SECONDS later all is as it was
 *          group: PATH (cgroup v1|v2)     cpuset.cpus: N
 * Write:   about 12 lines: TODO 1 and 2 in make_group(), TODO 3 in main(), TODO 4 in undo().
 * Try:     make run6 ARGS=90 &   make run5 ARGS="PID 0 60" &   ps -o pid,psr,args PID
 * Pages:   cgroups(7), cpuset(7), Documentation/admin-guide/cgroup-v2.rst
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <mntent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
//| #define todo(what) errx(1, "%s", what)

static char proc[32];            /* /proc/PID */
static int version;              /* of the hierarchy that has cpuset: 1 or 2 */
static char top[PATH_MAX];       /* the folder where that hierarchy is mounted */
static char home[2 * PATH_MAX];  /* the group that PID is in when we start */
static char group[2 * PATH_MAX]; /* the group that we make, a folder in top */
static bool enabled;             /* v2: we have told top to hand cpuset down */
static sigset_t signals;         /* blocked: they end the wait in main(), nothing else */
static char path[3 * PATH_MAX];  /* of the file that get() or put() had last */
static char content[4096];       /* of the file that get() had last */
static char *get(const char *dir, const char *file); /* its text, or "" */
static bool put(const char *dir, const char *file, const char *text); /* or it warns */
static void move_one_home(void);   /* one process of group; then it waits 10 ms */
static int get_cpu(void);          /* the one that PID is on */
static void print_cpu(int wanted); /* when PID has come there, if it runs */
static void prepare(int argc, char *argv[]);

static void make_group(const char *cpu)
{
    // BEGIN SOLUTION
    //| todo("TODO 1: mkdir() the folder group; err(1, \"%s\", group) if it fails");
    //| // v1: put() into cpuset.mems of group what you get() from that of top. v2: if the word
    //| // cpuset is not in cgroup.subtree_control of top, put() "+cpuset" there, set enabled.
    //| todo("TODO 2: what the version needs; then put() cpu into cpuset.cpus of group");
    if (mkdir(group, 0755) == -1)
        err(1, "%s", group);
    if (version == 1 && !put(group, "cpuset.mems", get(top, "cpuset.mems")))
        exit(1);
    if (version == 2 && !strstr(get(top, "cgroup.subtree_control"), "cpuset"))
        enabled = put(top, "cgroup.subtree_control", "+cpuset");
    if (!put(group, "cpuset.cpus", cpu))
        exit(1);
    // END SOLUTION
}

static void undo(void)
{
    // BEGIN SOLUTION
    //| // While rmdir() says EBUSY, move_one_home(). At last, if enabled, put() "-cpuset" back.
    //| if (rmdir(group) == -1 && errno == EBUSY)
    //|     todo("TODO 4: a process is in the group, and so it cannot be removed");
    for (int i = 0; i < 500 && rmdir(group) == -1 && errno == EBUSY; i++)
        move_one_home();
    if (enabled)
        put(top, "cgroup.subtree_control", "-cpuset");
    // END SOLUTION
}

int main(int argc, char *argv[])
{
    prepare(argc, argv);
    printf("PID %s is on CPU %d\n", argv[1], get_cpu());
    make_group(argv[2]);
    printf("group: %s (cgroup v%d)\n", group, version);
    printf("cpuset.cpus: %s", get(group, "cpuset.cpus"));
    if (version == 2 && atoi(get(group, "cpuset.cpus.effective")) != atoi(argv[2]))
        errx(1, "%s has no CPU %s, and so its groups have none", top, argv[2]);
    // BEGIN SOLUTION
    //| todo("TODO 3: put() the PID, argv[1], into the file cgroup.procs of group");
    if (!put(group, "cgroup.procs", argv[1]))
        exit(1);
    // END SOLUTION
    print_cpu(atoi(argv[2]));
    unsigned seconds = argc == 4 ? (unsigned)atoi(argv[3]) : 0;
    int number = seconds == 0 ? SIGALRM : -1;
    for (alarm(seconds); number == -1; get_cpu()) /* an error, when PID has ended */
        number = sigtimedwait(&signals, NULL, &(struct timespec){.tv_nsec = 10000000});
    return number == SIGALRM ? 0 : 128 + number;
}

/* --- given; read it later ------------------------------------------------------------------- */

static char *get(const char *dir, const char *file)
{
    snprintf(path, sizeof path, "%s/%s", dir, file);
    FILE *stream = fopen(path, "re");
    content[stream ? fread(content, 1, sizeof content - 1, stream) : 0] = '\0';
    if (stream)
        fclose(stream);
    return content;
}

static bool put(const char *dir, const char *file, const char *text)
{
    snprintf(path, sizeof path, "%s/%s", dir, file);
    FILE *stream = fopen(path, "r+e"); /* not "w": that would make what is missing */
    if (stream && fputs(text, stream) >= 0 && fclose(stream) == 0)
        return true;
    warn("%s", path);
    return false;
}

static void move_one_home(void)
{
    char *first = strtok(get(group, "cgroup.procs"), "\n");

    if (first && atoi(first) > 0) /* 0: a process of another PID namespace */
        put(home, "cgroup.procs", first);
    usleep(10000);
}

/* Field 39 of /proc/PID/stat. Field 2 is a name, perhaps with a ")"; 3 is Z when it has ended. */
static int get_cpu(void)
{
    char *at = strrchr(get(proc, "stat"), ')');

    if (at == NULL || at[2] == 'Z')
        errx(1, "PID %s: %s", proc + strlen("/proc/"), strerror(ESRCH));
    for (int field = 2; at && field < 39; field++)
        at = strchr(at + 1, ' ');
    return at ? atoi(at) : -1;
}

static void print_cpu(int wanted)
{
    for (int i = 0; i < 500 && get_cpu() != wanted && strstr(content, ") R"); i++)
        usleep(10000); /* it changes its CPU when it next runs */
    printf("PID %s is on CPU %d\n", proc + strlen("/proc/"), get_cpu());
}

static void find_hierarchy(void)
{
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    struct mntent *mount;

    while (mounts && version == 0 && (mount = getmntent(mounts))) {
        snprintf(top, sizeof top, "%s", mount->mnt_dir);
        bool is_v2 = strstr(get(top, "cgroup.controllers"), "cpuset"); /* v1 lacks it */
        version = is_v2 ? 2 : *get(top, "cpuset.cpus") ? 1 : 0;
    }
    if (version == 0)
        errx(1, "no hierarchy of cgroups here has cpuset: see /proc/mounts");
    endmntent(mounts);
}

static void prepare(int argc, char *argv[])
{
    for (int i = 1; i < argc || i < 3; i++)
        if (argc < 3 || argc > 4 || *argv[i] == '\0' || strlen(argv[i]) > 9 ||
            argv[i][strspn(argv[i], "0123456789")] != '\0') {
            fputs("usage: cgroup-cpuset-pin PID CPU [SECONDS]   (numbers)\n", stderr);
            exit(2);
        }
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line leaves at once, also into a pipe */
    snprintf(proc, sizeof proc, "/proc/%s", argv[1]);
    find_hierarchy();
    char *line = strstr(get(proc, "cgroup"), version == 1 ? ":cpuset:" : "0::");
    snprintf(home, sizeof home, "%s%s", top, line ? strtok(strchr(line, '/'), "\n") : "");
    if (access(home, F_OK) == -1) /* in a container: we see a part of the tree only */
        snprintf(home, sizeof home, "%s", top);
    snprintf(group, sizeof group, "%s/cpuset-pin.%d", top, getpid());
    for (int *n = (int[]){SIGHUP, SIGINT, SIGPIPE, SIGTERM, SIGALRM, 0}; *n; n++)
        sigaddset(&signals, *n);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    atexit(undo); /* exit() calls it: whatever happened, all is as it was before */
}
