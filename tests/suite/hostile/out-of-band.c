// lab: 01-clone-pid1
// what: puts something into its own stdout, and its stderr, that nobody has written, and takes it out
//       again: the witness hears that there is something to read, and waits for it for ever
// stops: the witness never waits in a read
// expect: still-running silent
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

static void fill_and_empty(int fd, const char *name)
{
    char byte = 'x';
    struct iovec part = {&byte, 1};
    int mine = open(name, O_RDONLY | O_NONBLOCK);

    for (int i = 0; mine != -1 && i < 5000; i++)
        if (vmsplice(fd, &part, 1, 0) != 1 || read(mine, &byte, 1) == 0)
            return;
}

int main(void)
{
    fill_and_empty(1, "/dev/stdout");
    fill_and_empty(2, "/dev/stderr");
    for (;;)
        pause();
}
