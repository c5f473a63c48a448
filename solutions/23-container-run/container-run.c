/*
 * container-run NAME ROOT MIB PIDS COMMAND [ARGUMENT]...: a container, made of all the labs before.
 *
 * Shows:   a container is a process. Namespaces say what it sees, a group says how much it gets, and
 *          what it may do has been taken from it before it runs COMMAND.
 * Article: "Namespaces" and "Cgroups": the first paragraph of each, and both together.
 * Prints:  container: NAME is PID N
 *          container: ended with STATUS
 *          and whatever COMMAND prints
 * Write:   about 60 lines in six sections, TODO 1 to 6, in this order: COMMAND runs in what is there
 *          so far. NAME is its hostname. ROOT is a folder with COMMAND, and with two empty folders, proc
 *          and dev, in it. MIB and PIDS are the most memory and processes; 0 is no limit.
 * Try:     make root   then   make run23 ARGS='demo build/root 64 20 sh'
 * Pages:   clone(2), user_namespaces(7), pivot_root(2), cgroups(7), capabilities(7), seccomp(2)
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <mntent.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_close_range /* before glibc 2.32 */
#define SYS_close_range 436
#endif
#define PATH_SIZE 4096
enum {
    MEMORY,
    PROCESSES,
    TALK = 3 /* the container's one descriptor, until it runs COMMAND */
};

static const char *name, *root;
static char **command;
static pid_t container;  /* as we see it; in the container: 0 */
static sigset_t signals; /* blocked: CHLD, INT, TERM, HUP, PIPE */
static ino_t outside;    /* our user namespace */
static struct group {
    const char *controller;
    unsigned limit; /* MiB, processes; 0: none, and no group */
    int version;    /* of the hierarchy: 1 or 2 */
    bool enabled;   /* v2: by us, in the folder above */
    char path[PATH_SIZE + 64];
} groups[] = {{.controller = "memory"}, {.controller = "pids"}};

static bool put(const char *dir, const char *file, const char *text);
static bool catches(pid_t pid, int number);
static _Noreturn void run_command(void);
//| static void todo(const char *what);

/* 1: the process that will be PID 1 of the container. Returns twice, as fork() does. cgroup: the folder
   of its group in v2, or -1. A cgroup namespace comes later: it begins where a process is then. */
static pid_t start(int cgroup)
{
    struct clone_args how = {.exit_signal = SIGCHLD};

    if (cgroup != -1) {
        how.flags = CLONE_INTO_CGROUP; /* it is born there, and nobody has to move it */
        how.cgroup = (unsigned)cgroup;
    }
    // BEGIN SOLUTION
    //| errx(1, "TODO 1: add a new user, pid, mnt, uts, ipc and net namespace to how.flags");
    how.flags |= CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS |
                 CLONE_NEWIPC | CLONE_NEWNET;
    // END SOLUTION
    return (pid_t)syscall(SYS_clone3, &how, sizeof how);
}

/* 2: root in there is whoever we are out here. proc: /proc/PID of the container. */
static bool map_user(const char *proc)
{
    bool done = true;

    // BEGIN SOLUTION
    //| todo("TODO 2: put() deny into setgroups, then a map into gid_map and uid_map");
    char map[32];

    done = put(proc, "setgroups", "deny");
    snprintf(map, sizeof map, "0 %u 1", getegid());
    done = done && put(proc, "gid_map", map);
    snprintf(map, sizeof map, "0 %u 1", geteuid());
    done = done && put(proc, "uid_map", map);
    // END SOLUTION
    return done;
}

