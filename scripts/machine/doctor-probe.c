/*
 * doctor-probe: tries what the labs need and says whether this kernel lets us, a line each:
 *
 *   NAME yes [WORD]...
 *   NAME no ERRNO STEP      STEP is what was refused
 *
 *   as_we_are/KIND          a new namespace of that kind, by clone() and by unshare()
 *   in_user_namespace/KIND  the same after becoming root of a new user namespace
 *   user_namespace          one with its maps; in it PID 1 with a /proc of its own
 *   clone3                  the call, without a namespace
 *   cage                    what the witness runs programs in; words as in its record
 *   cpuset                  v1 or v2, and where the hierarchy is mounted
 *   group                   a group made in it as the witness does, and removed again
 *   cage_cpuset             the cage in that group
 *   delegation              a group made below the one that we are in
 *
 * Every try happens in a child that is killed after a deadline, in namespaces that die with it.
 * Only the group outlives its child: the parent removes it, and until then takes no signal but at
 * a place where it can do so. Exit status: 0, 70 it broke, 128+N it was told to stop.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <mntent.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_mount_setattr /* before glibc 2.33 */
#define SYS_mount_setattr 442
#endif

enum {
    DEADLINE = 3,        /* seconds */
    NOBODY = 65533,      /* root of the cage, outside */
    NEW_TIME = 0x80,     /* CLONE_NEWTIME */
    READ_ONLY = 1,       /* MOUNT_ATTR_RDONLY */
    WHOLE_TREE = 0x8000, /* AT_RECURSIVE */
    TEXT = 4096
};

/* What a child has found out. Its memory is shared with the parent. */
static struct {
    int error; /* 0: nothing was refused */
    const char *step;
    char words[64];
} * found;

static sigset_t signals; /* what the parent waits for: SIGCHLD, or to be told to stop */

static int version, top = -1; /* of the cpuset hierarchy */
static char top_path[PATH_MAX];
static char group[64], home[72];
static bool in_group; /* the cage has to enter the group */
static int kind;      /* CLONE_NEW*, for the tries of one kind */

static void clean_up(void);

static void broken(const char *what) __attribute__((noreturn));
static void broken(const char *what)
{
    fprintf(stderr, "doctor-probe: %s: %s\n", what, strerror(errno));
    clean_up();
    exit(70);
}

/* --- in the child ---------------------------------------------------------------------------- */

/* The end of a try, unless that step was done. Uses errno. */
static void must(bool done, const char *step)
{
    if (done)
        return;
    found->error = errno;
    found->step = step;
    _exit(1);
}

