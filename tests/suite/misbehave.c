/*
 * misbehave WHAT [ARGUMENT]...: one thing that a program under test might do to the witness, the cage or the
 * machine. Prints what came of it. tests/suite/witness.bats says what must.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char **arguments; /* that follow WHAT */

static void say(const char *what, int failed)
{
    printf("%s: %s\n", what, failed ? strerror(errno) : "done");
    fflush(stdout);
}

static int try_open(const char *path, int flags)
{
    int fd = open(path, flags);

    say(path, fd == -1);
    return fd;
}

static void bomb(void)
{
    for (;;)
        if (fork() == 0)
            continue;
}

static void hoard(void)
{
    for (;;) {
        char *memory = malloc(1 << 24);
        if (memory != NULL)
            memset(memory, 1, 1 << 24);
    }
}

static void shout(void)
{
    for (;;)
        puts("and on and on");
}

static void one_line(void)
{
    for (;;)
        putchar('x');
}

static void big_file(void)
{
    static char block[1 << 20];
    int fd = open("/tmp/big", O_CREAT | O_WRONLY, 0600);

    while (write(fd, block, sizeof block) > 0)
        ;
    say("write", 1);
}

static void many_files(void)
{
    while (open("/dev/null", O_RDONLY) != -1)
        ;
    say("open", 1);
    pause();
}

static void deaf(void)
{
    signal(SIGTERM, SIG_IGN);
    puts("ready");
    fflush(stdout);
    for (;;)
        pause();
}

static void daemonise(void)
{
    if (fork() != 0)
        return;
    setsid();
    if (fork() == 0)
        for (;;)
            pause();
}

static void spin(void)
{
    if (fork() == 0)
        for (;;)
            ;
}

static void work(void)
{
    for (;;)
        ;
}

static void zombie(void)
{
    if (fork() == 0)
        _exit(0);
    siginfo_t info; /* it is dead when we end, but not waited for */
    waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
}

static void litter(void)
{
    mkdir("/tmp/folder", 0700);
    say("mount", mount("litter", "/tmp/folder", "tmpfs", 0, NULL) == -1);
    say("shm_open", shm_open("/litter", O_CREAT | O_RDWR, 0600) == -1);
    say("shmget", shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600) == -1);
    try_open("/tmp/file", O_CREAT | O_WRONLY);
}

static void forge(void)
{
    puts("0.000 exit 0");
    puts("run plain");
    puts("end");
    puts("\r0.000 look during");
    puts("\033[2Jgone\007");
    fputs("no end of line", stdout);
}

static void massacre(void)
{
    say("kill -9 1", kill(1, SIGKILL) == -1);
    say("stop 1", kill(1, SIGSTOP) == -1);
    say("kill -9 -1", kill(-1, SIGKILL) == -1 && errno != ESRCH);
    puts("alone");
}

static void reach(void)
{
    say("ptrace 1", ptrace(PTRACE_SEIZE, 1, 0, 0) == -1);
    try_open("/proc/1/mem", O_RDWR);
    try_open("/proc/1/fd/0", O_RDONLY);
    try_open("/proc/1/ns/mnt", O_RDONLY);
    try_open("/proc/1/environ", O_RDONLY);
    try_open("/proc/sys/kernel/core_pattern", O_WRONLY);
    try_open("/proc/sysrq-trigger", O_WRONLY);
    try_open("/etc/passwd", O_WRONLY);
    try_open("/etc/shadow", O_RDONLY);
    say("remount", mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL) == -1);
    say("mount over /proc/1", mount("/tmp", "/proc/1", NULL, MS_BIND, NULL) == -1);
    say("mknod", mknod("/tmp/disk", S_IFBLK | 0600, makedev(254, 0)) == -1);
    say("parent is 1", getppid() != 1);
}

/* What a trusted process has open, we could take. */
static void borrow(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%s/fd", arguments[0]);
    DIR *dir = opendir(path);
    struct dirent *entry;
    int count = 0;

    say("look into it", dir == NULL);
    while (dir && (entry = readdir(dir)) != NULL)
        count += entry->d_name[0] != '.';
    printf("descriptors: %d\n", count);
}

