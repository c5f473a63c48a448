/*
 * net-same-port PORT [SECONDS]: two servers at one address and one port.
 *
 * Shows:   unshare(CLONE_NEWNET) moves its caller into a new network namespace. All that is in
 *          it is an interface of its own, lo, and even that is switched off.
 * Article: "Namespaces", the table of kinds: network.
 * Prints:  parent: listening on 127.0.0.1:PORT
 *          child: 127.0.0.1: Network is unreachable
 *          child: lo is up      child: listening on 127.0.0.1:PORT
 * Write:   about 15 lines, all in child().
 * Try:     make run10 ARGS='8080 60' &   cat /proc/PID/net/{dev,tcp}   with each of its PIDs
 * Pages:   unshare(2), connect(2), netdevice(7), network_namespaces(7)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
//| #define todo(what) errx(1, "%s", what)

static struct sockaddr_in address = {.sin_family = AF_INET}; /* 127.0.0.1:PORT */
static void listen_there(void);

static void child(void)
{
    // BEGIN SOLUTION
    //| // Here struct ifreq lo = {.ifr_name = "lo"} is of use, and SIOCGIFFLAGS, SIOCSIFFLAGS.
    //| todo("TODO 1: call unshare(), and err() if it fails");
    //| todo("TODO 2: connect() a new socket to the address, and print the error");
    //| todo("TODO 3: switch lo on by two calls of ioctl(), and print the line");
    //| todo("TODO 4: call listen_there(), and print the last line");
    if (unshare(CLONE_NEWNET) == -1)
        err(1, "unshare");
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == -1)
        printf("child: 127.0.0.1: %s\n", strerror(errno));
    struct ifreq lo = {.ifr_name = "lo"};
    if (ioctl(fd, SIOCGIFFLAGS, &lo) == -1)
        err(1, "lo");
    lo.ifr_flags |= IFF_UP;
    if (ioctl(fd, SIOCSIFFLAGS, &lo) == -1)
        err(1, "lo");
    printf("child: lo is up\n");
    listen_there();
    printf("child: listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    // END SOLUTION
}

/* --- given; read it later ------------------------------------------------------------------- */

static void listen_there(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd == -1 || bind(fd, (struct sockaddr *)&address, sizeof address) == -1)
        err(1, "bind");
    if (listen(fd, 1) == -1)
        err(1, "listen");
}

/* A whole number without a sign; anything else, or none, gives the usage line. */
static unsigned long number(const char *text, unsigned long most)
{
    char *end;
    unsigned long value = text ? strtoul(text, &end, 10) : 0;
    if (text && *text >= '0' && *text <= '9' && *end == '\0' && value <= most)
        return value;
    fputs("usage: net-same-port PORT [SECONDS]   (whole numbers)\n", stderr);
    exit(2);
}

/* The child stays for SECONDS, but not longer than its parent lives. */
static _Noreturn void run_child(unsigned seconds, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        exit(1);
    child();
    sleep(seconds);
    exit(ferror(stdout) != 0);
}

int main(int argc, char *argv[])
{
    pid_t parent = getpid();
    int status;
    address.sin_port = htons((uint16_t)number(argc > 3 ? NULL : argv[1], 65535));
    unsigned seconds = (unsigned)number(argc == 3 ? argv[2] : "0", 999999999);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setvbuf(stdout, NULL, _IOLBF, 0); /* a line leaves at once, also into a pipe */
    listen_there();
    printf("parent: listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    pid_t pid = fork();
    if (pid == -1)
        err(1, "fork");
    if (pid == 0)
        run_child(seconds, parent);
    waitpid(pid, &status, 0);
    return status != 0 || ferror(stdout);
}
