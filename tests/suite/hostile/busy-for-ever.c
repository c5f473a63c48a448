// lab: 02-unshare-fork
// what: is busy for ever in many processes, which ignore all signals
// stops: the witness: three seconds of CPU time are enough for a lab of system calls
// expect: still-running late
#include <signal.h>
#include <unistd.h>

int main(void)
{
    for (int number = 1; number < 65; number++)
        signal(number, SIG_IGN);
    for (int i = 0; i < 5; i++)
        fork();
    for (;;)
        ;
}
