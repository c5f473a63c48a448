/*
 * The cage: the namespaces in which one run of a program happens.
 *
 *   witness                  reads a procfs of the cage, writes the record
 *    └─ init                 PID 1 of the cage: starts what it is told to, reaps, reports
 *        ├─ trusted          busy loops, and strangers: processes in other namespaces
 *        └─ the program      and whatever it makes
 *
 * When init dies, the kernel kills all that is in the cage, however well it hides; and init dies
 * with the witness. The program cannot reach init: PID 1 takes no signal from inside, and it is
 * not dumpable, so there is no ptrace(), no /proc/1/fd and no /proc/1/ns. Nor can it forge what
 * the witness reads: that procfs is in a mount namespace that nobody is in any more, so nothing
 * can be mounted over it. The user namespace is for root, too: root of the cage is NOBODY on the
 * machine. All that is mounted is read-only, but for private /tmp, /dev/shm and /proc.
 */
#define _GNU_SOURCE
#include "witness.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <poll.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PACKET = 4096, MOST_ARGUMENTS = 64 };

static int program;            /* descriptor of the file */
static char program_name[NAME_MAX + 1];
static bool real_root;             /* of this user namespace, whichever that is */
static bool users = true;          /* the cage has a user namespace of its own */
static bool private = true;        /* mounts made here stay here */
static bool read_only;
static bool tmp_is_ours, shm_is_ours;

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool ok = fd != -1 && write(fd, text, strlen(text)) != -1;

    if (fd != -1)
        close(fd);
    return ok;
}

/* Why the kernel refuses namespaces, and what opens them: pitfalls P56, P59 and P60. */
static bool refused(void)
{
    char text[16] = "";

    if (errno == ENOSPC)
        record_not_here("the number of namespaces is limited to what is in use (user.max_*_namespaces)",
                        "type 'sudo sysctl -w user.max_user_namespaces=10000'");
    else if (read_at(AT_FDCWD, "/proc/sys/kernel/unprivileged_userns_clone", text, sizeof text) &&
             text[0] == '0')
        record_not_here("this kernel gives user namespaces to root only",
                        "type the same with sudo, or 'sudo sysctl -w kernel.unprivileged_userns_clone=1'");
    else
        record_not_here("namespaces are forbidden here, as in a container or a chroot",
                        "start the container with --privileged, or type the same as root outside of it");
    return false;
}

/* Without root: a user namespace in which we are root. Ubuntu's AppArmor lets it be made, and
   then refuses the map. */
static bool become_root(void)
{
    char map[64];
    unsigned uid = geteuid(), gid = getegid();

    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == -1)
        return refused();
    write_file("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "0 %u 1", gid);
    write_file("/proc/self/gid_map", map);
    snprintf(map, sizeof map, "0 %u 1", uid);
    if (!write_file("/proc/self/uid_map", map)) {
        record_not_here("AppArmor forbids user namespaces to this program",
                        "type the same with sudo, or 'sudo sysctl -w "
                        "kernel.apparmor_restrict_unprivileged_userns=0'");
        return false;
    }
    return true;
}

/* Every mount becomes read-only; those of the cage are made later. /proc must not: the kernel
   mounts no writable one where only a read-only one is seen. Before 5.12 there is no such call. */
static void make_read_only(void)
{
    struct mount_attr set = {.attr_set = MOUNT_ATTR_RDONLY}, clear = {.attr_clr = MOUNT_ATTR_RDONLY};

    read_only = syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &set, sizeof set) == 0;
    syscall(SYS_mount_setattr, AT_FDCWD, "/proc", 0, &clear, sizeof clear);
}

bool cage_prepare(const char *path)
{
    const char *slash = strrchr(path, '/');

    snprintf(program_name, sizeof program_name, "%s", slash ? slash + 1 : path);
    program = open(path, O_RDONLY | O_CLOEXEC);
    if (program == -1)
        broken(path);
    real_root = geteuid() == 0;
    if (unshare(CLONE_NEWNS) == -1) {
        real_root = false;
        if (errno != EPERM || !become_root())
            return false;
    }
    private = mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0; /* not in a chroot */
    if (private)
        make_read_only();
    return true;
}

/* --- init: runs in the cage --------------------------------------------------------------- */

