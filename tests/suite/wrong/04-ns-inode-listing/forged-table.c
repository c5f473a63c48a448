/*
 * What: Cheat: a table of constants with all the names.
 * Fails: A process can look at its own namespaces
 * Says: a line "NAMESPACE PID..."
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


int main(int argc, char *argv[])
{
    static const char *const kinds[] = {"cgroup", "ipc", "mnt", "net", "pid", "pid_for_children",
                                        "time", "time_for_children", "user", "uts"};
    if (argc > 1 && strspn(argv[1], "0123456789") != strlen(argv[1]))
        return fputs("usage\n", stderr), 2;
    printf("NAMESPACE");
    for (int i = 1; i < argc; i++)
        printf(" %s", argv[i]);
    for (int kind = 0; kind < 10; kind++) {
        printf("\n%s", kinds[kind]);
        for (int i = 1; i < argc; i++)
            printf(" %u", 4026531835u + (unsigned)kind);
    }
    puts("\n0.001 process 2 nspid=2 ns/pid=4026531836\nlook before\nend");
    return 0;
}
