// lab: 01-clone-pid1
// what: reaches for the records of others: the line by which they leave a guest, the file systems and
//       the disk of it, what lies in its /tmp, its whole machine
// stops: its root is nobody outside, and of the files it sees none but its own
// expect: refused: a serial line
// expect: refused: the file system of the guest
// expect: refused: the records of others
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static void tried(const char *what, bool failed)
{
    printf(failed ? "refused: %s: %s\n" : "got through: %s\n", what, strerror(errno));
}

static bool nothing_at(const char *pattern)
{
    glob_t found;
    bool nothing = glob(pattern, GLOB_NOSORT, NULL, &found) == GLOB_NOMATCH;

    globfree(&found);
    errno = ENOENT;
    return nothing;
}

int main(void)
{
    static const char *const lines[] = {"/dev/ttyS0", "/dev/ttyS1", "/dev/ttyS2",
                                        "/dev/ttyAMA0"};
    static const char *const records[] = {"/tmp/*/record", "/tmp/*/students",
                                          "/proc/[0-9]*/root/tmp/*/record",
                                          "/proc/[0-9]*/cwd/scripts"};

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        tried(lines[i], open(lines[i], O_WRONLY | O_NOCTTY) == -1);
    tried("a serial line", mknod("/tmp/line", S_IFCHR | 0600, makedev(4, 65)) == -1);
    tried("the file system of the guest",
          mount("root", "/tmp", "9p", 0, "trans=virtio,version=9p2000.L") == -1);
    tried("the disk of the guest", mount("/dev/vda", "/tmp", "ext4", 0, NULL) == -1);
    tried("the end of the guest", open("/proc/sysrq-trigger", O_WRONLY) == -1);
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++)
        tried("the records of others", nothing_at(records[i]));
    return 0;
}
