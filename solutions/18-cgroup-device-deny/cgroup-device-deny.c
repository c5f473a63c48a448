/*
 * cgroup-device-deny GROUP: who is in the group may open /dev/null, and not /dev/zero.
 *
 * Shows:   v1 has two files for it; v2 has none, and a program in the kernel says yes or no. Both
 *          are asked at open() and mknod(), and never again.
 * Article: "Control groups", the subsystem devices.
 * Prints:  child: /dev/null opened
 *          child: /dev/zero: Operation not permitted
 *          child: read 1 byte from the descriptor it had before
 * Write:   about 15 lines, in forbid(), child() and allow().
 * Try:     make run18 VM=1 ARGS=GROUP     GROUP is an empty group, made for you and removed again;
 *          the same with CGROUP=v1
 * Pages:   bpf(2), Documentation/admin-guide/cgroup-v1/devices.rst, cgroup-v2.rst (Device controller)
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
//| #define todo(what) errx(1, "%s", what)

/* We are in the folder GROUP, so a file of the group is a name. /dev/zero is character device 1:5. */
static int has(const char *file);
static void put(const char *file, const char *text); /* or it ends the program */
static const char zero[] = "c 1:5 rwm"; /* how v1 writes it: read, write, mknod */
/* Ten instructions of the kernel's own machine: they return 0, no, for that device, else 1. */
static const struct bpf_insn code[10];
/* bpf(2): a command, and what it needs. Returns a descriptor or 0; or it ends the program. */
static int bpf(int command, union bpf_attr *attr, const char *what);

/* Returns a descriptor of the program on v2, else -1. */
static int forbid(int group)
{
    union bpf_attr load = {.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
                           .license = (uintptr_t) "GPL"};
    union bpf_attr attach = {.target_fd = (unsigned)group};
    int program = -1;

    // BEGIN SOLUTION
    //| // v1: the group has() a file devices.deny. Zero goes in there, and -1 is returned. v2: load wants
    //| // two members more, insns (the address of code, as a uintptr_t) and insn_cnt (how many they
    //| // are); BPF_PROG_LOAD then gives the descriptor of a program.
    //| todo("TODO 1: v1: write into devices.deny; v2: load the program");
    if (has("devices.deny")) {
        put("devices.deny", zero);
        return -1;
    }
    load.insns = (uintptr_t)code;
    load.insn_cnt = sizeof code / sizeof code[0];
    program = bpf(BPF_PROG_LOAD, &load, "BPF_PROG_LOAD");
    // END SOLUTION
    // BEGIN SOLUTION
    //| // It wants two members more: attach_bpf_fd, which program, and attach_type, what is asked there.
    //| // The command is BPF_PROG_ATTACH, and its type for the devices of a group BPF_CGROUP_DEVICE.
    //| todo("TODO 2: v2: attach the program to the group");
    attach.attach_type = BPF_CGROUP_DEVICE;
    attach.attach_bpf_fd = (unsigned)program;
    bpf(BPF_PROG_ATTACH, &attach, "BPF_PROG_ATTACH");
    // END SOLUTION
    return program;
}

static void child(void)
{
    int before = open("/dev/zero", O_RDONLY);
    char byte;

    if (before == -1)
        err(1, "/dev/zero");
    // BEGIN SOLUTION
    //| todo("TODO 3: enter the group: put() \"0\", which is who writes, into cgroup.procs");
    //| // Of /dev/null the child says that it is "opened", of /dev/zero why not: strerror() of errno.
    //| todo("TODO 4: open() both, to read");
    put("cgroup.procs", "0");
    if (open("/dev/null", O_RDONLY) == -1)
        err(1, "/dev/null");
    printf("child: /dev/null opened\n");
    if (open("/dev/zero", O_RDONLY) != -1)
        errx(1, "/dev/zero was opened");
    printf("child: /dev/zero: %s\n", strerror(errno));
    // END SOLUTION
    // BEGIN SOLUTION
    //| todo("TODO 5: read() one byte by the descriptor before, and say so");
    if (read(before, &byte, 1) != 1)
        err(1, "read");
    printf("child: read 1 byte from the descriptor it had before\n");
    // END SOLUTION
}

static void allow(int group, int program)
{
    union bpf_attr detach = {.target_fd = (unsigned)group};

    // BEGIN SOLUTION
    //| // v1 (program is -1): the file is devices.allow. v2: BPF_PROG_DETACH wants what BPF_PROG_ATTACH has got.
    //| todo("TODO 6: take it back");
    if (program == -1) {
        put("devices.allow", zero);
        return;
    }
    detach.attach_type = BPF_CGROUP_DEVICE;
    detach.attach_bpf_fd = (unsigned)program;
    bpf(BPF_PROG_DETACH, &detach, "BPF_PROG_DETACH");
    // END SOLUTION
}

int main(int argc, char *argv[])
{
    int status, group;

    if (argc != 2) {
        fputs("usage: cgroup-device-deny GROUP   (a folder)\n", stderr);
        exit(2);
    }
    if (chdir(argv[1]) == -1)
        err(1, "%s", argv[1]);
    setvbuf(stdout, NULL, _IOLBF, 0); /* a line leaves at once, also into a pipe */
    group = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int program = forbid(group);
    pid_t pid = fork();
    if (pid == -1)
        err(1, "fork");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        child();
        exit(0);
    }
    waitpid(pid, &status, 0);
    allow(group, program);
    return status != 0 || ferror(stdout) != 0;
}

/* --- given; read it later ------------------------------------------------------------------- */

#define ASKED(member) offsetof(struct bpf_cgroup_dev_ctx, member)

/* Register 1 is the address of what is asked; register 0 will be the answer. From where the device is
   another one a jump leads to the end. */
static const struct bpf_insn code[10] = {
    {BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1},                /* r0 = 1: yes */
    {BPF_LDX | BPF_MEM | BPF_W, 2, 1, ASKED(access_type), 0}, /* r2 = kind of device */
    {BPF_ALU64 | BPF_AND | BPF_K, 2, 0, 0, 0xffff},           /* without the access */
    {BPF_JMP | BPF_JNE | BPF_K, 2, 0, 5, BPF_DEVCG_DEV_CHAR}, /* no character device */
    {BPF_LDX | BPF_MEM | BPF_W, 2, 1, ASKED(major), 0},       /* r2 = major */
    {BPF_JMP | BPF_JNE | BPF_K, 2, 0, 3, 1},                  /* not 1 */
    {BPF_LDX | BPF_MEM | BPF_W, 2, 1, ASKED(minor), 0},       /* r2 = minor */
    {BPF_JMP | BPF_JNE | BPF_K, 2, 0, 1, 5},                  /* not 5 */
    {BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0},                /* r0 = 0: no */
    {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}};

static int bpf(int command, union bpf_attr *attr, const char *what)
{
    int result = (int)syscall(SYS_bpf, command, attr, sizeof *attr);

    if (result == -1)
        err(1, "%s", what);
    return result;
}

static int has(const char *file)
{
    return access(file, F_OK) == 0;
}

static void put(const char *file, const char *text)
{
    int fd = open(file, O_WRONLY | O_CLOEXEC);

    if (fd == -1 || write(fd, text, strlen(text)) == -1)
        err(1, "%s", file);
    close(fd);
}
