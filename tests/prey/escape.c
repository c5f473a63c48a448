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

static void todo(const char *what, const char *unused)
{
    (void)unused;
    warnx("%s", what);
}

/* Prints what can be read from a descriptor. */
static __attribute__((unused)) void print(int fd)
{
    char text[4096];
    ssize_t length;

    if (fd < 0)
        err(1, "that is no way out");
    while ((length = read(fd, text, sizeof text)) > 0)
        fwrite(text, 1, (size_t)length, stdout);
}

/* The old root has not been unmounted. It lies over the new one, at /. Which way leads over a mount point? */
static void old_root(const char *file)
{
    todo("TODO 1: print(open(...)) of a path to file that begins in the old root", file);
}

/* Descriptor 9 is a folder of the machine that somebody has forgotten to close. */
static void descriptor(const char *file)
{
    todo("TODO 2: openat()", file);
}

/* /proc is the machine's, and shows all processes. Who has the secret on its command line? */
static void proc(const char *unused)
{
    todo("TODO 3: print /proc/PID/cmdline of each process", unused);
}

/* chroot() only, and CAP_SYS_CHROOT is left. A working directory may lie above the root: who may call chroot() can
   bring that about. */
static void jail(const char *file)
{
    todo("TODO 4: chroot() into a new folder; chdir() up and up; chroot() there", file);
}

/* The network is the machine's, and so are its abstract sockets. */
static void network(const char *name)
{
    todo("TODO 5: connect() to the abstract socket of that name, and print()", name);
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
    return EXIT_SUCCESS;
}
