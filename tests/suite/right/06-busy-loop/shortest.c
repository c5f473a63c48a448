/* What: As short as it can be. */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
static volatile int stop;
static double had[CPU_SETSIZE], then;
static double t(clockid_t c) { struct timespec s; clock_gettime(c, &s); return s.tv_sec + s.tv_nsec / 1e9; }
static void on(int n) { (void)n; stop = 1; }
static void book(int cpu) { double now = t(CLOCK_THREAD_CPUTIME_ID); if (cpu >= 0) had[cpu] += now - then; then = now; }
int main(int n, char **a)
{
    char *end = "";
    double begin = t(CLOCK_MONOTONIC), s = n > 1 ? strtod(a[1], &end) : 0;
    if (n > 2 || *end || s < 0 || (n == 2 && !*a[1])) errx(2, "usage: busy-loop [SECONDS]");
    signal(SIGINT, on), signal(SIGTERM, on), setlinebuf(stdout), printf("PID %d\n", getpid());
    int last = -1;
    do {
        int cpu = sched_getcpu();
        if (cpu != last) book(last), printf("%.3f s: CPU %d\n", t(CLOCK_MONOTONIC) - begin, last = cpu);
    } while (!stop && t(CLOCK_MONOTONIC) - begin < s);
    book(last);
    for (int c = 0; c < CPU_SETSIZE; c++) if (had[c] > 0) printf("CPU %d: %.3f s\n", c, had[c]);
}
