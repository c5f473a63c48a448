/*
 * What: It prints what it should, and there is no quota.
 * Fails: A quota is CPU time in each period, a number in a file of the group
 * Says: the kernel's cpu.max of the group is
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    if (argc < 3 || argc > 4)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("cpu.max: %ld 100000\n", atol(argv[2]) * 1000);
    sleep(argc == 4 ? (unsigned)atoi(argv[3]) : 1);
    printf("child: ran 0.050 s of 1.001 s\nnr_throttled: 10\n");
    puts("usage: 50000 us, and nobody is left in the group");
    return 0;
}
