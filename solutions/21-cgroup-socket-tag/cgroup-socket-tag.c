/*
 * cgroup-socket-tag GROUP: a socket carries the tag of its group.
 *
 * Shows:   v1: a class (net_cls), and at each device a priority for its packets (net_prio). v2 has no
 *          file for it: the socket knows its group, and a BPF program of the group sets the rest.
 * Article: "Control groups", the subsystems net_cls and net_prio.
 * Prints:  v1  child: socket has class 0xN
 *              child: packet had priority P     with net_prio: at the device lo
 *          v2  child: socket has cgroup N, priority P, mark M     N: the inode number of the folder GROUP
 * Write:   nothing. It is a demonstration, for a virtual machine: on older kernels, whoever uses the
 *          files of v1 switches off what v2 knows of sockets.
 * Try:     make run21 VM=1 CGROUP=v1 ARGS=GROUP   GROUP: an empty group (v1: two, with a comma)
 * Pages:   cgroups(7), bpf(2), sock_diag(7), Documentation/admin-guide/cgroup-v1/net_cls.rst
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLASS "0x100001" /* 10:1, as tc writes it */
enum { PRIORITY = 5, MARK = 42 };

static int folder[2] = {-1, -1};                    /* GROUP; v1: net_cls, net_prio */
static int put(const char *file, const char *text); /* into each of that name: so many */
static int load(unsigned type, const struct bpf_insn *code, unsigned length);
static uint64_t asked(int fd, int what);  /* of the kernel, by sock_diag */
static int option_of(int fd, int option); /* of getsockopt() */

/* v2: whenever a socket is made in the group, the kernel runs this. r1 is the socket. */
static void tag_by_program(void)
{
    const struct bpf_insn code[] = {
        {BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, PRIORITY}, /* r2 = PRIORITY */
        {BPF_STX | BPF_MEM | BPF_W, 1, 2, offsetof(struct bpf_sock, priority), 0},
        {BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, MARK}, /* r2 = MARK */
        {BPF_STX | BPF_MEM | BPF_W, 1, 2, offsetof(struct bpf_sock, mark), 0},
        {BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1}, /* r0 = 1: it may be made */
        {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}};
    union bpf_attr link = {.link_create.attach_type = BPF_CGROUP_INET_SOCK_CREATE};

    link.link_create.prog_fd = (unsigned)load(BPF_PROG_TYPE_CGROUP_SOCK, code, 6);
    link.link_create.target_fd = (unsigned)folder[0];
    /* A link ends with its last descriptor: nothing of it outlives us. */
    if (syscall(SYS_bpf, BPF_LINK_CREATE, &link, sizeof link) == -1)
        err(1, "bpf(BPF_LINK_CREATE)");
}

/* v1: the device writes it into the packet. Our filter lets so many bytes of the packet through. */
static int priority_of_packet(void)
{
    const struct bpf_insn code[] = {
        {BPF_LDX | BPF_MEM | BPF_W, 0, 1, offsetof(struct __sk_buff, priority), 0},
        {BPF_ALU64 | BPF_ADD, 0, 0, 0, 8}, /* and the header of UDP */
        {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}};
    struct sockaddr_in me = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof me;
    char packet[64] = "";
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int filter = load(BPF_PROG_TYPE_SOCKET_FILTER, code, 3);

    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &filter, sizeof filter) == -1 ||
        bind(fd, (void *)&me, size) == -1 || getsockname(fd, (void *)&me, &size) == -1 ||
        sendto(fd, packet, sizeof packet, 0, (void *)&me, size) == -1)
        err(1, "sendto");
    return (int)recv(fd, packet, sizeof packet, 0);
}

static void child(int v1)
{
    if (put("cgroup.procs", "0") == 0) /* who writes, enters */
        err(1, "cgroup.procs");
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd == -1 || listen(fd, 1) == -1)
        err(1, "socket or listen");
    if (v1)
        printf("child: socket has class 0x%jx\n",
               (uintmax_t)asked(fd, INET_DIAG_CLASS_ID));
    else
        printf("child: socket has cgroup %ju, priority %d, mark %d\n",
               (uintmax_t)asked(fd, INET_DIAG_CGROUP_ID), option_of(fd, SO_PRIORITY),
               option_of(fd, SO_MARK));
    if (v1 && put("net_prio.ifpriomap", "lo 5"))
        printf("child: packet had priority %d\n", priority_of_packet());
}

