/*
 * The cage: the namespaces in which one run of a program happens, and their files.
 *
 *   witness                  reads a procfs of the cage, writes the record
 *    └─ init                 PID 1 of the cage (init.c)
 *        ├─ trusted          busy loops, and neighbours: processes in other namespaces
 *        └─ the program      and whatever it makes
 *
 * When init dies, the kernel kills all that is in the cage, however well it hides; and init dies
 * with the witness. The user namespace is for root, too: on the machine, root of the cage is a user
 * who owns nothing, not even what another cage has.
 * All that is mounted is read-only, but for private /tmp, /dev/shm and /proc. What the witness reads
 * cannot be forged: that procfs is in a mount namespace that nobody is in any more, so nothing can
 * be mounted over it.
 */
#define _GNU_SOURCE
#include "witness.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <link.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int patience = 20 * 1000; /* milliseconds, for an answer of init */

static int program; /* descriptor of the file */
static char program_name[NAME_MAX + 1];
static bool real_root;      /* the witness was started by root */
static bool users = true;   /* the cage has a user namespace of its own */
static bool no_users;       /* none can be had here */
static bool private = true; /* mounts made here stay here */
static bool read_only;      /* what was mounted before */
static bool exec_watch;     /* no other program can be started */
static bool blind;          /* init may not read what others write */
static bool nobody;         /* root of the cage has no rights outside */
static char directory[32];  /* where the program is put, and where it runs */
static bool tmp_is_ours, shm_is_ours;
static char folder[64]; /* that the program did not make, or an empty text */
static char root[64], probe_path[64]; /* so are these */
static struct stat probe_file;

unsigned draw(unsigned least, unsigned most)
{
    unsigned number;

    if (getrandom(&number, sizeof number, GRND_NONBLOCK) == -1)
        number = (unsigned)(now() * 1e6); /* this machine has just been started */
    return least + number % (most - least + 1);
}

void draw_letters(char *text, size_t length)
{
    static const char letters[] = "bcdfghjklmpqrtvwxz";

    for (size_t i = 0; i < length; i++)
        text[i] = letters[draw(0, sizeof letters - 2)];
    text[length] = '\0';
}

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool ok = fd != -1 && write(fd, text, strlen(text)) != -1;

    if (fd != -1)
        close(fd);
    return ok;
}

static bool refused(void)
{
    not_here_namespaces(errno);
    return false;
}

/* Without root: a user namespace in which we are root. Ubuntu's AppArmor lets it be made, and
   then refuses the map. */
static bool become_root(void)
{
    char map[64];
    unsigned uid = geteuid(), gid = getegid();

    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == -1)
        return refused();
    write_file("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "0 %u 1", gid);
    write_file("/proc/self/gid_map", map);
    snprintf(map, sizeof map, "0 %u 1", uid);
    if (!write_file("/proc/self/uid_map", map))
        return refused();
    return true;
}

/* mount_setattr(2) is younger than the headers of some distributions. */
enum { MOUNT_SETATTR = 442, READ_ONLY = 1, RECURSIVE = 0x8000 };
struct mount_attributes {
    uint64_t set, clear, propagation, user_namespace;
};

/* Every mount becomes read-only; those of the cage are made later. /proc must not: the kernel
   mounts no writable one where only a read-only one is seen. Before 5.12 there is no such call. */
static void make_read_only(void)
{
    struct mount_attributes all = {.set = READ_ONLY}, proc = {.clear = READ_ONLY};

    read_only = syscall(MOUNT_SETATTR, AT_FDCWD, "/", RECURSIVE, &all, sizeof all) == 0;
    syscall(MOUNT_SETATTR, AT_FDCWD, "/proc", 0, &proc, sizeof proc);
}

bool cage_prepare(const char *path)
{
    const char *slash = strrchr(path, '/');

    snprintf(program_name, sizeof program_name, "%s", slash ? slash + 1 : path);
    program = open(path, O_RDONLY | O_CLOEXEC);
    if (program == -1)
        broken(path);
    real_root = geteuid() == 0;
    if (unshare(CLONE_NEWNS) != 0) {
        real_root = false;
        if (errno != EPERM)
            return refused();
        if (!become_root())
            return false;
    }
    private = mount("", "/", "", MS_REC | MS_PRIVATE, NULL) == 0; /* not in a chroot */
    if (private) {
        if (real_root) /* where bubblewrap has hidden parts of it, no cage can mount its own */
            mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
        make_read_only();
    }
    return true;
}

