/*
 * What: Cheat: only prints the lines that are wanted, and stays.
 * Fails: clone() makes a process, and returns its PID
 * Says: no process was made
 * Hint: No process was made
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <string.h>
#include <sys/wait.h>


int main(int argc, char *argv[])
{
    if (argc > 1 && strspn(argv[1], "0123456789") != strlen(argv[1])) {
        fputs("usage\n", stderr);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("parent: my PID is %d\nparent: clone() returned %d\n", getpid(), getpid() + 1);
    puts("child: my PID is 1\nchild: my parent's PID is 0");
    sleep(argc > 1 ? (unsigned)atoi(argv[1]) : 0);
    return 0;
}