static void show_arguments(void)
{
    for (char **argument = arguments; *argument; argument++)
        printf("<%s>\n", *argument);
}

/* What the kernel, or the witness in its place, says to each of these. */
static void ask_for_names(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET}, none = {.sin_family = AF_UNSPEC};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    say("sethostname", sethostname("asked", 5) == -1);
    say("mount", mount("none", "/dev/shm", "tmpfs", 0, NULL) == -1);
    say("shmget", shmget(7, 1, IPC_CREAT) == -1);
    say("bind", bind(fd, (struct sockaddr *)&any, sizeof any) == -1);
    say("connect", connect(fd, (struct sockaddr *)&none, sizeof none) == -1);
}

static void ask(void)
{
    pid_t child = fork();

    if (child == 0)
        _exit(0);
    say("fork", child == -1);
#ifdef SYS_vfork
    child = vfork(); /* NOLINT: this is what is asked */
    if (child == 0)
        _exit(0);
    say("vfork", child == -1);
#endif
    child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0)
        _exit(0);
    say("clone", child == -1);
    say("unshare", unshare(CLONE_NEWUTS) == -1);
    say("setns", setns(open("/proc/self/ns/uts", O_RDONLY), 0) == -1);
    say("mkdir", mkdir("/tmp/one", 0700) == -1);
    say("mkdirat", mkdirat(AT_FDCWD, "/tmp/two", 0700) == -1);
    ask_for_names();
}

/* Ends before its children, of which one is killed by that, as PID 1 of a namespace and with a child
   of its own, one reads the end of a pipe, and one looks now and then who its parent is. */
static void mourned(void)
{
    int ends[2], ready[2];
    char byte;

    if (pipe(ends) == -1 || pipe(ready) == -1)
        exit(1);
    if (syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0) == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        fork();
        close(ready[1]);
        for (;;)
            pause();
    }
    if (fork() == 0) {
        close(ends[1]);
        close(ready[1]);
        _exit((int)read(ends[0], &byte, 1));
    }
    pid_t parent = getpid();
    if (fork() == 0) {
        close(ends[1]);
        close(ready[1]);
        while (getppid() == parent)
            usleep(2000);
        _exit(0);
    }
    close(ready[1]);
    say("all are there", read(ready[0], &byte, 1) == -1);
}

static struct timespec in(long seconds, clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    time.tv_sec += seconds;
    return time;
}

/* Asks the kernel for a time, in one of the ways that there are: 1000 seconds and the number of it. */
static void ask_for_time(int way)
{
    struct timespec time = {1000 + way, 0}, moment = in(1000 + way, CLOCK_MONOTONIC),
                    date = in(1000 + way, CLOCK_REALTIME);
    struct timeval value = {1000 + way, 0};
    struct itimerspec timer = {.it_value = time}, later = {.it_value = date};
    timer_t made;
    sigset_t none;
    int zero = 0, poller = epoll_create1(0);
    struct epoll_event event;

    sigemptyset(&none);
    switch (way) {
    case 0:
        nanosleep(&time, NULL);
        break;
    case 1:
        clock_nanosleep(CLOCK_REALTIME, 0, &time, NULL);
        break;
    case 2:
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL);
        break;
    case 3:
        alarm(1003);
        break;
    case 4:
        setitimer(ITIMER_REAL, &(struct itimerval){.it_value = value}, NULL);
        break;
    case 5:
        timer_create(CLOCK_MONOTONIC, NULL, &made), timer_settime(made, 0, &timer, NULL);
        break;
    case 6:
        timerfd_settime(timerfd_create(CLOCK_REALTIME, 0), TFD_TIMER_ABSTIME, &later,
                        NULL);
        break;
    case 7:
        poll(NULL, 0, 1007000);
        break;
    case 8:
        ppoll(NULL, 0, &time, NULL);
        break;
    case 9:
        select(0, NULL, NULL, NULL, &value);
        break;
    case 10:
        pselect(0, NULL, NULL, NULL, &time, NULL);
        break;
    case 11:
        epoll_wait(poller, &event, 1, 1011000);
        break;
    case 12:
        sigtimedwait(&none, NULL, &time);
        break;
    case 13:
        syscall(SYS_futex, &zero, 0 /* FUTEX_WAIT */, 0, &time, NULL, 0);
        break;
    case 14:
        syscall(SYS_futex, &zero, 9 /* FUTEX_WAIT_BITSET */, 0, &moment, NULL, ~0U);
        break;
    case 15:
        poll(NULL, 0, 1), usleep(1000), poll(NULL, 0, -1);
        break; /* short, and for ever */
    }
    pause();
}

