// lab: 05-cgroup-cpuset-pin
// what: reaches into the memory of its parent, of PID 1 and of every PID that there may be
// stops: PID 1 of the cage is not dumpable, and no other checker is in its PID namespace
// expect: refused: ptrace 1
// expect: refused: process_vm_writev 1
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static void tried(const char *what, int pid, bool failed)
{
    printf(failed ? "refused: %s %d: %s\n" : "got through: %s %d\n", what, pid,
           strerror(errno));
}

/* The trusted processes beside us have nothing that could be taken: PID 1 has started them. */
static int parent_of(int pid)
{
    char path[32], line[128];
    int parent = -1;

    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        sscanf(line, "PPid: %d", &parent);
    if (file)
        fclose(file);
    return parent;
}

int main(void)
{
    char byte = 0;
    struct iovec here = {&byte, 1}, there = {(void *)0x400000, 1};

    tried("ptrace", 1, ptrace(PTRACE_ATTACH, 1, 0, 0) == -1);
    tried("seize", 1, ptrace(PTRACE_SEIZE, 1, 0, 0) == -1);
    tried("process_vm_readv", 1, process_vm_readv(1, &here, 1, &there, 1, 0) == -1);
    tried("process_vm_writev", 1, process_vm_writev(1, &here, 1, &there, 1, 0) == -1);
    tried("/proc/PID/mem", 1, open("/proc/1/mem", O_RDWR) == -1);
    for (int pid = 2; pid < 40000; pid++)
        if (pid != getpid() && ptrace(PTRACE_SEIZE, pid, 0, 0) == 0 &&
            parent_of(pid) != 1)
            tried("ptrace", pid, false);
    return 0;
}