int main(int argc, char *argv[])
{
    int status;
    char *second = argc == 2 ? strchr(argv[1], ',') : NULL;

    if (argc != 2)
        return fputs("usage: cgroup-socket-tag GROUP   (a folder)\n", stderr), 2;
    if (second)
        *second++ = '\0';
    folder[0] = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    folder[1] = second ? open(second, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (folder[0] == -1 || (second && folder[1] == -1))
        err(1, "%s", argv[1]);
    setvbuf(stdout, NULL, _IOLBF, 0); /* a line leaves at once, also into a pipe */
    int v1 = put("net_cls.classid", CLASS);
    if (!v1)
        tag_by_program();

    pid_t pid = fork();
    if (pid == -1)
        err(1, "fork");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        child(v1);
        exit(0);
    }
    waitpid(pid, &status, 0);
    return status != 0 || ferror(stdout); /* the child has said why */
}

/* --- given; read it later ------------------------------------------------------------------- */

static int put(const char *file, const char *text)
{
    int count = 0;

    for (int i = 0; i < 2; i++) {
        int fd = openat(folder[i], file, O_WRONLY | O_CLOEXEC);
        if (fd == -1)
            continue;
        if (write(fd, text, strlen(text)) == -1)
            err(1, "%s", file);
        close(fd);
        count++;
    }
    return count;
}

static int load(unsigned type, const struct bpf_insn *code, unsigned length)
{
    union bpf_attr program = {.prog_type = type, .insn_cnt = length};

    program.insns = (uintptr_t)code;
    program.license = (uintptr_t) "";
    int fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &program, sizeof program);
    if (fd == -1)
        err(1, "bpf(BPF_PROG_LOAD)");
    return fd;
}

static int option_of(int fd, int option)
{
    int value = -1;
    socklen_t size = sizeof value;

    if (getsockopt(fd, SOL_SOCKET, option, &value, &size) == -1)
        err(1, "getsockopt");
    return value;
}

static uint64_t attribute(const struct nlmsghdr *head, int what)
{
    struct rtattr *at = (void *)((struct inet_diag_msg *)NLMSG_DATA(head) + 1);
    uint64_t value = 0;

    for (int rest = (int)NLMSG_PAYLOAD(head, sizeof(struct inet_diag_msg));
         RTA_OK(at, rest); at = RTA_NEXT(at, rest))
        if (at->rta_type == what)
            memcpy(&value, RTA_DATA(at), RTA_PAYLOAD(at));
    return value;
}

/* An answer for each TCP socket that listens: ours is the one with that inode number. */
static uint64_t asked(int fd, int what)
{
    struct {
        struct nlmsghdr head;
        struct inet_diag_req_v2 which;
    } question = {
        {sizeof question, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, 0, 0},
        {.sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP}};
    _Alignas(struct nlmsghdr) char answer[32768];
    struct stat info;
    ssize_t length;
    int kernel = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

    question.which.idiag_ext = 1 << (INET_DIAG_TCLASS - 1); /* brings the class along */
    question.which.idiag_states = 1 << 10;                  /* LISTEN */
    if (fstat(fd, &info) == -1 || send(kernel, &question, sizeof question, 0) == -1)
        err(1, "sock_diag");
    while ((length = recv(kernel, answer, sizeof answer, 0)) > 0)
        for (struct nlmsghdr *head = (void *)answer; NLMSG_OK(head, length);
             head = NLMSG_NEXT(head, length)) {
            if (head->nlmsg_type != SOCK_DIAG_BY_FAMILY)
                errx(1, "sock_diag: this kernel tells nothing about the socket");
            if (((struct inet_diag_msg *)NLMSG_DATA(head))->idiag_inode == info.st_ino)
                return attribute(head, what);
        }
    err(1, "sock_diag");
}
