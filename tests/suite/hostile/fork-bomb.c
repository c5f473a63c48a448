// lab: 01-clone-pid1
// what: starts processes without end, each a session of its own
// stops: the witness at 90 processes; RLIMIT_NPROC and the pids cgroup behind it
// expect: it used too much: processes
#include <unistd.h>

int main(void)
{
    for (;;)
        if (fork() == 0)
            setsid();
}