/* 3: the container sees ROOT, six devices, its own processes, and nothing of the machine's. */
static void change_root(void)
{
    static const char *const nodes[] = {"null",   "zero",    "full",
                                        "random", "urandom", "tty"};
    char from[32], to[32];

    // BEGIN SOLUTION
    //| todo("TODO 3a: make all mounts private, mount root on itself, and go there");
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
        mount(root, root, NULL, MS_BIND | MS_REC, NULL) == -1 || chdir(root) == -1)
        err(1, "%s", root);
    // END SOLUTION
    if (mount("dev", "dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=64k") == -1)
        err(1, "dev");
    for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++) {
        snprintf(from, sizeof from, "/dev/%s", nodes[i]);
        snprintf(to, sizeof to, "dev/%s", nodes[i]);
        // BEGIN SOLUTION
        //| todo("TODO 3b: make a file named to, and mount from on it, with MS_BIND");
        if (mknod(to, S_IFREG | 0666, 0) == -1 ||
            mount(from, to, NULL, MS_BIND, NULL) == -1)
            err(1, "%s", to);
        // END SOLUTION
    }
    // BEGIN SOLUTION
    //| todo("TODO 3c: mount proc, read-only; pivot_root(); detach the old root");
    if (mount("proc", "proc", "proc", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
              NULL) == -1)
        err(1, "proc");
    if (syscall(SYS_pivot_root, ".", ".") == -1 || umount2(".", MNT_DETACH) == -1 ||
        chdir("/") == -1)
        err(1, "pivot_root");
    // END SOLUTION
}

/* 4: before it is born: how much its group gets. Swap is no way out. */
static void limit(void)
{
    const struct group *memory = &groups[MEMORY], *pids = &groups[PROCESSES];
    const bool old = memory->version == 1;
    char text[32];

    // BEGIN SOLUTION
    //| todo("TODO 4: put() the limits that are not 0 into files of their groups");
    snprintf(text, sizeof text, "%llu", (unsigned long long)memory->limit << 20);
    if (memory->limit &&
        !put(memory->path, old ? "memory.limit_in_bytes" : "memory.max", text))
        err(1, "%s", memory->path);
    if (memory->limit) /* a kernel without swap has no such file */
        put(memory->path, old ? "memory.memsw.limit_in_bytes" : "memory.swap.max",
            old ? text : "0");
    snprintf(text, sizeof text, "%u", pids->limit);
    if (pids->limit && !put(pids->path, "pids.max", text))
        err(1, "%s", pids->path);
    // END SOLUTION
}

/* 4, in the container: tasks[] are the files of its groups in v1, open for writing, or -1. */
static void enter(const int tasks[])
{
    // BEGIN SOLUTION
    //| todo("TODO 4: hostname; write 0, yourself, to tasks[]; cgroup namespace");
    if (sethostname(name, strlen(name)) == -1)
        err(1, "sethostname");
    for (int i = 0; i < 2; i++)
        if (tasks[i] != -1 && write(tasks[i], "0", 1) == -1)
            err(1, "%s", groups[i].path);
    if (unshare(CLONE_NEWCGROUP) == -1)
        err(1, "unshare");
    // END SOLUTION
}

#ifdef __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif
#define LOAD(field)                                                                      \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define REFUSE(call)                                                                     \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1),                               \
        RETURN(SECCOMP_RET_ERRNO | EPERM)

/* 5: what COMMAND may do. It is root in there, and execve() gives root all that is not taken for good. */
static void drop_rights(void)
{
    // BEGIN SOLUTION
    //| todo("TODO 5: bounding set, capset(), no_new_privs, a filter; close_range()");
    struct sock_filter filter[] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
        RETURN(SECCOMP_RET_KILL_PROCESS),
        LOAD(nr),
        REFUSE(mount),
        REFUSE(umount2),
        REFUSE(pivot_root),
        REFUSE(unshare),
        REFUSE(setns),
        REFUSE(ptrace),
        REFUSE(bpf),
        REFUSE(keyctl),
        RETURN(SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
    struct __user_cap_header_struct self = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};

    for (int cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0; cap++)
        ;
    if (syscall(SYS_capset, &self, none) == -1)
        err(1, "capset");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == -1)
        err(1, "seccomp");
    syscall(SYS_close_range, 3U, ~0U, 0U);
    // END SOLUTION
}

/* 6: its exit status, or 128 + the signal that ended it. What we are told to do, it is told; but PID 1 of a
   namespace gets only those signals that it catches. */
