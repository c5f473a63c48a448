/*
 * canary FILE COMMAND [ARGUMENT]...: runs a command beside what no stranger's program may touch: a
 * TCP port and a socket in the abstract namespace that nobody may come to, a key in the keyring that
 * the command inherits, and this process; and of which it wants a little itself: events of asynchronous
 * I/O, a lock on /usr/bin. The command is told of them in PORT, SOCKET and CANARY.
 * What became of them is written to FILE, a line each; nothing: it is as before.
 * Exit status: the command's.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { JOIN = 1, READ = 11, SESSION = -3 }; /* of keyctl(2) */

static void tell(const char *name, int number)
{
    char text[32];

    snprintf(text, sizeof text, "%d", number);
    setenv(name, text, 1);
}

static int listen_tcp(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (bind(fd, (struct sockaddr *)&at, sizeof at) == -1 || listen(fd, 8) == -1 ||
        getsockname(fd, (struct sockaddr *)&at, &size) == -1)
        perror("TCP");
    tell("PORT", ntohs(at.sin_port));
    return fd;
}

static int listen_abstract(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int length =
        snprintf(at.sun_path + 1, sizeof at.sun_path - 1, "oslabs-canary-%d", getpid());

    if (bind(fd, (struct sockaddr *)&at,
             (socklen_t)(sizeof at.sun_family + 1 + (size_t)length)) == -1 ||
        listen(fd, 8) == -1)
        perror("abstract socket");
    setenv("SOCKET", at.sun_path + 1, 1);
    return fd;
}

/* Kernels without keys have none that could be touched. */
static long keys(void)
{
    int key[16];

    return syscall(SYS_keyctl, READ, SESSION, key, sizeof key) / (long)sizeof *key;
}

/* What nobody may take away, or NULL. */
static const char *taken(void)
{
    static int folder = -1;
    unsigned long context = 0;

    if (folder == -1)
        folder = open("/usr/bin", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (syscall(SYS_io_setup, 1, &context) == -1 && errno == EAGAIN)
        return "the events of asynchronous I/O";
    syscall(SYS_io_destroy, context);
    if (flock(folder, LOCK_SH | LOCK_NB) == -1 && errno == EWOULDBLOCK)
        return "the lock on /usr/bin";
    flock(folder, LOCK_UN);
    return NULL;
}

int main(int argc, char *argv[])
{
    int status = 0;

    if (argc < 3) {
        fputs("usage: canary FILE COMMAND [ARGUMENT]...\n", stderr);
        return 2;
    }
    FILE *file = fopen(argv[1], "we");
    if (syscall(SYS_keyctl, JOIN, NULL) != -1)
        syscall(SYS_add_key, "user", "oslabs-canary", "a secret", 8, SESSION);
    struct pollfd wait[] = {{listen_tcp(), POLLIN, 0}, {listen_abstract(), POLLIN, 0}};
    long before = keys();
    tell("CANARY", getpid());
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    while (file && waitpid(child, &status, WNOHANG) == 0) {
        const char *what = taken();
        if (what)
            fprintf(file, "somebody took %s\n", what);
        if (poll(wait, 2, 20) > 0) {
            fprintf(file, "somebody came to the %s\n",
                    wait[0].revents ? "port" : "abstract socket");
            close(accept4(wait[wait[0].revents ? 0 : 1].fd, NULL, NULL, SOCK_CLOEXEC));
        }
    }
    if (keys() != before)
        fprintf(file, "the keyring had %ld keys, and has %ld\n", before, keys());
    return file && fclose(file) == 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 70;
}
