/*
 * notify: system calls of the program that are refused, or that ask init first (seccomp(2)).
 *
 * It sees to it that the program starts no other program: the lessons are about system calls, and
 * unshare(1) or taskset(1) would make them for it.
 */
#define _GNU_SOURCE
#include "witness.h"
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CLONE3 = 435, IO_URING_SETUP = 425 };

static bool
    program_runs; /* it has been started: that was the last execve() in this cage */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define IF_CALL(number, then)                                                            \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), BPF_STMT(BPF_RET | BPF_K, (then))

/* A wait for so many milliseconds asks as well, but not one for ever, nor one that only looks: the
   question is a sleep, too, and there are programs that must not sleep. Those who point to a time are not
   asked, for a filter cannot follow: main.c looks at them while they sleep. */
#define IF_LONG(number, argument)                                                        \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 5),                                 \
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,                                               \
                 offsetof(struct seccomp_data, args) + 8 * (argument)),                  \
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 1U << 31, 1, 0),                             \
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 50, 1, 0),                                   \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),                                    \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF)

/* What a process does to itself is its own affair. */
#define IF_OTHER(number, argument)                                                       \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 4),                                 \
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,                                               \
                 offsetof(struct seccomp_data, args) + 8 * (argument)),                  \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),                                    \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),                               \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* Every execve() in the cage asks init first, and there must be no way round: in another ABI (int
   $0x80, x32) the calls have other numbers, and io_uring passes no filter. sendmsg() lets root say
   that a line comes from another process. And a network namespace holds only some kinds of sockets:
   AF_VSOCK speaks with the host of a virtual machine. */
enum { REFUSE = SECCOMP_RET_ERRNO | ENOSYS };
static struct sock_filter filter[] = {
#ifdef ARCHITECTURE
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, REFUSE),
#endif
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000 /* x32 */, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, REFUSE),
    IF_CALL(SYS_execve, SECCOMP_RET_USER_NOTIF),
    IF_CALL(SYS_execveat, SECCOMP_RET_USER_NOTIF),
#ifdef SYS_alarm
    IF_CALL(SYS_alarm, SECCOMP_RET_USER_NOTIF),
    IF_LONG(SYS_poll, 2),
    IF_LONG(SYS_epoll_wait, 3),
#endif
    IF_LONG(SYS_epoll_pwait, 3),
    IF_CALL(SYS_nanosleep, SECCOMP_RET_USER_NOTIF),
    IF_CALL(SYS_clock_nanosleep, SECCOMP_RET_USER_NOTIF),
    IF_CALL(SYS_setitimer, SECCOMP_RET_USER_NOTIF),
    IF_CALL(SYS_timer_settime, SECCOMP_RET_USER_NOTIF),
    IF_CALL(SYS_timerfd_settime, SECCOMP_RET_USER_NOTIF),
    IF_OTHER(SYS_sched_setaffinity, 0),
    IF_OTHER(SYS_sched_setscheduler, 0),
    IF_OTHER(SYS_sched_setparam, 0),
    IF_OTHER(SYS_sched_setattr, 0),
    IF_OTHER(SYS_setpriority, 1),
    IF_CALL(SYS_sendmsg, REFUSE),
    IF_CALL(SYS_sendmmsg, REFUSE),
    IF_CALL(IO_URING_SETUP, REFUSE),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 4, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 3, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 2, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, REFUSE),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

/* Where that cannot be had (kernels before 5.5, some containers), the cage goes without, and the
   record says so. */
int notify_open(void)
{
    struct sock_fprog code = {sizeof filter / sizeof filter[0], filter};

    int listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                                SECCOMP_FILTER_FLAG_NEW_LISTENER, &code);
    program_runs = listener == -1;
    return listener;
}

/* What a process of the program wants to run, for the record. */
static void report_exec(const struct seccomp_notif *ask)
{
    char path[128] = "";
    struct iovec here = {path, sizeof path - 1};
    struct iovec there = {NULL, sizeof path - 1};
    memcpy(&there.iov_base, &ask->data.args[ask->data.nr == SYS_execveat],
           sizeof there.iov_base);
    process_vm_readv((pid_t)ask->pid, &here, 1, &there, 1, 0);
    report("exec %d %s", (int)ask->pid, path);
}

