// lab: 05-cgroup-cpuset-pin
// what: makes groups in groups, thousands deep and side by side, and leaves them
// stops: the witness removes what is in its part of the tree, however deep it is
// expect: left group
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    char name[32];
    int deep = 0, wide = 0;

    if (argc < 2 || strcmp(argv[1], "4194304") != 0) /* once is enough */
        return 0;
    if (chdir("/sys/fs/cgroup/cpuset") == -1 && chdir("/sys/fs/cgroup") == -1)
        return 1;
    for (; wide < 300; wide++) {
        snprintf(name, sizeof name, "wide-%d", wide);
        if (mkdir(name, 0755) == -1)
            break;
    }
    while (deep < 1500 && mkdir("x", 0755) == 0 && chdir("x") == 0)
        deep++;
    printf("groups: %d side by side, %d deep\n", wide, deep);
    return 0;
}
