/*
 * notify: system calls of the program that are refused, or that ask init first (seccomp(2)).
 *
 * It sees to it that the program starts no other program: the lessons are about system calls, and
 * unshare(1) or taskset(1) would make them for it. And it knows who prints a line: stdout is a pipe,
 * and a pipe does not tell. What comes through it by splice(2) has been written by nobody.
 */
#define _GNU_SOURCE
#include "witness.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { IO_URING_SETUP = 425, CLONE3 = 435, QUOTACTL_FD = 443, CACHESTAT = 451 };
enum { WAIT_KILLABLE = 1 << 5 };
enum { MOST_TEXT = 64 * 1024, MOST_PARTS = 1024 /* bytes, and parts of a writev() */ };

static bool
    program_runs; /* it has been started: that was the last execve() in this cage */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define IF_CALL(number, then)                                                            \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), BPF_STMT(BPF_RET | BPF_K, (then))
#define ASK(number) IF_CALL(number, SECCOMP_RET_USER_NOTIF)

/* A wait for so many milliseconds asks as well, but not one for ever, nor one that only looks: the
   question is a sleep, too, and there are programs that must not sleep. Those who point to a time are not
   asked, because a filter cannot follow: main.c looks at them while they sleep. */
#define IF_LONG(number, argument)                                                        \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 5),                                 \
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,                                               \
                 offsetof(struct seccomp_data, args) + sizeof(uint64_t) * (argument)),   \
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 1U << 31, 1, 0),                             \
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 50, 1, 0),                                   \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),                                    \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF)

/* What a process does to itself is its own affair. */
#define IF_OTHER(number, argument)                                                       \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 4),                                 \
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,                                               \
                 offsetof(struct seccomp_data, args) + 8UL * (argument)),                \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),                                    \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),                               \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* stdout and stderr of the program, by the name that the kernel gives a pipe. */
static struct stream {
    const char *word;
    char pipe[32];
} streams[] = {{"out", ""}, {"err", ""}};

static void name_pipe(int fd, char *name)
{
    struct stat info;

    if (fstat(fd, &info) == 0)
        sprintf(name, "pipe:[%ju]", (uintmax_t)info.st_ino);
}

/* Every execve() in the cage asks init first, and there must be no way round: in another ABI (int
   $0x80, x32) the calls have other numbers, and io_uring passes no filter. A network namespace holds
   only some kinds of sockets: AF_VSOCK speaks with the host of a virtual machine. What init and the
   trusted processes write has to pass, too: they use pwrite(). */
enum { REFUSE = SECCOMP_RET_ERRNO | ENOSYS, WRITES = 3 * 2 /* instructions */ };
static struct sock_filter rules[] = {
#ifdef ARCHITECTURE
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, REFUSE),
#endif
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000 /* x32 */, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, REFUSE),
    ASK(SYS_execve),
    ASK(SYS_execveat),
    ASK(SYS_setns),
    BPF_STMT(BPF_JMP | BPF_JA, 0), /* or past the WRITES */
    ASK(SYS_write),
    ASK(SYS_writev),
    ASK(SYS_pwritev2),
#ifdef SYS_alarm
    ASK(SYS_alarm),
    IF_LONG(SYS_poll, 2),
    IF_LONG(SYS_epoll_wait, 3),
#endif
    IF_LONG(SYS_epoll_pwait, 3),
    ASK(SYS_nanosleep),
    ASK(SYS_clock_nanosleep),
    ASK(SYS_setitimer),
    ASK(SYS_timer_settime),
    ASK(SYS_timerfd_settime),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sched_setaffinity, 0, 6),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + 8),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CPU_MASK_OF_INIT, 2, 0),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
    IF_OTHER(SYS_sched_setscheduler, 0),
    IF_OTHER(SYS_sched_setparam, 0),
    IF_OTHER(SYS_sched_setattr, 0),
    IF_OTHER(SYS_setpriority, 1),
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
   record says so. From 5.19 on, no signal disturbs who waits for the answer. */
