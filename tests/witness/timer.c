/* What time a process of the cage asks the kernel for: to sleep, to wait so long at most, or to be woken
   by a timer. What it asked for is still in its memory. */
#define _GNU_SOURCE
#include "witness.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { EPOLL_PWAIT2 = 441 };

/* Where the time is: the number of an argument, or of one that points to it. A timer's interval
   comes before its time. */
enum form { MILLISECONDS, SECONDS, TIMESPEC, TIMEVAL, TIMERSPEC, TIMERVAL };
static const struct call {
    long number;
    enum form form;
    int at, flags; /* flags: -1: none, it is never a moment of a clock */
} calls[] = {
#ifdef SYS_alarm
    {SYS_alarm, SECONDS, 0, -1},
    {SYS_poll, MILLISECONDS, 2, -1},
    {SYS_epoll_wait, MILLISECONDS, 3, -1},
    {SYS_select, TIMEVAL, 4, -1},
#endif
    {SYS_nanosleep, TIMESPEC, 0, -1},
    {SYS_clock_nanosleep, TIMESPEC, 2, 1},
    {SYS_setitimer, TIMERVAL, 1, -1},
    {SYS_timer_settime, TIMERSPEC, 2, 1},
    {SYS_timerfd_settime, TIMERSPEC, 2, 1},
    {SYS_epoll_pwait, MILLISECONDS, 3, -1},
    {EPOLL_PWAIT2, TIMESPEC, 3, -1},
    {SYS_ppoll, TIMESPEC, 2, -1},
    {SYS_pselect6, TIMESPEC, 4, -1},
    {SYS_rt_sigtimedwait, TIMESPEC, 2, -1},
    {SYS_futex, TIMESPEC, 3, 1}};

static double clock_says(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Two numbers, of a timespec or a timeval. */
static double read_time(int proc, int pid, uint64_t address, double unit)
{
    char path[32];
    long time[2] = {0, 0};

    snprintf(path, sizeof path, "%d/mem", pid);
    int memory = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (memory == -1)
        return 0;
    if (pread(memory, time, sizeof time, (off_t)address) != sizeof time)
        time[0] = time[1] = 0;
    close(memory);
    return (double)time[0] + (double)time[1] * unit;
}

static double read_argument(int proc, int pid, const struct call *call, uint64_t argument)
{
    switch (call->form) {
    case SECONDS:
        return (double)(unsigned)argument;
    case MILLISECONDS:
        return (double)(int)argument / 1000;
    case TIMESPEC:
        return read_time(proc, pid, argument, 1e-9);
    case TIMEVAL:
        return read_time(proc, pid, argument, 1e-6);
    case TIMERSPEC:
        return read_time(proc, pid, argument + 2 * sizeof(long), 1e-9);
    case TIMERVAL:
        return read_time(proc, pid, argument + 2 * sizeof(long), 1e-6);
    }
    return 0;
}

/* A moment of which clock need not be told: no machine has been up for thirty years. */
double time_asked(int proc, int pid, long number, const uint64_t *arguments)
{
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (calls[i].number == number) {
            uint64_t flags = calls[i].flags == -1 ? 0 : arguments[calls[i].flags];
            double time = read_argument(proc, pid, &calls[i], arguments[calls[i].at]);
            if (number == SYS_futex) /* 0 is FUTEX_WAIT, all others wait for a moment */
                flags = (flags & 0x7f) != 0;
            if (flags & TIMER_ABSTIME)
                time -= clock_says(time > 1e9 ? CLOCK_REALTIME : CLOCK_MONOTONIC);
            return time;
        }
    return 0;
}

double time_waited_for(int proc, int pid)
{
    char path[32], text[256];
    unsigned long argument[6];
    uint64_t arguments[6];
    long number;

    snprintf(path, sizeof path, "%d/syscall", pid);
    if (!read_at(proc, path, text, sizeof text) ||
        sscanf(text, "%ld %lx %lx %lx %lx %lx %lx", &number, argument, argument + 1,
               argument + 2, argument + 3, argument + 4, argument + 5) != 7)
        return 0;
    for (int i = 0; i < 6; i++)
        arguments[i] = argument[i];
    return time_asked(proc, pid, number, arguments);
}
