// lab: 01-clone-pid1
// what: asks the kernel for another program by the system calls of other ABIs, which have other
//       numbers, and by io_uring, which no filter sees
// stops: the seccomp filter looks at the architecture, and refuses x32 and io_uring
// expect: refused: io_uring
// expect: refused: x32
// expect: tried: execve by int $0x80
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static long by_interrupt(const char *program, const char *script)
{
    long result = -ENOSYS;
#ifdef __x86_64__
    char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    unsigned at = (unsigned)(unsigned long)low, words[] = {at, at + 64, at + 128, 0};
    strcpy(low, program);
    strcpy(low + 64, "-c");
    strcpy(low + 128, script);
    memcpy(low + 512, words, sizeof words);
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(11), "b"(at), "c"(at + 512), "d"(at + 524)
                     : "memory", "r8", "r9", "r10", "r11");
#else
    (void)program, (void)script;
#endif
    return result;
}

int main(void)
{
    char parameters[256] = "";

    if (syscall(SYS_io_uring_setup, 4, parameters) == -1)
        printf("refused: io_uring: %s\n", strerror(errno));
    else
        puts("got through: io_uring");
    printf("refused: x32: %ld\n", syscall(0x40000000 | 520, "/bin/sh", NULL, NULL));
    puts("tried: execve by int $0x80"); /* a machine without that ABI ends us here */
    fflush(stdout);
    printf("refused: execve by int $0x80: %ld\n",
           by_interrupt("/bin/sh", "echo got through: a shell"));
    return 0;
}
