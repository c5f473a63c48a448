/*
 * cgroup-perf-count GROUP: a group is counted, on each CPU by itself, and nobody outside of it.
 *
 * Shows:   perf_event_open() takes a group instead of a PID. It has no file: the folder is what is
 *          opened. Such a counter belongs to a CPU, and runs while somebody of the group is on it.
 * Article: "Control groups", the subsystem perf_event.
 * Prints:  child: touched N pages on CPU C       a line for each CPU
 *          parent: touched N pages, outside
 *          cpu C: N page faults                  a line for each CPU
 *          group: N page faults
 * Write:   nothing. It is a demonstration, for a virtual machine: it counts on all CPUs.
 * Try:     make run22 VM=1 ARGS=GROUP            GROUP is an empty group, made for you and removed again
 * Pages:   perf_event_open(2), cgroups(7)
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { INSIDE = 100, OUTSIDE = 1000 }; /* pages */

static cpu_set_t cpus;        /* those that we may use */
static void touch(int pages); /* of new memory: a page fault each */
static void go_to(int cpu);   /* and stay on it */
static unsigned long long value(int counter);

/* Not of hardware, which a virtual machine may not have: the kernel counts page faults itself. */
static int open_counter(int group, int cpu)
{
    struct perf_event_attr what = {.type = PERF_TYPE_SOFTWARE,
                                   .size = sizeof what,
                                   .config = PERF_COUNT_SW_PAGE_FAULTS};
    int counter = (int)syscall(SYS_perf_event_open, &what, group, cpu, -1,
                               PERF_FLAG_PID_CGROUP | PERF_FLAG_FD_CLOEXEC);

    if (counter == -1)
        err(1, "perf_event_open");
    return counter;
}

static void child(int group)
{
    int procs = openat(group, "cgroup.procs", O_WRONLY | O_CLOEXEC);

    if (procs == -1 || write(procs, "0", 1) == -1) /* who writes, enters */
        err(1, "cgroup.procs");
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &cpus)) {
            go_to(cpu);
            touch(INSIDE);
            printf("child: touched %d pages on CPU %d\n", INSIDE, cpu);
        }
}

int main(int argc, char *argv[])
{
    int counter[CPU_SETSIZE], status;
    unsigned long long all = 0;

    if (argc != 2)
        return fputs("usage: cgroup-perf-count GROUP   (a folder)\n", stderr), 2;
    int group = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (group == -1)
        err(1, "%s", argv[1]);
    setvbuf(stdout, NULL, _IOLBF, 0); /* a line leaves at once, also into a pipe */
    sched_getaffinity(0, sizeof cpus, &cpus);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        counter[cpu] = CPU_ISSET(cpu, &cpus) ? open_counter(group, cpu) : -1;

    pid_t pid = fork();
    if (pid == -1)
        err(1, "fork");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        child(group);
        exit(0);
    }
    touch(OUTSIDE);
    printf("parent: touched %d pages, outside\n", OUTSIDE);
    waitpid(pid, &status, 0);
    if (status != 0)
        return 1; /* the child has said why */
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (counter[cpu] != -1) {
            printf("cpu %d: %llu page faults\n", cpu, value(counter[cpu]));
            all += value(counter[cpu]);
        }
    printf("group: %llu page faults\n", all);
    return ferror(stdout) != 0;
}

/* --- given; read it later ------------------------------------------------------------------- */

static void touch(int pages)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = (size_t)pages * page;
    char *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        err(1, "mmap");
    for (size_t at = 0; at < size; at += page)
        ((volatile char *)memory)[at] = 1;
    munmap(memory, size);
}

static void go_to(int cpu)
{
    cpu_set_t one;

    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    if (sched_setaffinity(0, sizeof one, &one) == -1)
        err(1, "sched_setaffinity");
}

static unsigned long long value(int counter)
{
    unsigned long long number = 0;

    if (read(counter, &number, sizeof number) != sizeof number)
        err(1, "read");
    return number;
}
