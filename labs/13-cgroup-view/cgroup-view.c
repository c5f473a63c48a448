/*
 * cgroup-view [SECONDS]: the same group, and another name for it.
 *
 * Shows:   unshare(CLONE_NEWCGROUP) moves its caller into a new cgroup namespace. The group that
 *          it is in becomes the root of all that it can name: a view, and no limit is changed.
 * Article: "Namespaces", the kind that its listing shows and its table lacks: cgroup.
 * Prints:  before: PATH
 *          after: /
 * Write:   about 10 lines: print_group(), then lesson().
 * Try:     make run13 ARGS=60   then, from a second terminal, with its PID:
 *          cat /proc/PID/cgroup   and   nsenter --cgroup --target PID cat /proc/PID/cgroup
 * Pages:   cgroups(7), cgroup_namespaces(7), unshare(2)
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define todo(what) errx(1, "%s", what)

/* A line of the file, one for each hierarchy of groups, is ID:CONTROLLERS:PATH. Prints the first
   PATH that is not the root "/", or else that. */
static void print_group(const char *when)
{
    FILE *file = fopen("/proc/self/cgroup", "re");
    char line[4096], *path;

    if (file == NULL)
        err(1, "/proc/self/cgroup");
    // fgets() reads a line with its newline, strchr() finds a colon.
    todo("TODO 1: read lines until path is one that is not /");
    printf("%s: %s\n", when, path);
    fclose(file);
}

static void lesson(void)
{
    print_group("before");
    todo("TODO 2: call unshare(), and err() if it fails");
    print_group("after");
}

/* --- given; read it later ------------------------------------------------------------------- */

static unsigned parse_seconds(int argc, char *argv[])
{
    const char *text = argc < 2 ? "0" : argv[1];
    size_t digits = strspn(text, "0123456789");

    if (argc > 2 || digits == 0 || digits > 9 || text[digits] != '\0') {
        fputs("usage: cgroup-view [SECONDS]   (a whole number, default 0)\n", stderr);
        exit(2);
    }
    return (unsigned)strtoul(text, NULL, 10);
}

int main(int argc, char *argv[])
{
    unsigned seconds = parse_seconds(argc, argv);

    setvbuf(stdout, NULL, _IOLBF, 0); /* a line leaves at once, also into a pipe */
    lesson();
    sleep(seconds);
    return ferror(stdout) != 0;
}
