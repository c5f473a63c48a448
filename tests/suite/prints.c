/*
 * prints [WAY]: prints lines "PID WAY" on stdout in many ways, each by the process of that PID; by
 * splice(2) and sendfile(2), too, which do not tell who it was. tests/suite/witness.bats says what
 * must come of it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 500 };

static const char *line(const char *way)
{
    static char text[128];

    snprintf(text, sizeof text, "%d %s\n", getpid(), way);
    return text;
}

static void say(int fd, const char *way)
{
    const char *text = line(way);

    if (write(fd, text, strlen(text)) == -1)
        exit(errno);
}

static void by_write(const char *way)
{
    say(1, way);
}

static void by_writev(const char *way)
{
    char text[64];
    struct iovec parts[] = {{text, 3}, {NULL, 0}, {text + 3, strlen(line(way)) - 3}};

    strcpy(text, line(way));
    writev(1, parts, 3);
}

static void by_pwritev2(const char *way)
{
    struct iovec part = {(void *)line(way), strlen(line(way))};

    syscall(SYS_pwritev2, 1, &part, 1, -1L, -1L, 0);
}

static void by_duplicate(const char *way)
{
    close(0);
    close(2);
    say(dup2(1, 57), way);
}

static void by_name(const char *way)
{
    say(open("/dev/stdout", O_WRONLY), way);
    say(open("/proc/self/fd/1", O_RDWR | O_APPEND), way);
}

static void by_stdio(const char *way)
{
    FILE *file = fopen("/dev/stdout", "w");

    if (file == NULL)
        exit(errno);
    fprintf(file, "%d %s\n", getpid(), way);
    fclose(file);
}

/* A descriptor that another process has sent. */
static void by_message(const char *way)
{
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {.head = {.cmsg_len = CMSG_LEN(sizeof(int)),
                          .cmsg_level = SOL_SOCKET,
                          .cmsg_type = SCM_RIGHTS}};
    char byte = 0;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    int ends[2], fd = 1;

    socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    if (fork() == 0) {
        memcpy(CMSG_DATA(&control.head), &fd, sizeof fd);
        _exit(sendmsg(ends[0], &message, 0) != 1);
    }
    wait(NULL);
    close(1);
    if (recvmsg(ends[1], &message, 0) == 1)
        memcpy(&fd, CMSG_DATA(&control.head), sizeof fd);
    say(fd, way);
}

static void *thread(void *way)
{
    say(1, way);
    return NULL;
}

static void by_thread(const char *way)
{
    pthread_t id;

    pthread_create(&id, NULL, thread, (void *)way);
    pthread_join(id, NULL);
}

static int child(void *way)
{
    say(1, way);
    return 0;
}

static void with_our_memory(int flags, char *way)
{
    static char stack[64 * 1024] __attribute__((aligned(16)));

    clone(child, stack + sizeof stack, CLONE_VM | flags | SIGCHLD, way);
    wait(NULL);
}

static void by_vfork(const char *way)
{
    (void)way;
    with_our_memory(CLONE_VFORK, "vfork");
}

static void by_clone(const char *way)
{
    (void)way;
    with_our_memory(CLONE_FILES | CLONE_NEWPID, "in a namespace");
}

static void by_neighbour(const char *way)
{
    prctl(PR_SET_DUMPABLE, 0);
    say(1, way);
    say(1, unshare(CLONE_NEWUSER) == 0 ? way : "in its own user namespace");
}

static void by_splice(const char *way)
{
    int ends[2];

    if (pipe(ends) == 0)
        say(ends[1], way);
    splice(ends[0], NULL, 1, NULL, strlen(line(way)), 0);
}

static void by_sendfile(const char *way)
{
    int file = (int)syscall(SYS_memfd_create, "line", 0);
    off_t at = 0;

    say(file, way);
    sendfile(1, file, &at, strlen(line(way)));
}

