// lab: 01-clone-pid1
// what: sleeps for ever, and ignores all signals
// stops: the witness: what sleeps for two seconds does not go on by itself
// expect: all its processes sleep
// expect: still-running silent
#include <signal.h>
#include <unistd.h>

int main(void)
{
    for (int number = 1; number < 65; number++)
        signal(number, SIG_IGN);
    for (;;)
        pause();
}
