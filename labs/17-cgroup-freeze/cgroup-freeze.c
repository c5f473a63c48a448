/*
 * cgroup-freeze GROUP PID [SECONDS]: a group is stopped, and who is in it does not notice.
 *
 * Shows:   the freezer stops all processes of a group, wherever they are. No signal is sent, and
 *          none can be caught. To ask for it is not to have it: the kernel says when all stand.
 * Article: "Control groups", the subsystem freezer.
 * Prints:  frozen: PID
 *          thawed: PID               SECONDS later; then PID is back in its own group
 * Write:   about 10 lines, in freeze(), thaw() and lesson().
 * Try:     make run6 ARGS=90 &   then   make run17 ARGS='GROUP PID 30'   with the PID that the
 *          first one printed. GROUP is an empty group, made for you and removed again
 * Pages:   cgroups(7), Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/freezer-subsystem.rst
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#define todo(what) errx(1, "%s", what)

/* We are in the folder GROUP, so a file of the group is a name. v1 has freezer.state, and v2
   cgroup.freeze and cgroup.events. */
static bool v1;
static char home[2 * PATH_MAX]; /* cgroup.procs of the group that PID was in */

static void put(const char *file, const char *text);  /* or it ends the program */
static bool says(const char *file, const char *word); /* whether that word is in it */
static void nap(void);             /* 10 ms; after 10 s it ends the program */
static int stay(unsigned seconds); /* 0, or the signal that came */

static void freeze(void)
{
    // v1: "FROZEN" into freezer.state. v2: "1" into cgroup.freeze.
    todo("TODO 2: put() what asks the kernel to freeze the group");
    // v1: freezer.state says FREEZING, then FROZEN. v2: cgroup.events says "frozen 1".
    todo("TODO 3: nap(), until the kernel says that all are frozen");
}

static void thaw(void)
{
    todo("TODO 4: the same file again: \"THAWED\" on v1, \"0\" on v2");
}

static int lesson(const char *pid, unsigned seconds)
{
    todo("TODO 1: put() pid into cgroup.procs");
    freeze();
    printf("frozen: %s\n", pid);
    int number = stay(seconds);
    thaw();
    printf("thawed: %s\n", pid);
    todo("TODO 5: put() pid into the file home");
    return number == 0 ? ferror(stdout) != 0 : 128 + number;
}

/* --- given; read it later ------------------------------------------------------------------- */

static const char *pid_text;
static sigset_t signals; /* blocked: they end stay(), and nothing before it */

static bool try_put(const char *file, const char *text)
{
    int fd = open(file, O_WRONLY | O_CLOEXEC);
    bool done = fd != -1 && write(fd, text, strlen(text)) != -1;
    int error = errno;

    close(fd);
    errno = error;
    return done;
}

/* It fails: then PID goes on all the same, where it was before. */
static _Noreturn void give_up(const char *what)
{
    warn("%s", what);
    if (v1)
        try_put("freezer.state", "THAWED");
    else
        try_put("cgroup.freeze", "0");
    try_put(home, pid_text);
    exit(1);
}

static void put(const char *file, const char *text)
{
    if (!try_put(file, text))
        give_up(file);
}

static bool says(const char *file, const char *word)
{
    char text[4096] = "";
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    bool is = read(fd, text, sizeof text - 1) > 0 && strstr(text, word);

    close(fd);
    return is;
}

static void nap(void)
{
    static int naps;

    usleep(10000);
    errno = ETIMEDOUT;
    if (naps++ == 1000)
        give_up("the group is not frozen");
}

static int stay(unsigned seconds)
{
    int number = sigtimedwait(&signals, NULL, &(struct timespec){.tv_sec = seconds});

    return number == -1 ? 0 : number;
}

/* A line of /proc/PID/cgroup is NUMBER:CONTROLLERS:PATH; the path begins at the top. */
static void find_home(const char *pid)
{
    char top[PATH_MAX] = ".", file[PATH_MAX + 32], line[PATH_MAX], *path = NULL;

    snprintf(file, sizeof file, "/proc/%s/cgroup", pid);
    FILE *lines = fopen(file, "re");
    while (lines && path == NULL && fgets(line, sizeof line, lines))
        if (strstr(line, v1 ? "freezer" : "0::"))
            path = strchr(strchr(line, ':') + 1, ':') + 1;
    errno = ESRCH;
    if (path == NULL)
        err(1, "PID %s", pid);
    fclose(lines);
    path[strcspn(path, "\n")] = '\0';
    for (int i = 0; i < 100; i++) {
        snprintf(file, sizeof file, "%.1000s/../cgroup.procs", top);
        if (access(file, F_OK) == 0)
            strcat(top, "/..");
    }
    snprintf(home, sizeof home, "%.1000s%s/cgroup.procs", top, path);
}

static void prepare(int argc, char *argv[])
{
    for (int i = 2; i < 4; i++) {
        const char *text = i < argc ? argv[i] : i == 3 ? "0" : "";
        size_t digits = strspn(text, "0123456789");
        if (argc > 4 || digits == 0 || digits > 9 || text[digits] != '\0' ||
            (i == 2 && atoi(text) == 0)) {
            fputs("usage: cgroup-freeze GROUP PID [SECONDS]   (whole numbers)\n", stderr);
            exit(2);
        }
    }
    if (chdir(argv[1]) == -1)
        err(1, "%s", argv[1]);
    pid_text = argv[2];
    v1 = access("freezer.state", F_OK) == 0;
    find_home(pid_text);
    sigemptyset(&signals);
    for (int *number = (int[]){SIGHUP, SIGINT, SIGTERM, 0}; *number; number++)
        sigaddset(&signals, *number);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    setvbuf(stdout, NULL, _IOLBF, 0); /* a line leaves at once, also into a pipe */
}

int main(int argc, char *argv[])
{
    prepare(argc, argv);
    return lesson(argv[2], argc == 4 ? (unsigned)atoi(argv[3]) : 0);
}