/* To be repeated whenever the credentials have changed: the kernel forgets it then. */
static void die_with_parent(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* A raw clone() without a stack returns twice, like fork(). */
static pid_t clone_child(int flags)
{
    return (pid_t)syscall(SYS_clone, (unsigned long)flags | SIGCHLD, 0, 0, 0, 0);
}

/* What a child of ours found out is what we found out. */
static void must_end_well(pid_t pid)
{
    int status;

    if (waitpid(pid, &status, 0) == pid && status == 0)
        return;
    errno = ECANCELED;
    must(found->error != 0, "a process was killed");
    _exit(1);
}

static bool write_at(int dir, const char *path, const char *text)
{
    int fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
    bool ok = fd != -1 && write(fd, text, strlen(text)) != -1;
    int error = errno;

    if (fd != -1)
        close(fd);
    errno = error;
    return ok;
}

static bool read_at(int dir, const char *path, char *text)
{
    int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd == -1 ? -1 : read(fd, text, TEXT - 1);
    int error = errno;

    if (fd != -1)
        close(fd);
    text[length > 0 ? length : 0] = '\0';
    errno = error;
    return length != -1;
}

static void try_kind(void)
{
    if (kind != NEW_TIME) { /* there its bit belongs to the signal */
        pid_t pid = clone_child(kind);
        must(pid != -1, "clone()");
        if (pid == 0)
            _exit(0);
        must_end_well(pid);
    }
    must(unshare(kind) == 0, "unshare()");
}

/* Where AppArmor restricts user namespaces, one is made, and then its files are refused. */
static void become_root(int more)
{
    char map[32];
    unsigned uid = geteuid(), gid = getegid();

    must(unshare(CLONE_NEWUSER | more) == 0, "unshare(CLONE_NEWUSER)");
    must(write_at(AT_FDCWD, "/proc/self/setgroups", "deny"), "writing setgroups");
    snprintf(map, sizeof map, "0 %u 1", gid);
    must(write_at(AT_FDCWD, "/proc/self/gid_map", map), "writing gid_map");
    snprintf(map, sizeof map, "0 %u 1", uid);
    must(write_at(AT_FDCWD, "/proc/self/uid_map", map), "writing uid_map");
    die_with_parent();
}

static void try_kind_as_root(void)
{
    become_root(0);
    try_kind();
}

static void mount_proc(void)
{
    must(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0,
         "mounting /proc");
}

static void try_user_namespace(void)
{
    become_root(0);
    must(unshare(CLONE_NEWPID | CLONE_NEWNS) == 0, "unshare(CLONE_NEWPID | CLONE_NEWNS)");
    pid_t pid = clone_child(0);
    must(pid != -1, "fork()");
    if (pid == 0) {
        die_with_parent();
        errno = ECANCELED;
        must(getpid() == 1, "being PID 1");
        mount_proc(); /* goes nowhere else: mounts of a new user namespace do not spread */
        _exit(0);
    }
    must_end_well(pid);
}

static void try_clone3(void)
{
    unsigned long long arguments[8] = {[4] =
                                           SIGCHLD}; /* struct clone_args: exit_signal */
    pid_t pid = (pid_t)syscall(SYS_clone3, arguments, sizeof arguments);

    must(pid != -1, "clone3()");
    if (pid == 0)
        _exit(0);
    must_end_well(pid);
}

/* --- the cage: the same calls in the same order as in tests/witness/cage.c ------------------ */

static bool as_root, users, private; /* as there */

static bool make_read_only(void)
{
    /* struct mount_attr, which musl does not have: flags to set, flags to clear */
    unsigned long long set[4] = {READ_ONLY, 0}, clear[4] = {0, READ_ONLY};
    bool done =
        syscall(SYS_mount_setattr, AT_FDCWD, "/", WHOLE_TREE, set, sizeof set) == 0;

    syscall(SYS_mount_setattr, AT_FDCWD, "/proc", 0, clear, sizeof clear);
    return done;
}

static void prepare_cage(void)
{
    as_root = geteuid() == 0;
    if (unshare(CLONE_NEWNS) != 0) {
        must(errno == EPERM, "unshare(CLONE_NEWNS)");
        as_root = false;
        become_root(CLONE_NEWNS);
    }
    private = mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
    bool read_only = private && make_read_only();
    snprintf(found->words, sizeof found->words, " as-%s%s%s", as_root ? "root" : "user",
             private ? " private" : "", read_only ? " read-only" : "");
}

static void furnish(void)
{
    if (users) {
        setgroups(0, NULL);
        must(setresgid(0, 0, 0) == 0 && setresuid(0, 0, 0) == 0,
             "becoming root of the cage");
    }
    die_with_parent();
    must(!in_group || unshare(CLONE_NEWCGROUP) == 0, "unshare(CLONE_NEWCGROUP)");
    must(private || mount(NULL, "/proc", NULL, MS_PRIVATE, NULL) == 0, "mounting /proc");
    mount_proc();
}

static void hand_over(const char *dir)
{
    static const char *const files[] = {"", "cgroup.procs", "tasks", "cgroup.threads",
                                        "cgroup.subtree_control"};
    char path[128];

    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, files[i]);
        if (fchownat(top, path, NOBODY, NOBODY, 0) == -1)
            continue; /* of another version, or not ours: the witness does not mind either */
    }
}