/* Of a thread, the process that it belongs to. */
static int process_of(int proc, int thread)
{
    char path[32], status[1024], *at;
    int process = thread;

    snprintf(path, sizeof path, "%d/status", thread);
    if (read_at(proc, path, status, sizeof status) &&
        (at = strstr(status, "\nTgid:")) != NULL)
        sscanf(at, " Tgid: %d", &process);
    return process;
}

/* The lessons last seconds: what is shorter is no length of theirs. */
static void report_timer(int proc, const struct seccomp_notif *ask)
{
    const uint64_t *arguments = (const uint64_t *)ask->data.args;
    double seconds = time_asked(proc, (int)ask->pid, ask->data.nr, arguments);

    if (seconds >= SHORTEST_TIMER)
        report("timer %d %.3f", process_of(proc, (int)ask->pid), seconds);
}

/* Whose affinity or priority is to be changed. */
static bool report_touched(const struct seccomp_notif *ask)
{
    static const struct {
        int number, argument;
        const char *name;
    } calls[] = {{SYS_sched_setaffinity, 0, "sched_setaffinity"},
                 {SYS_sched_setscheduler, 0, "sched_setscheduler"},
                 {SYS_sched_setparam, 0, "sched_setparam"},
                 {SYS_sched_setattr, 0, "sched_setattr"},
                 {SYS_setpriority, 1, "setpriority"}};

    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (calls[i].number == ask->data.nr) {
            report("touched %d %s", (int)ask->data.args[calls[i].argument],
                   calls[i].name);
            return true;
        }
    return false;
}

static bool is_exec(const struct seccomp_notif *ask)
{
    return ask->data.nr == SYS_execve || ask->data.nr == SYS_execveat;
}

void notify_answer(int listener, int proc, pid_t program)
{
    struct seccomp_notif ask;
    struct seccomp_notif_resp answer;

    memset(&ask, 0, sizeof ask);
    memset(&answer, 0, sizeof answer);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &ask) == -1)
        return;
    answer.id = ask.id;
    answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    if (is_exec(&ask) && !program_runs && (pid_t)ask.pid == program)
        program_runs = true;
    else if (is_exec(&ask)) {
        report_exec(&ask);
        answer.flags = 0;
        answer.error = -EACCES;
    } else if (!report_touched(&ask))
        report_timer(proc, &ask);
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

/* --- the kernel says no ----------------------------------------------------------------------- */

static const struct {
    const char *name;
    int calls[4]; /* 0: none */
} families[] = {
#ifdef SYS_fork
    {"clone", {SYS_clone, CLONE3, SYS_fork, SYS_vfork}},
    {"mkdir", {SYS_mkdirat, SYS_mkdir}},
#else
    {"clone", {SYS_clone, CLONE3}},
    {"mkdir", {SYS_mkdirat}},
#endif
    {"unshare", {SYS_unshare}},
    {"setns", {SYS_setns}}};

static const struct {
    const char *name;
    int number;
} errors[] = {{"EPERM", EPERM},
              {"EAGAIN", EAGAIN},
              {"ENOSPC", ENOSPC},
              {"EROFS", EROFS},
              {"ENOMEM", ENOMEM}};

static struct sock_filter refusal[32] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
static unsigned short refusals = 1;

static bool install_refusal(void)
{
    struct sock_fprog code = {(unsigned short)(refusals + 1), refusal};

    refusal[refusals] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &code) == 0;
}

/* Whether it can be had is tried in a process of its own. */
static int try_refusal(void)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit(install_refusal() ? 0 : errno);
    waitpid(pid, &status, 0);
    return pid == -1 ? errno : WEXITSTATUS(status);
}

int refuse(const char *call_and_errno)
{
    char call[16] = "", error[16] = "";

    sscanf(call_and_errno, "%15s %15s", call, error);
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        for (size_t j = 0; j < sizeof errors / sizeof errors[0]; j++)
            if (strcmp(families[i].name, call) == 0 &&
                strcmp(errors[j].name, error) == 0) {
                for (int k = 0; k < 4 && families[i].calls[k] && refusals < 28; k++) {
                    const struct sock_filter answer[] = {
                        IF_CALL((unsigned)families[i].calls[k],
                                SECCOMP_RET_ERRNO | (unsigned)errors[j].number)};
                    memcpy(refusal + refusals, answer, sizeof answer);
                    refusals += 2;
                }
                return try_refusal();
            }
    return -1;
}

void refuse_from_now_on(void)
{
    if (refusals > 1)
        install_refusal();
}