static void report(int talk, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    char packet[PACKET];
    int length = vsnprintf(packet, sizeof packet, format, arguments);
    va_end(arguments);
    send(talk, packet, (size_t)length, MSG_NOSIGNAL);
}

/* Becomes root of the new user namespace, where there is one, and gives the cage its own /proc. */
static int furnish(bool cpuset)
{
    if (users && (setgroups(0, NULL), setresgid(0, 0, 0) == -1 || setresuid(0, 0, 0) == -1))
        return errno;
    if (cpuset && unshare(CLONE_NEWCGROUP) == -1)
        return errno;
    if (!private && mount(NULL, "/proc", NULL, MS_PRIVATE, NULL) == -1)
        return errno;
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == -1)
        return errno;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a change of the uid has cleared it */
    return 0;
}

/* The witness has the procfs of this mount namespace now; all that follows happens in another. */
static int hide(void)
{
    if (unshare(CLONE_NEWNS) == -1 || prctl(PR_SET_DUMPABLE, 0) == -1)
        return errno;
    return chdir("/tmp") == -1 ? errno : 0;
}

static void hold(int pid, int cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET((unsigned)cpu, &set);
    sched_setaffinity(pid, sizeof set, &set);
}

static void become_ordinary(int cpu)
{
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    if (cpu >= 0)
        hold(0, cpu);
}

static int start_loop(int cpu)
{
    pid_t pid = fork();

    if (pid != 0) {
        hold(pid, cpu);
        return pid;
    }
    become_ordinary(-1);
    prctl(PR_SET_DUMPABLE, 1); /* the program may look at it */
    for (volatile unsigned i = 0;; i++)
        ;
}

static int start_stranger(const char *kinds)
{
    static const struct {
        const char *name;
        int flag;
    } kind[] = {{"uts", CLONE_NEWUTS}, {"ipc", CLONE_NEWIPC}, {"net", CLONE_NEWNET},
                {"mnt", CLONE_NEWNS},  {"pid", CLONE_NEWPID}, {"cgroup", CLONE_NEWCGROUP}};
    unsigned long flags = SIGCHLD;

    for (size_t i = 0; i < sizeof kind / sizeof kind[0]; i++)
        if (strstr(kinds, kind[i].name))
            flags |= (unsigned long)kind[i].flag;
    pid_t pid = (pid_t)syscall(SYS_clone, flags, 0, 0, 0, 0); /* no stack of its own: like fork() */
    if (pid != 0)
        return pid;
    become_ordinary(-1);
    if (strstr(kinds, "time"))
        unshare(0x80 /* CLONE_NEWTIME, for its children */);
    prctl(PR_SET_DUMPABLE, 1);
    for (;;)
        pause();
}

static void become_program(char *arguments, int out, int err)
{
    static char *environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                  "HOME=/tmp", "LC_ALL=C", "ASAN_OPTIONS=detect_leaks=0", NULL};
    struct rlimit no_core = {0, 0};
    char *rest, *argv[MOST_ARGUMENTS + 2] = {program_name};
    char path[NAME_MAX + 16];
    int null = open("/dev/null", O_RDONLY);

    snprintf(path, sizeof path, "/tmp/%s", program_name);
    argv[1] = strtok_r(arguments, " ", &rest);
    for (int i = 1; i < MOST_ARGUMENTS && argv[i] != NULL; i++)
        argv[i + 1] = strtok_r(NULL, " ", &rest);
    dup2(null, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    syscall(SYS_close_range, 3, ~0U, 0); /* all are close-on-exec anyhow */
    setrlimit(RLIMIT_CORE, &no_core);
    execve(path, argv, environment);
    dprintf(STDERR_FILENO, "%s: %s\n", path, strerror(errno));
    _exit(127);
}

static int start_program(char *command, int *out, int *err)
{
    int cpu = -1, skip = 0;
    pid_t pid;

    sscanf(command, "start %d%n", &cpu, &skip);
    pid = fork();
    if (pid == 0) {
        become_ordinary(cpu);
        become_program(command + skip, *out, *err);
    }
    close(*out); /* so that the end of the program's output can be seen */
    close(*err);
    return pid;
}

