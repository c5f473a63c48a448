/*
 * cgroup-cpuset-pin [PID CPU [SECONDS]]: a cgroup that holds a process on one CPU.
 *
 * Shows:   a cgroup is a folder, its settings are files, and the kernel obeys at once. No system
 *          call was added for it: mkdir(), write() and rmdir() are the whole interface.
 * Article: the cpuset walk, steps 5 to 8. (Step 4, the mount, was done by your machine.)
 * Prints:  PID N is on CPU N                    before: field 39 of /proc/PID/stat
 *          group: PATH (cgroup v1|v2)    cpuset.cpus: N
 *          PID N is on CPU N                    after
 *          SECONDS later PID is back where it was, and the group is gone.
 *          Without arguments: a busy child of its own, and a CPU that it is not on.
 * Try:     sudo ./cgroup-cpuset-pin PID CPU 60 &   then   cat /proc/PID/cgroup   and
 *          ps -o pid,psr,args PID . Write another CPU into PATH/cpuset.cpus.
 * Pages:   cgroups(7), cpuset(7), Documentation/admin-guide/cgroup-v2.rst
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATH = PATH_MAX, FIELD_PSR = 39, PATIENCE = 500 /* rounds of 10 ms */ };

static int version;       /* of the hierarchy that has cpuset: 1 or 2 */
static char top[PATH];    /* where it is mounted */
static char home[PATH];   /* the group that PID is in before */
static char parent[PATH]; /* ours on v2: no process, it only hands cpuset down */
static char group[PATH];  /* ours: PID's new group */
static bool enabled;      /* we asked top to hand cpuset down, and take that back */
static pid_t child;       /* the busy process, if it is ours */
static sigset_t signals;  /* SIGINT and SIGTERM, blocked: taken only where we wait */

static void undo(void);

static const char *meaning(int error)
{
    switch (error) {
    case EPERM:
    case EACCES:
        return geteuid() != 0
                   ? "groups are root's: type 'sudo ./cgroup-cpuset-pin PID CPU'"
                   : "root may not do this here, or the group above has no such CPU";
    case EROFS:
        return "the cgroup tree is read-only, as in a container: start that with "
               "--privileged";
    case ENOENT:
        return "no cpuset here: look for it in /proc/self/mountinfo and "
               "cgroup.controllers";
    case ENOSPC:
        return "a v1 group takes no process until cpuset.cpus and cpuset.mems are both "
               "set";
    case EAGAIN:
        return "the tree is full: look into cgroup.max.descendants and cgroup.max.depth";
    case EBUSY:
        return "somebody else is in the group, or uses it: look into its cgroup.procs";
    case ERANGE:
    case EINVAL:
        return "no such CPU that is online ('lscpu -e' lists them), or PID is a kernel "
               "thread";
    case ESRCH:
        return "that process has ended; 'ps -e' lists those that live";
    default:
        return "cgroups(7) and cpuset(7) say more";
    }
}

static void die(const char *what)
{
    int error = errno;

    fprintf(stderr, "cgroup-cpuset-pin: %s: %s\n", what, strerror(error));
    fprintf(stderr, "cgroup-cpuset-pin: that means: %s\n", meaning(error));
    undo();
    exit(1);
}

static bool put(const char *dir, const char *file, const char *text)
{
    char path[2 * PATH];
    int fd;
    bool ok;

    snprintf(path, sizeof path, "%s/%s", dir, file);
    if ((fd = open(path, O_WRONLY | O_CLOEXEC)) == -1)
        return false;
    ok = write(fd, text, strlen(text)) != -1;
    int error = errno;
    close(fd);
    errno = error;
    return ok;
}

/* The first line, without its end; "" and false when it cannot be read. */
static bool get(const char *dir, const char *file, char *line, int size)
{
    char path[2 * PATH];
    FILE *stream;

    *line = '\0';
    snprintf(path, sizeof path, "%s/%s", dir, file);
    if ((stream = fopen(path, "re")) == NULL)
        return false;
    bool ok = fgets(line, size, stream) != NULL;
    fclose(stream);
    line[strcspn(line, "\n")] = '\0';
    return ok;
}

static bool has_word(char *list, const char *word)
{
    for (char *rest, *w = strtok_r(list, ", ", &rest); w; w = strtok_r(NULL, ", ", &rest))
        if (strcmp(w, word) == 0)
            return true;
    return false;
}

/* Asks the kernel where cpuset lives, never its version: v1 if a v1 mount has it, else v2.
   root becomes the group that is the top of that mount: in a container not always "/". */
