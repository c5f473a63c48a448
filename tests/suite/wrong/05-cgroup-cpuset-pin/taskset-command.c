/*
 * What: Shells out: taskset(1) sets the affinity.
 * Fails: mkdir() makes a group; what the kernel refuses is said: exit status 1
 * Says: no other program does it for it
 * Hint: Another program was to be started
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
    char command[100];

    if (argc < 3 || argc > 4)
        return fputs("usage\n", stderr), 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("PID %s is on CPU %d\n", argv[1], atoi(argv[2]) == 0);
    snprintf(command, sizeof command, "taskset -cp %s %s", argv[2], argv[1]);
    if (system(command) != 0)
        return 1;
    printf("group: /sys/fs/cgroup/cpuset/pin (cgroup v1)\ncpuset.cpus: %s\n", argv[2]);
    printf("PID %s is on CPU %s\n", argv[1], argv[2]);
    sleep(argc > 3 ? (unsigned)atoi(argv[3]) : 0);
    return 0;
}