static void hand_over_all(void)
{
    if (in_group)
        hand_over(group);
    if (in_group && version == 2)
        hand_over(home);
}

static bool map_to(pid_t pid, int outside)
{
    char path[64], map[64];

    snprintf(map, sizeof map, "0 %d 1", outside);
    snprintf(path, sizeof path, "/proc/%d/gid_map", pid);
    if (!write_at(AT_FDCWD, path, map))
        return false;
    snprintf(path, sizeof path, "/proc/%d/uid_map", pid);
    return write_at(AT_FDCWD, path, map);
}

/* NOBODY, and who we are where there is no such user. NOBODY needs the group handed over. */
static void map_root(pid_t pid)
{
    if (as_root && map_to(pid, NOBODY))
        hand_over_all();
    else
        must(map_to(pid, 0), "mapping root of the cage");
}

static void enter(const char *dir, pid_t pid)
{
    char path[96], text[16];

    snprintf(path, sizeof path, "%s/cgroup.procs", dir);
    snprintf(text, sizeof text, "%d", pid);
    must(write_at(top, path, text), "entering the group");
}

static pid_t clone_cage(void)
{
    const int flags =
        CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET;
    pid_t pid = clone_child(flags | CLONE_NEWUSER);

    users = pid != -1;
    if (!users) {
        int error = errno;
        pid = clone_child(flags);
        errno = error;
    }
    must(pid != -1, "clone() of the cage");
    return pid;
}

static void try_cage(void)
{
    int ready[2];
    char byte = 0;

    must(pipe2(ready, O_CLOEXEC) == 0, "pipe2()");
    prepare_cage();
    pid_t pid = clone_cage();
    if (pid == 0) {
        users =
            users || geteuid() != 0; /* PID 1 has not seen what clone_cage() returned */
        die_with_parent();
        close(
            ready
                [1]); /* so that the end of the parent can be seen, however early it came */
        if (read(ready[0], &byte, 1) != 1)
            _exit(1);
        furnish();
        _exit(0);
    }
    if (users)
        map_root(pid);
    if (in_group)
        enter(group, pid);
    if (in_group && version == 2)
        enter(home, pid);
    must(write(ready[1], &byte, 1) == 1, "write()");
    must_end_well(pid);
    if (users)
        strcat(found->words, " user");
}

/* --- cpuset: as in tests/witness/cpuset.c ------------------------------------------------------ */

static bool has_word(const char *list, const char *word)
{
    char copy[TEXT], *rest, *item;

    snprintf(copy, sizeof copy, "%s", list);
    for (item = strtok_r(copy, " \n", &rest); item; item = strtok_r(NULL, " \n", &rest))
        if (strcmp(item, word) == 0)
            return true;
    return false;
}

static bool hands_cpuset_down(const char *path)
{
    char file[PATH_MAX], controllers[TEXT];

    snprintf(file, sizeof file, "%s/cgroup.controllers", path);
    return read_at(AT_FDCWD, file, controllers) && has_word(controllers, "cpuset");
}

/* v1 where a mount has cpuset; else v2 where the top of a mount can hand it down. */
static void find_top(void)
{
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    struct mntent *entry;

    while (mounts && version != 1 && (entry = getmntent(mounts)) != NULL) {
        if (strcmp(entry->mnt_type, "cgroup") == 0 && hasmntopt(entry, "cpuset"))
            version = 1;
        else if (strcmp(entry->mnt_type, "cgroup2") == 0 && version == 0 &&
                 hands_cpuset_down(entry->mnt_dir))
            version = 2;
        else
            continue;
        snprintf(top_path, sizeof top_path, "%s", entry->mnt_dir);
    }
    if (mounts)
        endmntent(mounts);
}

static void copy_down(const char *file)
{
    char text[TEXT], path[96];

    snprintf(path, sizeof path, "%s/%s", group, file);
    must(read_at(top, file, text) && write_at(top, path, text), file);
}

