// lab: 01-clone-pid1
// what: sends out of band on its stdout, which is a socket, and reads its own stderr: the witness
//       hears that there is something to read, and waits for it for ever
// stops: the witness never waits in a read
// expect: still-running silent
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    char byte;
    int mine = open("/proc/self/fd/2", O_RDONLY | O_NONBLOCK);

    for (int i = 0; mine != -1 && i < 5000; i++)
        if (write(2, "x", 1) != 1 || read(mine, &byte, 1) == 0)
            return 1;
    send(1, "x", 1, MSG_OOB);
    for (;;)
        pause();
}