int notify_open(int out, int err, bool undisturbed)
{
    struct sock_fprog code = {sizeof rules / sizeof rules[0], rules};
    unsigned flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
    int listener = -1;

    for (size_t i = 0; undisturbed && i < code.len; i++)
        if (rules[i].code == (BPF_JMP | BPF_JA))
            rules[i].k = WRITES;
    name_pipe(out, streams[0].pipe);
    name_pipe(err, streams[1].pipe);
    for (int i = 1; i >= 0 && listener == -1; i--)
        listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                                flags | (i ? WAIT_KILLABLE : 0), &code);
    program_runs = listener == -1;
    return listener;
}

static unsigned long allowed_device, allowed_inode; /* 0: no file is */

void notify_allow(unsigned long device, unsigned long inode)
{
    allowed_device = device;
    allowed_inode = inode;
}

/* What a process of the program wants to run: the path, as it gives it. */
static void read_path(const struct seccomp_notif *ask, char *path, size_t size)
{
    struct iovec here = {path, size - 1};
    struct iovec there = {NULL, size - 1};

    memset(path, 0, size);
    memcpy(&there.iov_base, &ask->data.args[ask->data.nr == SYS_execveat],
           sizeof there.iov_base);
    process_vm_readv((pid_t)ask->pid, &here, 1, &there, 1, 0);
}

/* Whether that is the file that may be started. Who changes the path meanwhile runs another program: then
   the link "exe" of the process says so, for good. */
static bool is_allowed(int proc, const struct seccomp_notif *ask, const char *path)
{
    char file[256];
    struct stat info;
    const bool at = ask->data.nr == SYS_execveat && *path != '/' &&
                    (int)ask->data.args[0] != AT_FDCWD;

    if (at)
        snprintf(file, sizeof file, "%d/fd/%d%s%s", (int)ask->pid, (int)ask->data.args[0],
                 *path ? "/" : "", path);
    else
        snprintf(file, sizeof file, "%d/%s/%s", (int)ask->pid,
                 *path == '/' ? "root" : "cwd", path);
    return allowed_inode && fstatat(proc, file, &info, 0) == 0 &&
           info.st_dev == allowed_device && info.st_ino == allowed_inode;
}

