/*
 * user-map-root NAME [SECONDS]: nobody, then root, and still not the machine's.
 *
 * Shows:   unshare(CLONE_NEWUSER) needs no rights, and gives all of them: over what the new
 *          user namespace owns. Who one is in there, a map says.
 * Article: "Namespaces", the table of kinds: user.
 * Prints:  before: uid U
 *          unmapped: uid 65534
 *          mapped: uid 0
 *          sethostname(): Operation not permitted
 *          after unshare(CLONE_NEWUTS): hostname is NAME
 * Write:   about 15 lines, all in lesson(). put() is given.
 * Try:     make run11 ARGS='box 60'   then, from a second terminal:
 *          cat /proc/PID/uid_map   and   grep -E 'Uid|CapEff' /proc/PID/status
 * Pages:   user_namespaces(7), unshare(2), sethostname(2)
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#define todo(what) errx(1, "%s", what)

static void put(const char *path, const char *format, ...);

static void lesson(const char *name, uid_t uid, gid_t gid)
{
    struct utsname uts;

    todo("TODO 1: call unshare() for a user namespace, and err() if it fails");
    printf("unmapped: uid %u\n", getuid());
    // A line of a map: NUMBER INSIDE, NUMBER OUTSIDE, HOW MANY. First setgroups: "deny".
    todo("TODO 2: write setgroups, gid_map and uid_map in /proc/self, for uid and gid");
    printf("mapped: uid %u\n", getuid());
    todo("TODO 3: call sethostname(), print the line with its error, and go on");
    todo("TODO 4: call unshare() for a UTS namespace, then sethostname() again");
    uname(&uts);
    printf("after unshare(CLONE_NEWUTS): hostname is %s\n", uts.nodename);
}

/* --- given; read it later ------------------------------------------------------------------- */

/* Writes a text into a file, as printf() would. */
static void put(const char *path, const char *format, ...)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    va_list values;

    va_start(values, format);
    if (fd == -1 || vdprintf(fd, format, values) < 0)
        err(1, "%s", path);
    va_end(values);
    close(fd);
}

static unsigned parse_seconds(int argc, char *argv[])
{
    const char *text = argc == 3 ? argv[2] : "0";
    size_t digits = strspn(text, "0123456789");

    if (argc < 2 || argc > 3 || digits == 0 || digits > 9 || text[digits] != '\0') {
        fputs("usage: user-map-root NAME [SECONDS]   (a whole number, default 0)\n",
              stderr);
        exit(2);
    }
    return (unsigned)strtoul(text, NULL, 10);
}

int main(int argc, char *argv[])
{
    unsigned seconds = parse_seconds(argc, argv);

    setvbuf(stdout, NULL, _IOLBF, 0); /* a line leaves at once, also into a pipe */
    printf("before: uid %u\n", getuid());
    lesson(argv[1], getuid(), getgid());
    sleep(seconds);
    return ferror(stdout) != 0;
}
