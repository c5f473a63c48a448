/*
 * cgroup-memory-limit GROUP MIB: a group has so much memory, and who wants more is killed.
 *
 * Shows:   a limit is a number in a file of the group. Memory counts when it is touched; when the
 *          limit is reached and nothing can be freed, the kernel ends a process of the group.
 * Article: "Control groups", the subsystem memory.
 * Prints:  memory.max: BYTES
 *          child: touched N MiB          a line for each
 *          parent: child was killed by SIGKILL
 *          oom_kill: N                   so many has the kernel killed in this group
 * Write:   about 14 lines, in limit_group(), child() and main().
 * Try:     make run15 ARGS='GROUP 16'    GROUP is an empty group, made for you and removed again
 * Pages:   cgroups(7), waitpid(2), Documentation/admin-guide/cgroup-v2.rst (memory)
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
//| #define todo(what) errx(1, "%s", what)

/* We are in the folder GROUP, so a file of the group is a name. v1 and v2 have other names. */
static int has(const char *file);
static void put(const char *file, const char *text);    /* or it ends the program */
static long number(const char *file, const char *word); /* that stands behind the word */
static unsigned prepare(int argc, char *argv[],
                        char *bytes); /* MIB, and as text in bytes */

static void limit_group(const char *bytes)
{
    const char *max = has("memory.max") ? "memory.max" : "memory.limit_in_bytes";

    // BEGIN SOLUTION
    //| todo("TODO 1: put() bytes into the file max");
    put(max, bytes);
    // END SOLUTION
    printf("memory.max: %ld\n", number(max, ""));
    // BEGIN SOLUTION
    //| // The first of these that the group has(): memory.swap.max gets "0";
    //| // memory.memsw.limit_in_bytes, memory and swap together, bytes; memory.swappiness "0".
    //| todo("TODO 2: close the way out into swap");
    if (has("memory.swap.max"))
        put("memory.swap.max", "0");
    else if (has("memory.memsw.limit_in_bytes"))
        put("memory.memsw.limit_in_bytes", bytes);
    else if (has("memory.swappiness"))
        put("memory.swappiness", "0");
    // END SOLUTION
}

static void child(char *memory, unsigned mib)
{
    // BEGIN SOLUTION
    //| todo("TODO 3: enter the group: put() \"0\", which is who writes, into cgroup.procs");
    //| // memset() one MiB of it after the other: 1 << 20 bytes, from memory + (i << 20) on. Say
    //| // each time how many are touched by now.
    //| todo("TODO 4: touch the memory");
    put("cgroup.procs", "0");
    for (size_t i = 0; i < mib; i++) {
        memset(memory + (i << 20), 1, 1 << 20);
        printf("child: touched %zu MiB\n", i + 1);
    }
    // END SOLUTION
}

int main(int argc, char *argv[])
{
    char bytes[32];
    unsigned twice = 2 * prepare(argc, argv, bytes);
    size_t size = (size_t)twice << 20;
    int status;

    limit_group(bytes);
    char *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pid_t pid = memory == MAP_FAILED ? -1 : fork();
    if (pid == -1)
        err(1, "mmap or fork");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        child(memory, twice);
        exit(0);
    }
    waitpid(pid, &status, 0);
    // BEGIN SOLUTION
    //| // WIFSIGNALED() and WTERMSIG() read a status. How many the kernel has killed is the
    //| // number() behind "oom_kill ", in memory.events (v2) or memory.oom_control (v1).
    //| todo("TODO 5: if SIGKILL has ended the child, print the last two lines");
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
        errx(1, "nothing has killed the child");
    printf("parent: child was killed by SIGKILL\n");
    printf("oom_kill: %ld\n",
           number(has("memory.events") ? "memory.events" : "memory.oom_control",
                  "oom_kill "));
    // END SOLUTION
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

static long number(const char *file, const char *word)
{
    char text[4096] = "";
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t length = read(fd, text, sizeof text - 1);
    const char *at = length > 0 ? strstr(text, word) : NULL;

    close(fd);
    return at ? atol(at + strlen(word)) : -1;
}

static unsigned prepare(int argc, char *argv[], char *bytes)
{
    const char *text = argc == 3 ? argv[2] : "";
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > 6 || text[digits] != '\0') {
        fputs("usage: cgroup-memory-limit GROUP MIB   (a folder, a whole number)\n",
              stderr);
        exit(2);
    }
    if (chdir(argv[1]) == -1)
        err(1, "%s", argv[1]);
    setvbuf(stdout, NULL, _IOLBF, 0); /* a line leaves at once, also into a pipe */
    sprintf(bytes, "%ld", atol(text) << 20);
    return (unsigned)atol(text);
}
