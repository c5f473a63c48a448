/* What touches a whole machine, for tests of the witness: machine calls | disk DISK | huge | deny GROUP |
   listen | lines. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void say(const char *what, long result)
{
    printf("%s: %s\n", what, result == -1 ? strerror(errno) : "ok");
}

static int load(void)
{
    struct bpf_insn no[] = {{BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0},
                            {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}};
    union bpf_attr attr = {.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
                           .insns = (uintptr_t)no,
                           .insn_cnt = 2,
                           .license = (uintptr_t) "GPL"};

    return (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr);
}

static void calls(void)
{
    struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
                                   .size = sizeof attr,
                                   .config = PERF_COUNT_SW_PAGE_FAULTS};
    unsigned inside, outside, count = 0;
    FILE *map = fopen("/proc/self/uid_map", "re");

    say("bpf", load());
    say("perf_event_open", syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0));
    if (map && fscanf(map, "%u %u %u", &inside, &outside, &count) == 3)
        printf("uid_map: %u\n", count);
    if (map)
        fclose(map);
}

static void disk(const char *number)
{
    static _Alignas(4096) char memory[1 << 20];
    char link[64], folder[256] = "", path[300];

    snprintf(link, sizeof link, "/sys/dev/block/%.40s", number);
    if (readlink(link, folder, sizeof folder - 1) == -1)
        err(1, "%s", link);
    snprintf(path, sizeof path, "/dev/%s", strrchr(folder, '/') + 1);
    for (int direct = 1; direct >= 0; direct--) {
        int fd = open(path, O_WRONLY | (direct ? O_DIRECT : 0));
        if (fd == -1 || write(fd, memory, sizeof memory) != (ssize_t)sizeof memory)
            err(1, "%s", path);
        puts("written");
        close(fd);
    }
}

static void huge(void)
{
    char text[16] = "";
    int fd = open("/proc/sys/vm/nr_hugepages", O_RDONLY);

    if (read(fd, text, sizeof text - 1) > 0)
        printf("huge pages: %s", text);
}

/* v1: one device; v2: all of them, and it leaves that behind. */
static void deny(const char *group)
{
    union bpf_attr attr = {.attach_type = BPF_CGROUP_DEVICE};

    if (chdir(group) == -1)
        err(1, "%s", group);
    int fd = open("devices.deny", O_WRONLY);
    if (fd != -1 && write(fd, "c 1:5 rwm", 9) == -1)
        err(1, "devices.deny");
    if (fd == -1) {
        attr.target_fd = (unsigned)open(".", O_RDONLY | O_DIRECTORY);
        attr.attach_bpf_fd = (unsigned)load();
        if (syscall(SYS_bpf, BPF_PROG_ATTACH, &attr, sizeof attr) == -1)
            err(1, "BPF_PROG_ATTACH");
    }
    puts("ready");
}

static void listens(void)
{
    int mark = 4711, fd = socket(AF_INET, SOCK_STREAM, 0);

    setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof mark);
    say("listen", listen(fd, 1));
}

int main(int argc, char *argv[])
{
    const char *what = argc > 1 ? argv[1] : "", *word = argc > 2 ? argv[2] : "";

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (strcmp(what, "calls") == 0)
        calls();
    else if (strcmp(what, "disk") == 0)
        disk(word);
    else if (strcmp(what, "huge") == 0)
        huge();
    else if (strcmp(what, "listen") == 0)
        listens();
    else if (strcmp(what, "deny") == 0)
        deny(word);
    else
        puts("first\nsecond");
    return 0;
}
