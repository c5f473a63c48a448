/* What: As short as it can be: no signal handler, but a signal that ends a wait. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
static char top[] = "/sys/fs/cgroup/cpuset", home[5000], group[5000], text[5000], *pid;
static int v = 1, on;
static char *get(const char *folder, const char *file)
{
    char path[6000];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    close(fd);
    text[n > 0 ? n : 0] = 0;
    return text;
}
static int put(const char *folder, const char *file, const char *what)
{
    char path[6000];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    int fd = open(path, O_WRONLY), ok = fd >= 0 && write(fd, what, strlen(what)) > 0;
    return close(fd), ok;
}
static void undo(void)
{
    for (int i = 0; i < 200 && rmdir(group) && errno == EBUSY; i++)
        put(home, "cgroup.procs", pid), usleep(10000);
    if (on) put(top, "cgroup.subtree_control", "-cpuset");
}
static void must(int ok, const char *what) { if (!ok) warn("%s", what), undo(), exit(1); }
static int psr(char *state)
{
    char proc[40], *at;
    snprintf(proc, sizeof proc, "/proc/%s", pid);
    at = strrchr(get(proc, "stat"), ')');
    if (!at) return -1;
    *state = at[2];
    for (int i = 2; i < 39; i++) at = strchr(at + 1, ' ');
    return atoi(at);
}
static void say(void) { char s; int cpu = psr(&s); errno = ESRCH; must(cpu >= 0, pid); printf("PID %s is on CPU %d\n", pid, cpu); }
int main(int n, char **a)
{
    for (int i = 1; i < n; i++)
        if (!*a[i] || a[i][strspn(a[i], "0123456789")] || strlen(a[i]) > 9) n = 0;
    if (n < 3 || n > 4) errx(2, "usage: cgroup-cpuset-pin PID CPU [SECONDS]");
    struct timespec stay = {n > 3 ? atoi(a[3]) : 0, 0}, nap = {0, 10000000};
    sigset_t all;
    sigfillset(&all), sigprocmask(SIG_BLOCK, &all, 0), setlinebuf(stdout);
    char proc[40], *line, s = 0;
    snprintf(proc, sizeof proc, "/proc/%s", pid = a[1]);
    if (access(top, F_OK)) v = 2, top[14] = 0;
    line = strstr(get(proc, "cgroup"), v == 1 ? ":cpuset:" : "0::");
    errno = ESRCH, must(!!line, pid);
    line = strchr(line + 2, v == 1 ? ':' : '/') + (v == 1);
    line[strcspn(line, "\n")] = 0;
    snprintf(home, sizeof home, "%s%s", top, line);
    say();
    if (v == 2 && !strstr(get(top, "cgroup.subtree_control"), "cpuset")) on = put(top, "cgroup.subtree_control", "+cpuset");
    snprintf(group, sizeof group, "%s/short-%d", top, getpid());
    must(!mkdir(group, 0700), group);
    must(v == 2 || put(group, "cpuset.mems", get(top, "cpuset.mems")), "cpuset.mems");
    must(put(group, "cpuset.cpus", a[2]), "cpuset.cpus");
    printf("group: %s (cgroup v%d)\ncpuset.cpus: %s", group, v, get(group, "cpuset.cpus"));
    must(put(group, "cgroup.procs", pid), pid);
    int caught = -1;
    for (int i = 0; i < 100 && caught < 0 && psr(&s) != atoi(a[2]) && s == 'R'; i++) caught = sigtimedwait(&all, 0, &nap);
    say();
    if (caught < 0) caught = sigtimedwait(&all, 0, &stay);
    undo();
    return caught > 0 ? 128 + caught : 0;
}