/* The parent lends its child the end of a line. */
static void by_two(const char *way)
{
    char text[64];

    snprintf(text, sizeof text, "%d %s", getpid(), way);
    if (write(1, text, strlen(text)) > 0 && fork() == 0)
        _exit(write(1, "\n", 1) != 1);
    wait(NULL);
    if (write(1, "0 se", 4) == 4 && fork() == 0)
        _exit(write(1, "veral\n", 6) != 6);
    wait(NULL);
}

static void on_alarm(int number)
{
    (void)number;
}

/* Each line comes once, also while signals come in all the time. */
static void among_signals(const char *way)
{
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    struct itimerval often = {{0, 200}, {0, 200}};
    char text[64];

    (void)way;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 1; i <= MANY; i++) {
        snprintf(text, sizeof text, "among signals %d", i);
        say(1, text);
    }
}

static void much(const char *way)
{
    static char text[60000];

    memset(text, 'x', sizeof text);
    for (size_t i = 99; i < sizeof text; i += 100)
        text[i] = '\n';
    snprintf(text, 128, "%s", line(way));
    printf("%d much: %zd\n", getpid(), write(1, text, sizeof text));
    fflush(stdout);
}

/* How often we have given up the CPU. */
static int sleeps(void)
{
    char row[128];
    int count = 0;
    FILE *file = fopen("/proc/self/status", "r");

    while (file && fgets(row, sizeof row, file))
        sscanf(row, "voluntary_ctxt_switches: %d", &count);
    if (file)
        fclose(file);
    return count;
}

static void sleeping(const char *way)
{
    int before = sleeps();

    for (int i = 0; i < MANY; i++)
        say(1, way);
    printf("slept %d times\n", sleeps() - before);
    fflush(stdout);
}

static void tell(const char *way, ssize_t result)
{
    printf("%d %s: %s\n", getpid(), way, result == -1 ? strerror(errno) : "done");
    fflush(stdout);
}

static void mistakes(const char *way)
{
    static const char half[] = {'h', 'a', 'l', 'f', '\n'};
    char *pages =
        mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)way;
    tell("no memory", syscall(SYS_write, 1, 8, 4));
    tell("no descriptor", write(55, "x", 1));
    tell("only read", write(open("/dev/stdout", O_RDONLY), "forged\n", 7));
    tell("nothing", write(1, "", 0));
    tell("too many parts", writev(1, (struct iovec *)pages, 5000));
    tell("at a place", syscall(SYS_pwritev2, 1, &(struct iovec){"x", 1}, 1, 7L, 0L, 0));
    munmap(pages + 4096, 4096);
    memcpy(pages + 4091, half, sizeof half);
    printf("%d half: %zd\n", getpid(), write(1, pages + 4091, 100));
    fflush(stdout);
}

static const struct {
    const char *name;
    void (*act)(const char *way);
} ways[] = {{"write", by_write},
            {"sleeping", sleeping},
            {"writev", by_writev},
            {"pwritev2", by_pwritev2},
            {"duplicate", by_duplicate},
            {"name", by_name},
            {"stdio", by_stdio},
            {"message", by_message},
            {"thread", by_thread},
            {"vfork", by_vfork},
            {"clone", by_clone},
            {"neighbour", by_neighbour},
            {"splice", by_splice},
            {"sendfile", by_sendfile},
            {"two", by_two},
            {"signals", among_signals},
            {"much", much},
            {"mistakes", mistakes}};

int main(int argc, char *argv[])
{
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        if (argc < 2 || strcmp(argv[1], ways[i].name) == 0) {
            pid_t pid = fork();
            int status = 0;
            if (pid == 0) {
                ways[i].act(ways[i].name);
                _exit(0);
            }
            if (waitpid(pid, &status, 0) == -1 || status != 0)
                fprintf(stderr, "%s: status %d\n", ways[i].name, status);
        }
    return 0;
}