/* A raw clone() without a stack returns twice, like fork(). Root can do without the user
   namespace where those are forbidden: the record says so. In a guest that may be touched root of the
   cage is root: the machine itself is the cage. */
static pid_t clone_cage(bool guest, bool network)
{
    const unsigned long flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS |
                                (guest && network ? 0 : CLONE_NEWNET) | SIGCHLD;
    pid_t pid = -1;

    users = !guest && !no_users;
    if (users)
        pid = (pid_t)syscall(SYS_clone, flags | CLONE_NEWUSER, 0, 0, 0, 0);
    if (pid == -1) {
        int error = errno;
        no_users = !guest;
        users = false;
        pid = (pid_t)syscall(SYS_clone, flags, 0, 0, 0, 0);
        if (pid == -1)
            errno = error;
    }
    return pid;
}

static bool map_to(pid_t pid, int outside)
{
    char path[64], map[64];

    snprintf(map, sizeof map, "0 %d 1", outside);
    snprintf(path, sizeof path, "/proc/%d/gid_map", pid);
    if (!write_file(path, map))
        return false;
    snprintf(path, sizeof path, "/proc/%d/uid_map", pid);
    return write_file(path, map);
}

/* Root of the cage is somebody without rights outside, and another one for each witness: else one
   program could reach for the groups of another. In a plain user's cage, or in a user namespace that
   has no more users, it is who we are. */
static int map_root(pid_t pid)
{
    enum { FIRST = 1900000000, MOST = 0xffffff }; /* nobody gives these to anybody */
    static int user;

    if (user == 0)
        user = (int)draw(FIRST, FIRST + MOST);
    nobody = real_root && map_to(pid, user);
    if (!nobody && !map_to(pid, 0))
        broken("uid_map of the cage");
    return user;
}

static bool settle(struct cage *cage)
{
    char path[64];
    int user = users ? map_root(cage->init) : 0;

    groups_delegate(nobody ? (unsigned)user : 0);
    groups_enter(".", cage->init);
    errno = cage_ask(cage, "furnish %d", groups_any());
    if (errno == EPERM) {
        not_here_proc();
        return false;
    }
    if (errno != 0)
        broken("furnishing the cage");
    groups_enter_shell(cage->init);
    snprintf(path, sizeof path, "/proc/%d/root/proc", cage->init);
    cage->proc = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (cage->proc == -1)
        broken(path);
    if ((errno = cage_ask(cage, "hide")) != 0)
        broken("hiding the cage's procfs");
    draw_letters(cage->hostname, 8);
    if ((errno = cage_ask(cage, "hostname %s", cage->hostname)) != 0)
        broken("the cage's hostname");
    return true;
}

static bool mount_tmpfs(const char *path)
{
    return (private || mount("", path, "", MS_PRIVATE, NULL) == 0) &&
           mount("oslabs", path, "tmpfs", MS_NOSUID | MS_NODEV,
                 "size=16m,nr_inodes=1000,mode=1777") == 0;
}

static void copy_file_to(int from, const char *path)
{
    struct stat info;
    off_t done = 0;
    int copy = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0755);

    if (copy == -1 || fchmod(copy, 0755) == -1 || fstat(from, &info) == -1)
        broken(path);
    while (done < info.st_size)
        if (sendfile(copy, from, &done, (size_t)(info.st_size - done)) <= 0)
            broken(path);
    close(copy);
}

/* /tmp is new for each run, and holds a copy of the program: the folder where it was built may be
   closed to that user, or lie below /tmp itself. In a chroot it cannot be private: a folder in it. */
static void make_tmp(void)
{
    char path[sizeof directory + NAME_MAX + 2];

    tmp_is_ours = mount_tmpfs("/tmp");
    shm_is_ours = mount_tmpfs("/dev/shm");
    strcpy(directory, tmp_is_ours ? "/tmp" : "/tmp/oslabs-XXXXXX");
    if (!tmp_is_ours && (mkdtemp(directory) == NULL || chmod(directory, 0755) == -1))
        broken("a folder in /tmp");
    snprintf(path, sizeof path, "%s/%s", directory, program_name);
    copy_file_to(program, path);
}

/* What make_root() has made. */
static bool is_of_root(const char *file)
{
    size_t length = strlen(root);

    if (length == 0 || strncmp(file, probe_path, strlen(probe_path)) == 0)
        return length > 0;
    return strncmp(file, root, length) == 0 &&
           (file[length] == '\0' || strcmp(file + length, "/proc") == 0 ||
            strcmp(file + length, "/dev") == 0 || strcmp(file + length, "/tmp") == 0);
}

