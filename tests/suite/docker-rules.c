/*
 * docker-rules COMMAND...: runs a command as a container of Docker's runs it by default: without
 * CAP_SYS_ADMIN, and with the rules of its seccomp profile about namespaces: clone() with a flag of
 * theirs, unshare(), setns() and mount() are EPERM, clone3() is ENOSYS.
 */
#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field)                                                                      \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))
#define CALL(number, error)                                                              \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), ANSWER(error)

int main(int argc, char *argv[])
{
    struct sock_filter rules[] = {LOAD(nr),
                                  CALL(SYS_clone3, ENOSYS),
                                  CALL(SYS_unshare, EPERM),
                                  CALL(SYS_setns, EPERM),
                                  CALL(SYS_mount, EPERM),
                                  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
                                  LOAD(args[0]),
                                  BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x7E020000, 0, 1),
                                  ANSWER(EPERM),
                                  BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog code = {sizeof rules / sizeof rules[0], rules};

    if (argc < 2) {
        fputs("usage: docker-rules COMMAND...\n", stderr);
        return 2;
    }
    prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN, 0, 0,
          0); /* a plain user has none, and may not */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &code) == -1) {
        perror("docker-rules");
        return 1;
    }
    execvp(argv[1], argv + 1);
    perror(argv[1]);
    return 1;
}
