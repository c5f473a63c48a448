/*
 * busy-loop [SECONDS]: the process that never sleeps.
 *
 * Shows:   a loop is always ready to run, so it always has a CPU, the one in ps's PSR column.
 *          The scheduler may move it at any moment, unless a cpuset or an affinity forbids it.
 * Article: the cpuset walk, steps 1 to 3 (there it is a shell script).
 * Prints:  PID N
 *          S.SSS s: CPU N     at the start, and for each change that it notices
 *          CPU N: S.SSS s     at the end: the CPU time that it had of each CPU
 * Write:   7 lines in loop(): TODO 1, then TODO 2.
 * Try:     make run6 ARGS=60 &   then a few times   ps -eLo ruser,lwp,psr,args | grep busy-loop
 *          and between them   taskset -cp 0 PID   and   taskset -cp 1 PID
 * Pages:   sched_getcpu(3), clock_gettime(2), ps(1)
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
//| #define todo(what) errx(1, "%s", what)

enum { MAX_CPUS = 8192 }; /* as many as Linux can be built for */

static double read_clock(clockid_t clock);
static void account(int cpu); /* the CPU time since the last call was on this CPU */
static void burn(void);       /* work for some microseconds */

static volatile sig_atomic_t stop = 0; /* a signal has come */
static double used[MAX_CPUS];          /* the CPU time on each, in seconds */

static void loop(double seconds)
{
    double start = read_clock(CLOCK_MONOTONIC), elapsed = 0;
    int cpu, last = -1;

    do {
        // BEGIN SOLUTION
        //| // When it is not the last one: account(last), then
        //| // printf("%.3f s: CPU %d\n", elapsed, cpu), and it is the last one from now on.
        //| todo("TODO 1: in each turn, ask which CPU this process is on");
        //| todo("TODO 2: burn() some time. A process that sleeps is on no CPU");
        cpu = sched_getcpu();
        if (cpu != last && cpu >= 0 && cpu < MAX_CPUS) {
            account(last);
            printf("%.3f s: CPU %d\n", elapsed, cpu);
            last = cpu;
        }
        burn();
        // END SOLUTION
        elapsed = read_clock(CLOCK_MONOTONIC) - start;
    } while (!stop && elapsed < seconds);
    account(last);
}

/* --- given; read it later ------------------------------------------------------------------- */

static void on_signal(int number)
{
    stop = number;
}

static double read_clock(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void burn(void)
{
    for (volatile int i = 0; i < 1000; i++) /* volatile, or a compiler removes the loop */
        ;
}

static void account(int cpu)
{
    static double before = 0;
    double now = read_clock(CLOCK_PROCESS_CPUTIME_ID);

    if (cpu >= 0)
        used[cpu] += now - before;
    before = now;
}

int main(int argc, char *argv[])
{
    char *text = argc < 2 ? "0" : argv[1], *end;
    double seconds = strtod(text, &end); /* it would take "inf", "1e9" and "-1" as well */

    if (argc > 2 || end == text || end != text + strspn(text, "0123456789.") || *end) {
        fputs("usage: busy-loop [SECONDS]   (may have a fraction, default 0)\n", stderr);
        exit(2);
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* each line leaves at once, also into a pipe */
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    printf("PID %d\n", getpid());
    loop(seconds);
    for (int cpu = 0; cpu < MAX_CPUS; cpu++)
        if (used[cpu] > 0)
            printf("CPU %d: %.3f s\n", cpu, used[cpu]);
    return ferror(stdout) != 0;
}
