/*
 * What: It prints what it should, and calls nothing.
 * Fails: unshare(CLONE_NEWUSER) needs no rights, and nobody is anybody in there
 * Says: unshare() was not called
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    if (argc < 2 || argc > 3)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("before: uid %u\n", getuid());
    puts("unmapped: uid 65534\nmapped: uid 0\nsethostname(): Operation not permitted");
    printf("after unshare(CLONE_NEWUTS): hostname is %s\n", argv[1]);
    sleep(argc == 3 ? (unsigned)atoi(argv[2]) : 0);
    return 0;
}
