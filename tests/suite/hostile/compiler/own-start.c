// lab: 03-setns-join
// what: replaces what it is linked with: _start, write(), the dynamic linker, main() as data
// stops: the compiler refuses two of a name; and all of it would run in the cage
// expect: does not compile
#include <unistd.h>

const char interpreter[] __attribute__((section(".interp"))) = "/bin/sh";
const unsigned char main[] = {0xcc};
ssize_t write(int fd, const void *text, size_t size)
{
    return fd + (text ? (ssize_t)size : 0);
}
void _start(void)
{
    _exit(0);
}