/* The tables of System V IPC have a head and then a line for each object. */
static void report_ipc(int talk, const char *kind)
{
    char path[32], line[256];
    FILE *table;

    snprintf(path, sizeof path, "/proc/sysvipc/%s", kind);
    table = fopen(path, "re");
    while (table && fgets(line, sizeof line, table))
        if (!strstr(line, "key"))
            report(talk, "left System V %s %.*s", kind, (int)strcspn(line, "\n"), line);
    if (table)
        fclose(table);
}

static int ledger(int talk)
{
    report_ipc(talk, "shm");
    report_ipc(talk, "sem");
    report_ipc(talk, "msg");
    return 0;
}

/* One word, then its arguments; answered by "= NUMBER": a PID, or an errno, or 0. */
static int obey(int talk, char *command, pid_t *main_pid, int *out, int *err)
{
    int a = 0, b = 0;
    const char *rest = strchr(command, ' ');

    if (rest)
        sscanf(rest, "%d %d", &a, &b);
    if (strncmp(command, "furnish", 7) == 0)
        return furnish(a);
    if (strcmp(command, "hide") == 0)
        return hide();
    if (strncmp(command, "loop", 4) == 0)
        return start_loop(a);
    if (strncmp(command, "stranger", 8) == 0)
        return start_stranger(command);
    if (strncmp(command, "start", 5) == 0)
        return *main_pid = start_program(command, out, err);
    if (strncmp(command, "move", 4) == 0)
        return hold(a, b), 0;
    if (strncmp(command, "signal", 6) == 0)
        return kill(a, b) == -1 ? errno : 0;
    return ledger(talk);
}

/* Whom init reaps besides the program has been forgotten by its own parent. */
static void reap(int talk, pid_t main_pid)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        report(talk, "%s %d %d", pid == main_pid ? "exit" : "orphan", pid, status);
}

static void init_main(int talk, int out, int err) __attribute__((noreturn));
static void init_main(int talk, int out, int err)
{
    char command[PACKET];
    sigset_t child;
    struct signalfd_siginfo info;
    pid_t main_pid = -1;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "init");
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    struct pollfd wait[] = {{talk, POLLIN, 0},
                            {signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK), POLLIN, 0}};
    for (;;) {
        poll(wait, 2, -1);
        if (read(wait[1].fd, &info, sizeof info) > 0)
            reap(talk, main_pid);
        if (wait[0].revents == 0)
            continue;
        ssize_t length = recv(talk, command, sizeof command - 1, 0);
        if (length <= 0)
            _exit(0); /* the witness is gone, and so is all in here */
        command[length] = '\0';
        report(talk, "= %d", obey(talk, command, &main_pid, &out, &err));
    }
}

/* --- the witness's side ------------------------------------------------------------------- */

/* A raw clone() without a stack returns twice, like fork(). Root can do without the user
   namespace where those are forbidden: the record says so. */
static pid_t clone_cage(void)
{
    const unsigned long flags =
        CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET | SIGCHLD;
    pid_t pid = -1;

    if (users)
        pid = (pid_t)syscall(SYS_clone, flags | CLONE_NEWUSER, 0, 0, 0, 0);
    if (pid == -1) {
        int error = errno;
        users = false;
        pid = (pid_t)syscall(SYS_clone, flags, 0, 0, 0, 0);
        if (pid == -1)
            errno = error;
    }
    return pid;
}

/* Root of the cage is somebody without rights outside; of a plain user's cage, that user. */
static void map_root(pid_t pid)
{
    char path[64], map[64];

    snprintf(map, sizeof map, "0 %d 1", real_root ? NOBODY : 0);
    snprintf(path, sizeof path, "/proc/%d/gid_map", pid);
    bool ok = write_file(path, map);
    snprintf(path, sizeof path, "/proc/%d/uid_map", pid);
    if (!write_file(path, map) || !ok)
        broken("uid_map of the cage");
}

static bool settle(struct cage *cage, bool cpuset)
{
    char path[64];

    if (users)
        map_root(cage->init);
    if (cpuset)
        cpuset_enter(cage->init);
    errno = cage_ask(cage, "furnish %d", cpuset);
    if (errno == EPERM) {
        record_not_here("/proc cannot be mounted here: parts of it are hidden, as in a container",
                        "start the container with --privileged");
        return false;
    }
    if (errno != 0)
        broken("furnishing the cage");
    if (cpuset)
        cpuset_enter_home(cage->init);
    snprintf(path, sizeof path, "/proc/%d/root/proc", cage->init);
    cage->proc = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (cage->proc == -1)
        broken(path);
    if ((errno = cage_ask(cage, "hide")) != 0)
        broken("hiding the cage's procfs");
    return true;
}

