/* Waiting for what is to come, and when that is given up. */
#define _GNU_SOURCE
#include "witness.h"
#include <stdlib.h>
#include <string.h>

static const double patience_silent = 2; /* seconds */
static const double patience_lost = 1;   /* seconds of CPU time */
static double patience_busy = 3;         /* seconds of CPU time */
static double patience = 20;             /* seconds asleep, for a run */
static const double patience_most = 60;  /* seconds, for a run */
static const double patience_ours = 20;  /* seconds, for what we have started ourselves */

/* Whether a process of the program is in one of these states. "RD": it has a CPU or waits for one
   or for a disk, so it goes on by itself. Who waits for an answer of init goes on as well: then init
   is busy. */
static bool something_is(const char *states)
{
    int pids[256], count = list_pids(run.cage.proc, pids, 256);

    for (int i = 0; i < count; i++) {
        char state = state_of(run.cage.proc, pids[i]);
        if (!strchr(states, state) || (pids[i] == 1 ? state != 'R' : trusted(pids[i])))
            continue;
        if (state != 'D' || !given_is_frozen()) /* v1 shows that as D */
            return true;
    }
    return false;
}

/* Time that those ask for who sleep just now: not all of them have asked init. */
static void watch_timers(void)
{
    int pids[256], count = list_pids(run.cage.proc, pids, 256);
    double seconds, moment;

    for (int i = 0; i < count; i++)
        if (!trusted(pids[i]) && state_of(run.cage.proc, pids[i]) == 'S') {
            seconds = time_waited_for(run.cage.proc, pids[i], &moment);
            take_timer(pids[i], seconds, moment);
        }
}

/* CPU time that the processes of the program have had. */
static double time_spent(void)
{
    int pids[256], count = list_pids(run.cage.proc, pids, 256);
    double sum = 0;

    for (int i = 0; i < count; i++)
        if (!trusted(pids[i]))
            sum += cpu_time_of(run.cage.proc, pids[i]);
    return sum;
}

/* An emulated processor is many times as slow; and where the real one has other work, it counts as CPU time what
   nobody has had. */
static double busy_for_too_long(void)
{
    static double times = 0;

    if (times <= 0)
        times = guest_is_virtual() ? 4 : 1;
    return patience_busy * times;
}

/* After the first time-out the later ones are shorter, so that one slow program does not delay a whole
   class. */
static const char *late(void)
{
    if (patience > patience_silent) {
        patience /= 10;
        patience_busy /= 10;
    }
    return "late";
}

bool has_ended(const char *unused)
{
    (void)unused;
    return run.ended;
}

/* NULL when done() is true in time, else why we gave up. A machine that is slow or loaded is no
   reason: what counts is that nothing in the cage can go on by itself, or that it had a CPU for
   long. A process that waits for a CPU does not sleep. */
const char *wait_until(bool (*done)(const char *), const char *text)
{
    double spent = time_spent(), turn = now(), took;
    const char *limit;

    for (;;) {
        bool ready = something_is("RD");

        if (done(text))
            return NULL;
        if (pump(10) || ready)
            run.silent = 0;
        else if (run.ended && !pump(0))
            return done(text) ? NULL : "ended";
        watch_timers();
        if (!run.stopped && (limit = excess(run.cage.proc)) != NULL)
            stop(limit);
        /* A turn that took longer was one in which we had no CPU, and init had none. */
        took = now() - turn < 0.1 ? now() - turn : 0.1;
        turn = now();
        run.silent += took;
        run.asleep += ready ? 0 : took;
        if (run.silent > patience_silent)
            return "silent";
        if (run.asleep > patience || now() - run.start > patience_most ||
            time_spent() - spent > busy_for_too_long())
            return late();
    }
}

void await(int pid, char state, int cpu)
{
    double begin = now();

    while (now() - begin < patience_ours &&
           (state_of(run.cage.proc, pid) != state ||
            (cpu != -1 && cpu_of(run.cage.proc, pid) != cpu)))
        pump(1);
}

void await_time(double seconds)
{
    double end = now() + seconds;

    while (now() < end)
        pump(10);
}

/* Whether there is anybody left who could move a process. */
static bool all_gone(void)
{
    return run.ended && !something_is("RSDTtZXI");
}

static bool is_on(int pid, int cpu)
{
    return cpu_of(run.cage.proc, pid) == cpu;
}

bool await_move(int pid, int cpu)
{
    double begin = now(), spent = cpu_time_of(run.cage.proc, pid), had = 0;

    while (!is_on(pid, cpu) && now() - begin < patience_ours / 2 &&
           had < (all_gone() ? patience_lost / 20 : patience_lost)) {
        pump(1);
        had = cpu_time_of(run.cage.proc, pid) - spent;
    }
    return is_on(pid, cpu);
}

void await_spent(int pid, double seconds)
{
    double begin = now(), end = cpu_time_of(run.cage.proc, pid) + seconds;

    while (state_of(run.cage.proc, pid) && now() - begin < patience / 10 &&
           cpu_time_of(run.cage.proc, pid) < end)
        pump(1);
}

/* Asleep for some moments in a row: a process may sleep for one that runs. */
void await_sleep(void)
{
    double begin = now();
    int still = 0;

    while (!run.ended && still < 10 && now() - begin < patience / 10)
        still = pump(1) || something_is("RD") ? 0 : still + 1;
    watch_timers();
}

/* When the program has ended, others of it may be about to die: killed, or woken by that. Who sleeps
   for some moments in a row is not; nor is a zombie whose parent sleeps, or who is busy for long. */
void await_the_dying(void)
{
    double begin = now(), spent = time_spent();
    int still = 0;

    while (!all_gone() && still < 50 && now() - begin < patience &&
           time_spent() - spent < patience_busy / 3) {
        bool active = pump(1) || something_is("RD") ||
                      (something_is("ZX") && now() - begin < patience / 10);
        still = active ? 0 : still + 1;
    }
}