static void record_files(const char *path)
{
    DIR *entries = opendir(path);
    struct dirent *entry;
    int count = 0;

    while (entries && count++ < 20 && (entry = readdir(entries)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            strcmp(entry->d_name, program_name) != 0) {
            char file[NAME_MAX + sizeof folder + 2];
            int length = snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
            if (strcmp(file, folder) != 0 && !is_of_root(file))
                record_text("left file", file, (size_t)length);
        }
    if (entries)
        closedir(entries);
}

void cage_look(struct cage *cage)
{
    if (tmp_is_ours)
        record_files("/tmp");
    if (shm_is_ours)
        record_files("/dev/shm");
    if (*folder)
        record_files(folder);
    if (*root) {
        char devices[sizeof root + 8];
        snprintf(devices, sizeof devices, "%s/dev", root);
        record_files(root);
        record_files(devices);
    }
    cage_ask(cage, "ledger");
}

const char *cage_folder(struct cage *cage, const char *name)
{
    snprintf(folder, sizeof folder, "%s/%s", directory, name);
    if ((errno = cage_ask(cage, "folder %s", folder)) != 0)
        broken(folder);
    return folder;
}

static bool is_static(void)
{
    const ElfW(Phdr) * headers;
    unsigned long address = getauxval(AT_PHDR);

    memcpy(&headers, &address, sizeof address);
    for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++)
        if (headers[i].p_type == PT_INTERP)
            return false;
    return true;
}

static void make_folder(const char *path)
{
    if (mkdir(path, 0755) == -1 || chmod(path, 0755) == -1)
        broken(path);
}

/* Root of the cage owns none of it, and cannot change it. COMMAND has one path: as long as nobody has changed
   the root, it is the same file. */
static void make_root(void)
{
    char path[3 * sizeof root], letters[16];
    int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

    draw_letters(letters, 9);
    snprintf(root, sizeof root, "%s/%s", directory, letters);
    snprintf(probe_path, sizeof probe_path, "%s/probe", directory);
    copy_file_to(self, probe_path);
    close(self);
    make_folder(root);
    snprintf(path, sizeof path, "%s/proc", root);
    make_folder(path);
    snprintf(path, sizeof path, "%s/dev", root);
    make_folder(path);
    for (char *slash = directory; slash; slash = strchr(slash + 1, '/')) {
        const char *next = strchr(slash + 1, '/');
        int length = next ? (int)(next - directory) : (int)strlen(directory);
        snprintf(path, sizeof path, "%s%.*s", root, length, directory);
        make_folder(path);
    }
    snprintf(path, sizeof path, "%s%s", root, probe_path);
    if (link(probe_path, path) == -1)
        broken(path);
    snprintf(path, sizeof path, "%s.outside", probe_path);
    close(open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644));
}

bool cage_root(struct cage *cage)
{
    struct stat root_folder;

    if (!is_static()) {
        not_here_static();
        return false;
    }
    make_root();
    if (stat(root, &root_folder) == -1 || stat(probe_path, &probe_file) == -1)
        broken(root);
    cage_ask(cage, "allow %lu %lu", (unsigned long)probe_file.st_dev,
             (unsigned long)probe_file.st_ino);
    record("root %s %ju:%ju probe %s %ju:%ju", root, (uintmax_t)root_folder.st_dev,
           (uintmax_t)root_folder.st_ino, probe_path, (uintmax_t)probe_file.st_dev,
           (uintmax_t)probe_file.st_ino);
    return true;
}

const char *cage_word(const char *word)
{
    if (strcmp(word, "ROOT") == 0 && *root)
        return root;
    return strcmp(word, "PROBE") == 0 && *root ? probe_path : NULL;
}

int cage_container(const struct cage *cage)
{
    int pids[256], count = list_pids(cage->proc, pids, 256);
    char path[32];
    struct stat exe;

    for (int i = 0; *root && i < count; i++) {
        snprintf(path, sizeof path, "%d/exe", pids[i]);
        if (fstatat(cage->proc, path, &exe, 0) == 0 && exe.st_dev == probe_file.st_dev &&
            exe.st_ino == probe_file.st_ino)
            return pids[i];
    }
    return 0;
}