static bool find_hierarchy(char *root)
{
    char line[3 * PATH], type[32], options[PATH], controllers[PATH];
    FILE *mounts = fopen("/proc/self/mountinfo", "re");

    while (mounts && version != 1 && fgets(line, sizeof line, mounts)) {
        char at[PATH], from[PATH], *tail = strstr(line, " - ");
        if (!tail || sscanf(line, "%*d %*d %*s %4095s %4095s", from, at) != 2 ||
            sscanf(tail, " - %31s %*s %4095s", type, options) != 2)
            continue;
        bool v1 = strcmp(type, "cgroup") == 0 && has_word(options, "cpuset");
        bool v2 = strcmp(type, "cgroup2") == 0 && version == 0 &&
                  get(at, "cgroup.controllers", controllers, PATH) &&
                  has_word(controllers, "cpuset");
        if (!v1 && !v2)
            continue;
        version = v1 ? 1 : 2;
        strcpy(top, at);
        strcpy(root, from);
    }
    if (mounts)
        fclose(mounts);
    errno = ENOENT;
    return version != 0;
}

/* The group that PID is in: a line N:CONTROLLERS:PATH of /proc/PID/cgroup; on v2 0::PATH. */
static bool find_home(pid_t pid, const char *root)
{
    char line[PATH], file[64], *list, *path;
    size_t skip = strcmp(root, "/") == 0 ? 0 : strlen(root);
    FILE *stream;

    snprintf(file, sizeof file, "/proc/%d/cgroup", pid);
    stream = fopen(file, "re");
    while (stream && *home == '\0' && fgets(line, sizeof line, stream)) {
        line[strcspn(line, "\n")] = '\0';
        if ((list = strchr(line, ':')) == NULL || (path = strchr(list + 1, ':')) == NULL)
            continue;
        *path++ = '\0';
        if (version == 1 ? has_word(list + 1, "cpuset") : strcmp(line, "0:") == 0)
            snprintf(home, sizeof home, "%.2000s%.2000s", top,
                     strncmp(path, root, skip) == 0 ? path + skip : path);
    }
    if (stream)
        fclose(stream);
    errno = ESRCH;
    return *home != '\0';
}

/* The CPU in ps's PSR column; -1 when PID has ended. A name may contain ") ": the last one counts. */
static int cpu_of(pid_t pid)
{
    char dir[32], line[PATH], *at;

    snprintf(dir, sizeof dir, "/proc/%d", pid);
    if (!get(dir, "stat", line, sizeof line) || (at = strrchr(line, ')')) == NULL ||
        strchr("ZXx", at[2]))
        return -1;
    for (int field = 3; at && field <= FIELD_PSR; field++)
        at = strchr(at + 1, ' ');
    return at ? atoi(at) : -1;
}

static void print_cpu(pid_t pid)
{
    int cpu = cpu_of(pid);

    errno = ESRCH;
    if (cpu == -1)
        die("PID");
    printf("PID %d is on CPU %d\n", pid, cpu);
}

/* Makes the group and lets it have one CPU. */
static void make_group(const char *cpu)
{
    char line[PATH];

    // BEGIN SOLUTION
    //| // TODO 1: a name for the group below top, and mkdir() it; die() if the kernel refuses.
    //| // TODO 2, on v1: before a process may enter, the group needs memory too. Copy what top has
    //| //         in cpuset.mems, with get() and put(). Then put() the CPU into cpuset.cpus.
    //| // TODO 3, on v2: there is no cpuset.cpus before the group above hands cpuset down:
    //| //         "+cpuset" into its cgroup.subtree_control.
    //| fputs("cgroup-cpuset-pin: TODO 1 to 3: make the group\n", stderr);
    //| (void)parent, (void)enabled, (void)cpu;
    snprintf(parent, sizeof parent, "%.4000s/cpuset-pin.XXXXXX", top);
    if (mkdtemp(parent) == NULL)
        die(parent);
    strcpy(group, parent);
    if (version == 2) { /* top-down, one folder at a time; processes only in the leaf */
        get(top, "cgroup.subtree_control", line, sizeof line);
        enabled = !has_word(line, "cpuset");
        if (enabled && !put(top, "cgroup.subtree_control", "+cpuset"))
            die("+cpuset > cgroup.subtree_control");
        if (!put(parent, "cgroup.subtree_control", "+cpuset"))
            die("+cpuset > cgroup.subtree_control");
        strcat(group, "/leaf");
        if (mkdir(group, 0755) == -1)
            die(group);
    } else if (!get(top, "cpuset.mems", line, sizeof line) ||
               !put(group, "cpuset.mems", line))
        die("cpuset.mems");
    if (!put(group, "cpuset.cpus", cpu))
        die("cpuset.cpus");
    // END SOLUTION
    printf("group: %s (cgroup v%d)\n", group, version);
    if (get(group, "cpuset.cpus", line, sizeof line))
        printf("cpuset.cpus: %s\n", line);
    if (version == 2 && get(group, "cpuset.cpus.effective", line, sizeof line) &&
        strcmp(line, cpu) != 0) {
        errno = EACCES; /* v2 takes the wish, and gives what the group above has */
        die("cpuset.cpus.effective");
    }
}

