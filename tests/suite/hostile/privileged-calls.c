// lab: 03-setns-join
// what: everything that only root of a machine may do: devices, sysctls, clock, modules, swap, logs
// stops: its capabilities are those of a user namespace
// expect: refused: a disk
// expect: refused: /proc/sys/kernel/core_pattern
// expect: refused: the clock
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <unistd.h>

static void tried(const char *what, bool failed)
{
    printf(failed ? "refused: %s: %s\n" : "got through: %s\n", what, strerror(errno));
}

int main(void)
{
    static const char *const files[] = {"/proc/sys/kernel/core_pattern",
                                        "/proc/sys/kernel/modprobe",
                                        "/proc/sys/vm/drop_caches",
                                        "/proc/sys/kernel/printk",
                                        "/proc/sysrq-trigger",
                                        "/proc/sys/fs/file-max",
                                        "/proc/sys/vm/overcommit_memory",
                                        "/proc/1/oom_score_adj",
                                        "/proc/sys/kernel/sysrq",
                                        "/proc/sys/fs/binfmt_misc/register"};
    struct timeval now = {0, 0};
    struct timex adjust = {.modes = ADJ_FREQUENCY};
    char log[64];

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        tried(files[i], open(files[i], O_WRONLY) == -1);
    tried("a disk", mknod("/tmp/disk", S_IFBLK | 0600, makedev(254, 0)) == -1);
    tried("memory", mknod("/tmp/memory", S_IFCHR | 0600, makedev(1, 1)) == -1);
    tried("the clock", settimeofday(&now, NULL) == -1);
    tried("the clock's rate", adjtimex(&adjust) == -1);
    tried("swap", swapoff("/dev/vda") == -1);
    tried("a module", syscall(SYS_init_module, log, 0L, "") == -1);
    tried("another kernel", syscall(SYS_kexec_load, 0L, 0L, NULL, 0L) == -1);
    tried("clearing the kernel's log", klogctl(5, NULL, 0) == -1);
    tried("bpf", syscall(SYS_bpf, 5, log, sizeof log) == -1);
    tried("a file by its number", syscall(SYS_open_by_handle_at, AT_FDCWD, log, 0) == -1);
    tried("quotas", syscall(SYS_quotactl, 0x800002, "/dev/vda", 0, NULL) == -1);
    return 0;
}
