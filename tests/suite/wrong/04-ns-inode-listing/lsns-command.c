/*
 * What: Shells out: becomes lsns(8).
 * Fails: A process can look at its own namespaces
 * Says: no other program does it for it
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


int main(int argc, char *argv[])
{
    printf("NAMESPACE");
    for (int i = 1; i < argc; i++)
        printf(" %s", argv[i]);
    puts("");
    fflush(stdout);
    execlp("lsns", "lsns", "-n", "-o", "TYPE,NS", "-p", argc > 1 ? argv[1] : "self", NULL);
    perror("ns-inode-listing: lsns");
    return 1;
}
