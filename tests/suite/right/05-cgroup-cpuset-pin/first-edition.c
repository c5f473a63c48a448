/*
 * What: the reference of the first edition.
 *
 * cgroup-cpuset-pin PID CPU [SECONDS]: a cgroup that holds a process on one CPU.
 *
 * Shows:   a cgroup is a folder, its settings are files, the kernel obeys at once. No system
 *          call was added for it: mkdir(), write() and rmdir() are the whole interface.
 * Article: the cpuset walk, steps 5 to 8. (Step 4, the mount, was done by your machine.)
 * Prints:  PID N is on CPU N                    before: field 39 of /proc/PID/stat
 *          group: PATH (cgroup v1|v2)    cpuset.cpus: N
 *          PID N is on CPU N                    after
 *          SECONDS later PID is back where it was, and the group is gone.
 * Try:     sudo ./cgroup-cpuset-pin PID CPU 60 &   then   cat /proc/PID/cgroup   and
 *          ps -o pid,psr,args PID . Write another CPU into PATH/cpuset.cpus.
 * Pages:   cgroups(7), cpuset(7), Documentation/admin-guide/cgroup-v2.rst
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <mntent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FIELD_PSR = 39, PATIENCE = 500 /* rounds of 10 ms */ };

static pid_t pid;
static char name[16];             /* "PID 123" */
static bool runs;                 /* pid was not asleep when last looked at */
static int version;               /* of the hierarchy that has cpuset: 1 or 2 */
static char top[PATH_MAX];        /* where that is mounted */
static char home[PATH_MAX];       /* the group that pid was in */
static char parent[2 * PATH_MAX]; /* v2: a group without processes, to hand cpuset down */
static char group[2 * PATH_MAX];  /* the new group of pid */
static bool enabled;              /* we made top hand cpuset down, and take that back */
static sigset_t signals;          /* blocked: they come to us in nap() only */
static int stop;                  /* the one that came */

static const struct {
    int error;
    const char *meaning;
} hints[] = {
    {EPERM, "only root may: type 'sudo ./cgroup-cpuset-pin'"},
    {EACCES, "you are not root: type 'sudo ./cgroup-cpuset-pin'; or top lacks that CPU"},
    {EROFS, "the cgroup tree is read-only, as in a container: start that --privileged"},
    {ENOENT, "it cannot be seen from here: see /proc/mounts and cgroup.controllers"},
    {ENOSPC, "a v1 group takes no process before it has cpuset.cpus and cpuset.mems"},
    {EAGAIN, "the tree is full: see cgroup.max.descendants and cgroup.max.depth"},
    {EBUSY, "somebody else uses this group: see its cgroup.procs and its folders"},
    {EOPNOTSUPP, "top has processes of its own, as in a container: v2 allows no others"},
    {ERANGE, "no such CPU: 'lscpu -e' lists those that are online"},
    {EINVAL, "no such CPU ('lscpu -e' lists them), or PID is a thread of the kernel"},
    {ESRCH, "no process has this number (any more): 'ps -e' lists them"},
};

static void undo(void);

static _Noreturn void die(const char *what)
{
    int error = errno;

    fprintf(stderr, "cgroup-cpuset-pin: %s: %s\n", what, strerror(error));
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (hints[i].error == error)
            fprintf(stderr, "cgroup-cpuset-pin: that means: %s\n", hints[i].meaning);
    undo();
    exit(1);
}

static const char *join(const char *folder, const char *file)
{
    static char path[3 * PATH_MAX];

    snprintf(path, sizeof path, "%s/%s", folder, file);
    return path;
}

/* What is in the file, up to the next call; "" when it cannot be read. */
static char *get(const char *folder, const char *file)
{
    static char text[4096];
    FILE *stream = fopen(join(folder, file), "re");

    text[stream ? fread(text, 1, sizeof text - 1, stream) : 0] = '\0';
    if (stream)
        fclose(stream);
    return text;
}

