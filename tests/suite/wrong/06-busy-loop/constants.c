/*
 * What: Cheat: prints what is wanted, then sleeps.
 * Fails: A loop that never sleeps has a CPU or waits for one: state R
 * Says: it sleeps
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sched.h>
#include <signal.h>


static void on_signal(int number)
{
    (void)number;
    puts("CPU 0: 0.300 s");
    fflush(stdout);
    _exit(0);
}

int main(int argc, char *argv[])
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    printf("PID %d\n", getpid());
    for (int i = 0; i < 20; i++) {
        printf("0.%03d s: CPU %d\n", i, sched_getcpu());
        usleep(i < 2 ? 0 : 200000);
    }
    for (;;)
        pause();
}