static void pin(pid_t pid, int cpu)
{
    char text[16];

    snprintf(text, sizeof text, "%d", pid);
    // BEGIN SOLUTION
    //| // TODO 4: put() the PID into the group's cgroup.procs; die() if the kernel refuses.
    //| fputs("cgroup-cpuset-pin: TODO 4: move PID into the group\n", stderr);
    //| (void)text;
    if (!put(group, "cgroup.procs", text))
        die("cgroup.procs");
    // END SOLUTION
    /* A process changes its CPU when it next runs, so one that sleeps keeps its number. */
    for (int i = 0; i < PATIENCE && cpu_of(pid) != cpu; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
}

/* SECONDS pass, or a signal asks us to stop, or PID ends; returns the signal or 0. */
static int stay(pid_t pid, unsigned long seconds)
{
    const struct timespec tenth = {.tv_nsec = 100000000};

    for (unsigned long i = 0; i < 10 * seconds; i++) {
        int number = sigtimedwait(&signals, NULL, &tenth);
        if (number > 0)
            return number;
        if (cpu_of(pid) == -1) {
            errno = ESRCH;
            die("PID");
        }
    }
    return 0;
}

/* Everybody in the group, PID and what it has forked since, goes where PID was; then the empty
   group can be removed. */
static void undo(void)
{
    if (child > 0) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    // BEGIN SOLUTION
    //| // TODO 5: as long as get() finds a PID in the group's cgroup.procs, put() it into home.
    //| // TODO 6: rmdir() what you made, take back what you enabled.
    char pid[32];

    while (*group && get(group, "cgroup.procs", pid, sizeof pid) &&
           put(home, "cgroup.procs", pid))
        ;
    if (*group && rmdir(group) == -1 && errno != ENOENT)
        fprintf(stderr, "cgroup-cpuset-pin: left: %s: %s\n", group, strerror(errno));
    if (version == 2)
        rmdir(parent);
    if (enabled)
        put(top, "cgroup.subtree_control", "-cpuset"); /* EBUSY: others use it by now */
    // END SOLUTION
}

static pid_t start_child(void)
{
    child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* no parent, no child */
        for (volatile int i = 0;; i++)
            ;
    }
    if (child == -1)
        die("fork");
    return child;
}

/* A CPU that PID may use and is not on; with one CPU that one. */
static int other_cpu(pid_t pid)
{
    int now = cpu_of(pid);
    cpu_set_t allowed;

    if (sched_getaffinity(pid, sizeof allowed, &allowed) == -1)
        die("sched_getaffinity");
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (cpu != now && CPU_ISSET(cpu, &allowed))
            return cpu;
    return now;
}

static unsigned long parse_number(const char *text)
{
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > 9 || text[digits] != '\0') {
        fputs("usage: cgroup-cpuset-pin [PID CPU [SECONDS]]   (whole numbers)\n", stderr);
        exit(2);
    }
    return strtoul(text, NULL, 10);
}

int main(int argc, char *argv[])
{
    char root[PATH], cpu[16];
    bool usage = argc == 2 || argc > 4;
    pid_t pid = argc > 2 ? (pid_t)parse_number(argv[1]) : 0;
    unsigned long wanted = argc > 2 ? parse_number(usage ? "" : argv[2]) : 0;
    unsigned long seconds = argc > 3 ? parse_number(argv[3]) : 0;
    int number;

    if (usage)
        parse_number("");
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line leaves at once, also into a pipe */
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);

    if (!find_hierarchy(root))
        die("cpuset hierarchy");
    if (argc < 3)
        wanted = (unsigned long)other_cpu(pid = start_child());
    snprintf(cpu, sizeof cpu, "%lu", wanted);
    if (!find_home(pid, root))
        die("PID");
    print_cpu(pid);
    make_group(cpu);
    pin(pid, (int)wanted);
    print_cpu(pid);
    number = stay(pid, seconds);
    undo();
    return number ? 128 + number : 0;
}