/* Where others have some CPUs for themselves alone, all that the top has are refused (EINVAL): then any
   other one will do. */
static void take_cpus(void)
{
    char path[96], text[16];
    cpu_set_t all;

    snprintf(path, sizeof path, "%s/cpuset.cpus", group);
    sched_getaffinity(0, sizeof all, &all);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        snprintf(text, sizeof text, "%d", cpu);
        if (CPU_ISSET(cpu, &all) && write_at(top, path, text))
            return;
    }
    copy_down("cpuset.cpus");
}

static bool top_hands_down(void)
{
    char text[TEXT];

    return read_at(top, "cgroup.subtree_control", text) && has_word(text, "cpuset");
}

static void make_group(void)
{
    must(mkdirat(top, group, 0755) == 0, "mkdir()");
    if (version == 1) {
        copy_down("cpuset.mems");
        take_cpus();
    } else {
        must(top_hands_down() || write_at(top, "cgroup.subtree_control", "+cpuset"),
             "writing +cpuset to cgroup.subtree_control");
        must(mkdirat(top, home, 0755) == 0, "mkdir()");
    }
}

/* The line of /proc/self/cgroup for our hierarchy is N:CONTROLLERS:PATH. */
static bool find_own_group(char *path)
{
    static char line[PATH_MAX];
    FILE *file = fopen("/proc/self/cgroup", "re");
    bool is = false;

    while (file && !is && fgets(line, sizeof line, file)) {
        const char *controllers = strchr(line, ':');
        char *at = controllers ? strchr(controllers + 1, ':') : NULL;
        if (at == NULL)
            continue;
        *at++ = '\0';
        at[strcspn(at, "\n")] = '\0';
        is = version == 2 ? controllers[1] == '\0' : strcmp(controllers, ":cpuset") == 0;
        if (is)
            snprintf(path, PATH_MAX, "%s", at);
    }
    if (file)
        fclose(file);
    return is;
}

static void try_delegation(void)
{
    char path[PATH_MAX], full[2 * PATH_MAX];

    errno = ENOENT;
    must(find_own_group(path), "finding our own group");
    snprintf(full, sizeof full, "%s%s", top_path, path);
    int own = open(full, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    must(own != -1, "opening our own group");
    errno = ENOENT;
    must(version == 1 || hands_cpuset_down(full), "cpuset in its cgroup.controllers");
    must(mkdirat(own, group, 0755) == 0, "mkdir()");
    must(unlinkat(own, group, AT_REMOVEDIR) == 0, "rmdir()");
}

/* --- in the parent ------------------------------------------------------------------------------ */

static bool handed_down; /* before we came */

/* Where nothing was made this does nothing. */
static void clean_up(void)
{
    struct timespec pause = {.tv_nsec = 10000000};

    if (top == -1)
        return;
    for (int i = 0; i < 100 * DEADLINE;
         i++) { /* who was killed needs a moment to leave */
        if (unlinkat(top, home, AT_REMOVEDIR) == -1 && errno == EBUSY)
            ;
        else if (unlinkat(top, group, AT_REMOVEDIR) == 0 || errno != EBUSY)
            break;
        nanosleep(&pause, NULL);
    }
    if (version == 2 && !handed_down && top_hands_down())
        write_at(top, "cgroup.subtree_control",
                 "-cpuset"); /* EBUSY: others use it by now */
    close(top);
    top = -1;
}

static const char *error_name(int error)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {EPERM, "EPERM"},     {ENOENT, "ENOENT"},       {ENOMEM, "ENOMEM"},
        {EACCES, "EACCES"},   {EBUSY, "EBUSY"},         {EINVAL, "EINVAL"},
        {ENOSPC, "ENOSPC"},   {EROFS, "EROFS"},         {EAGAIN, "EAGAIN"},
        {ENOSYS, "ENOSYS"},   {EUSERS, "EUSERS"},       {EOPNOTSUPP, "EOPNOTSUPP"},
        {ENODEV, "ENODEV"},   {ETIMEDOUT, "ETIMEDOUT"}, {ECANCELED, "ECANCELED"},
        {ENOTDIR, "ENOTDIR"}, {ELOOP, "ELOOP"}};
    static char other[16];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].number == error)
            return names[i].name;
    snprintf(other, sizeof other, "E%d", error);
    return other;
}

