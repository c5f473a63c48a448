/*
 * enter: what is true inside of the namespaces of a process. Some files of /proc show what the *reader*
 * would see: the hostname, the System V objects, the maps of user numbers. So a helper joins the
 * namespaces by setns(), looks from there, and ends. What the helper writes is text between zero bytes.
 */
#define _GNU_SOURCE
#include "witness.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_TEXT = 16 * 1024, MOST_OBJECTS = 20, NEW_TIME = 0x80 /* CLONE_NEWTIME */ };

static const int patience =
    2 * 1000; /* milliseconds: a file system of the program may hang */

static int out;      /* the helper writes to it */
static int proc;     /* a procfs of the cage */
static int our_proc; /* one in which we have a number, too */
static int
    process; /* the process whose namespaces we are in, by its number in the cage */
static const char *where; /* a folder of the run, or an empty text */

static __attribute__((format(printf, 1, 2))) void tell(const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length >= (int)sizeof text)
        length = sizeof text - 1;
    if (write(out, text, (size_t)length + 1) == -1)
        _exit(1);
}

/* Reads proc/PROCESS/NAME. */
static char *read_of_process(const char *name, char *text, size_t size)
{
    char path[64];

    snprintf(path, sizeof path, "%d/%s", process, name);
    read_at(proc, path, text, size);
    return text;
}

static void tell_uts(void)
{
    struct utsname names;

    if (uname(&names) == 0)
        tell("uts %s", names.nodename);
}

/* How many mounts hand on what happens to them (shared), or take it from others (slave). */
void count_mounts(const char *mounts, int *all, int *shared, int *slave)
{
    *all = *shared = *slave = 0;
    for (const char *at = mounts; at && *at;
         at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
        const char *end = strstr(at, " - ");
        const char *is_shared = strstr(at, " shared:"),
                   *is_slave = strstr(at, " master:");
        ++*all;
        *shared += is_shared && is_shared < end;
        *slave += is_slave && is_slave < end;
    }
}

