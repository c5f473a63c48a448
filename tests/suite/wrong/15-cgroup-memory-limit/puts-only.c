/*
 * What: It prints what it should, and there is no limit.
 * Fails: The limit of a group is a number in one of its files
 * Says: the memory.max of the group is
 */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char *argv[])
{
    if (argc != 3)
        return 2;
    printf("memory.max: %ld\n", atol(argv[2]) << 20);
    for (int i = 1; i < atoi(argv[2]); i++)
        printf("child: touched %d MiB\n", i);
    puts("parent: child was killed by SIGKILL\noom_kill: 1");
    return 0;
}
