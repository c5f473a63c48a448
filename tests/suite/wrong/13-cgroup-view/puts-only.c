/*
 * What: It prints what it reads once, then the root, and calls nothing else.
 * Fails: unshare(CLONE_NEWCGROUP) moves its caller into a new cgroup namespace
 * Says: unshare() was not called
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    FILE *file = fopen("/proc/self/cgroup", "r");
    char line[4096], path[4096] = "/";

    if (argc > 2)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    while (strcmp(path, "/") == 0 && fgets(line, sizeof line, file))
        sscanf(line, "%*[^/]%4095s", path);
    printf("before: %s\nafter: /\n", path);
    sleep(argc == 2 ? (unsigned)atoi(argv[1]) : 0);
    return 0;
}