static bool may_start(int proc, const struct seccomp_notif *ask)
{
    char path[128];

    read_path(ask, path, sizeof path);
    if (is_allowed(proc, ask, path))
        return true;
    report("exec %d %s", (int)ask->pid, path);
    return false;
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

/* The lessons last seconds: what is shorter is not a length of theirs. */
static void report_timer(int proc, const struct seccomp_notif *ask)
{
    const uint64_t *arguments = (const uint64_t *)ask->data.args;
    double moment,
        seconds = time_asked(proc, (int)ask->pid, ask->data.nr, arguments, &moment);

    if (seconds >= SHORTEST_TIMER)
        report("timer %d %.3f %.6f", process_of(proc, (int)ask->pid), seconds, moment);
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

/* Which of the two it writes to: by whatever descriptor, if that is open for writing. */
static const char *stream_of(int proc, const struct seccomp_notif *ask)
{
    char path[48], target[32] = "";
    struct stat link;

    snprintf(path, sizeof path, "%d/fd/%d", (int)ask->pid, (int)ask->data.args[0]);
    if (readlinkat(proc, path, target, sizeof target - 1) == -1 ||
        fstatat(proc, path, &link, AT_SYMLINK_NOFOLLOW) == -1 ||
        !(link.st_mode & S_IWUSR))
        return NULL;
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++)
        if (strcmp(target, streams[i].pipe) == 0)
            return streams[i].word;
    return NULL;
}

/* Copies what it writes; of much only the beginning: it will ask again for the rest. -1 and errno
   EFAULT: that is not in its memory. Others: we may not read it. */
static ssize_t copy_text(const struct seccomp_notif *ask, char *text, size_t size)
{
    static struct iovec parts[MOST_PARTS];
    const uint64_t *argument = (const uint64_t *)ask->data.args;
    struct iovec here = {text, size}, table = {parts, 0};
    struct iovec there = {NULL, (size_t)argument[2]};

    memcpy(&there.iov_base, &argument[1], sizeof there.iov_base);
    if (ask->data.nr == SYS_write)
        return process_vm_readv((pid_t)ask->pid, &here, 1, &there, 1, 0);
    if (argument[2] > MOST_PARTS ||
        (ask->data.nr == SYS_pwritev2 && ((int64_t)argument[3] != -1 || argument[5])))
        return errno = EINVAL, -1;
    table.iov_len = there.iov_len = argument[2] * sizeof parts[0];
    if (table.iov_len == 0 || process_vm_readv((pid_t)ask->pid, &table, 1, &there, 1,
                                               0) != (ssize_t)table.iov_len)
        return errno = EINVAL, -1;
    return process_vm_readv((pid_t)ask->pid, &here, 1, parts, argument[2], 0);
}

static void report_text(const char *word, int pid, const char *text, size_t length)
{
    char packet[PACKET - 1];
    size_t head = (size_t)sprintf(packet, "%s %d ", word, pid);

    for (size_t part; length > 0; text += part, length -= part) {
        part = length < sizeof packet - head ? length : sizeof packet - head;
        memcpy(packet + head, text, part);
        report_packet(packet, head + part);
    }
}

static char stay[64]; /* in a line of whom we let wait; empty: of nobody */
static struct seccomp_notif_resp stayed; /* id 0: nobody waits */
static int stays_at;

void notify_stay(const char *text)
{
    snprintf(stay, sizeof stay, "%s", text);
}

void notify_go(void)
{
    if (stayed.id)
        ioctl(stays_at, SECCOMP_IOCTL_NOTIF_SEND, &stayed);
    stayed.id = 0;
    *stay = '\0';
}

static bool has_stay(const char *text, size_t length)
{
    char copy[sizeof stay], *rest, *part;

    strcpy(copy, stay);
    for (part = strtok_r(copy, "|", &rest); part; part = strtok_r(NULL, "|", &rest))
        if (memmem(text, length, part, strlen(part)))
            return true;
    return false;
}

/* The first line of them. Its writer is told that it is written when somebody says so. */
static bool must_stay(int listener, const struct seccomp_notif_resp *answer,
                      const char *text, ssize_t length)
{
    if (*stay == '\0' || length <= 0 || !has_stay(text, (size_t)length))
        return false;
    *stay = '\0';
    stayed = *answer;
    stays_at = listener;
    return true;
}

/* What goes to stdout or stderr goes through init, and so it is known who has written it. It counts
   when the answer is taken: who was killed has written nothing. */
static void take_write(int listener, int proc, const struct seccomp_notif *ask,
                       struct seccomp_notif_resp *answer)
{
    static char text[MOST_TEXT];
    const char *stream = stream_of(proc, ask);
    int pid = stream ? process_of(proc, (int)ask->pid) : 0;

    if (stream)
        report_moves(proc, pid);
    ssize_t length = stream ? copy_text(ask, text, sizeof text) : -1;
    if (length >= 0) {
        answer->flags = 0;
        answer->val = length;
    } else if (stream && errno == EFAULT) {
        answer->flags = 0;
        answer->error = -EFAULT;
    } else if (stream && (errno == EPERM || errno == ENOSYS))
        report("blind");
    if (must_stay(listener, answer, text, length) ||
        (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, answer) == 0 && length > 0))
        report_text(stream, pid, text, (size_t)length);
}

static int setns_error; /* what setns() will fail with; 0: it will not */

/* Another process may be on its way to say that it dies with its parent. Who is refused at once ends
   before that, or after it, as the machine likes: it is refused when all others sleep. */
