/*
 * What: Prints what it should, and makes nothing.
 * Fails: A container is a process: COMMAND, its arguments and its lines
 * Says: was announced
 */
#include <stdio.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    if (argc < 6)
        return 2;
    printf("container: %s is PID %d\n", argv[1], getpid());
    printf("probe: stays\n");
    printf("container: ended with 0\n");
    return 0;
}