static void ask_for_times(void)
{
    for (int way = 0; way < 16; way++)
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            ask_for_time(way);
        }
    pause();
}

/* A signal takes a moment: on a busy machine the process that gets it does not run at once. */
static void wait_until_stopped(pid_t pid)
{
    char path[64], text[256] = "";

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    while (strstr(text, ") T ") == NULL) {
        FILE *file = fopen(path, "re");

        if (file == NULL || fgets(text, sizeof text, file) == NULL)
            return;
        fclose(file);
        usleep(1000);
    }
}

/* What one program can do to another one, but not to where it is. */
static void disturb(void)
{
    pid_t pid = atoi(arguments[0]);

    say("stop", kill(pid, SIGSTOP) == -1);
    wait_until_stopped(pid);
    say("nice", setpriority(PRIO_PROCESS, (id_t)pid, 19) == -1);
    puts("ready");
    fflush(stdout);
    pause();
}

/* A group of its own in the top group that it sees, and one in that. */
static void make_group(void)
{
    const char *top = access("/sys/fs/cgroup/cpuset", F_OK) == 0 ? "/sys/fs/cgroup/cpuset"
                                                                 : "/sys/fs/cgroup";
    char path[64];

    snprintf(path, sizeof path, "%s/mine", top);
    say("outer group", mkdir(path, 0755) == -1);
    strcat(path, "/inner");
    say("inner group", mkdir(path, 0755) == -1);
    puts("ready");
    fflush(stdout);
    pause();
}

static void put(const char *path, const char *file, const char *text)
{
    char name[512];

    snprintf(name, sizeof name, "%s/%s", path, file);
    int fd = open(name, O_WRONLY);
    if (fd == -1 && errno == ENOENT)
        return; /* v1 and v2 have other files */
    say(file, fd == -1 || write(fd, text, strlen(text)) == -1);
    close(fd);
}

/* given GROUP[,GROUP]: enters each, and does there what it may, and what it may not. */
static void enter_given(void)
{
    char name[512], *rest, *path = strtok_r(arguments[0], ",", &rest);

    for (; path; path = strtok_r(NULL, ",", &rest)) {
        put(path, "cgroup.procs", "0");
        put(path, "cpu.cfs_quota_us", "7000");
        put(path, "cpu.max", "7000 100000");
        snprintf(name, sizeof name, "%s/mine", path);
        say("group in it", mkdir(name, 0755) == -1);
        snprintf(name, sizeof name, "%s/../mine", path);
        say("group beside it", mkdir(name, 0755) == -1);
    }
    puts("ready");
    fflush(stdout);
    pause();
}

/* freeze GROUP: puts itself and PID 1 into it, and freezes all of that. */
static void freeze(void)
{
    put(arguments[0], "cgroup.procs", "1");
    put(arguments[0], "cgroup.procs", "0");
    put(arguments[0], "freezer.state", "FROZEN");
    put(arguments[0], "cgroup.freeze", "1");
    pause();
}

static void children(void)
{
    pid_t child = fork();

    if (child == 0)
        _exit(0);
    printf("child %d\n", child);
    waitpid(child, NULL, 0);
}

static void write_to(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);

    if (fd == -1 || write(fd, text, strlen(text)) == -1)
        say(path, 1);
    close(fd);
}

