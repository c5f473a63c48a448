/*
 * What: Shells out: unshare(1) makes the system call and runs this program again.
 * Fails: unshare(CLONE_NEWPID) makes a namespace for the next child
 * Says: no other program does it for it
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


#include <sys/wait.h>

int main(int argc, char *argv[])
{
    int us = getpid(), child, status;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (getenv("AGAIN") == NULL) {
        printf("parent: my PID is %d before unshare()\n", us);
        setenv("AGAIN", "1", 1);
        execlp("unshare", "unshare", "--pid", argv[0], argv[1], NULL);
        execlp("unshare", "unshare", "--pid", "/proc/self/exe", argv[1], NULL);
        return 1;
    }
    printf("parent: my PID is %d after unshare()\n", us);
    child = fork();
    if (child == 0) {
        printf("child: my PID is %d\n", getpid());
        sleep(argc > 1 ? (unsigned)atoi(argv[1]) : 0);
        return 0;
    }
    printf("parent: fork() returned %d\n", child);
    waitpid(child, &status, 0);
    return 0;
}
