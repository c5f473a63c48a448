/*
 * race ROUNDS [NAME COMMAND...  ";"]...: starts commands in turn, again and again, and prints for each its NAME,
 *     the median of its time in microseconds, from the start to the end, what the fastest tenth took at most, and
 *     how often it failed
 * race --minimal ROOT [own|moved TASKS...] COMMAND: a container that is only namespaces, a map, and a root: what the
 *     others are compared with. TASKS are files of its groups: it enters them itself, or is moved
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST = 16,
    MOST_ROUNDS = 2000,
    SETTLE = 20 /* ms: namespaces are gone later than their processes */
};

static void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd == -1 || write(fd, text, strlen(text)) == -1)
        err(1, "%s", path);
    close(fd);
}

static _Noreturn void be_minimal(const char *folder, char *const tasks[], char *command)
{
    for (; tasks && tasks[0] != command; tasks++)
        put(tasks[0], "0");
    if (unshare(CLONE_NEWCGROUP) == -1 ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
        mount(folder, folder, NULL, MS_BIND | MS_REC, NULL) == -1 ||
        chdir(folder) == -1 || mount("proc", "proc", "proc", 0, NULL) == -1 ||
        syscall(SYS_pivot_root, ".", ".") == -1 || umount2(".", MNT_DETACH) == -1)
        err(1, "%s", folder);
    execv(command, (char *[]){command, NULL});
    err(1, "%s", command);
}

static void map(pid_t pid)
{
    char path[64], line[32];

    snprintf(path, sizeof path, "/proc/%d/setgroups", pid);
    put(path, "deny");
    snprintf(line, sizeof line, "0 %u 1", getegid());
    snprintf(path, sizeof path, "/proc/%d/gid_map", pid);
    put(path, line);
    snprintf(line, sizeof line, "0 %u 1", geteuid());
    snprintf(path, sizeof path, "/proc/%d/uid_map", pid);
    put(path, line);
}

static int minimal(int argc, char *argv[])
{
    struct clone_args how = {.flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS |
                                      CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET,
                             .exit_signal = SIGCHLD};
    char *command = argv[argc - 1], **tasks = argc > 5 ? argv + 4 : NULL, number[16];
    int go[2], status = 0, moved = tasks && strcmp(argv[3], "moved") == 0;

    if (pipe2(go, O_CLOEXEC) == -1)
        err(1, "pipe");
    pid_t pid = (pid_t)syscall(SYS_clone3, &how, sizeof how);
    if (pid == -1)
        err(1, "clone3");
    if (pid == 0) {
        close(go[1]); /* then the read ends when the parent does */
        if (read(go[0], number, 1) != 1)
            exit(1);
        be_minimal(argv[2], moved ? NULL : tasks, command);
    }
    map(pid);
    snprintf(number, sizeof number, "%d", pid);
    for (char **file = tasks; moved && *file != command; file++)
        put(*file, number);
    if (write(go[1], "x", 1) != 1 || waitpid(pid, &status, 0) == -1)
        err(1, "waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* --- the race ------------------------------------------------------------------------------------ */

static struct runner {
    char **command;
    const char *name;
    int failed;
    long times[MOST_ROUNDS];
} runners[MOST];

static posix_spawn_file_actions_t quiet;

static long microseconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static void start(struct runner *runner, int round)
{
    int status = 1;
    pid_t pid;
    long begin = microseconds();

    if (runner->command[0] != NULL && posix_spawnp(&pid, runner->command[0], &quiet, NULL,
                                                   runner->command, environ) == 0)
        waitpid(pid, &status, 0);
    runner->times[round] = microseconds() - begin;
    runner->failed += status != 0;
    nanosleep(&(struct timespec){.tv_nsec = SETTLE * 1000000L}, NULL);
}

static int compare(const void *a, const void *b)
{
    return (*(const long *)a > *(const long *)b) - (*(const long *)a < *(const long *)b);
}

int main(int argc, char *argv[])
{
    int count = 0, rounds = argc > 1 ? atoi(argv[1]) : 0;

    if (argc > 3 && strcmp(argv[1], "--minimal") == 0)
        return minimal(argc, argv);
    if (rounds < 1 || rounds > MOST_ROUNDS)
        errx(2, "usage: race ROUNDS [NAME COMMAND... ';']...   or   race --minimal ROOT "
                "COMMAND");
    for (int i = 2; i + 1 < argc && count < MOST; i++) {
        runners[count].name = argv[i];
        runners[count++].command = &argv[i + 1];
        while (i < argc && strcmp(argv[i], ";") != 0)
            i++;
        if (i < argc)
            argv[i] = NULL;
    }
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < count; i++)
            start(&runners[i], round);
    for (int i = 0; i < count; i++) {
        qsort(runners[i].times, (size_t)rounds, sizeof runners[i].times[0], compare);
        printf("%s\t%ld\t%ld\t%d\n", runners[i].name, runners[i].times[rounds / 2],
               runners[i].times[rounds / 10], runners[i].failed);
    }
    return 0;
}
