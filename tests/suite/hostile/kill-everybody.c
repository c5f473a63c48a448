// lab: 01-clone-pid1
// what: signals to everybody: all processes, its parent, PID 1, its process group
// stops: its PID namespace has nobody else in it; PID 1 takes no signal from inside
// expect: refused: SIGKILL to all
// expect: refused: PID 1 is dead
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void tried(const char *what, bool failed)
{
    printf(failed ? "refused: %s: %s\n" : "got through: %s\n", what, strerror(errno));
    fflush(stdout);
}

int main(void)
{
    tried("SIGKILL to all", kill(-1, SIGKILL) == -1);
    for (int number = 1; number < 65; number++) {
        kill(1, number);
        kill(getppid(), number);
    }
    errno = 0;
    tried("PID 1 is dead", kill(1, 0) == 0 && getppid() == 1);
    return 0;
}
