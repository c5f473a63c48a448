/*
 * guest: what concerns a whole machine, and so is done in a virtual one only, which has been started for this
 * (scripts/machine/vm) and is gone afterwards. Nothing here is done anywhere else.
 */
#define _GNU_SOURCE
#include "witness.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* scripts/machine/vm says so to the kernel that it starts: a user of a machine cannot write there. */
bool guest_is_virtual(void)
{
    char words[4096];

    return read_at(AT_FDCWD, "/proc/cmdline", words, sizeof words) &&
           strstr(words, "oslabs.guest=1") != NULL;
}

bool guest_here(void)
{
    static int here =
        -1; /* not asked yet: later the cage has made us root of something */

    if (here == -1)
        here = guest_is_virtual() && geteuid() == 0;
    return here;
}

const char *guest_disk(void)
{
    static char number[16];
    DIR *disks = opendir("/sys/block");
    struct dirent *entry;
    char path[300];

    *number = '\0';
    while (disks && *number == '\0' && (entry = readdir(disks)) != NULL) {
        snprintf(path, sizeof path, "/sys/block/%s/dev", entry->d_name);
        if (strncmp(entry->d_name, "vd", 2) == 0 &&
            read_at(AT_FDCWD, path, number, sizeof number))
            number[strcspn(number, "\n")] = '\0';
    }
    if (disks)
        closedir(disks);
    return *number ? number : NULL;
}

/* --- huge pages --------------------------------------------------------------------------------- */

#define HUGE_PAGES "/proc/sys/vm/nr_hugepages"
static char before[16]; /* empty: we have changed nothing */

int guest_huge_pages(int count)
{
    char text[16] = "";

    if (*before == '\0')
        read_at(AT_FDCWD, HUGE_PAGES, before, sizeof before);
    snprintf(text, sizeof text, "%d", count);
    write_at(AT_FDCWD, HUGE_PAGES, text);
    read_at(AT_FDCWD, HUGE_PAGES, text, sizeof text);
    return atoi(text);
}

void guest_restore(void)
{
    if (*before)
        write_at(AT_FDCWD, HUGE_PAGES, before);
    *before = '\0';
}

/* --- BPF programs of groups ---------------------------------------------------------------------- */

static const struct {
    const char *name;
    unsigned program, attached; /* as <linux/bpf.h> numbers them */
} types[] = {{"device", BPF_PROG_TYPE_CGROUP_DEVICE, BPF_CGROUP_DEVICE},
             {"sock_create", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE}};
enum { TYPES = sizeof types / sizeof types[0] };
const char *const guest_program_types[] = {"device", "sock_create", NULL};

int guest_programs(int group, const char *type)
{
    union bpf_attr query;

    for (int i = 0; i < TYPES; i++) {
        if (strcmp(types[i].name, type) != 0)
            continue;
        memset(&query, 0, sizeof query);
        query.query.target_fd = (unsigned)group;
        query.query.attach_type = types[i].attached;
        if (syscall(SYS_bpf, BPF_PROG_QUERY, &query, sizeof query) == 0)
            return (int)query.query.prog_cnt;
    }
    return -1;
}

const char *guest_program_of(int proc, int pid, const char *fd)
{
    char path[64], text[1024];
    unsigned type = 0;

    snprintf(path, sizeof path, "%d/fdinfo/%.16s", pid, fd);
    const char *at =
        read_at(proc, path, text, sizeof text) ? strstr(text, "prog_type:") : NULL;
    if (at == NULL || sscanf(at, "prog_type: %u", &type) != 1)
        return NULL;
    for (int i = 0; i < TYPES; i++)
        if (types[i].program == type)
            return types[i].name;
    return "other";
}

/* --- opening a file ------------------------------------------------------------------------------ */

int guest_open(const char *path, bool (*enter)(void))
{
    int status = 0;
    pid_t helper = fork();

    if (helper == -1)
        broken("fork");
    if (helper == 0) {
        if (enter && !enter())
            _exit(255);
        _exit(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) == -1 ? errno : 0);
    }
    while (waitpid(helper, &status, 0) == -1 && errno == EINTR)
        ;
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 255) {
        errno = EBUSY;
        broken("a helper in the group");
    }
    return WEXITSTATUS(status);
}
