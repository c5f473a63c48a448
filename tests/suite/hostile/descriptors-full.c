// lab: 03-setns-join
// what: holds as many namespaces and pipes as it can get; they cost the kernel memory
// stops: the witness: a process may have 256 files open
// expect: it used too much: open-files
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    int ends[2], count = 0;

    while (count < 2000 && unshare(CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC) == 0 &&
           open("/proc/self/ns/net", O_RDONLY) != -1 && pipe(ends) == 0)
        count++;
    printf("%s: %d network namespaces\n", count < 300 ? "refused" : "got through", count);
    sleep(1000);
    return 0;
}