/* Waits for the end of a child, but not for ever. */
static void wait_for(pid_t pid)
{
    const struct timespec patience = {.tv_sec = DEADLINE};
    int status = 0, number = SIGCHLD;
    pid_t ended = 0;

    while (ended == 0 && number == SIGCHLD) {
        ended = waitpid(pid, &status, WNOHANG);
        if (ended == 0)
            number = sigtimedwait(&signals, NULL, &patience);
    }
    if (ended == 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    if (ended == 0 && number != -1) {
        clean_up();
        exit(128 + number);
    }
    if (ended == 0 || (status != 0 && found->error == 0)) {
        found->error = ended == 0 ? ETIMEDOUT : ECANCELED;
        found->step = ended == 0 ? "no answer in time" : "a process was killed";
    }
}

static bool try(const char *name, void (*act)(void))
{
    memset(found, 0, sizeof *found);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == -1)
        broken("fork()");
    if (pid == 0) {
        die_with_parent();
        act();
        _exit(0);
    }
    wait_for(pid);
    if (found->error)
        printf("%s no %s %s\n", name, error_name(found->error), found->step);
    else
        printf("%s yes%s\n", name, found->words);
    return found->error == 0;
}

static void try_kinds(const char *prefix, void (*act)(void))
{
    static const struct {
        const char *name;
        int flag;
    } kinds[] = {{"cgroup", CLONE_NEWCGROUP}, {"ipc", CLONE_NEWIPC}, {"mnt", CLONE_NEWNS},
                 {"net", CLONE_NEWNET},       {"pid", CLONE_NEWPID}, {"time", NEW_TIME},
                 {"user", CLONE_NEWUSER},     {"uts", CLONE_NEWUTS}};
    char name[64];

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        kind = kinds[i].flag;
        snprintf(name, sizeof name, "%s/%s", prefix, kinds[i].name);
        try(name, act);
    }
}

/* oslabs-PID-START, like that of a witness: should we be killed, the next witness removes it. */
static void name_group(void)
{
    char text[TEXT];
    const char *at;
    unsigned long long start = 0;

    if (read_at(AT_FDCWD, "/proc/self/stat", text) && (at = strrchr(text, ')')) != NULL)
        sscanf(at,
               ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
               "%*d %*d %llu",
               &start);
    snprintf(group, sizeof group, "oslabs-%d-%llu", getpid(), start);
    snprintf(home, sizeof home, "%s/home", group);
}

static void try_cpuset(void)
{
    find_top();
    if (version == 0 ||
        (top = open(top_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1) {
        printf("cpuset no %s a hierarchy with cpuset\n",
               version ? error_name(errno) : "ENOENT");
        return;
    }
    printf("cpuset yes v%d %s\n", version, top_path);
    name_group();
    try("delegation", try_delegation);
    handed_down = top_hands_down();
    if (try("group", make_group)) {
        in_group = true;
        try("cage_cpuset", try_cage);
    }
    clean_up();
}

static void prepare(void)
{
    found = mmap(NULL, sizeof *found, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                 -1, 0);
    if (found == MAP_FAILED)
        broken("mmap()");
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char *argv[])
{
    (void)argv;
    if (argc != 1) {
        fputs("usage: doctor-probe\n", stderr);
        return 2;
    }
    prepare();
    try("user_namespace", try_user_namespace);
    try_kinds("as_we_are", try_kind);
    try_kinds("in_user_namespace", try_kind_as_root);
    try("clone3", try_clone3);
    try("cage", try_cage);
    try_cpuset();
    return fflush(stdout) == EOF ? 70 : 0;
}
