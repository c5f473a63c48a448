/*
 * What: Definitions as Kernighan and Ritchie wrote them in 1978, and all on a few lines.
 * CC: gcc -Wno-error=implicit-int -Wno-error=implicit-function-declaration
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

oops(w) char *w; { fprintf(stderr, "unshare-fork: %s: %s\n", w, strerror(errno)); exit(1); }
main(c, v) char **v; {
    int p, n = c == 2 ? strlen(v[1]) : 1;
    if (c > 2 || n < 1 || n > 9 || (c == 2 && v[1][strspn(v[1], "0123456789")])) return fputs("usage\n", stderr), 2;
    setlinebuf(stdout);
    printf("parent: my PID is %d before unshare()\n", getpid());
    if (unshare(CLONE_NEWPID)) oops("unshare");
    printf("parent: my PID is %d after unshare()\n", getpid());
    if ((p = fork()) < 0) oops("fork");
    if (p) return printf("parent: fork() returned %d\n", p), wait(0), 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL), printf("child: my PID is %d\n", getpid());
    return sleep(c == 2 ? atoi(v[1]) : 0);
}
