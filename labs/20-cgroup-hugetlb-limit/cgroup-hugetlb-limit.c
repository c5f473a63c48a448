/*
 * cgroup-hugetlb-limit GROUP: a group has so many huge pages, and who touches one more is killed.
 *
 * Shows:   the limit is in bytes, in a file of the group. mmap() asks the group nothing; a page counts
 *          when it is touched. The page too much is no memory: the signal is SIGBUS, not SIGKILL.
 * Article: "Control groups", the subsystem hugetlb.
 * Prints:  mmap: 4 pages
 *          child: touched N              a line for each
 *          parent: child was killed by SIGBUS
 *          max: N                        so often the group has refused a page
 * Write:   nothing. It is a demonstration, for a virtual machine: its huge pages are the machine's.
 * Try:     make run20 VM=1 ARGS=GROUP    GROUP is an empty group, made for you and removed again
 * Pages:   cgroups(7), mmap(2), Documentation/admin-guide/cgroup-v1/hugetlb.rst
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

enum { WANTED = 4 };
#define HUGE (2UL << 20)
#define TWO_PAGES "4194304"

/* We are in the folder GROUP, so a file of the group is a name. v1 and v2 have other names. */
static int has(const char *file);
static void put(const char *file, const char *text);    /* or it ends the program */
static long number(const char *file, const char *word); /* that stands behind the word */

static void child(void)
{
    put("cgroup.procs", "0"); /* who writes, enters */
    char *memory =
        mmap(NULL, WANTED * HUGE, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | (21 << MAP_HUGE_SHIFT), -1, 0);
    if (memory == MAP_FAILED)
        err(1, "mmap");
    printf("mmap: %d pages\n", WANTED);
    for (int i = 0; i < WANTED; i++) {
        memory[(size_t)i * HUGE] = 1; /* one byte, and a page of 2 MiB */
        printf("child: touched %d\n", i + 1);
    }
}

int main(int argc, char *argv[])
{
    int status;

    if (argc != 2)
        return fputs("usage: cgroup-hugetlb-limit GROUP   (a folder)\n", stderr), 2;
    if (chdir(argv[1]) == -1)
        err(1, "%s", argv[1]);
    setvbuf(stdout, NULL, _IOLBF, 0); /* a line leaves at once, also into a pipe */
    put(has("hugetlb.2MB.max") ? "hugetlb.2MB.max" : "hugetlb.2MB.limit_in_bytes",
        TWO_PAGES);

    pid_t pid = fork();
    if (pid == -1)
        err(1, "fork");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        child();
        exit(0);
    }
    waitpid(pid, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
        return 1; /* the child has said why */
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGBUS)
        errx(1, "no SIGBUS has killed the child");
    printf("parent: child was killed by SIGBUS\n");
    printf("max: %ld\n", has("hugetlb.2MB.events") ? number("hugetlb.2MB.events", "max ")
                                                   : number("hugetlb.2MB.failcnt", ""));
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