static bool try_put(const char *folder, const char *file, const char *text)
{
    int fd = open(join(folder, file), O_WRONLY | O_CLOEXEC);
    ssize_t written;

    if (fd == -1)
        return false;
    written = write(fd, text, strlen(text));
    close(fd); /* leaves errno as it is */
    return written != -1;
}

static void put(const char *folder, const char *file, const char *text)
{
    if (!try_put(folder, file, text))
        die(join(folder, file));
}

/* Waits 10 ms; false from the first signal on. */
static bool nap(void)
{
    int number = sigtimedwait(&signals, NULL, &(struct timespec){.tv_nsec = 10000000});

    stop = number > 0 ? number : stop;
    return stop == 0;
}

/* The kernel has cpuset in one hierarchy only: its own on v1, or the one of v2. */
static void find_hierarchy(void)
{
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    struct mntent *mount;

    while (mounts && version == 0 && (mount = getmntent(mounts))) {
        snprintf(top, sizeof top, "%s", mount->mnt_dir);
        if (strcmp(mount->mnt_type, "cgroup") == 0 && *get(top, "cpuset.cpus"))
            version = 1;
        if (strcmp(mount->mnt_type, "cgroup2") == 0 &&
            strstr(get(top, "cgroup.controllers"), "cpuset"))
            version = 2;
    }
    errno = ENOENT;
    if (version == 0)
        die("cpuset hierarchy");
    endmntent(mounts);
}

/* Is this the cgroup.procs that lists pid? Then its folder is home. */
static int is_home(const char *path, const struct stat *info, int type, struct FTW *at)
{
    int listed = 0;
    FILE *file;

    (void)info;
    if (type != FTW_F || strcmp(path + at->base, "cgroup.procs") != 0 ||
        (file = fopen(path, "re")) == NULL)
        return 0;
    while (listed != pid && fscanf(file, "%d", &listed) == 1)
        ;
    fclose(file);
    if (listed == pid)
        snprintf(home, sizeof home, "%.*s", at->base - 1, path);
    return listed == pid;
}

/* The CPU in ps's PSR column; -1 when pid has ended. A name may contain ") " itself. */
static int get_cpu(void)
{
    char folder[32], *at;

    snprintf(folder, sizeof folder, "/proc/%d", pid);
    at = strrchr(get(folder, "stat"), ')');
    runs = at && at[2] == 'R';
    if (at == NULL || strchr("ZX", at[2]))
        return -1;
    for (int field = 2; at && field < FIELD_PSR; field++)
        at = strchr(at + 1, ' ');
    return at ? atoi(at) : -1;
}

static int print_cpu(void)
{
    int cpu = get_cpu();

    errno = ESRCH;
    if (cpu == -1)
        die(name);
    printf("%s is on CPU %d\n", name, cpu);
    return cpu;
}

/* Steps 5 and 7 of the article. Step 6, the process, has to wait: a group that lacks a CPU or
   memory takes none. */
static void make_group(int number)
{
    struct timespec now;
    char cpu[16];

    clock_gettime(CLOCK_REALTIME, &now); /* for a name that nobody else has */
    snprintf(parent, sizeof parent, "%s/cpuset-pin.%d.%ld", top, getpid(), now.tv_nsec);
    snprintf(cpu, sizeof cpu, "%d", number);
    // BEGIN SOLUTION
    //| // TODO 1: mkdir() parent; die(parent) when that fails. put() dies by itself.
    //| // TODO 2, on v1: group is the same folder. It has no memory yet: put() into its
    //| // cpuset.mems what you get() from that of top.
    //| // TODO 3, on v2: put() "+cpuset" into the cgroup.subtree_control of top (only if it
    //| // is not there yet: keep that in enabled) and of parent. group is a folder in parent.
    //| // TODO 4: put() cpu into the cpuset.cpus of group. Then delete these two lines:
    //| (void)put, (void)cpu;
    //| errno = ENOSYS, die("TODO 1 to 4: make the group");
    if (mkdir(parent, 0755) == -1)
        die(parent);
    strcpy(group, parent);
    if (version == 1) {
        put(group, "cpuset.mems", get(top, "cpuset.mems"));
    } else { /* folder by folder; processes only in the last one */
        enabled = !strstr(get(top, "cgroup.subtree_control"), "cpuset");
        if (enabled)
            put(top, "cgroup.subtree_control", "+cpuset");
        put(parent, "cgroup.subtree_control", "+cpuset");
        if (mkdir(strcat(group, "/leaf"), 0755) == -1)
            die(group);
    }
    put(group, "cpuset.cpus", cpu);
    // END SOLUTION
    printf("group: %s (cgroup v%d)\n", group, version);
    printf("cpuset.cpus: %s", get(group, "cpuset.cpus"));
    /* v2 takes the wish for any CPU, and gives those of parent if it has not that one. */
    if (version == 2 && atoi(get(group, "cpuset.cpus.effective")) != number)
        errno = ERANGE, die("cpuset.cpus.effective");
}

