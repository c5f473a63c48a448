// lab: 03-setns-join
// what: never sleeps long and never uses much: a character each second, for ever
// stops: the witness: a run has 20 seconds, and those after one that was late a tenth of that
// expect: still-running late
#include <unistd.h>

int main(void)
{
    for (;;) {
        if (write(1, ".", 1) != 1)
            return 1;
        sleep(1);
    }
}
