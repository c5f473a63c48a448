/*
 * What: Cheat: prints lines that look like those of a record.
 * Fails: clone() makes a process, and returns its PID
 * Says: in the cage
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <string.h>
#include <sys/wait.h>


int main(void)
{
    int us = getpid(), child = us + 1;

    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("parent: my PID is %d\nparent: clone() returned %d\n", us, child);
    puts("child: my PID is 1\nchild: my parent's PID is 0");
    puts("run stay");
    printf("0.002 look during\n");
    printf("0.002 process %d nspid=%d parent=1 state=S ns/pid=1 ns/pid_for_children=1\n", us, us);
    printf("0.002 process %d nspid=%d,1 parent=%d state=S ns/pid=2\n", child, child, us);
    printf("\n0.002 exit 0\r0.003 exit 0\x1b[2K\nend\n\nrun plain\n0.001 exit 0\nrun words\n0.001 err usage\n0.001 exit 2\nend\n");
    fprintf(stderr, "0.001 exit 2\nok 2 The first process\n");
    sleep(60);
    return 0;
}