static void pin(int cpu)
{
    char text[16];

    snprintf(text, sizeof text, "%d", pid);
    // BEGIN SOLUTION
    //| // TODO 5: put() text, the PID, into the cgroup.procs of group.
    put(group, "cgroup.procs", text);
    // END SOLUTION
    /* A process changes its CPU when it next runs. One that sleeps keeps its number. */
    for (int i = 0; i < PATIENCE && get_cpu() != cpu && runs && nap(); i++)
        ;
}

static void stay(unsigned seconds)
{
    alarm(seconds); /* the signal ends nap() and so the loop */
    while (seconds > 0 && nap())
        if (get_cpu() == -1)
            errno = ESRCH, die(name);
}

/* Moves the first process of the group to home, or to top should home be gone. */
static bool move_back(void)
{
    char *first = strtok(get(group, "cgroup.procs"), "\n");

    /* 0 is how a process outside our PID namespace looks; to write 0 would move ourselves. */
    return first && atoi(first) > 0 &&
           (try_put(home, "cgroup.procs", first) || try_put(top, "cgroup.procs", first));
}

/* Empties the group, of pid and of what it has forked since, and removes it. A process that is
   just ending cannot be moved: wait for it. */
static void undo(void)
{
    // BEGIN SOLUTION
    //| // TODO 6: while rmdir() of group fails with EBUSY, move_back() all that it has, and
    //| // nap(). Then rmdir() parent.
    //| // TODO 7: if you have enabled cpuset in top, try_put() "-cpuset" there.
    //| (void)enabled, (void)move_back;
    for (int i = 0; i < PATIENCE && rmdir(group) == -1 && errno == EBUSY; i++) {
        while (move_back())
            ;
        nap();
    }
    rmdir(parent);
    if (enabled)
        try_put(top, "cgroup.subtree_control", "-cpuset"); /* EBUSY: others use it now */
    // END SOLUTION
    if (*parent && access(parent, F_OK) == 0)
        fprintf(stderr, "cgroup-cpuset-pin: left behind: %s\n", parent);
}

static int parse_number(const char *text)
{
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > 9 || text[digits] != '\0') {
        fputs("usage: cgroup-cpuset-pin PID CPU [SECONDS]   (whole numbers)\n", stderr);
        exit(2);
    }
    return atoi(text);
}

static void prepare(void)
{
    /* Each line leaves at once, also into a pipe. If nobody reads it, printf() fails. */
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&signals);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGALRM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
}

int main(int argc, char *argv[])
{
    int cpu, seconds;

    pid = parse_number(argc == 3 || argc == 4 ? argv[1] : "");
    cpu = parse_number(argv[2]);
    seconds = parse_number(argc == 4 ? argv[3] : "0");
    prepare();
    find_hierarchy();
    snprintf(name, sizeof name, "PID %d", pid);
    print_cpu();
    if (nftw(top, is_home, 16, FTW_PHYS | FTW_MOUNT) != 1)
        errno = get_cpu() == -1 ? ESRCH : ENOENT, die(name);
    make_group(cpu);
    pin(cpu);
    print_cpu();
    stay((unsigned)seconds);
    if (ferror(stdout))
        errno = EIO, die("stdout");
    undo();
    return stop && stop != SIGALRM ? 128 + stop : 0;
}
