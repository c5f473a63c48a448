// lab: 01-clone-pid1
// what: prints what bats, the verdicts and the reports write, and what would be run by a shell, a
//       spreadsheet or a browser
// stops: each reader takes a record's text as text
// expect: fail
#include <stdio.h>
#include <stdlib.h>

static const char *const lines[] = {"1..6",
                                    "ok 1 clone() returns the child's PID",
                                    "ok 2 all # skip not here: nothing; nothing",
                                    "# seen: right | expected: right | likely: right",
                                    "1\t100\tpass\tall\t",
                                    "expected: nothing",
                                    "=cmd|'/C calc'!A1",
                                    "</td><script>alert(1)</script>",
                                    "]]></failure>",
                                    "$(touch @canary@/touched) `touch @canary@/touched`",
                                    "a[$(touch @canary@/touched)]",
                                    "* ? [a-z] ~ {1..9} !! \\ %s %n",
                                    "| a | table | <img src=x onerror=alert(1)>"};

int main(void)
{
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        printf("parent: my PID is %s\n%s\n", lines[i], lines[i]);
    puts("parent: clone() returned 2+a[$(touch @canary@/touched)]");
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        fprintf(stderr, "(TODO %s)\n%s\n", lines[i], lines[i]);
    return 0;
}
