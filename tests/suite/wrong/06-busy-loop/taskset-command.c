/*
 * What: Shells out: taskset(1) says where it may run.
 * Fails: A running process is on a CPU, and can ask which
 * Says: no other program does it for it
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sched.h>
#include <signal.h>


int main(void)
{
    char command[100];

    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("PID %d\n", getpid());
    snprintf(command, sizeof command, "ps -o psr= -p %d", getpid());
    for (;;) {
        int cpu = -1;
        FILE *pipe = popen(command, "r");
        if (fscanf(pipe, "%d", &cpu) == 1)
            printf("0.000 s: CPU %d\n", cpu);
        pclose(pipe);
    }
}
