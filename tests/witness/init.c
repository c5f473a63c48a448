/*
 * init: PID 1 of the cage. Starts what the witness tells it to, reaps everybody, reports.
 *
 * The program cannot reach it: PID 1 takes no signal from inside its namespace, and it is not
 * dumpable, so there is no ptrace() on it, no /proc/1/fd and no /proc/1/ns.
 */
#define _GNU_SOURCE
#include "witness.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_ARGUMENTS = 64 };

static struct init init;
static pid_t program = -1;
static int proc = -1; /* of a mount namespace that the program is not in */
static int user;      /* who the program is; 0: root of the cage */
static bool leaks;    /* it gets a descriptor that is not for its containers */

void report_packet(const char *packet, size_t length)
{
    send(init.talk, packet, length, MSG_NOSIGNAL);
}

void report(const char *format, ...)
{
    char packet[PACKET];
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(packet, sizeof packet, format, arguments);
    va_end(arguments);
    report_packet(packet, (size_t)length);
}

/* --- what the witness tells it to do ---------------------------------------------------------- */

/* As on any machine, lo is up. */
static void switch_lo_on(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};

    ioctl(fd, SIOCSIFFLAGS, &lo);
    close(fd);
}

/* Becomes root of the new user namespace, where there is one, and gives the cage its own /proc. */
static int furnish(bool groups)
{
    if (init.users &&
        (setgroups(0, NULL), setresgid(0, 0, 0) == -1 || setresuid(0, 0, 0) == -1))
        return errno;
    if (groups && unshare(CLONE_NEWCGROUP) == -1)
        return errno;
    if (!init.private && mount("", "/proc", "", MS_PRIVATE, NULL) == -1)
        return errno;
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == -1)
        return errno;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a change of the uid has cleared it */
    switch_lo_on();
    return 0;
}

/* The witness has the procfs of this mount namespace now; all that follows happens in another. */
static int hide(void)
{
    proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (unshare(CLONE_NEWNS) == -1 || prctl(PR_SET_DUMPABLE, 0) == -1)
        return errno;
    return chdir(init.directory) == -1 ? errno : 0;
}

/* A mask of that size tells the filter that it is init who asks: init cannot answer itself. */
static void hold(int pid, int cpu)
{
    cpu_set_t set[CPU_MASK_OF_INIT / sizeof(cpu_set_t)];

    memset(set, 0, sizeof set);
    CPU_SET((unsigned)cpu, set);
    sched_setaffinity(pid, sizeof set, set);
}

static void become_ordinary(void)
{
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
}

/* Kernels before 5.9 have no close_range(). */
static void close_from(unsigned first)
{
    if (syscall(SYS_close_range, first, ~0U, 0) == -1)
        for (unsigned fd = first; fd < 1024; fd++)
            close((int)fd);
}

/* The next process gets a PID that nobody can foresee. Kernels without ns_last_pid have processes that
   come and go. Not by write(): the filter would ask init. */
static void scatter_pids(void)
{
    char text[16];
    int length = snprintf(text, sizeof text, "%u", draw(300, 30000));
    int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);

    if (fd == -1 || pwrite(fd, text, (size_t)length, 0) == -1)
        for (unsigned i = draw(10, 60); i > 0; i--) {
            pid_t pid = fork();
            if (pid == 0)
                _exit(0);
            waitpid(pid, NULL, 0);
        }
    if (fd != -1)
        close(fd);
}

/* The program may look into a trusted process, and so take what it has open: it has nothing. That
   closes its end of the pipe as well, which says that it is ready. */
static void become_trusted(void)
{
    become_ordinary();
    prctl(PR_SET_DUMPABLE, 1);
    close_from(0);
}

/* Starts a trusted process, like fork(): a raw clone() without a stack. Returns when it is ready. */
static pid_t start_trusted(unsigned long flags, void (*become)(const char *),
                           const char *how)
{
    int ready[2];
    char byte;

    if (pipe2(ready, O_CLOEXEC) == -1)
        return -1;
    scatter_pids();
    pid_t pid = (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0)
        become(how);
    close(ready[1]);
    while (read(ready[0], &byte, 1) == -1 && errno == EINTR)
        ;
    close(ready[0]);
    return pid;
}

/* Whoever reads fields of its stat must count well. */
static void become_loop(const char *cpu)
{
    hold(0, atoi(cpu));
    prctl(PR_SET_NAME, "a ) R 1 (b");
    become_trusted();
    for (volatile unsigned i = 0;; i++)
        ;
}

static void become_sleeper(const char *cpu)
{
    hold(0, atoi(cpu));
    prctl(PR_SET_NAME, "a ) R 1 (b");
    become_trusted();
    for (;;)
        pause();
}