static void await_sleep_of_others(int proc, int asker)
{
    int pids[64], count, asleep = 0;

    for (int turn = 0; turn < 1000 && asleep < 3; turn++) {
        asleep++;
        count = list_pids(proc, pids, 64);
        for (int i = 0; i < count; i++)
            if (pids[i] != 1 && pids[i] != asker && strchr("RD", state_of(proc, pids[i])))
                asleep = 0;
        poll(NULL, 0, 1); /* usleep() would ask init: us */
    }
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
    switch (ask.data.nr) {
    case SYS_write:
    case SYS_writev:
    case SYS_pwritev2:
        take_write(listener, proc, &ask, &answer);
        return;
    case SYS_execve:
    case SYS_execveat:
        if ((program_runs || (pid_t)ask.pid != program) && !may_start(proc, &ask)) {
            answer.flags = 0;
            answer.error = -EACCES;
        }
        program_runs |= (pid_t)ask.pid == program;
        break;
    case SYS_setns:
        if (setns_error) {
            await_sleep_of_others(proc, process_of(proc, (int)ask.pid));
            answer.flags = 0;
            answer.error = -setns_error;
        }
        break;
    default:
        if (!report_touched(&ask))
            report_timer(proc, &ask);
    }
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

/* --- what no namespace divides ----------------------------------------------------------------- */

/* Of these the machine has one for all: events of asynchronous I/O, locks and leases on files that
   everybody reads, notices of what others do with them, keys, and what they have not written to a disk
   yet. A cage that took them would be felt outside, and two could talk. What is left: terminals, of
   which the kernel keeps a thousand for the machine itself; what a user may have at most of pipes,
   messages and pending signals, for root of the cage is a user of its own; load, which everybody sees.
   The first of them, OF_GUEST, are not refused in a guest that may be touched: nobody else is there. */
#define NOTHING_DONE(number) IF_CALL(number, SECCOMP_RET_ERRNO)
#define UNLOCKED(command) IF_CALL(command, SECCOMP_RET_ERRNO | ENOLCK)
enum { OF_GUEST = 7 * 2 /* instructions, behind the first one */ };
static const struct sock_filter machine[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    IF_CALL(SYS_perf_event_open, REFUSE), /* OF_GUEST: these */
    IF_CALL(SYS_bpf, REFUSE),
    NOTHING_DONE(SYS_sync),
    NOTHING_DONE(SYS_syncfs),
    NOTHING_DONE(SYS_fsync),
    NOTHING_DONE(SYS_fdatasync),
    NOTHING_DONE(SYS_sync_file_range),
    IF_CALL(SYS_io_setup, REFUSE),
#ifdef SYS_inotify_init
    IF_CALL(SYS_inotify_init, REFUSE),
#endif
    IF_CALL(SYS_inotify_init1, REFUSE),
    IF_CALL(SYS_fanotify_init, REFUSE),
    IF_CALL(SYS_add_key, REFUSE),
    IF_CALL(SYS_request_key, REFUSE),
    IF_CALL(SYS_keyctl, REFUSE),
    IF_CALL(SYS_userfaultfd, REFUSE),
    IF_CALL(SYS_quotactl, REFUSE),
    IF_CALL(QUOTACTL_FD, REFUSE),
    IF_CALL(CACHESTAT, REFUSE),
    IF_CALL(SYS_flock, SECCOMP_RET_ERRNO | ENOLCK),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 0, 14),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
    UNLOCKED(F_SETLK),
    UNLOCKED(F_SETLKW),
    UNLOCKED(F_OFD_SETLK),
    UNLOCKED(F_OFD_SETLKW),
    UNLOCKED(F_SETLEASE),
    UNLOCKED(F_NOTIFY),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

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
    {"sethostname", {SYS_sethostname}},
    {"mount", {SYS_mount}},
    {"shmget", {SYS_shmget}},
    {"bind", {SYS_bind}},
    {"connect", {SYS_connect}},
    {"bpf", {SYS_bpf}},
    {"setns", {SYS_setns}}};

static const struct {
    const char *name;
    int number;
} errors[] = {{"EPERM", EPERM},
              {"EAGAIN", EAGAIN},
              {"ENOSPC", ENOSPC},
              {"EROFS", EROFS},
              {"ENOMEM", ENOMEM}};

static struct sock_filter refusal[32];
static size_t refusals;

static bool install_refusal(bool guest)
{
    struct sock_filter all[160];
    const size_t skipped = guest ? OF_GUEST : 0,
                 first = sizeof machine / sizeof machine[0] - skipped;
    struct sock_fprog code = {(unsigned short)(first + refusals + 1), all};

    memcpy(all, machine, sizeof machine[0]);
    memcpy(all + 1, machine + 1 + skipped, (first - 1) * sizeof machine[0]);
    memcpy(all + first, refusal, refusals * sizeof refusal[0]);
    all[first + refusals] =
        (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &code) == 0;
}

/* Whether it can be had is tried in a process of its own. */
static int try_refusal(void)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit(install_refusal(false) ? 0 : errno);
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
                if (strcmp(call, "setns") == 0 && !program_runs) /* init can see to it */
                    return setns_error = errors[j].number, 0;
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

void refuse_from_now_on(bool guest)
{
    install_refusal(guest);
}
