// lab: 02-unshare-fork
// what: starts threads without end: the witness counts processes
// stops: RLIMIT_NPROC, which counts threads; nobody else has a lower limit for it
// expect: refused: a thread more than
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static void *wait_for_ever(void *unused)
{
    for (;;)
        pause();
    return unused;
}

int main(void)
{
    pthread_t thread;
    int count = 0;

    while (count < 5000 && pthread_create(&thread, NULL, wait_for_ever, NULL) == 0)
        count++;
    printf("%s: a thread more than %d\n", count < 400 ? "refused" : "got through",
           count / 10 * 10);
    return 0;
}