static void become_neighbour(const char *kinds)
{
    if (strstr(kinds, "time"))
        unshare(0x80 /* CLONE_NEWTIME, for its children */);
    become_trusted();
    for (;;)
        pause();
}

static int start_neighbour(const char *kinds)
{
    static const struct {
        const char *name;
        int flag;
    } kind[] = {{"uts", CLONE_NEWUTS}, {"ipc", CLONE_NEWIPC},
                {"net", CLONE_NEWNET}, {"mnt", CLONE_NEWNS},
                {"pid", CLONE_NEWPID}, {"cgroup", CLONE_NEWCGROUP}};
    unsigned long flags = 0;

    for (size_t i = 0; i < sizeof kind / sizeof kind[0]; i++)
        if (strstr(kinds, kind[i].name))
            flags |= (unsigned long)kind[i].flag;
    return start_trusted(flags, become_neighbour, kinds);
}

static void limit(int resource, rlim_t most)
{
    struct rlimit limits = {most, most};

    setrlimit(resource, &limits);
}

/* The namespaces of this cage count as those of who has made it, and so another cage may go without.
   Root of the cage cannot raise the limit again. */
static void limit_namespaces(void)
{
    static const char *const kinds[] = {"user", "mnt", "pid",    "ipc",
                                        "uts",  "net", "cgroup", "time"};
    char path[64], most[16];
    int length = snprintf(most, sizeof most, "%d", LIMIT_NAMESPACES);

    for (size_t i = 0; init.users && i < sizeof kinds / sizeof kinds[0]; i++) {
        snprintf(path, sizeof path, "/proc/sys/user/max_%s_namespaces", kinds[i]);
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        pwrite(fd, most, (size_t)length, 0);
        close(fd);
    }
    if (init.users)
        prctl(PR_CAPBSET_DROP, CAP_SYS_RESOURCE);
}

/* If memory runs out, the kernel shall end the program, and not those who watch it. */
static void go_first(void)
{
    FILE *score = fopen("/proc/self/oom_score_adj", "we");

    if (score) {
        fputs("1000", score);
        fclose(score);
    }
}

/* By write(): init can answer its child, and pwrite() is not for all of these files. */
static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd == -1 || write(fd, text, strlen(text)) == -1)
        _exit(127);
    close(fd);
}

/* Root of the cage has another number in a user namespace of its own, and is nobody special: its rights
   are gone with the execve(). The maps are written from outside, so that setgroups stays as it is. The
   files of one that is not dumpable belong to nobody in here. */
static void become_user(void)
{
    char map[32], path[32], byte;
    int ready[2], status;
    pid_t self = getpid();

    if (pipe(ready) == -1)
        _exit(127);
    if (fork() == 0) {
        close(ready[1]);
        if (read(ready[0], &byte, 1) != 0)
            _exit(127);
        snprintf(map, sizeof map, "%d 0 1", user);
        snprintf(path, sizeof path, "/proc/%d/gid_map", self);
        write_file(path, map);
        snprintf(path, sizeof path, "/proc/%d/uid_map", self);
        write_file(path, map);
        _exit(0);
    }
    if (unshare(CLONE_NEWUSER) == -1 || prctl(PR_SET_DUMPABLE, 1) == -1)
        _exit(127);
    close(ready[1]);
    if (wait(&status) == -1 || status != 0)
        _exit(127);
}

static void become_program(char *arguments)
{
    static char *environment[] = {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/tmp",
        "LC_ALL=C", "ASAN_OPTIONS=detect_leaks=0", NULL};
    char *rest, *argv[MOST_ARGUMENTS + 2] = {init.program_name};
    char path[NAME_MAX + 64];

    snprintf(path, sizeof path, "%s/%s", init.directory, init.program_name);
    argv[1] = strtok_r(arguments, " ", &rest);
    for (int i = 1; i < MOST_ARGUMENTS && argv[i] != NULL; i++) {
        if (strcmp(argv[i], "''") == 0)
            argv[i] += 2;
        argv[i + 1] = strtok_r(NULL, " ", &rest);
    }
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(init.out, STDOUT_FILENO);
    dup2(init.err, STDERR_FILENO);
    close_from(3);
    if (leaks)
        dup2(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), 9);
    limit(RLIMIT_CORE, 1); /* 0 would not stop a helper of the machine: core(5), a pipe */
    limit(RLIMIT_FSIZE, LIMIT_FILE_SIZE);
    limit(RLIMIT_NOFILE, LIMIT_FILES);
    limit(RLIMIT_NPROC, init.most_processes);
    go_first();
    limit_namespaces();
    scatter_pids(); /* for its children */
    if (user)
        become_user();
    refuse_from_now_on(init.guest);
    execve(path, argv, environment);
    dprintf(STDERR_FILENO, "%s: %s\n", path, strerror(errno));
    _exit(127);
}

