/*
 * cgroup-cpuset-pin PID CPU [SECONDS]: a cgroup holds a process on one CPU.
 *
 * Shows:   a cgroup is a folder, and its settings are files. mkdir(), write() and rmdir() are
 *          the whole interface; no system call was added for it.
 * Article: the cpuset walk, steps 5 to 8. (Step 4, the mount, your machine has done.)
 * Prints:  PID N is on CPU N              before: field 39 of /proc/PID/stat
 *          group: PATH (cgroup v1|v2)     cpuset.cpus: N
 *          PID N is on CPU N              after; SECONDS later all is as it was before
 * Write:   about 12 lines: TODO 1 and 2 in make_group(), TODO 3 in main(), TODO 4 in undo().
 * Try:     make run6 ARGS=90 &   then   make run5 ARGS="PID 0 60" &   with the PID that the
 *          first one printed, and a few times   ps -o pid,psr,args PID
 * Pages:   cgroups(7), cpuset(7), Documentation/admin-guide/cgroup-v2.rst
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mntent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static _Noreturn void todo(const char *what)
{
    errx(1, "%s", what);
}

static char proc[32];            /* /proc/PID */
static int version;              /* of the hierarchy that has cpuset: 1 or 2 */
static char top[PATH_MAX];       /* the folder where that hierarchy is mounted */
static char home[2 * PATH_MAX];  /* the group that PID is in when we start */
static char group[2 * PATH_MAX]; /* the group that we make, a folder in top */
static sigset_t signals;         /* blocked: they end stay(), and nothing before it */
static bool runs;                /* PID was not asleep when we last looked */
static bool enabled;             /* v2: we have told top to hand cpuset down */

static char *get(const char *dir, const char *file); /* its text, or "" */
static bool put(const char *dir, const char *file, const char *text); /* or it warns */
static void move_one_home(void);   /* one process of group; then it waits 10 ms */
static void print_cpu(int wanted); /* waits until PID has come there, if it runs */
static void prepare(int argc, char *argv[]);
static int stay(unsigned seconds);

static void make_group(const char *cpu)
{
    todo("TODO 1: mkdir() the folder group; err(1, \"%s\", group) if it fails");
    // v1: a new group has no memory, and so takes no process: put() into its cpuset.mems
    // what you get() from that of top. v2: top hands cpuset down if that word is in its
    // cgroup.subtree_control: if it is not, put() "+cpuset" there, and set enabled.
    todo("TODO 2: what the version needs; then put() cpu into cpuset.cpus of group");
}

/* exit() calls this: whatever happened, all is as it was before. */
static void undo(void)
{
    // While rmdir() says EBUSY, move_one_home(), and try again, but not for ever. If you
    // have enabled cpuset in top, put() "-cpuset" there.
    if (rmdir(group) == -1 && errno == EBUSY)
        todo("TODO 4: a process is in the group, and so it cannot be removed");
}

int main(int argc, char *argv[])
{
    prepare(argc, argv);
    print_cpu(-1);
    make_group(argv[2]);
    printf("group: %s (cgroup v%d)\n", group, version);
    printf("cpuset.cpus: %s", get(group, "cpuset.cpus"));
    if (version == 2 && atoi(get(group, "cpuset.cpus.effective")) != atoi(argv[2]))
        errx(1, "%s has no CPU %s, and so its groups have none", top, argv[2]);
    todo("TODO 3: put() the PID, argv[1], into the file cgroup.procs of group");
    print_cpu(atoi(argv[2]));
    return stay(argc == 4 ? (unsigned)atoi(argv[3]) : 0);
}

/* --- given; read it later ------------------------------------------------------------------- */

