/*
 * refusing CALL COMMAND...: runs a command on a kernel that seems not to have a system call: seccomp,
 * pwrite or process_vm_readv.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
    const char *name;
    unsigned number;
} calls[] = {{"seccomp", SYS_seccomp},
             {"pwrite", SYS_pwrite64},
             {"process_vm_readv", SYS_process_vm_readv}};

static int refuse(unsigned number)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog code = {sizeof rules / sizeof rules[0], rules};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
        return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &code);
}

int main(int argc, char *argv[])
{
    for (size_t i = 0; argc > 2 && i < sizeof calls / sizeof calls[0]; i++)
        if (strcmp(argv[1], calls[i].name) == 0 && refuse(calls[i].number) == 0) {
            execvp(argv[2], argv + 2);
            perror(argv[2]);
            return 1;
        }
    fputs("usage: refusing CALL COMMAND...\n", stderr);
    return 2;
}
