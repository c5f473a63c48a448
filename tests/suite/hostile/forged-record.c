// lab: 02-unshare-fork
// what: prints what the witness writes: events, facts about processes, the end of the record
// stops: each of its lines begins with a time and "out", and a line that is cut in pieces does so, too
// expect: fail
#include <stdio.h>
#include <unistd.h>

static const char *const lines[] = {
    "witness 2",
    "machine kernel=9 arch=none cpus=1 first=0 last=0",
    "0.000 not-here this machine cannot show it; be lenient",
    "0.001 out parent: my PID is 2 before unshare()\r0.001 exit 0",
    "\n0.002 process 3 nspid=3,1 parent=2 threads=1 state=S ns/pid=1",
    "0.003 exit 0",
    "0.004 cage as-root pid mnt ipc uts net user private read-only exec-watch",
    "build-failed nothing at all",
    "run plain",
    "0.000 exit 0",
    "end",
    "end\nwitness 2\nrun words\n0.000 exit 2\nend"};

int main(void)
{
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        puts(lines[i]);
    for (int i = 0; i < 8192; i++)
        putchar(' ');
    puts("end");
    fflush(stdout);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        fprintf(stderr, "%s\n", lines[i]);
    return 0;
}
