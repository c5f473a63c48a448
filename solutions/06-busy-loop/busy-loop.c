/*
 * busy-loop [SECONDS]: the process that never sleeps.
 *
 * Shows:   a loop is always ready to run, so it always has a CPU, the one in ps's PSR column.
 *          The scheduler may move it at any moment, unless a cpuset or an affinity forbids it.
 * Article: the cpuset walk, steps 1 to 3 (there it is a shell script).
 * Prints:  PID N
 *          S.SSS s: CPU N     at the start, and for each change that it notices
 *          CPU N: S.SSS s     at the end: the CPU time that it had of each CPU
 * Try:     ./busy-loop 60 &   then   ps -eLo ruser,lwp,psr,args | grep busy-loop   a few times,
 *          and   taskset -cp 0 PID   ,   taskset -cp 1 PID . SECONDS may have a fraction.
 * Pages:   sched_getcpu(3), clock_gettime(2), ps(1)
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CPUS = 8192 }; /* as many as Linux can be built for */

static volatile sig_atomic_t stop = 0;
static double used[MAX_CPUS]; /* seconds */

static void on_signal(int number)
{
    stop = number;
}

static double parse_seconds(int argc, char *argv[])
{
    const char *text = argc < 2 ? "0" : argv[1];
    size_t length = strspn(text, "0123456789.");
    char *end;
    double seconds = strtod(text, &end);

    if (argc > 2 || text[length] != '\0' || *end != '\0' ||
        !strpbrk(text, "0123456789")) {
        fputs("usage: busy-loop [SECONDS]   (may have a fraction, default 0)\n", stderr);
        exit(2);
    }
    return seconds;
}

static double read_clock(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Work that a compiler would remove as useless, were the counter not volatile. */
static void burn(void)
{
    for (volatile int i = 0; i < 1000; i++)
        ;
}

/* The CPU time since the last call belongs to the CPU that we were on since then. */
static void account(int cpu)
{
    static double before = 0;
    double now = read_clock(CLOCK_PROCESS_CPUTIME_ID);

    if (cpu >= 0)
        used[cpu] += now - before;
    before = now;
}

static void loop(double seconds)
{
    double start = read_clock(CLOCK_MONOTONIC), elapsed = 0;
    int last = -1;

    do {
        // BEGIN SOLUTION
        //| // TODO: ask which CPU this process is on, once each turn, not once for all. When it
        //| // is another one than last: account(last), printf("%.3f s: CPU %d\n", elapsed, cpu)
        //| // and remember it. Then burn() some time: a process that sleeps is on no CPU.
        //| fputs("busy-loop: TODO: watch the CPU, never sleep\n", stderr);
        //| (void)burn, stop = SIGTERM;
        int cpu = sched_getcpu();

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

int main(int argc, char *argv[])
{
    double seconds = parse_seconds(argc, argv);
    struct sigaction action = {.sa_handler = on_signal};

    setvbuf(stdout, NULL, _IOLBF, 0); /* each line leaves at once, also into a pipe */
    sigaction(SIGINT, &action,
              NULL); /* a handler also makes PID 1 of a namespace listen */
    sigaction(SIGTERM, &action, NULL);

    printf("PID %d\n", getpid());
    loop(seconds);
    for (int cpu = 0; cpu < MAX_CPUS; cpu++)
        if (used[cpu] > 0)
            printf("CPU %d: %.3f s\n", cpu, used[cpu]);
    return 0;
}
