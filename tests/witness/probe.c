/*
 * The probe: what runs in the containers of lab 23. It is the witness itself, by another name: a static program
 * needs nothing in there. Its words, in their order:
 *
 *   facts          its numbers, its hostname, what it sees of processes, devices and networks
 *   calls          what some system calls say that it should not need
 *   outside        looks for the file that lies outside (the witness has put it there), on all ways it knows
 *   processes      starts as many as it can; ends them
 *   memory MIB     a child of it touches so much
 *   touch MIB      so does it itself
 *   stay           sleeps without end; SIGTERM is nothing that it has a handler for
 *   catch          so, but it has one, and ends with status 7
 *   exit STATUS
 *
 * Each line that it prints begins with "probe: ".
 */
#define _GNU_SOURCE
#include "witness.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_STARTED = 80, MIB = 1 << 20 };

static const char *error_name(int error)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {{0, "OK"},          {EPERM, "EPERM"},   {ENOSYS, "ENOSYS"},
                 {EACCES, "EACCES"}, {EFAULT, "EFAULT"}, {EINVAL, "EINVAL"},
                 {EAGAIN, "EAGAIN"}, {EBADF, "EBADF"},   {ENOENT, "ENOENT"},
                 {ENOMEM, "ENOMEM"}, {ESRCH, "ESRCH"},   {EROFS, "EROFS"},
                 {ENOSPC, "ENOSPC"}, {EUSERS, "EUSERS"}};
    static char other[16];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].number == error)
            return names[i].name;
    snprintf(other, sizeof other, "%d", error);
    return other;
}

static int count_processes(void)
{
    DIR *entries = opendir("/proc");
    struct dirent *entry;
    int count = 0;

    while (entries && (entry = readdir(entries)) != NULL)
        count += isdigit((unsigned char)entry->d_name[0]) != 0;
    if (entries)
        closedir(entries);
    return count;
}

static void print_names(const char *what, const char *folder)
{
    struct dirent **names;
    int count = scandir(folder, &names, NULL, alphasort);

    printf("probe: %s", what);
    for (int i = 0; i < count && i < 40; i++)
        if (names[i]->d_name[0] != '.')
            printf(" %s", names[i]->d_name);
    putchar('\n');
}

static void print_interfaces(void)
{
    struct if_nameindex *all = if_nameindex();

    printf("probe: interfaces");
    for (struct if_nameindex *one = all; one && one->if_index; one++)
        printf(" %s", one->if_name);
    putchar('\n');
}

/* The path of v2, and of each hierarchy of v1, where it is another one. */
static void print_cgroup(void)
{
    char text[8192], last[256] = "", *rest, *line;

    printf("probe: cgroup");
    read_at(AT_FDCWD, "/proc/self/cgroup", text, sizeof text);
    for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        const char *path = strchr(strchr(line, ':') + 1, ':') + 1;
        if (strcmp(path, last) != 0)
            printf(" %s", path);
        snprintf(last, sizeof last, "%s", path);
    }
    putchar('\n');
}

static void print_facts(int argc, char *argv[])
{
    struct utsname names;
    char folder[4096];

    printf("probe: pid %d parent %d uid %u gid %u\n", getpid(), getppid(), getuid(),
           getgid());
    uname(&names);
    printf("probe: hostname %s\n", names.nodename);
    printf("probe: cwd %s\n", getcwd(folder, sizeof folder) ? folder : "-");
    printf("probe: arguments");
    for (int i = 1; i < argc; i++)
        printf(" %s", argv[i]);
    printf("\nprobe: processes in /proc %d\n", count_processes());
    print_names("devices", "/dev");
    print_interfaces();
    print_cgroup();
}

static void *nowhere(void)
{
    return (void *)8;
}

/* The arguments are such that a call which gets as far as the kernel's own code says something else than
   a filter that refuses it. */
static void print_calls(void)
{
    static const struct {
        const char *name;
        long number, a, b;
    } calls[] = {{"umount2", SYS_umount2, 8, 0}, {"unshare", SYS_unshare, 0, 0},
                 {"setns", SYS_setns, -1, 0},    {"ptrace", SYS_ptrace, 16, 0x7ffffff0},
                 {"bpf", SYS_bpf, -1, 0},        {"keyctl", SYS_keyctl, 0x7fffff, 0},
                 {"getppid", SYS_getppid, 0, 0}};

    printf("probe: calls mount=%s",
           error_name(mount("", nowhere(), "", 0, NULL) == -1 ? errno : 0));
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        long result = syscall(calls[i].number, calls[i].a, calls[i].b, 0, 0, 0);
        printf(" %s=%s", calls[i].name, error_name(result == -1 ? errno : 0));
    }
    putchar('\n');
}

#ifdef __x86_64__
static long call_of_32_bits(long number)
{
    long result;

    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "b"(0L), "c"(0L), "d"(0L)
                     : "memory");
    return result;
}

/* How a process ends that makes a call by the numbers of 32 bits: of which the same number is, for 64 bits,
   mount or access. */
static int end_of(long number)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit((int)-call_of_32_bits(number) & 127);
    waitpid(pid, &status, 0);
    return status;
}
#endif

