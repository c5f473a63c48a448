// lab: 01-clone-pid1
// what: lets other programs do the work: unshare(1), a shell, su and mount (setuid), a copy of one in
//       memory
// stops: PID 1 of the cage, which is asked before each execve()
// expect: it tried to start /bin/sh
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

static void from_memory(const char *path)
{
    char *const words[] = {"sh", "-c", "echo got through: a copy in memory", NULL};
    int from = open(path, O_RDONLY), to = memfd_create("sh", 0);

    while (sendfile(to, from, NULL, 1 << 20) > 0)
        ;
    fexecve(to, words, environ);
    printf("refused: a copy in memory: %s\n", strerror(errno));
}

int main(void)
{
    static const char *const programs[] = {"/usr/bin/su", "/usr/bin/mount",
                                           "/usr/bin/sudo"};

    if (system("echo got through: a shell") != 0)
        puts("refused: a shell");
    for (int i = 0; i < 3; i++)
        execl(programs[i], programs[i], "--version", (char *)0);
    from_memory("/bin/sh");
    fflush(stdout);
    execl("/usr/bin/unshare", "unshare", "--fork", "--pid", "/bin/sh", "-c",
          "echo child: my PID is $$", (char *)0);
    return 0;
}