static char *get(const char *dir, const char *file)
{
    static char text[4096], path[3 * PATH_MAX];

    snprintf(path, sizeof path, "%s/%s", dir, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    text[length > 0 ? length : 0] = '\0';
    return text;
}

static bool put(const char *dir, const char *file, const char *text)
{
    char path[3 * PATH_MAX];

    snprintf(path, sizeof path, "%s/%s", dir, file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool done = fd != -1 && write(fd, text, strlen(text)) != -1;
    if (!done)
        warn("%s", path);
    close(fd);
    return done;
}

static void move_one_home(void)
{
    char *first = strtok(get(group, "cgroup.procs"), "\n");

    if (first && atoi(first) > 0) /* 0: a process of another PID namespace */
        put(home, "cgroup.procs", first);
    usleep(10000);
}

/* Field 39 of /proc/PID/stat. Field 2 is a name, perhaps with a ")". */
static int get_cpu(void)
{
    char *at = strrchr(get(proc, "stat"), ')'), state = at ? at[2] : 'X';

    errno = ESRCH;
    if (state == 'Z' || state == 'X')
        err(1, "PID %s", proc + strlen("/proc/"));
    runs = state == 'R';
    for (int field = 2; at && field < 39; field++)
        at = strchr(at + 1, ' ');
    return at ? atoi(at) : -1;
}

static void print_cpu(int wanted)
{
    for (int i = 0; i < 500 && get_cpu() != wanted && wanted >= 0 && runs; i++)
        usleep(10000); /* it changes its CPU when it next runs */
    printf("PID %s is on CPU %d\n", proc + strlen("/proc/"), get_cpu());
}

static int stay(unsigned seconds)
{
    int number = seconds == 0 ? SIGALRM : -1;

    alarm(seconds);
    while (number == -1) {
        get_cpu(); /* an error, when PID has ended */
        number = sigtimedwait(&signals, NULL, &(struct timespec){.tv_nsec = 10000000});
    }
    return number == SIGALRM ? 0 : 128 + number;
}

/* The kernel has each controller in one hierarchy only. Only v2 has cgroup.controllers. */
static void find_hierarchy(void)
{
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    struct mntent *mount;

    while (mounts && version == 0 && (mount = getmntent(mounts))) {
        snprintf(top, sizeof top, "%s", mount->mnt_dir);
        if (strcmp(mount->mnt_type, "cgroup") == 0 && *get(top, "cpuset.cpus"))
            version = 1;
        else if (strstr(get(top, "cgroup.controllers"), "cpuset"))
            version = 2;
    }
    if (version == 0)
        errx(1, "no hierarchy of cgroups here has cpuset: see /proc/mounts");
    endmntent(mounts);
}

/* A line of /proc/PID/cgroup is NUMBER:CONTROLLERS:PATH. Where we see only a part of the tree,
   as in a container, PATH begins above that part. */
static void find_home(const char *pid)
{
    const char *mark = version == 1 ? ":cpuset:" : "0::";
    char *line = strstr(get(proc, "cgroup"), mark);

    errno = ESRCH;
    if (line == NULL)
        err(1, "PID %s", pid);
    char *path = strtok(line + strlen(mark), "\n");
    snprintf(home, sizeof home, "%s%s", top, path);
    while (*path && access(home, F_OK) == -1) {
        path += 1 + strcspn(path + 1, "/");
        snprintf(home, sizeof home, "%s%s", top, path);
    }
}

static void prepare(int argc, char *argv[])
{
    bool good = argc == 3 || argc == 4;

    for (int i = 1; i < argc; i++)
        good = good && *argv[i] != '\0' && strlen(argv[i]) < 10 &&
               argv[i][strspn(argv[i], "0123456789")] == '\0';
    if (!good) {
        fputs("usage: cgroup-cpuset-pin PID CPU [SECONDS]   (whole numbers)\n", stderr);
        exit(2);
    }
    snprintf(proc, sizeof proc, "/proc/%s", argv[1]);
    find_hierarchy();
    find_home(argv[1]);
    snprintf(group, sizeof group, "%s/cpuset-pin.%d", top, getpid());
    sigemptyset(&signals);
    for (int *n = (int[]){SIGHUP, SIGINT, SIGPIPE, SIGTERM, SIGALRM, 0}; *n; n++)
        sigaddset(&signals, *n);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line leaves at once, also into a pipe */
    atexit(undo);
}
