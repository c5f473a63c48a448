/*
 * What: Shells out: readlink(1) looks, not the program.
 * Fails: A process can look at its own namespaces
 * Says: no other program does it for it
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


int main(int argc, char *argv[])
{
    static const char *const kinds[] = {"cgroup", "ipc", "mnt", "net", "pid", "pid_for_children",
                                        "time", "time_for_children", "user", "uts"};
    char own[16], *pids[64] = {own}, command[200], line[100];
    int count = argc > 1 ? argc - 1 : 1;

    snprintf(own, sizeof own, "%d", getpid());
    for (int i = 1; i < argc; i++)
        pids[i - 1] = argv[i];
    printf("NAMESPACE");
    for (int i = 0; i < count; i++)
        printf(" %s", pids[i]);
    for (int kind = 0; kind < 10; kind++) {
        printf("\n%s", kinds[kind]);
        for (int i = 0; i < count; i++) {
            snprintf(command, sizeof command, "readlink /proc/%s/ns/%s | tr -dc 0-9", pids[i], kinds[kind]);
            FILE *pipe = popen(command, "r");
            printf(" %s", fgets(line, sizeof line, pipe) ? line : "-");
            pclose(pipe);
        }
    }
    puts("");
    return 0;
}