static void listen_on(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((unsigned short)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    say("lo", ioctl(fd, SIOCSIFFLAGS, &lo) == -1);
    say("listen", bind(fd, (struct sockaddr *)&address, sizeof address) == -1 ||
                      listen(fd, 1) == -1);
}

/* elsewhere DIRECTORY PORT KEY: has everything for itself, and a child with a clock of its own. */
static void elsewhere(void)
{
    char path[128];

    say("unshare", unshare(CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNS |
                           CLONE_NEWNET) == -1);
    write_to("/proc/self/setgroups", "deny");
    write_to("/proc/self/gid_map", "5 0 1");
    write_to("/proc/self/uid_map", "7 0 1");
    say("sethostname", sethostname("inside", 6) == -1);
    say("tmpfs", mount("x", arguments[0], "tmpfs", 0, NULL) == -1);
    snprintf(path, sizeof path, "%s/a file", arguments[0]);
    say("file", open(path, O_CREAT | O_WRONLY, 0600) == -1);
    try_open("/proc/self/ns/uts", O_RDONLY);
    say("mount", mount("/proc/self/ns/uts", path, NULL, MS_BIND, NULL) == -1);
    shmat(shmget((key_t)strtoul(arguments[2], NULL, 0), 4096, IPC_CREAT | 0600), NULL, 0);
    listen_on(atoi(arguments[1]));
    say("time", unshare(0x80) == -1);
    write_to("/proc/self/timens_offsets", "boottime 86400 0");
    if (fork() == 0)
        say("ready", 0);
    pause();
}

static void inherited(void)
{
    for (int fd = 3; fd < 1024; fd++)
        if (fcntl(fd, F_GETFD) != -1)
            printf("descriptor %d\n", fd);
    for (char **variable = environ; *variable; variable++)
        puts(*variable);
    printf("stdin %zd\n", read(0, &(char){0}, 1));
}

static void shell(void)
{
    printf("system %d\n", system("echo from the shell"));
    execl("/bin/echo", "echo", "from echo", NULL);
    say("exec", 1);
}

static void own_group(void)
{
    char top[64] = "/sys/fs/cgroup/pids", path[80];

    if (access(top, F_OK) == -1)
        strcpy(top, "/sys/fs/cgroup");
    put(top, "cgroup.subtree_control", "+pids");
    snprintf(path, sizeof path, "%s/mine", top);
    say("group", mkdir(path, 0755) == -1);
    put(path, "pids.max", "7");
    puts("ready");
    fflush(stdout);
    pause();
}

/* probe FILE ROOT WORD...: in ROOT, by chroot(); tries to change it, and another program, first. */
static void run_probe(void)
{
    char *const *command = arguments;

    say("unshare", unshare(CLONE_NEWUSER) == -1);
    close(try_open(arguments[0], O_WRONLY)); /* or nobody can start it */
    say("unlink", unlink(arguments[0]) == -1);
    say("another", execl("/bin/echo", "echo", "from echo", NULL) == -1);
    say("chroot", chroot(arguments[1]) == -1);
    execv(command[0], command);
    say("execv", 1);
}

static const struct {
    const char *name;
    void (*act)(void);
} table[] = {{"bomb", bomb},           {"hoard", hoard},
             {"shout", shout},         {"one-line", one_line},
             {"big-file", big_file},   {"many-files", many_files},
             {"deaf", deaf},           {"daemonise", daemonise},
             {"spin", spin},           {"zombie", zombie},
             {"litter", litter},       {"forge", forge},
             {"massacre", massacre},   {"reach", reach},
             {"inherited", inherited}, {"shell", shell},
             {"borrow", borrow},       {"arguments", show_arguments},
             {"children", children},   {"ask", ask},
             {"mourned", mourned},     {"times", ask_for_times},
             {"work", work},           {"disturb", disturb},
             {"group", make_group},    {"elsewhere", elsewhere},
             {"given", enter_given},   {"freeze", freeze},
             {"probe", run_probe},     {"own-group", own_group}};

int main(int argc, char *argv[])
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (argc > 1 && strcmp(argv[1], table[i].name) == 0) {
            arguments = argv + 2;
            table[i].act();
            return 0;
        }
    return 2;
}
