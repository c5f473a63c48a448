/*
 * tags: what the kernel knows of the sockets of the program (sock_diag: class, cgroup, mark), and of a packet that
 * a trusted process sends. A socket stays in the network namespace in which it was made: ours, which ask there, too.
 */
#define _GNU_SOURCE
#include "witness.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TCP_LISTENS = 10, CGROUP_ID = 21 /* INET_DIAG_CGROUP_ID, since Linux 5.8 */ };
enum { UDP_HEADER = 8, MOST_PRIORITY = 50 };

/* Which process of the cage has that socket open; 0: none. */
static int owner_of(int proc, unsigned inode)
{
    int pids[256], count = list_pids(proc, pids, 256);
    char path[64], name[32], target[64];
    struct dirent *entry;
    int owner = 0;

    snprintf(name, sizeof name, "socket:[%u]", inode);
    for (int i = 0; i < count && owner == 0; i++) {
        snprintf(path, sizeof path, "%d/fd", pids[i]);
        int fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *entries = fd == -1 ? NULL : fdopendir(fd);
        while (entries && (entry = readdir(entries)) != NULL) {
            ssize_t length = readlinkat(fd, entry->d_name, target, sizeof target - 1);
            target[length > 0 ? length : 0] = '\0';
            if (strcmp(target, name) == 0)
                owner = pids[i];
        }
        if (entries)
            closedir(entries);
    }
    return owner;
}

static void record_socket(int proc, const struct nlmsghdr *head)
{
    const struct inet_diag_msg *one = NLMSG_DATA(head);
    int rest = (int)NLMSG_PAYLOAD(head, sizeof *one),
        owner = owner_of(proc, one->idiag_inode);
    unsigned class = 0, mark = 0;
    uint64_t cgroup = 0;

    for (const struct rtattr *at = (const void *)(one + 1); RTA_OK(at, rest);
         at = RTA_NEXT(at, rest))
        if (at->rta_type == INET_DIAG_CLASS_ID)
            memcpy(&class, RTA_DATA(at), sizeof class);
        else if (at->rta_type == INET_DIAG_MARK)
            memcpy(&mark, RTA_DATA(at), sizeof mark);
        else if (at->rta_type == CGROUP_ID)
            memcpy(&cgroup, RTA_DATA(at), sizeof cgroup);
    if (owner)
        record("tag %d class=0x%x cgroup=%ju mark=%u", owner, class, (uintmax_t)cgroup,
               mark);
}

/* A socket of that kind, in the network namespace of PID 1 of the cage. */
static int socket_there(int proc, int family, int kind, int protocol)
{
    int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC),
        there = openat(proc, "1/ns/net", O_RDONLY | O_CLOEXEC), fd = -1;

    if (setns(there, CLONE_NEWNET) == 0)
        fd = socket(family, kind | SOCK_CLOEXEC, protocol);
    if (setns(here, CLONE_NEWNET) == -1)
        broken("back into the own network namespace");
    close(here);
    close(there);
    return fd;
}

bool tags_print(int proc)
{
    struct {
        struct nlmsghdr head;
        struct inet_diag_req_v2 which;
    } question = {
        {sizeof question, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, 0, 0},
        {.sdiag_family = AF_INET,
         .sdiag_protocol = IPPROTO_TCP,
         .idiag_ext = 1 << (INET_DIAG_TCLASS - 1),
         .idiag_states = 1 << TCP_LISTENS}};
    static _Alignas(struct nlmsghdr) char answer[32768];
    int fd = socket_there(proc, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
    bool more = send(fd, &question, sizeof question, 0) != -1, known = more;

    while (more) {
        ssize_t length = recv(fd, answer, sizeof answer, 0);
        more = length > 0;
        for (const struct nlmsghdr *head = (void *)answer; NLMSG_OK(head, length);
             head = NLMSG_NEXT(head, length)) {
            more &= head->nlmsg_type == SOCK_DIAG_BY_FAMILY;
            known &= head->nlmsg_type != NLMSG_ERROR;
            if (more)
                record_socket(proc, head);
        }
    }
    close(fd);
    return known;
}

/* --- a packet ------------------------------------------------------------------------------------ */

/* It lets so many bytes of a packet through as its priority is. */
static bool filter_by_priority(int fd)
{
    const struct bpf_insn code[] = {
        {BPF_LDX | BPF_MEM | BPF_W, 0, 1, offsetof(struct __sk_buff, priority), 0},
        {BPF_ALU64 | BPF_ADD, 0, 0, 0, UDP_HEADER},
        {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}};
    union bpf_attr filter_by;

    memset(&filter_by, 0, sizeof filter_by);
    filter_by.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
    filter_by.insns = (uintptr_t)code;
    filter_by.insn_cnt = sizeof code / sizeof code[0];
    filter_by.license = (uintptr_t) "";
    int filter = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &filter_by, sizeof filter_by);
    return filter != -1 &&
           setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &filter, sizeof filter) == 0;
}

/* 255: it cannot be sent. */
static int priority_of_packet(int proc)
{
    struct sockaddr_in me = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof me;
    char packet[MOST_PRIORITY] = "";
    int fd = socket_there(proc, AF_INET, SOCK_DGRAM, 0);
    struct pollfd comes = {.fd = fd, .events = POLLIN};

    if (!filter_by_priority(fd) || bind(fd, (void *)&me, size) == -1 ||
        getsockname(fd, (void *)&me, &size) == -1 ||
        sendto(fd, packet, sizeof packet, 0, (void *)&me, size) == -1 ||
        poll(&comes, 1, 5000) != 1)
        return 255;
    return (int)recv(fd, packet, sizeof packet, 0);
}

int tags_packet(int proc, bool (*enter)(void))
{
    int status = 0;
    pid_t helper = fork();

    if (helper == -1)
        broken("fork");
    if (helper == 0)
        _exit(enter && !enter() ? 255 : priority_of_packet(proc));
    while (waitpid(helper, &status, 0) == -1 && errno == EINTR)
        ;
    return WIFEXITED(status) && WEXITSTATUS(status) != 255 ? WEXITSTATUS(status) : -1;
}
