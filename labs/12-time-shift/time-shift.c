/*
 * time-shift DAYS [SECONDS]: a child for which the machine has been up for longer.
 *
 * Shows:   unshare(CLONE_NEWTIME) moves nobody: it makes a time namespace for the next child, as
 *          CLONE_NEWPID does. Its clocks since the start can be set; the date is everybody's.
 * Article: "Namespaces", the table of kinds: this one came later (Linux 5.6).
 * Prints:  parent: up D days              child: up D+DAYS days
 *          parent: today is DATE          child: today is DATE
 * Write:   about 10 lines: up_days(), then make_namespace().
 * Try:     make run12 ARGS='100 60'   then, from a second terminal, with each of the PIDs:
 *          cat /proc/PID/timens_offsets   and   ls -l /proc/PID/ns | grep time
 * Pages:   time_namespaces(7), clock_gettime(2), unshare(2)
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifndef CLONE_NEWTIME /* before glibc 2.31 */
#define CLONE_NEWTIME 0x80
#endif
#define todo(what) errx(1, "%s", what)

enum { DAY = 24 * 60 * 60 }; /* seconds */

static long up_days(void)
{
    struct timespec up = {0, 0};
    todo("TODO 1: call clock_gettime() for the clock that counts since the start");
    return (long)up.tv_sec / DAY;
}

static void make_namespace(unsigned long days)
{
    todo("TODO 2: call unshare(), and err() if it fails");
    todo("TODO 3: write a line into /proc/self/timens_offsets: boottime SECONDS 0");
}

/* --- given; read it later ------------------------------------------------------------------- */

static void print_date(const char *who)
{
    time_t now = time(NULL);
    char date[16];
    strftime(date, sizeof date, "%Y-%m-%d", localtime(&now));
    printf("%s: today is %s\n", who, date);
}

/* A whole number without a sign; anything else, or none, gives the usage line. */
static unsigned long number(const char *text, unsigned long most)
{
    char *end;
    unsigned long value = text ? strtoul(text, &end, 10) : 0;
    if (text && *text >= '0' && *text <= '9' && *end == '\0' && value <= most)
        return value;
    fputs("usage: time-shift DAYS [SECONDS]   (whole numbers)\n", stderr);
    exit(2);
}

/* The child stays for SECONDS, but not longer than its parent lives. */
static _Noreturn void run_child(unsigned seconds, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        exit(1);
    printf("child: up %ld days\n", up_days());
    print_date("child");
    sleep(seconds);
    exit(ferror(stdout) != 0);
}

int main(int argc, char *argv[])
{
    pid_t parent = getpid();
    int status;

    unsigned long days = number(argc > 3 ? NULL : argv[1], 99999);
    unsigned seconds = (unsigned)number(argc == 3 ? argv[2] : "0", 999999999);
    setvbuf(stdout, NULL, _IOLBF, 0); /* a line leaves at once, also into a pipe */
    printf("parent: up %ld days\n", up_days());
    make_namespace(days);
    pid_t pid = fork();
    if (pid == -1)
        err(1, "fork");
    if (pid == 0)
        run_child(seconds, parent);
    print_date("parent");
    waitpid(pid, &status, 0);
    return status != 0 || ferror(stdout);
}