/* A filter that does not look at the architecture takes one call for another. */
static void print_other_numbers(void)
{
#ifdef __x86_64__
    int as_mount = end_of(SYS_mount), as_access = end_of(SYS_access);

    if (WIFSIGNALED(as_access) && WTERMSIG(as_access) == SIGSEGV)
        puts("probe: calls of 32 bits not here");
    else
        printf("probe: calls of 32 bits %s\n",
               as_mount == as_access ? "all the same" : "by their number");
#endif
}

static bool try_path(const char *path)
{
    bool found = access(path, R_OK) == 0;

    if (found)
        printf("probe: found %s\n", path);
    return found;
}

/* Below each mount that there is, and above it. */
static bool try_mounts(const char *file)
{
    static char text[64 * 1024];
    char at[1024], path[1600], *rest, *line;
    bool found = false;

    read_at(AT_FDCWD, "/proc/self/mountinfo", text, sizeof text);
    for (line = strtok_r(text, "\n", &rest); line && !found;
         line = strtok_r(NULL, "\n", &rest))
        if (sscanf(line, "%*s %*s %*s %*s %1023s", at) == 1) {
            snprintf(path, sizeof path, "%s%s", strcmp(at, "/") == 0 ? "" : at, file);
            found = try_path(path);
            snprintf(path, sizeof path, "%s/..%s", at, file);
            found = found || try_path(path);
        }
    return found;
}

static bool try_descriptors(const char *file)
{
    char path[1600];
    bool found = false;

    snprintf(path, sizeof path, "../../../../../..%s", file);
    for (int fd = 3; fd < 64; fd++)
        if (faccessat(fd, file + 1, R_OK, 0) == 0 || faccessat(fd, path, R_OK, 0) == 0) {
            printf("probe: found descriptor %d\n", fd);
            found = true;
        }
    return found;
}

static bool try_processes(const char *file)
{
    char path[1600];
    bool found = false;

    for (int pid = 1; pid < 400; pid++) {
        snprintf(path, sizeof path, "/proc/%d/root%s", pid, file);
        found |= try_path(path);
    }
    return found;
}

static void look_outside(const char *self)
{
    char file[512], path[1600];
    bool found;

    snprintf(file, sizeof file, "%s.outside", self);
    snprintf(path, sizeof path, "../../../../../..%s", file);
    found = try_path(file);
    found |= try_path(path);
    found |= try_mounts(file);
    found |= try_descriptors(file);
    found |= try_processes(file);
    if (!found)
        puts("probe: found nothing outside");
}

static void start_processes(void)
{
    pid_t pids[MOST_STARTED];
    int count = 0, error = 0;

    while (count < MOST_STARTED && (pids[count] = fork()) != -1) {
        if (pids[count] == 0)
            for (;;)
                pause();
        count++;
    }
    error = count < MOST_STARTED ? errno : 0;
    printf("probe: started %d processes, then %s\n", count, error_name(error));
    while (count > 0) {
        kill(pids[--count], SIGKILL);
        waitpid(pids[count], NULL, 0);
    }
}

static void touch(int mib)
{
    for (int i = 0; i < mib; i++) {
        char *part =
            mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (part == MAP_FAILED) {
            printf("probe: mmap says %s\n", error_name(errno));
            return;
        }
        memset(part, 1, MIB);
    }
    printf("probe: touched %d MiB\n", mib);
}

static void touch_in_child(int mib)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        touch(mib);
        fflush(stdout);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    printf("probe: child ended with %d\n",
           WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

static volatile sig_atomic_t caught;
static sigset_t inherited; /* what is blocked when the probe begins */

static void remember(int number)
{
    caught = number;
}

/* Until a signal comes that it has a handler for, and that nobody had blocked before. */
static int stay(void)
{
    puts("probe: stays");
    while (!caught)
        sigsuspend(&inherited);
    printf("probe: caught %d\n", (int)caught);
    return 7;
}

/* Blocked until stay() waits for them. */
static void catch_signals(void)
{
    sigset_t both;

    sigemptyset(&both);
    sigaddset(&both, SIGTERM);
    sigaddset(&both, SIGINT);
    sigprocmask(SIG_BLOCK, &both, NULL);
    signal(SIGTERM, remember);
    signal(SIGINT, remember);
}

int probe(int argc, char *argv[])
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    sigprocmask(SIG_BLOCK, NULL, &inherited);
    for (int i = 1; i < argc; i++) {
        int number = i + 1 < argc ? atoi(argv[i + 1]) : 0;
        if (strcmp(argv[i], "facts") == 0)
            print_facts(argc, argv);
        else if (strcmp(argv[i], "calls") == 0)
            print_calls(), print_other_numbers();
        else if (strcmp(argv[i], "outside") == 0)
            look_outside(argv[0]);
        else if (strcmp(argv[i], "processes") == 0)
            start_processes();
        else if (strcmp(argv[i], "memory") == 0)
            touch_in_child(number), i++;
        else if (strcmp(argv[i], "touch") == 0)
            touch(number), i++;
        else if (strcmp(argv[i], "exit") == 0)
            return number;
        else if (strcmp(argv[i], "stay") == 0)
            return stay();
        else if (strcmp(argv[i], "catch") == 0) {
            catch_signals();
            return stay();
        }
    }
    return 0;
}
