// lab: 03-setns-join
// what: fills memory, up to 2 GiB
// stops: the witness at 512 MiB; the memory cgroup behind it
// expect: it used too much: memory
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    for (int i = 0; i < 2048; i++) {
        char *memory = malloc(1 << 20);
        if (memory != NULL)
            memset(memory, 1, 1 << 20);
    }
    puts("got through: 2 GiB of memory");
    return 0;
}
