/*
 * What: It prints what it should, and sleeps in between.
 * Fails: The limit is a line in a file: which disk, and how many bytes a second
 * Says: what the file of the group says: nothing
 */
#include <stdio.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    if (argc != 3)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("io.max: %s 1048576\n", argv[2]);
    sleep(4);
    puts("direct: 4 MiB in 4.0 s\nbuffered: 4 MiB in 0.0 s");
    return 0;
}
