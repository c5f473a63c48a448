/*
 * cgroup-io-limit GROUP DISK: so many bytes a second may a group write to a disk.
 *
 * Shows:   a limit of a disk slows down who waits for the disk. A buffered write() does not: it ends
 *          in memory, and the kernel brings that to the disk later.
 * Article: "Control groups", the subsystem blkio.
 * Prints:  io.max: LINE                  what the file says about DISK, on v1, too
 *          direct: 4 MiB in S s          how long the four write() have taken
 *          buffered: 4 MiB in S s        the same, with the kernel's memory in between
 * Write:   about 13 lines, in limit_group(), write_all() and main().
 * Try:     make run19 VM=1 ARGS='GROUP DISK'     GROUP is an empty group, made for you and removed
 *          again; DISK the MAJOR:MINOR of a disk that nothing is on; the same with CGROUP=v1
 * Pages:   open(2) (O_DIRECT), fsync(2), Documentation/admin-guide/cgroup-v2.rst (IO)
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
//| #define todo(what) errx(1, "%s", what)

enum { MIB = 1 << 20, PIECES = 4, LIMIT = MIB /* bytes a second */ };
static _Alignas(
    4096) char memory[MIB]; /* what goes directly to a disk begins at a page */

/* We are in the folder GROUP, so a file of the group is a name. v1 and v2 have other names. */
static int has(const char *file);
static void put(const char *file, const char *text);         /* or it ends the program */
static void print_line(const char *file, const char *begin); /* the line that begins so */
static int open_disk(const char *disk,
                     int flags); /* a descriptor, or it ends the program */
static double seconds(void);     /* of a clock that only goes forward */
static void prepare(int argc, char *argv[]);

static void limit_group(const char *disk)
{
    const char *max = has("io.max") ? "io.max" : "blkio.throttle.write_bps_device";
    char line[64] = "";

    // BEGIN SOLUTION
    //| // snprintf() makes the line. v2: disk, a blank, "wbps=" and LIMIT. v1: disk, a blank and LIMIT.
    //| todo("TODO 1: put() the line into the file max");
    snprintf(line, sizeof line, has("io.max") ? "%s wbps=%d" : "%s %d", disk, LIMIT);
    put(max, line);
    // END SOLUTION
    print_line(max, disk);
}

/* Writes memory to the disk, PIECES times, and returns how long that has taken. */
static double write_all(int fd)
{
    double begin = seconds();

    // BEGIN SOLUTION
    //| todo("TODO 4: write() it PIECES times, and look each time at what write() returns");
    for (int i = 0; i < PIECES; i++)
        if (write(fd, memory, sizeof memory) != (ssize_t)sizeof memory)
            err(1, "write");
    // END SOLUTION
    return seconds() - begin;
}

int main(int argc, char *argv[])
{
    int fd = -1;
    double took;

    prepare(argc, argv);
    limit_group(argv[2]);
    // BEGIN SOLUTION
    //| todo("TODO 2: enter the group: put() \"0\", which is who writes, into cgroup.procs");
    //| // It takes two flags of open(2): only to write, and past the kernel's memory.
    //| todo("TODO 3: open_disk(), directly; fd is its descriptor");
    put("cgroup.procs", "0");
    fd = open_disk(argv[2], O_WRONLY | O_DIRECT);
    // END SOLUTION
    took = write_all(fd);
    // BEGIN SOLUTION
    //| todo("TODO 5: print the line direct, with %.1f for S, and close() the descriptor");
    printf("direct: 4 MiB in %.1f s\n", took);
    close(fd);
    // END SOLUTION
    // BEGIN SOLUTION
    //| todo("TODO 6: the same without O_DIRECT, for the line buffered; fd stays open");
    fd = open_disk(argv[2], O_WRONLY);
    took = write_all(fd);
    printf("buffered: 4 MiB in %.1f s\n", took);
    // END SOLUTION
    double begin = seconds();
    if (fsync(fd) == -1)
        err(1, "fsync");
    printf("fsync: %.1f s, and now it is on the disk\n", seconds() - begin);
    return ferror(stdout) != 0;
}

/* --- given; read it later ------------------------------------------------------------------- */

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

static void print_line(const char *file, const char *begin)
{
    char line[256];
    FILE *lines = fopen(file, "re");

    if (lines == NULL)
        err(1, "%s", file);
    while (fgets(line, sizeof line, lines))
        if (strncmp(line, begin, strlen(begin)) == 0 && line[strlen(begin)] == ' ')
            printf("io.max: %s", line);
    fclose(lines);
}

/* /sys/dev/block/MAJOR:MINOR is a link to a folder that has the name of the disk. */
static int open_disk(const char *disk, int flags)
{
    char link[64], folder[256] = "", path[300];

    snprintf(link, sizeof link, "/sys/dev/block/%.40s", disk);
    if (readlink(link, folder, sizeof folder - 1) == -1)
        err(1, "%s", link);
    snprintf(path, sizeof path, "/dev/%s", strrchr(folder, '/') + 1);
    int fd = open(path, flags | O_CLOEXEC);
    if (fd == -1)
        err(1, "%s", path);
    return fd;
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void prepare(int argc, char *argv[])
{
    unsigned major, minor;
    char more;

    if (argc != 3 || strspn(argv[2], "0123456789:") != strlen(argv[2]) ||
        sscanf(argv[2], "%7u:%7u%c", &major, &minor, &more) != 2) {
        fputs("usage: cgroup-io-limit GROUP DISK   (a folder, MAJOR:MINOR)\n", stderr);
        exit(2);
    }
    if (chdir(argv[1]) == -1)
        err(1, "%s", argv[1]);
    setvbuf(stdout, NULL, _IOLBF, 0); /* a line leaves at once, also into a pipe */
    memset(memory, 'x', sizeof memory);
}
