// lab: 02-unshare-fork
// what: takes the CPUs from others: nice -20, real-time classes, its limits, and makes itself the last
//       one that the kernel ends when memory runs out
// stops: its capabilities are those of a user namespace
// expect: refused: nice -20
// expect: refused: SCHED_FIFO
// expect: refused: oom_score_adj -1000
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void tried(const char *what, bool failed)
{
    printf(failed ? "refused: %s: %s\n" : "got through: %s\n", what, strerror(errno));
}

static void limit(const char *what, int resource, rlim_t most)
{
    tried(what, setrlimit(resource, &(struct rlimit){most, most}) == -1);
}

int main(void)
{
    struct sched_param first = {.sched_priority = 99};
    int fd = open("/proc/self/oom_score_adj", O_WRONLY);

    tried("nice -20", setpriority(PRIO_PROCESS, 0, -20) == -1);
    tried("SCHED_FIFO", sched_setscheduler(0, SCHED_FIFO, &first) == -1);
    tried("SCHED_RR", sched_setscheduler(0, SCHED_RR, &first) == -1);
    tried("real-time disk", syscall(SYS_ioprio_set, 1, 0, 1 << 13) == -1);
    tried("oom_score_adj -1000", write(fd, "-1000", 5) == -1);
    limit("more processes", RLIMIT_NPROC, 100000);
    limit("larger files", RLIMIT_FSIZE, RLIM_INFINITY);
    limit("more files", RLIMIT_NOFILE, 100000);
    limit("core files", RLIMIT_CORE, RLIM_INFINITY);
    return 0;
}
