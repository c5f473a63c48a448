/*
 * What: Definitions as Kernighan and Ritchie wrote them in 1978, and the numbers out of the links' text.
 * CC: gcc -Wno-error=implicit-int -Wno-error=implicit-function-declaration
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int bad;
char me[20], *one[] = {0, me, 0};

char *number(pid, kind)
char *pid, *kind;
{
    static char text[100];
    char path[200], *p;
    int n;

    snprintf(path, sizeof path, "/proc/%s/ns/%s", pid, kind);
    n = readlink(path, text, sizeof text - 1);
    if (n < 0) {
        fprintf(stderr, "ns-inode-listing: %s: %s\n", path, strerror(errno));
        bad = 1;
        return "-";
    }
    text[n] = 0;
    if ((p = strchr(text, ']')) != 0)
        *p = 0;
    return (p = strchr(text, '[')) != 0 ? p + 1 : "-";
}

main(argc, argv)
int argc;
char **argv;
{
    struct dirent *e;
    DIR *d;
    char path[200], **a, first[30], *n;
    int star;

    for (a = argv + 1; *a; a++)
        if (!**a || (*a)[strspn(*a, "0123456789")]) {
            fprintf(stderr, "usage: ns-inode-listing [PID]...\n");
            exit(2);
        }
    sprintf(me, "%d", getpid());
    if (argc < 2)
        argv = one;
    for (a = argv + 1; *a; a++) {
        snprintf(path, sizeof path, "/proc/%.100s", *a);
        if (access(path, 0)) {
            fprintf(stderr, "ns-inode-listing: %s: %s\n", path, strerror(errno));
            exit(1);
        }
    }
    printf("NAMESPACE");
    for (a = argv + 1; *a; a++)
        printf(" %s", *a);
    printf("\n");
    d = opendir("/proc/self/ns");
    while ((e = readdir(d)) != 0) {
        if (e->d_name[0] == '.')
            continue;
        star = 0;
        first[0] = 0;
        printf("%s", e->d_name);
        for (a = argv + 1; *a; a++) {
            n = number(*a, e->d_name);
            printf(" %s", n);
            if (*n == '-')
                continue;
            if (!first[0])
                strcpy(first, n);
            else if (strcmp(first, n))
                star = 1;
        }
        printf(star ? " *\n" : "\n");
    }
    exit(bad);
}
