// lab: 03-setns-join
// what: reads what is not its own: passwords, keys, the code of others, wherever a .c or .bats file
//       lies, and where an insider knows them to be
// stops: its mount namespace has only /usr, the witness, and its own program
// expect: refused: /etc/shadow
// expect: refused: @canary@/neighbour.c
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const secrets[] = {"/etc/shadow",
                                      "/etc/passwd",
                                      "/root",
                                      "/root/.ssh/id_rsa",
                                      "/home",
                                      "/var/log",
                                      "/run",
                                      "/proc/kcore",
                                      "/proc/1/environ",
                                      "/proc/1/mem",
                                      "/proc/1/cwd",
                                      "/sys/kernel",
                                      "/boot",
                                      "/srv",
                                      "@canary@",
                                      "@canary@/neighbour.c",
                                      "@canary@/../..",
                                      "../../../../../../etc/shadow"};

static void find_code(const char *folder)
{
    char path[4096];
    DIR *dir = opendir(*folder ? folder : "/");
    struct dirent *entry;

    while (dir && (entry = readdir(dir)) != NULL) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (fnmatch("*.c", path, 0) == 0 || fnmatch("*.bats", path, 0) == 0)
            printf("got through: %s\n", path);
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.' &&
            strcmp(path, "/proc") != 0 && strcmp(path, "/usr") != 0)
            find_code(path);
    }
    if (dir)
        closedir(dir);
}

int main(void)
{
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        if (open(secrets[i], O_RDONLY) == -1)
            printf("refused: %s: %s\n", secrets[i], strerror(errno));
        else
            printf("got through: %s\n", secrets[i]);
    find_code("");
    return 0;
}