/* The mounts at the folder of the run: the type of each. */
static void tell_mounts_at_folder(char *mounts)
{
    char *rest, *line, at[1024], type[64];

    for (line = strtok_r(mounts, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        const char *end = strstr(line, " - ");
        if (end && sscanf(line, "%*s %*s %*s %*s %1023s", at) == 1 &&
            strcmp(at, where) == 0 && sscanf(end, " - %63s", type) == 1)
            tell("mnt at-folder %s", type);
    }
}

static void tell_folder(void)
{
    char path[64];
    struct dirent *entry;
    int count = 0;

    snprintf(path, sizeof path, "%d/root%.40s", process, where);
    int fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fd == -1 ? NULL : fdopendir(fd);
    if (entries == NULL)
        tell("mnt no-folder");
    while (entries && count < MOST_OBJECTS && (entry = readdir(entries)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            ++count)
            tell("mnt in-folder %s", entry->d_name);
}

/* The link "root" and the list of mounts do not lie: they are those of the process that they belong to. */
static void tell_mnt(void)
{
    static char mounts[256 * 1024];
    int all, shared, slave;

    count_mounts(read_of_process("mountinfo", mounts, sizeof mounts), &all, &shared,
                 &slave);
    tell("mnt mounts=%d shared=%d slave=%d", all, shared, slave);
    if (*where) {
        tell_mounts_at_folder(mounts);
        tell_folder();
    }
}

/* Of a process that we see by one number, the number in the cage: the second one, where ours is the first. */
static int in_cage(int pid)
{
    char path[32], text[8192];
    const char *at;
    int number = 0;

    snprintf(path, sizeof path, "%d/status", pid);
    if (pid == 0 || !read_at(our_proc, path, text, sizeof text) ||
        (at = strstr(text, "\nNSpid:")) == NULL)
        return 0;
    sscanf(at, " NSpid: %*d %d", &number);
    return number;
}

/* Numbers 1, 2, 5 and 7 of a line of shm: key, identifier, creator, attached. */
static void tell_ipc(void)
{
    char text[8192], *rest, *line;
    int key, id, creator, attached;

    read_at(proc, "sysvipc/shm", text, sizeof text);
    strtok_r(text, "\n", &rest);
    while ((line = strtok_r(NULL, "\n", &rest)) != NULL)
        if (sscanf(line, "%d %d %*s %*s %d %*s %d", &key, &id, &creator, &attached) == 4)
            tell("ipc shm key=0x%x id=%d creator=%d attached=%d", (unsigned)key, id,
                 in_cage(creator), attached);
}

static void tell_interfaces(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct if_nameindex *all = if_nameindex();
    struct ifreq request;

    for (struct if_nameindex *one = all; one && one->if_index; one++) {
        memset(&request, 0, sizeof request);
        strncpy(request.ifr_name, one->if_name, sizeof request.ifr_name - 1);
        if (ioctl(fd, SIOCGIFFLAGS, &request) == 0)
            tell("net interface %s %s", one->if_name,
                 request.ifr_flags & IFF_UP ? "up" : "down");
    }
}

/* Whether that socket is one of the open files of the process. */
static bool has_open(unsigned long inode)
{
    char path[64], name[64], target[64];
    bool found = false;
    struct dirent *entry;

    snprintf(path, sizeof path, "%d/fd", process);
    snprintf(name, sizeof name, "socket:[%lu]", inode);
    int fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fd == -1 ? NULL : fdopendir(fd);
    while (entries && !found && (entry = readdir(entries)) != NULL) {
        ssize_t length = readlinkat(fd, entry->d_name, target, sizeof target - 1);
        target[length > 0 ? length : 0] = '\0';
        found = strcmp(target, name) == 0;
    }
    return found;
}

/* Its TCP sockets that listen, on IPv4: state 0A. The file shows the network namespace of that process. */
static void tell_listeners(void)
{
    static char text[64 * 1024];
    char *rest, *line, address[INET_ADDRSTRLEN];
    unsigned number, port, state;
    unsigned long inode;

    strtok_r(read_of_process("net/tcp", text, sizeof text), "\n", &rest);
    while ((line = strtok_r(NULL, "\n", &rest)) != NULL)
        if (sscanf(line, " %*d: %x:%x %*x:%*x %x %*s %*s %*s %*s %*s %lu", &number, &port,
                   &state, &inode) == 4 &&
            state == 0x0a)
            tell("net listens %s:%u socket=%lu %s",
                 inet_ntop(AF_INET, &(struct in_addr){number}, address, sizeof address),
                 port, inode, has_open(inode) ? "own" : "other");
}

static void tell_net(void)
{
    tell_interfaces();
    tell_listeners();
}

/* The first line of a map, with commas between its numbers. */
char *map_of(int dir, int pid, const char *name, char *text, size_t size)
{
    char path[64], *at;

    snprintf(path, sizeof path, "%d/%s", pid, name);
    read_at(dir, path, text, size);
    text[strcspn(text, "\n")] = '\0';
    for (at = text + strspn(text, " "); *at; at++)
        if (*at == ' ' && at[1] == ' ')
            memmove(at, at + 1, strlen(at)), at--;
        else if (*at == ' ')
            *at = ',';
    return text + strspn(text, " ");
}

static void tell_user(void)
{
    char status[8192], map[1024], setgroups[64], *at;
    unsigned long long capabilities = 0;
    unsigned uid = 0, gid = 0;

    read_of_process("status", status, sizeof status);
    if ((at = strstr(status, "\nUid:")) != NULL)
        sscanf(at, " Uid: %*u %u", &uid);
    if ((at = strstr(status, "\nGid:")) != NULL)
        sscanf(at, " Gid: %*u %u", &gid);
    if ((at = strstr(status, "\nCapEff:")) != NULL)
        sscanf(at, " CapEff: %llx", &capabilities);
    tell("user uid=%u gid=%u capabilities=%llx", uid, gid, capabilities);
    tell("user uid_map=%s", map_of(proc, process, "uid_map", map, sizeof map));
    tell("user gid_map=%s", map_of(proc, process, "gid_map", map, sizeof map));
    read_of_process("setgroups", setgroups, sizeof setgroups);
    setgroups[strcspn(setgroups, "\n")] = '\0';
    tell("user setgroups=%s", setgroups);
}

static time_t
    up_outside; /* seconds since the start, before the helper has gone anywhere */

static time_t clock_up(void)
{
    struct timespec time = {0, 0};

    clock_gettime(CLOCK_BOOTTIME, &time);
    return time.tv_sec;
}

static void tell_time(void)
{
    tell("time up=%lld up-by=%lld now=%lld", (long long)clock_up(),
         (long long)(clock_up() - up_outside), (long long)time(NULL));
}

static void tell_cgroup(void)
{
    char text[8192], *rest, *line;

    read_of_process("cgroup", text, sizeof text);
    for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        tell("cgroup %s", line);
}

static void tell_identity(void)
{
    char path[32];
    struct stat folder = {.st_ino = 0}, exe = {.st_ino = 0};

    snprintf(path, sizeof path, "%d/root", process);
    fstatat(proc, path, &folder, 0);
    snprintf(path, sizeof path, "%d/exe", process);
    fstatat(proc, path, &exe, 0);
    tell("root %ju:%ju exe %ju:%ju", (uintmax_t)folder.st_dev, (uintmax_t)folder.st_ino,
         (uintmax_t)exe.st_dev, (uintmax_t)exe.st_ino);
}

/* All that its mount namespace has: the process may be in a part of it, by chroot(2). */
static void tell_each_mount(void)
{
    static char mounts[256 * 1024];
    char *rest, *line, at[256], type[64], path[32];
    int count = 0;

    snprintf(path, sizeof path, "%d/ns/mnt", process);
    if (setns(openat(proc, path, O_RDONLY | O_CLOEXEC), CLONE_NEWNS) == -1) {
        tell("closed mnt: %s", strerror(errno));
        return;
    }
    read_at(our_proc, "self/mountinfo", mounts, sizeof mounts);
    for (line = strtok_r(mounts, "\n", &rest); line && count < 2 * MOST_OBJECTS;
         line = strtok_r(NULL, "\n", &rest)) {
        const char *end = strstr(line, " - ");
        if (end && sscanf(line, "%*s %*s %*s %*s %255s", at) == 1 &&
            sscanf(end, " - %63s", type) == 1 && ++count)
            tell("root mount %s %s", at, type);
    }
}

/* Opens a folder of the process, or returns NULL. */
static DIR *open_of_process(const char *name)
{
    char path[64];

    snprintf(path, sizeof path, "%d/%s", process, name);
    int fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd == -1 ? NULL : fdopendir(fd);
}

static void tell_devices(void)
{
    DIR *entries = open_of_process("root/dev");
    struct dirent *entry;
    struct stat info;
    int count = 0;

    while (entries && count < 2 * MOST_OBJECTS && (entry = readdir(entries)) != NULL)
        if (entry->d_name[0] != '.' && ++count &&
            fstatat(dirfd(entries), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0)
            tell("root dev %s %c %u:%u", entry->d_name,
                 S_ISCHR(info.st_mode)   ? 'c'
                 : S_ISBLK(info.st_mode) ? 'b'
                                         : '-',
                 major(info.st_rdev), minor(info.st_rdev));
}

static void tell_root(void)
{
    tell_identity();
    tell_each_mount();
    tell_devices();
}

/* A number of /proc/PID/status, as it stands there; "-" where there is none. */
static const char *number_in(const char *status, const char *name, char *text)
{
    const char *at = strstr(status, name);

    strcpy(text, "-");
    if (at)
        sscanf(at + strlen(name), " %31s", text);
    return text;
}

static void tell_rights(void)
{
    static const char *const fields[][2] = {{"\nNoNewPrivs:", "no-new-privs"},
                                            {"\nSeccomp_filters:", "filters"},
                                            {"\nCapInh:", "inh"},
                                            {"\nCapPrm:", "prm"},
                                            {"\nCapEff:", "eff"},
                                            {"\nCapBnd:", "bnd"},
                                            {"\nCapAmb:", "amb"}};
    char status[8192], text[32], line[512] = "";
    size_t used = 0;

    read_of_process("status", status, sizeof status);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        used += (size_t)snprintf(line + used, sizeof line - used, " %s=%s", fields[i][1],
                                 number_in(status, fields[i][0], text));
    tell("rights%s", line);
}

static void tell_files(void)
{
    DIR *entries = open_of_process("fd");
    struct dirent *entry;
    char target[256];
    int count = 0;

    while (entries && count < MOST_OBJECTS && (entry = readdir(entries)) != NULL) {
        ssize_t length =
            readlinkat(dirfd(entries), entry->d_name, target, sizeof target - 1);
        if (length > 0 && ++count) {
            target[length] = '\0';
            tell("files %s %s", entry->d_name, target);
        }
    }
}

/* In this order: who has joined a user namespace has no rights in what is outside of it. To join a mount
   namespace is of no use: /proc/PID/root leads there. */
static const struct kind {
    const char *name;
    int flag;
    void (*tell)(void);
} kinds[] = {{"mnt", 0, tell_mnt},
             {"root", 0, tell_root},
             {"rights", 0, tell_rights},
             {"files", 0, tell_files},
             {"uts", CLONE_NEWUTS, tell_uts},
             {"ipc", CLONE_NEWIPC, tell_ipc},
             {"net", CLONE_NEWNET, tell_net},
             {"time", NEW_TIME, tell_time},
             {"cgroup", CLONE_NEWCGROUP, tell_cgroup},
             {"user", CLONE_NEWUSER, tell_user}};

static bool join(const struct kind *kind)
{
    char path[32], own[32];
    struct stat there, here;

    if (kind->flag == 0)
        return true;
    snprintf(path, sizeof path, "%d/ns/%s", process, kind->name);
    snprintf(own, sizeof own, "self/ns/%s", kind->name);
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    if (fd == -1 || fstat(fd, &there) == -1)
        return false;
    /* to join what is the machine's own takes rights that a plain user has not */
    return (fstatat(our_proc, own, &here, 0) == 0 && here.st_ino == there.st_ino) ||
           setns(fd, kind->flag) == 0;
}

static bool lists(const char *list, const char *word)
{
    const char *at = strstr(list, word);

    return at && (at == list || at[-1] == ' ') && strchr(" ", at[strlen(word)]);
}

/* The namespaces of one process, one after the other. Nobody in the cage may look into the helper. */
static __attribute__((noreturn)) void be_helper(const char *list)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_DUMPABLE, 0);
    up_outside = clock_up();
    our_proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (lists(list, kinds[i].name)) {
            if (join(&kinds[i]))
                kinds[i].tell();
            else
                tell("closed %s: %s", kinds[i].name, strerror(errno));
        }
    _exit(0);
}

/* All that the helper writes, if it comes in time. */
static size_t read_from(int fd, char *text, size_t size)
{
    struct pollfd wait = {fd, POLLIN, 0};
    size_t length = 0;
    ssize_t part;

    while (length < size && poll(&wait, 1, patience) > 0 &&
           (part = read(fd, text + length, size - length)) > 0)
        length += (size_t)part;
    return length;
}

static void record_inside(const char *text, size_t length)
{
    char word[32];

    snprintf(word, sizeof word, "inside %d", process);
    for (size_t used = 0; used < length; used += strnlen(text + used, length - used) + 1)
        record_text(word, text + used, strnlen(text + used, length - used));
}

void enter_process(int cage_proc, int pid, const char *list, const char *folder)
{
    static char text[MOST_TEXT];
    int ends[2];

    proc = cage_proc;
    process = pid;
    where = folder;
    if (pipe2(ends, O_CLOEXEC) == -1)
        broken("a pipe");
    fflush(stdout);
    pid_t helper = fork();
    if (helper == 0) {
        out = ends[1];
        be_helper(list);
    }
    if (helper == -1)
        broken("fork");
    close(ends[1]);
    record_inside(text, read_from(ends[0], text, sizeof text));
    close(ends[0]);
    kill(helper, SIGKILL);
    waitpid(helper, NULL, 0);
}
