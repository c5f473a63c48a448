/*
 * What: It prints what it should, and freezes nobody.
 * Fails: A process enters a group when its PID is written into a file
 * Says: is in the group
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    if (argc < 3 || argc > 4)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("frozen: %s\n", argv[2]);
    sleep(argc == 4 ? (unsigned)atoi(argv[3]) : 0);
    printf("thawed: %s\n", argv[2]);
    return 0;
}