static int start_program(char *command)
{
    int cpu = -1, skip = 0;

    sscanf(command, "start %d%n", &cpu, &skip);
    scatter_pids();
    program = fork();
    if (program == 0) {
        become_ordinary();
        if (cpu >= 0)
            hold(0, cpu);
        become_program(command + skip);
    }
    close(init.out); /* so that the end of the program's output can be seen */
    close(init.err);
    return program;
}

/* The tables of System V IPC have a head and then a line for each object. */
static void report_ipc(const char *kind)
{
    char path[32], text[8192], *rest, *line;

    snprintf(path, sizeof path, "sysvipc/%s", kind);
    read_at(proc, path, text, sizeof text);
    strtok_r(text, "\n", &rest);
    while ((line = strtok_r(NULL, "\n", &rest)) != NULL)
        report("left System V %s %s", kind, line);
}

static int ledger(void)
{
    report_ipc("shm");
    report_ipc("sem");
    report_ipc("msg");
    return 0;
}

/* One word, then its arguments; answered by "= NUMBER": a PID, or an errno, or 0. */
static int obey(char *command)
{
    int a = 0, b = 0;
    unsigned long device, inode;
    const char *blank = strchr(command, ' '), *rest = blank ? blank : " 0";

    sscanf(rest, "%d %d", &a, &b);
    if (strncmp(command, "furnish", 7) == 0)
        return furnish(a);
    if (strcmp(command, "hide") == 0)
        return hide();
    if (strncmp(command, "hostname ", 9) == 0)
        return sethostname(rest + 1, strlen(rest + 1)) == -1 ? errno : 0;
    if (strncmp(command, "folder ", 7) == 0)
        return mkdir(rest + 1, 0755) == -1 ? errno : 0;
    if (strncmp(command, "user ", 5) == 0)
        return user = a;
    if (sscanf(command, "allow %lu %lu", &device, &inode) == 2)
        return notify_allow(device, inode), leaks = true, 0;
    if (strcmp(command, "share") == 0)
        return mount("", "/", "", MS_REC | MS_SHARED, NULL) == -1 ? errno : 0;
    if (strncmp(command, "loop", 4) == 0)
        return start_trusted(0, become_loop, rest);
    if (strncmp(command, "sleeper", 7) == 0)
        return start_trusted(0, become_sleeper, rest);
    if (strncmp(command, "neighbour", 9) == 0)
        return start_neighbour(command);
    if (strncmp(command, "refuse ", 7) == 0)
        return refuse(rest + 1);
    if (strncmp(command, "stay ", 5) == 0)
        return notify_stay(rest + 1), 0;
    if (strcmp(command, "go") == 0)
        return notify_go(), 0;
    if (strncmp(command, "start", 5) == 0)
        return start_program(command);
    if (strncmp(command, "move", 4) == 0)
        return hold(a, b), 0;
    if (strncmp(command, "signal", 6) == 0)
        return kill(a, b) == -1 ? errno : 0;
    return ledger();
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Whom init reaps besides the program has been forgotten by its own parent. */
static void reap(void)
{
    struct rusage use;
    int status;
    pid_t pid;

    while ((pid = wait4(-1, &status, WNOHANG | WUNTRACED | WCONTINUED, &use)) > 0)
        if (WIFSTOPPED(status) || WIFCONTINUED(status))
            report("paused %d", pid);
        else
            report("%s %d %d %.3f", pid == program ? "exit" : "orphan", pid, status,
                   seconds(use.ru_utime) + seconds(use.ru_stime));
}

void init_main(const struct init *from_witness)
{
    char command[PACKET];
    sigset_t child;
    struct signalfd_siginfo info;

    init = *from_witness;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "init");
    syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */,
            NULL); /* not the caller's keys */
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    struct pollfd wait[] = {
        {init.talk, POLLIN, 0},
        {signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK), POLLIN, 0},
        {notify_open(init.out, init.err, init.undisturbed), POLLIN, 0}};
    report("exec-watch %d", wait[2].fd != -1);
    for (;;) {
        poll(wait, 3, -1);
        if (wait[2].revents & POLLIN)
            notify_answer(wait[2].fd, proc, program);
        if (read(wait[1].fd, &info, sizeof info) > 0)
            reap();
        if (wait[0].revents == 0)
            continue;
        ssize_t length = recv(init.talk, command, sizeof command - 1, 0);
        if (length <= 0)
            _exit(0); /* the witness is gone, and so is all in here */
        command[length] = '\0';
        if (strcmp(command, "kill") == 0)
            kill(-1, SIGKILL);
        else
            report("= %d", obey(command));
    }
}
