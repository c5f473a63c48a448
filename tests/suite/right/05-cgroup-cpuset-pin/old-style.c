/* What: As one wrote C in 1978: files by creat() and write(), a handler that does all of the work at the end. */
#include <signal.h>
#include <sys/types.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <errno.h>
#include <unistd.h>
extern char *strcpy(), *strcat(), *strchr(), *strrchr(), *strstr(), *strerror();
extern int atoi(), strlen();
char top[64], home[4200], group[4200], buf[4200], path[4300], *pid;
int version, on;

int say(fd, a, b, c, d)
int fd;
char *a, *b, *c, *d;
{
	char line[9000];

	strcpy(line, a);
	strcat(line, b);
	strcat(line, c);
	strcat(line, d);
	write(fd, line, strlen(line));
}

char *get(dir, file)
char *dir, *file;
{
	int fd, n = 0;

	strcpy(path, dir);
	strcat(strcat(path, "/"), file);
	if ((fd = open(path, 0)) >= 0) {
		n = read(fd, buf, sizeof buf - 1);
		close(fd);
	}
	buf[n > 0 ? n : 0] = '\0';
	return buf;
}

int put(dir, file, text)
char *dir, *file, *text;
{
	int fd, n, e;

	strcpy(path, dir);
	strcat(strcat(path, "/"), file);
	if ((fd = open(path, 1)) < 0)
		return -1;
	n = write(fd, text, strlen(text));
	e = errno;
	close(fd);
	errno = e;
	return n;
}

int undo()
{
	int i;

	for (i = 0; group[0] && i < 300 && rmdir(group) < 0 && errno == EBUSY; i++) {
		put(home, "cgroup.procs", pid);
		usleep(10000);
	}
	if (on)
		put(top, "cgroup.subtree_control", "-cpuset");
}

void stop(n)
int n;
{
	undo();
	_exit(128 + n);
}

int die(what)
char *what;
{
	int e = errno;

	undo();
	say(2, "cgroup-cpuset-pin: ", what, ": ", strerror(e));
	say(2, "\n", "", "", "");
	_exit(1);
}

char *field(n)
int n;
{
	char proc[40], *at;

	strcpy(proc, "/proc/");
	strcat(proc, pid);
	if ((at = strrchr(get(proc, "stat"), ')')) == 0) {
		errno = ESRCH;
		die(pid);
	}
	for (; n > 2; n--)
		at = strchr(at, ' ') + 1;
	*strchr(at, ' ') = '\0';
	return at;
}

int hold(how)
int how;
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(how, &set, (sigset_t *)0);
}

int main(argc, argv)
int argc;
char **argv;
{
	char proc[40], *at;
	int i, j;

	for (i = 1; i < argc; i++) {
		for (j = 0; argv[i][j] >= '0' && argv[i][j] <= '9'; j++)
			;
		if (j == 0 || j > 9 || argv[i][j])
			argc = 0;
	}
	if (argc != 3 && argc != 4) {
		say(2, "usage: cgroup-cpuset-pin PID CPU [SECONDS]\n", "", "", "");
		return 2;
	}
	pid = argv[1];
	version = access("/sys/fs/cgroup/cpuset", 0) == 0 ? 1 : 2;
	strcpy(top, version == 1 ? "/sys/fs/cgroup/cpuset" : "/sys/fs/cgroup");
	strcpy(proc, "/proc/");
	strcat(proc, pid);
	say(1, "PID ", pid, " is on CPU ", field(39));
	say(1, "\n", "", "", "");
	at = strstr(get(proc, "cgroup"), version == 1 ? ":cpuset:" : "0::");
	at = strchr(at, '/');
	*strchr(at, '\n') = '\0';
	strcpy(home, top);
	strcat(home, at);
	hold(SIG_BLOCK);
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	strcpy(group, top);
	strcat(group, "/old.");
	strcat(group, pid);
	if (version == 2 && strstr(get(top, "cgroup.subtree_control"), "cpuset") == 0) {
		if (put(top, "cgroup.subtree_control", "+cpuset") < 0)
			die(path);
		on = 1;
	}
	if (mkdir(group, 0755) < 0)
		die(group);
	if (version == 1 && put(group, "cpuset.mems", get(top, "cpuset.mems")) < 0)
		die(path);
	if (put(group, "cpuset.cpus", argv[2]) < 0)
		die(path);
	say(1, "group: ", group, version == 1 ? " (cgroup v1)" : " (cgroup v2)", "\n");
	say(1, "cpuset.cpus: ", get(group, "cpuset.cpus"), "", "");
	if (put(group, "cgroup.procs", pid) < 0)
		die(path);
	for (i = 0; i < 150 && *field(3) == 'R' && atoi(field(39)) != atoi(argv[2]); i++)
		usleep(10000);
	say(1, "PID ", pid, " is on CPU ", field(39));
	say(1, "\n", "", "", "");
	hold(SIG_UNBLOCK);
	if (argc == 4)
		for (i = atoi(argv[3]); i > 0; i = sleep(i))
			;
	hold(SIG_BLOCK);
	undo();
	_exit(0);
}
