// lab: 01-clone-pid1
// what: reboots: in a PID namespace that ends its PID 1, and all
// stops: nothing, it is its own cage; the witness writes it down
// expect: it used too much: cage
#include <sys/reboot.h>
#include <unistd.h>

int main(void)
{
    reboot(RB_AUTOBOOT);
    pause();
    return 0;
}
