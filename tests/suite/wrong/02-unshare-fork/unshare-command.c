/*
 * What: Shells out: becomes unshare(1), which makes the system call.
 * Fails: unshare(CLONE_NEWPID) makes a namespace for the next child
 * Says: no other program does it for it
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


int main(int argc, char *argv[])
{
    int us = getpid();

    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("parent: my PID is %d before unshare()\nparent: my PID is %d after unshare()\n", us, us);
    printf("parent: fork() returned %d\n", us + 1);
    execlp("unshare", "unshare", "--pid", "--fork", "--kill-child", "sh", "-c",
           "echo child: my PID is $$; exec sleep $0", argc > 1 ? argv[1] : "0", NULL);
    perror("unshare-fork: unshare");
    return 1;
}