static int wait_for(pid_t pid)
{
    int status = 0, number;

    // BEGIN SOLUTION
    //| todo("TODO 6: sigwait() and pass signals on, until waitpid() has it");
    //| waitpid(pid, &status, 0);
    //| return EXIT_SUCCESS;
    while (waitpid(pid, &status, WNOHANG) != pid) {
        sigwait(&signals, &number);
        if (number != SIGCHLD)
            kill(pid, catches(pid, number) ? number : SIGKILL);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    // END SOLUTION
}

/* --- given; read it later ------------------------------------------------------------------- */

//| /* COMMAND runs without what is missing. */
//| static void todo(const char *what)
//| {
//|     dprintf(STDERR_FILENO, "container-run: %s\n", what);
//|     if (container == 0 && getpid() == 1)
//|         run_command();
//| }
//|
static char *get(const char *dir, const char *file)
{
    static char text[PATH_SIZE], path[PATH_SIZE + 128];

    snprintf(path, sizeof path, "%s/%s", dir, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    text[length > 0 ? length : 0] = '\0';
    return text;
}

/* false: errno says why. */
static bool put(const char *dir, const char *file, const char *text)
{
    char path[PATH_SIZE + 128];

    snprintf(path, sizeof path, "%s/%s", dir, file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool done = fd != -1 && write(fd, text, strlen(text)) != -1;
    int error = errno;
    close(fd);
    errno = error;
    return done;
}

/* Whether a process has a handler for that signal. */
static bool catches(pid_t pid, int number)
{
    char proc[32], *at;

    snprintf(proc, sizeof proc, "/proc/%d", pid);
    at = strstr(get(proc, "status"), "SigCgt:");
    return at && strtoull(at + strlen("SigCgt:"), NULL, 16) >> (number - 1) & 1;
}

static _Noreturn void run_command(void)
{
    static char *environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/",
                                  "TERM=linux", NULL};

    environ = environment;
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
    execvp(command[0], command);
    err(1, "%s", command[0]);
}

/* Whatever happens to us. A group of ours that was left by SIGKILL goes when NAME is used again. */
static void clean_up(void)
{
    char text[32];

    if (getpid() == 1)
        return;
    if (container > 0) {
        kill(container, SIGKILL);
        waitpid(container, NULL, 0);
    }
    for (int i = 0; i < 2; i++)
        if (groups[i].version && rmdir(groups[i].path) == 0 && groups[i].enabled) {
            snprintf(text, sizeof text, "-%s", groups[i].controller);
            *strrchr(groups[i].path, '/') = '\0';
            put(groups[i].path, "cgroup.subtree_control", text);
        }
}

static int usage(void)
{
    fputs("usage: container-run NAME ROOT MIB PIDS COMMAND [ARGUMENT]...\n", stderr);
    exit(2);
}

/* 1 where a mount has the controller; else 2 where it can be handed down. top: the folder. */
static int find_top(const char *controller, char *top)
{
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    struct mntent *mount;
    int version = 0;

    while (mounts && version != 1 && (mount = getmntent(mounts))) {
        bool old = strcmp(mount->mnt_type, "cgroup") == 0 && hasmntopt(mount, controller);
        if (!old && !strstr(get(mount->mnt_dir, "cgroup.controllers"), controller))
            continue;
        version = old ? 1 : 2;
        snprintf(top, PATH_SIZE, "%s", mount->mnt_dir);
    }
    if (mounts)
        endmntent(mounts);
    return version;
}

/* v2: a group with processes in it hands no controller down, but for the topmost one. */
static bool has_processes(const char *above)
{
    return *get(above, "cgroup.type") && *get(above, "cgroup.procs");
}

/* A new group in the folder above, if the controller reaches there. */
static bool make_in(struct group *group, const char *above)
{
    char plus[32];

    snprintf(plus, sizeof plus, "+%s", group->controller);
    snprintf(group->path, sizeof group->path, "%.4000s/container.%s", above, name);
    errno = EBUSY;
    if (group->version == 2 && has_processes(above))
        return false;
    rmdir(group->path); /* v2: for the second controller, what was made for the first */
    if (mkdir(group->path, 0755) == -1) {
        if (errno == EEXIST)
            err(1, "%s is in use: %s", name, group->path);
        return false;
    }
    if (group->version == 1 || strstr(get(group->path, "cgroup.controllers"), plus + 1))
        return true;
    group->enabled = put(above, "cgroup.subtree_control", plus);
    if (!group->enabled)
        rmdir(group->path);
    return group->enabled;
}

/* As near to our own group as can be. A line of /proc/self/cgroup is NUMBER:CONTROLLERS:PATH. */
static void make_group(struct group *group)
{
    char top[PATH_SIZE], above[2 * PATH_SIZE], mark[32], *path;

    group->version = find_top(group->controller, top);
    if (group->version == 0)
        errx(1, "no hierarchy of cgroups here has %s", group->controller);
    snprintf(mark, sizeof mark, ":%s:", group->version == 1 ? group->controller : "");
    path = strstr(get("/proc/self", "cgroup"), mark);
    path = path ? strtok(path + strlen(mark), "\n") : NULL;
    snprintf(above, sizeof above, "%s%s", top, path ? path : "");
    while (!make_in(group, above)) {
        if (strlen(above) <= strlen(top))
            err(1, "no group for the limits (0 0 does without): %s", group->path);
        *strrchr(above, '/') = '\0';
    }
}

static ino_t user_namespace(void)
{
    struct stat info = {.st_ino = 0};

    stat("/proc/self/ns/user", &info);
    return info.st_ino;
}

/* Also where we have been started with SIGCHLD ignored. */
static void prepare(int argc, char *argv[])
{
    for (int i = 3; i < 5; i++) {
        size_t digits = argc < 6 ? 0 : strspn(argv[i], "0123456789");
        if (digits == 0 || digits > 6 || argv[i][digits] != '\0')
            usage();
        groups[i - 3].limit = (unsigned)atoi(argv[i]);
    }
    name = argv[1];
    if (*name == '\0' || strlen(name) > 64 || strchr(name, '/'))
        usage();
    root = argv[2];
    command = &argv[5];
    outside = user_namespace();
    signal(SIGCHLD, SIG_DFL);
    sigemptyset(&signals);
    for (int *number = (int[]){SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGPIPE, 0}; *number;
         number++)
        sigaddset(&signals, *number);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    setvbuf(stdout, NULL, _IOLBF, 0); /* a line leaves at once, also into a pipe */
    atexit(clean_up);
}

/* Returns the folder of the group in v2, or -1. */
static int make_groups(int tasks[])
{
    char path[PATH_SIZE + 80];
    int cgroup = -1;

    for (int i = 0; i < 2; i++) {
        tasks[i] = -1;
        if (groups[i].limit == 0)
            continue;
        make_group(&groups[i]);
        snprintf(path, sizeof path, "%s/tasks", groups[i].path);
        if (groups[i].version == 1)
            tasks[i] = open(path, O_WRONLY | O_CLOEXEC);
        else
            cgroup = open(groups[i].path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    limit();
    return cgroup;
}

/* It ends when its parent does. Without a user namespace of its own it might change what is the machine's, and
   without a map it can do nothing. */
static _Noreturn void be_container(int told, const int tasks[])
{
    char byte;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (read(told, &byte, 1) != 1 || poll(&(struct pollfd){.fd = told}, 1, 0) != 0)
        exit(1); /* nobody has the other end: the parent had died before that prctl() */
    if (user_namespace() != outside && getuid() == 0) {
        change_root();
        enter(tasks);
        drop_rights();
    }
    run_command();
}

int main(int argc, char *argv[])
{
    int tasks[2], go[2];
    char proc[32];

    prepare(argc, argv);
    int cgroup = make_groups(tasks);
    if (pipe2(go, O_CLOEXEC) == -1)
        err(1, "pipe");
    container = start(cgroup);
    if (container == -1)
        err(1, "clone3");
    if (container == 0) {
        close(go[1]);
        be_container(go[0], tasks);
    }
    snprintf(proc, sizeof proc, "/proc/%d", container);
    if (!map_user(proc))
        err(1, "the maps in %s", proc);
    printf("container: %s is PID %d\n", name, container);
    if (write(go[1], "x", 1) != 1)
        err(1, "pipe");
    int status = wait_for(container);
    container = 0;
    printf("container: ended with %d\n", status);
    return ferror(stdout) ? 1 : status;
}