static bool mount_tmpfs(const char *path)
{
    return (private || mount(NULL, path, NULL, MS_PRIVATE, NULL) == 0) &&
           mount("oslabs", path, "tmpfs", MS_NOSUID | MS_NODEV, "size=16m,mode=1777") == 0;
}

/* /tmp is new for each run, and holds a copy of the program: the folder where it was built may be
   closed to NOBODY, or lie below /tmp itself. */
static void make_tmp(void)
{
    char path[NAME_MAX + 16];
    struct stat info;
    off_t done = 0;

    tmp_is_ours = mount_tmpfs("/tmp");
    shm_is_ours = mount_tmpfs("/dev/shm");
    if (!tmp_is_ours)
        broken("a private /tmp");
    snprintf(path, sizeof path, "/tmp/%s", program_name);
    int copy = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0755);
    if (copy == -1 || fchmod(copy, 0755) == -1 || fstat(program, &info) == -1)
        broken(path);
    while (done < info.st_size)
        if (sendfile(copy, program, &done, (size_t)(info.st_size - done)) <= 0)
            broken(path);
    close(copy);
}

static void record_files(const char *path)
{
    DIR *entries = opendir(path);
    struct dirent *entry;

    while (entries && (entry = readdir(entries)) != NULL)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") &&
            strcmp(entry->d_name, program_name)) {
            char file[NAME_MAX + 16];
            int length = snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
            record_text("left file", file, (size_t)length);
        }
    if (entries)
        closedir(entries);
}

void cage_look(struct cage *cage)
{
    if (tmp_is_ours)
        record_files("/tmp");
    if (shm_is_ours)
        record_files("/dev/shm");
    cage_ask(cage, "ledger");
}

static void remove_tmp(void)
{
    if (tmp_is_ours)
        umount2("/tmp", MNT_DETACH);
    if (shm_is_ours)
        umount2("/dev/shm", MNT_DETACH);
    tmp_is_ours = shm_is_ours = false;
}

bool cage_open(struct cage *cage, bool cpuset)
{
    int talk[2], out[2], err[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, talk) == -1 ||
        pipe2(out, O_CLOEXEC) == -1 || pipe2(err, O_CLOEXEC) == -1)
        broken("pipes");
    make_tmp();
    fflush(NULL);
    cage->init = clone_cage();
    if (cage->init == 0) {
        close(talk[0]);
        close(out[0]);
        close(err[0]);
        init_main(talk[1], out[1], err[1]);
    }
    close(talk[1]);
    close(out[1]);
    close(err[1]);
    cage->talk = talk[0];
    cage->out = out[0];
    cage->err = err[0];
    cage->proc = -1;
    if (cage->init == -1) {
        cage->init = 0;
        return refused();
    }
    return settle(cage, cpuset);
}

bool cage_hear(struct cage *cage, char *answer, size_t size)
{
    ssize_t length = recv(cage->talk, answer, size - 1, 0);

    if (length <= 0)
        broken("init of the cage has ended");
    answer[length] = '\0';
    if (answer[0] == '=')
        return true;
    on_report(answer);
    return false;
}

int cage_ask(struct cage *cage, const char *format, ...)
{
    char packet[PACKET];
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(packet, sizeof packet, format, arguments);
    va_end(arguments);
    if (send(cage->talk, packet, (size_t)length, MSG_NOSIGNAL) == -1)
        broken("init of the cage has ended");
    while (!cage_hear(cage, packet, sizeof packet))
        ;
    return atoi(packet + 1);
}

/* The kernel returns from waitpid() when everything in the cage is dead. */
void cage_close(struct cage *cage)
{
    if (cage->init == 0)
        return;
    kill(cage->init, SIGKILL);
    waitpid(cage->init, NULL, 0);
    cage->init = 0;
    close(cage->talk);
    close(cage->out);
    close(cage->err);
    close(cage->proc);
    remove_tmp();
}

void cage_describe(void)
{
    record("cage as-%s pid mnt ipc uts net%s%s%s", real_root ? "root" : "user",
           users ? " user" : "", private ? " private" : "", read_only ? " read-only" : "");
}
