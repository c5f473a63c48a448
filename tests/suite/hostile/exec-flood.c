// lab: 01-clone-pid1
// what: asks for another program without end: each attempt is an event of the record
// stops: the witness, which writes down so many and not more
// expect: it used too much: processes
#include <unistd.h>

int main(void)
{
    for (;;)
        execl("/usr/bin/unshare", "unshare", (char *)0);
}
