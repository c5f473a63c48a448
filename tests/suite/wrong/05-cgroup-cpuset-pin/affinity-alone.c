/*
 * What: sched_setaffinity(), which is no cpuset, and a group that is not there.
 * Fails: mkdir() makes a group; what the kernel refuses is said: exit status 1
 * Says: mkdir() was never called
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sched.h>
#include <signal.h>


int main(int argc, char *argv[])
{
    cpu_set_t set;

    if (argc < 3 || argc > 4)
        return fputs("usage\n", stderr), 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("PID %s is on CPU %d\n", argv[1], atoi(argv[2]) == 0);
    CPU_ZERO(&set);
    CPU_SET((size_t)atoi(argv[2]), &set);
    if (sched_setaffinity(atoi(argv[1]), sizeof set, &set) == -1)
        return perror("cgroup-cpuset-pin"), 1;
    printf("group: /sys/fs/cgroup/cpuset/pin (cgroup v%d)\n", access("/sys/fs/cgroup/cpuset", F_OK) == 0 ? 1 : 2);
    printf("cpuset.cpus: %s\nPID %s is on CPU %s\n", argv[2], argv[1], argv[2]);
    sleep(argc > 3 ? (unsigned)atoi(argv[3]) : 0);
    return 0;
}
