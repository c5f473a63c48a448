// lab: 02-unshare-fork
// what: fills memory that belongs to no process and stays when all of them are dead: files of a
//       tmpfs of its own, shared memory, memory files; each up to 1 GiB
// stops: the memory cgroup, in which the witness looks; where it is too slow, the kernel ends all
// expect: memory
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PARTS = 128, PART = 8 << 20 };
static char block[PART];

static long fill(int fd)
{
    ssize_t written = fd == -1 ? 0 : write(fd, block, sizeof block);

    return written < 0 ? 0 : written;
}

static long shared(void)
{
    int id = shmget(IPC_PRIVATE, PART, IPC_CREAT | 0600);
    void *memory = id == -1 ? MAP_FAILED : shmat(id, NULL, 0);

    if (memory == MAP_FAILED) /* of shmat(), too */
        return 0;
    memset(memory, 1, PART);
    shmdt(memory);
    return PART;
}

int main(void)
{
    char path[64];
    long total = 0;

    memset(block, 1, sizeof block);
    mkdir("/tmp/own", 0755);
    mount("own", "/tmp/own", "tmpfs", 0, "size=2g");
    for (int i = 0; i < PARTS; i++) {
        snprintf(path, sizeof path, "/tmp/own/%d", i);
        int fd = open(path, O_CREAT | O_WRONLY, 0600);
        total += fill(fd) + fill(memfd_create("own", 0)) + shared();
        close(fd);
    }
    printf("%s: %ld MiB\n", total > 700 << 20 ? "got through" : "refused", total >> 20);
    return 0;
}
