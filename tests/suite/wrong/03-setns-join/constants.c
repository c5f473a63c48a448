/*
 * What: Cheat: two children that are in no namespace, and constants.
 * Fails: A new PID namespace begins with its PID 1
 * Says: CLONE_NEWPID is not among the flags
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <sys/syscall.h>


int main(int argc, char *argv[])
{
    int first, second;

    setvbuf(stdout, NULL, _IOLBF, 0);
    first = fork();
    if (first == 0) {
        puts("first: my PID is 1");
        return pause();
    }
    second = fork();
    if (second == 0) {
        puts("second: my PID is 2");
        return pause();
    }
    printf("parent: clone() returned %d\nparent: my PID is %d after setns()\n", first, getpid());
    printf("parent: fork() returned %d\n", second);
    sleep(argc > 1 ? (unsigned)atoi(argv[1]) : 0);
    return 0;
}
