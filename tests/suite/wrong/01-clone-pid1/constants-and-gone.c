/*
 * What: Cheat: only prints the lines that are wanted.
 * Fails: clone() makes a process, and returns its PID
 * Says: no process was made
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <string.h>
#include <sys/wait.h>


int main(void)
{
    printf("parent: my PID is %d\nparent: clone() returned %d\n", getpid(), getpid() + 1);
    puts("child: my PID is 1\nchild: my parent's PID is 0");
    return 0;
}
