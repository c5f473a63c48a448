/*
 * cgroup-cpu-quota GROUP PERCENT [SECONDS]: a group has the CPU for a part of the time.
 *
 * Shows:   the quota is CPU time in each period of 100 ms. Who has had it waits for the next one,
 *          however idle the machine is. And the group counts, also for those who have ended.
 * Article: "Control groups", the subsystems cpu and cpuacct.
 * Prints:  cpu.max: Q 100000             microseconds, of a period of so many
 *          child: ran R s of W s         CPU time, of time on the wall
 *          nr_throttled: N               in so many periods somebody had to wait
 *          usage: U us, and nobody is left in the group
 * Write:   about 14 lines, in limit_group(), child() and main().
 * Try:     make run16 ARGS='GROUP 20 30'   and top in a second terminal, or several at once.
 *          GROUP is an empty group, made for you and removed again (v1: two, with a comma)
 * Pages:   cgroups(7), clock_gettime(2), Documentation/scheduler/sched-bwc.rst
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#define todo(what) errx(1, "%s", what)

/* A file of the group, wherever it is: v1 may have cpu in one folder, and cpuacct in another. */
static bool has(const char *file);
static void put(const char *file,
                const char *text); /* into each of that name; or it ends us */
static long number(const char *file, const char *word); /* that stands behind the word */
static double now(clockid_t clock);                     /* seconds */

static void limit_group(long quota)
{
    char text[64];

    // v2: cpu.max takes two numbers, quota and the period, 100000. v1: cpu.cfs_quota_us takes
    // one. snprintf() makes a text of a number.
    todo("TODO 1: put() the quota into the one of the two files that the group has()");
    printf("cpu.max: %ld 100000\n",
           number(has("cpu.max") ? "cpu.max" : "cpu.cfs_quota_us", ""));
}

static void child(unsigned seconds)
{
    double begin = now(CLOCK_MONOTONIC), wall = 0;

    todo("TODO 2: enter the group: put() \"0\", which is who writes, into cgroup.procs");
    // The time on the wall is now() minus begin; now(CLOCK_PROCESS_CPUTIME_ID) is CPU time.
    todo("TODO 3: do nothing, in a loop, until wall is seconds; then print the line");
}

static unsigned prepare(int argc, char *argv[],
                        long *quota); /* returns SECONDS, 1 or more */

int main(int argc, char *argv[])
{
    long quota;
    unsigned seconds = prepare(argc, argv, &quota);

    limit_group(quota);
    pid_t self = getpid(), pid = fork();
    if (pid == -1)
        err(1, "fork");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != self)
            exit(1); /* it has died before that */
        child(seconds);
        exit(0);
    }
    waitpid(pid, NULL, 0);
    todo("TODO 4: print the number() behind \"nr_throttled \" in cpu.stat");
    // v1: cpuacct.usage, nanoseconds. v2: "usage_usec " in cpu.stat, microseconds.
    todo("TODO 5: print the usage, in microseconds");
    return ferror(stdout) != 0;
}

/* --- given; read it later ------------------------------------------------------------------- */

static int folders[2] = {-1, -1};

static bool has(const char *file)
{
    return faccessat(folders[0], file, F_OK, 0) == 0 ||
           faccessat(folders[1], file, F_OK, 0) == 0;
}

static void put(const char *file, const char *text)
{
    for (int i = 0; i < 2; i++) {
        int fd = openat(folders[i], file, O_WRONLY | O_CLOEXEC);
        if (fd == -1 && has(file) && (errno == ENOENT || errno == EBADF))
            continue; /* it is in the other one */
        if (fd == -1 || write(fd, text, strlen(text)) == -1)
            err(1, "%s", file);
        close(fd);
    }
}

static long number(const char *file, const char *word)
{
    char text[4096] = "", *at = NULL;

    for (int i = 0; i < 2 && at == NULL; i++) {
        int fd = openat(folders[i], file, O_RDONLY | O_CLOEXEC);
        at = read(fd, text, sizeof text - 1) > 0 ? strstr(text, word) : NULL;
        close(fd);
    }
    return at ? atol(at + strlen(word)) : -1;
}

static double now(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* GROUP is a folder, perhaps with a comma in its name, or two with a comma between them. */
static void open_folders(char *name)
{
    char *comma = access(name, F_OK) == 0 ? NULL : strchr(name, ',');

    if (comma) {
        *comma = '\0';
        folders[1] = open(comma + 1, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    folders[0] = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folders[0] == -1 || (comma && folders[1] == -1))
        err(1, "%s", name);
}

static unsigned prepare(int argc, char *argv[], long *quota)
{
    for (int i = 2; i < 4; i++) {
        const char *text = i < argc ? argv[i] : i == 3 ? "0" : "";
        size_t digits = strspn(text, "0123456789");
        if (argc > 4 || digits == 0 || digits > 6 || text[digits] != '\0') {
            fputs("usage: cgroup-cpu-quota GROUP PERCENT [SECONDS]   (whole numbers)\n",
                  stderr);
            exit(2);
        }
    }
    open_folders(argv[1]);
    *quota = atol(argv[2]) * 1000;
    setvbuf(stdout, NULL, _IOLBF, 0); /* a line leaves at once, also into a pipe */
    return argc == 4 && atoi(argv[3]) > 0 ? (unsigned)atoi(argv[3]) : 1;
}
