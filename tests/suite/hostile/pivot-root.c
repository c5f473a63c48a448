// lab: 01-clone-pid1
// what: leaves its root: chroot and a folder outside of it, pivot_root, a detached copy of the tree
// stops: that root is all there is in its mount namespace, and what lies below a mount stays covered
// expect: refused: a way out
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int found;

static void look(const char *how)
{
    static const char *const outside[] = {
        "etc/shadow", "root", "home", "./@canary@/neighbour.c", "../@canary@/neighbour.c",
        "var/log",    "boot"};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
        if (access(outside[i], F_OK) == 0) {
            printf("got through: %s: %s\n", how, outside[i]);
            found++;
        }
}

int main(void)
{
    int top = open("/", O_RDONLY | O_DIRECTORY);

    mkdir("/tmp/jail", 0755);
    if (chroot("/tmp/jail") == 0 && fchdir(top) == 0) {
        for (int i = 0; i < 50 && chdir("..") == 0; i++)
            ;
        look("chroot");
        if (chroot(".") == -1)
            puts("refused: back to /");
    }
    mount("/", "/tmp/jail", NULL, MS_BIND, NULL);
    if (chdir("/tmp/jail") == 0) {
        look("a copy of /");
        if (syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0)
            look("pivot_root");
    }
    int tree = (int)syscall(428 /* open_tree */, AT_FDCWD, "/", 1 /* OPEN_TREE_CLONE */);
    if (tree != -1 && fchdir(tree) == 0)
        look("open_tree");
    if (found == 0)
        puts("refused: a way out");
    return 0;
}
