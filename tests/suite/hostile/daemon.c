// lab: 02-unshare-fork
// what: does what the lab asks for, and leaves a daemon behind: double fork and setsid
// stops: PID 1 of the cage: nobody leaves its PID namespace, and all in it dies with it
// expect: left process
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void daemonise(void)
{
    if (fork() != 0)
        return;
    setsid();
    if (fork() == 0)
        for (;;)
            pause();
    _exit(0);
}

int main(int argc, char *argv[])
{
    unsigned seconds = argc > 1 ? (unsigned)atoi(argv[1]) : 0;

    setvbuf(stdout, NULL, _IOLBF, 0);
    daemonise();
    wait(NULL);
    printf("parent: my PID is %d before unshare()\n", getpid());
    if (unshare(CLONE_NEWPID) == -1)
        return 1;
    printf("parent: my PID is %d after unshare()\n", getpid());
    pid_t child = fork();
    if (child == 0) {
        printf("child: my PID is %d\n", getpid());
        sleep(seconds);
        exit(0);
    }
    printf("parent: fork() returned %d\n", child);
    waitpid(child, NULL, 0);
    return 0;
}
