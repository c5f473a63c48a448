/*
 * counter: the page faults of GROUP, on each CPU, as a counter of our own says; and page faults of a trusted
 * process, in the group or outside of it, so many as nobody can foresee. perf_event_open(2) takes the folder of
 * a group where it takes a PID otherwise. The kernel counts them itself: a virtual machine has no hardware for it.
 */
#define _GNU_SOURCE
#include "witness.h"
#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = CPU_SETSIZE };
static int counters[MOST]; /* of CPU N; 0: there is none */

bool counter_open(int group)
{
    struct perf_event_attr what = {.type = PERF_TYPE_SOFTWARE,
                                   .size = sizeof what,
                                   .config = PERF_COUNT_SW_PAGE_FAULTS};
    bool all = true;

    counter_close();
    for (int cpu = cpus.first; all && cpu <= cpus.last; cpu++) {
        int fd = (int)syscall(SYS_perf_event_open, &what, group, cpu, -1,
                              PERF_FLAG_PID_CGROUP | PERF_FLAG_FD_CLOEXEC);
        all = fd != -1 || errno == ENODEV; /* that CPU is switched off */
        counters[cpu] = fd == -1 ? 0 : fd;
    }
    return all;
}

void counter_print(void)
{
    unsigned long long number;

    for (int cpu = cpus.first; cpu <= cpus.last; cpu++)
        if (counters[cpu] && read(counters[cpu], &number, sizeof number) == sizeof number)
            record("counted %d %llu", cpu, number);
}

void counter_close(void)
{
    for (int cpu = 0; cpu < MOST; cpu++) {
        if (counters[cpu])
            close(counters[cpu]);
        counters[cpu] = 0;
    }
}

static bool touch(int pages)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = (size_t)pages * page;
    char *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    for (size_t at = 0; memory != MAP_FAILED && at < size; at += page)
        ((volatile char *)memory)[at] = 1;
    return memory != MAP_FAILED;
}

void counter_fault(int pages, bool (*enter)(void))
{
    int status = 0;
    pid_t helper = fork();

    if (helper == -1)
        broken("fork");
    if (helper == 0)
        _exit((enter && !enter()) || !touch(pages));
    while (waitpid(helper, &status, 0) == -1 && errno == EINTR)
        ;
    if (status != 0) {
        errno = EBUSY;
        broken("a helper that touches memory");
    }
}