static void remove_tmp(void)
{
    char path[sizeof directory + NAME_MAX + 2];

    if (!tmp_is_ours) {
        if (*folder)
            rmdir(folder);
        snprintf(path, sizeof path, "%s/%s", directory, program_name);
        unlink(path);
        rmdir(directory);
    }
    if (tmp_is_ours)
        umount2("/tmp", MNT_DETACH);
    if (shm_is_ours)
        umount2("/dev/shm", MNT_DETACH);
    tmp_is_ours = shm_is_ours = false;
    *folder = *root = '\0';
}

/* Of a plain user the kernel counts what else that user runs, too (before 5.14). */
static unsigned long most_processes(void)
{
    unsigned long most = LIMIT_PROCESSES;
    DIR *proc = real_root ? NULL : opendir("/proc");
    struct dirent *entry;

    while (proc && (entry = readdir(proc)) != NULL)
        most += entry->d_name[0] >= '1' && entry->d_name[0] <= '9';
    if (proc)
        closedir(proc);
    return most;
}

/* The program may open its end again, as /dev/stdout. There may be nothing to read, whatever poll()
   said: it can read its own pipe. */
static bool open_pipe(int ends[2])
{
    return pipe2(ends, O_CLOEXEC) == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 &&
           fchmod(ends[1], 0666) == 0;
}

bool cage_open(struct cage *cage, bool undisturbed)
{
    int talk[2], out[2], err[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, talk) == -1 ||
        !open_pipe(out) || !open_pipe(err))
        broken("pipes");
    make_tmp();
    fflush(NULL);
    cage->init = clone_cage(cage->guest, cage->network);
    if (cage->init == 0) {
        close(talk[0]);
        close(out[0]);
        close(err[0]);
        init_main(&(struct init){.talk = talk[1],
                                 .out = out[1],
                                 .err = err[1],
                                 .users = users,
                                 .private = private,
                                 .undisturbed = undisturbed,
                                 .guest = cage->guest,
                                 .program_name = program_name,
                                 .directory = directory,
                                 .most_processes = most_processes()});
    }
    close(talk[1]);
    close(out[1]);
    close(err[1]);
    cage->talk = talk[0];
    cage->out = out[0];
    cage->err = err[0];
    cage->proc = -1;
    cage->undisturbed = undisturbed;
    cage->dead = false;
    if (cage->init == -1) {
        cage->init = 0;
        return refused();
    }
    return settle(cage);
}

/* When init is gone, then because the program has found a way to end it: all in the cage is dead. Who
   can freeze it, in a group of its own, has as good as ended it; and once is enough. */
bool cage_hear(struct cage *cage, char *answer, size_t size)
{
    struct pollfd wait = {cage->talk, POLLIN, 0};
    ssize_t length = 0;

    if (!cage->dead && poll(&wait, 1, patience) > 0)
        length = recv(cage->talk, answer, size - 1, 0);
    else if (!cage->dead)
        patience = 2 * 1000;
    if (length <= 0) {
        if (!cage->dead)
            on_report("dead", 4);
        cage->dead = true;
        strcpy(answer, "= -1");
        return true;
    }
    answer[length] = '\0';
    if (answer[0] == '=')
        return true;
    if (strncmp(answer, "exec-watch ", 11) == 0)
        exec_watch = answer[11] == '1';
    else if (strcmp(answer, "blind") == 0)
        blind = true;
    else
        on_report(answer, (size_t)length);
    return false;
}

int cage_ask(struct cage *cage, const char *format, ...)
{
    char packet[PACKET];
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(packet, sizeof packet, format, arguments);
    va_end(arguments);
    send(cage->talk, packet, (size_t)length, MSG_NOSIGNAL);
    while (!cage_hear(cage, packet, sizeof packet))
        ;
    return atoi(packet + 1);
}

bool cage_knows_writers(const struct cage *cage)
{
    return exec_watch && !blind && !cage->undisturbed;
}

void cage_kill(struct cage *cage)
{
    send(cage->talk, "kill", 4, MSG_NOSIGNAL);
}

/* The kernel returns from waitpid() when everything in the cage is dead. */
void cage_close(struct cage *cage)
{
    if (cage->init == 0)
        return;
    given_thaw();
    kill(cage->init, SIGKILL);
    waitpid(cage->init, NULL, 0);
    cage->init = 0;
    close(cage->talk);
    close(cage->out);
    close(cage->err);
    close(cage->proc);
    remove_tmp();
}

void cage_describe(void)
{
    record("cage as-%s pid mnt ipc uts net%s%s%s%s", real_root ? "root" : "user",
           users ? " user" : "", private ? " private" : "", read_only ? " read-only" : "",
           exec_watch ? " exec-watch" : "");
}
