/* What: One poll() for all that may happen: a pidfd, a timerfd, a signalfd. Lines by dprintf(), files by openat(). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

static int top_fd = -1, home_fd = -1, group_fd = -1, version, enabled;
static char group[64], pid_text[16];

static int is_number(const char *text)
{
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && number <= 0x7fffffff;
}

static ssize_t put(int dir, const char *file, const char *text)
{
    int fd = openat(dir, file, O_WRONLY | O_CLOEXEC), error;
    ssize_t n = fd == -1 ? -1 : write(fd, text, strlen(text));
    error = errno;
    if (fd != -1)
        close(fd);
    errno = error;
    return n;
}

static char *get(int dir, const char *file)
{
    static char text[8192];
    int fd = openat(dir, file, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd == -1 ? -1 : read(fd, text, sizeof text - 1);
    if (fd != -1)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    return n > 0 ? text : NULL;
}

static void undo(void)
{
    if (group_fd != -1)
        for (int i = 0; i < 300 && unlinkat(top_fd, group, AT_REMOVEDIR) == -1 && errno == EBUSY; i++) {
            char *text = get(group_fd, "cgroup.procs"), *rest = NULL;
            for (char *one = text ? strtok_r(text, "\n", &rest) : NULL; one; one = strtok_r(NULL, "\n", &rest))
                put(home_fd, "cgroup.procs", one);
            poll(NULL, 0, 10);
        }
    if (enabled)
        put(top_fd, "cgroup.subtree_control", "-cpuset");
}

static void fail(const char *what)
{
    dprintf(2, "cgroup-cpuset-pin: %s: %s\n", what, strerror(errno));
    undo();
    exit(EXIT_FAILURE);
}

static void say_cpu(void)
{
    char path[32], *at;
    snprintf(path, sizeof path, "/proc/%s/stat", pid_text);
    char *text = get(AT_FDCWD, path);
    if (text == NULL)
        errno = ESRCH, fail(pid_text);
    at = strrchr(text, ')');
    for (int field = 2; field < 39; field++)
        at = strchr(at + 1, ' ');
    dprintf(1, "PID %s is on CPU %d\n", pid_text, atoi(at));
}

static void find(void)
{
    char path[32], where[8192];
    const char *top = "/sys/fs/cgroup/cpuset";
    version = 1;
    if ((top_fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1) {
        version = 2;
        top_fd = open(top = "/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    snprintf(path, sizeof path, "/proc/%s/cgroup", pid_text);
    char *text = get(AT_FDCWD, path);
    if (text == NULL)
        errno = ESRCH, fail(pid_text);
    char *at = strstr(text, version == 1 ? ":cpuset:" : "0::");
    at = strchr(at, '/');
    at[strcspn(at, "\n")] = '\0';
    snprintf(where, sizeof where, "%s%s", top, at);
    home_fd = open(where, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (home_fd == -1)
        fail(where);
    snprintf(group, sizeof group, "events.%d", (int)getpid());
    say_cpu();
    if (version == 2) {
        text = get(top_fd, "cgroup.subtree_control");
        enabled = text == NULL || strstr(text, "cpuset") == NULL;
        if (enabled && put(top_fd, "cgroup.subtree_control", "+cpuset") == -1)
            enabled = 0, fail("cgroup.subtree_control");
    }
    if (mkdirat(top_fd, group, 0755) == -1)
        fail("mkdirat");
    group_fd = openat(top_fd, group, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    dprintf(1, "group: %s/%s (cgroup v%d)\n", top, group, version);
}

int main(int argc, char *argv[])
{
    sigset_t set;
    if ((argc != 3 && argc != 4) || !is_number(argv[1]) || !is_number(argv[2]) || (argc == 4 && !is_number(argv[3]))) {
        dprintf(2, "Usage: %s PID CPU [SECONDS]\n", argv[0]);
        return 2;
    }
    snprintf(pid_text, sizeof pid_text, "%s", argv[1]);
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    find();
    if (version == 1) {
        char *mems = get(top_fd, "cpuset.mems");
        if (put(group_fd, "cpuset.mems", mems ? mems : "0") == -1)
            fail("cpuset.mems");
    }
    if (put(group_fd, "cpuset.cpus", argv[2]) == -1)
        fail("cpuset.cpus");
    dprintf(1, "cpuset.cpus: %s", get(group_fd, "cpuset.cpus"));
    if (put(group_fd, "cgroup.procs", pid_text) == -1)
        fail("cgroup.procs");

    struct itimerspec soon = {.it_value = {0, 200000000}}, end = {.it_value = {argc == 4 ? atoi(argv[3]) : 0, 1}};
    struct pollfd wait[] = {{signalfd(-1, &set, SFD_CLOEXEC), POLLIN, 0},
                            {timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), POLLIN, 0},
                            {(int)syscall(434 /* pidfd_open */, atoi(pid_text), 0), POLLIN, 0}};
    timerfd_settime(wait[1].fd, 0, &soon, NULL); /* whoever runs has moved by then, but on a loaded machine */
    int ready = poll(wait, 3, 5000);
    for (int i = 0; ready == 1 && wait[1].revents && i < 500; i++) {
        char path[32], *text, *at;
        snprintf(path, sizeof path, "/proc/%s/stat", pid_text);
        if ((text = get(AT_FDCWD, path)) == NULL || (at = strrchr(text, ')')) == NULL || at[2] != 'R')
            break;
        for (int field = 2; field < 39; field++)
            at = strchr(at + 1, ' ');
        if (atoi(at) == atoi(argv[2]))
            break;
        poll(NULL, 0, 10);
    }
    say_cpu();
    timerfd_settime(wait[1].fd, 0, &end, NULL);
    do
        ready = poll(wait, 3, -1);
    while (ready == -1 && errno == EINTR);
    if (wait[2].revents)
        errno = ESRCH, fail(pid_text);
    undo();
    return 0;
}
