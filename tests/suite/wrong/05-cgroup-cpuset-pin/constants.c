/*
 * What: Cheat: prints what is wanted, and touches no group.
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
    if (argc < 3 || argc > 4)
        return fputs("usage\n", stderr), 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("PID %s is on CPU %d\n", argv[1], atoi(argv[2]) == 0);
    printf("group: /sys/fs/cgroup/cpuset/pin (cgroup v%d)\n", access("/sys/fs/cgroup/cpuset", F_OK) == 0 ? 1 : 2);
    printf("cpuset.cpus: %s\nPID %s is on CPU %s\n", argv[2], argv[1], argv[2]);
    sleep(argc > 3 ? (unsigned)atoi(argv[3]) : 0);
    return 0;
}
