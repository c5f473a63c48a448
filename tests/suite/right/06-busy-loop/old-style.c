/* What: As one wrote C in 1978, with write() alone. */
#include <signal.h>
#include <sys/time.h>
#include <sys/resource.h>
#include <unistd.h>
extern int sched_getcpu(), atoi();
extern double strtod();
long used[1024], before;
int stop, last;

void halt(n) int n;
{
	stop = n;
}

char *number(at, n)
char *at;
long n;
{
	do
		*--at = '0' + n % 10;
	while ((n /= 10) > 0);
	return at;
}

/* milliseconds, as seconds with three digits */
int say(front, n, ms, back, m)
char *front, *back;
long n, ms, m;
{
	char line[100], digits[32], *d, *to = line;
	long i, zero;

	while (*front)
		*to++ = *front++;
	digits[31] = '\0';
	if (n >= 0) {
		for (d = number(digits + 31, n); *d; )
			*to++ = *d++;
		if (ms >= 0)
			*to++ = ':', *to++ = ' ';
	}
	if (ms >= 0) {
		for (d = number(digits + 31, ms / 1000); *d; )
			*to++ = *d++;
		*to++ = '.';
		for (zero = 100, i = ms % 1000; zero > 0; zero /= 10)
			*to++ = '0' + i / zero % 10;
		*to++ = ' ', *to++ = 's';
	}
	while (*back)
		*to++ = *back++;
	if (m >= 0)
		for (d = number(digits + 31, m); *d; )
			*to++ = *d++;
	*to++ = '\n';
	write(1, line, to - line);
}

long clock_ms()
{
	struct timeval now;

	gettimeofday(&now, (void *)0);
	return now.tv_sec * 1000 + now.tv_usec / 1000;
}

long cpu_us()
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000000 + use.ru_utime.tv_usec + use.ru_stime.tv_usec;
}

int account()
{
	long now = cpu_us();

	if (last >= 0)
		used[last] += now - before;
	before = now;
}

int main(argc, argv)
int argc;
char **argv;
{
	long begin = clock_ms(), most = 0;
	char *end = "";
	int cpu;

	if (argc == 2)
		most = strtod(argv[1], &end) * 1000;
	if (argc > 2 || *end || most < 0 || argc == 2 && (*argv[1] == '\0' || *argv[1] == '-')) {
		write(2, "usage: busy-loop [SECONDS]\n", 27);
		_exit(2);
	}
	signal(SIGINT, halt);
	signal(SIGTERM, halt);
	last = -1;
	say("PID ", (long)getpid(), -1L, "", -1L);
	do {
		cpu = sched_getcpu();
		if (cpu != last) {
			account();
			say("", -1L, clock_ms() - begin, ": CPU ", (long)cpu);
			last = cpu;
		}
	} while (!stop && clock_ms() - begin < most);
	account();
	for (cpu = 0; cpu < 1024; cpu++)
		if (used[cpu] > 0)
			say("CPU ", (long)cpu, used[cpu] / 1000, "", -1L);
	_exit(0);
}
