// lab: 03-setns-join
// what: never has many processes, but leaves one after the other to PID 1 of the cage, which has to
//       report each
// stops: the witness, which writes down so many and not more
// expect: it used too much: processes
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    for (;;) {
        pid_t child = fork();
        if (child == 0) {
            if (fork() == 0)
                usleep(1000);
            _exit(0);
        }
        waitpid(child, NULL, 0);
    }
}
