/*
 * witness SCENARIO PROGRAM: runs a program in a cage and writes down what it said and what the
 * kernel showed of it. It knows nothing of right and wrong: that is for the checks, which read
 * the record and nothing else.
 *
 * witness --ask SCENARIO: says whether this machine can show these runs. The record is the same, but each
 * run ends where its program would start.
 *
 * The scenario is the lines of a file (a check file) that begin with "#> ", a step each:
 *
 *   run NAME            a new run, in a new cage
 *   cpuset              the cage has a part of the cpuset hierarchy for itself   (first in a run)
 *   begin NAME          the program begins in a new group of that name          (with cpuset, before the start)
 *   undisturbed         the program prints without asking init, for that is a sleep; and so nobody
 *                       knows the writer of a line                               (first in a run)
 *   enable              v2: somebody else has enabled cpuset at the top of that part
 *   loop CPU            a trusted busy loop, held on that CPU; its PID is called LOOP from now on
 *   sleeper CPU         a trusted process that sleeps, and that CPU was its last one: SLEEPER
 *   finish PID          ends a trusted process
 *   neighbour KINDS     a trusted process in new namespaces of those kinds:
 *                       NEIGHBOUR1 to NEIGHBOUR16
 *   hold CPU            the program will start held on that CPU
 *   refuse CALL ERRNO   the program's clone, unshare, setns or mkdir, and what does the same, or its
 *                       sethostname, mount, shmget, bind or connect will fail with EPERM, EAGAIN,
 *                       ENOSPC, EROFS or ENOMEM
 *   start [ARGUMENT]... starts the program
 *   until TEXT          waits for a line of the program that contains TEXT, since the last step
 *                       that was not an until
 *   then TEXT           waits for one more line that contains TEXT, after the one that the last
 *                       until or then has found
 *   move PID CPU        holds that process on that CPU; PROGRAM is the program's own PID
 *   follow PID CPU      waits until that process is on that CPU
 *   signal NAME         sends TERM, INT, KILL, STOP or CONT to the program
 *   pass MILLISECONDS   lets time pass, to be measured between two looks
 *   spend MILLISECONDS  lets the program have so much CPU time, on a machine as loaded as you like
 *   settle              waits until every process of the program sleeps, or it has ended
 *   look NAME           what the kernel shows of every process in the cage
 *   enter PID KIND...   what is true inside of the namespaces of that process, as a helper sees it that
 *                       joins them: mnt, uts, ipc, net, time, cgroup, user. ALL: of every process but PID 1
 *   user                the program starts as a plain user, who has no rights in the cage, in a user
 *                       namespace with that one user                              (before the start)
 *   shared              the mounts of the cage hand on to each other what happens to them, as systemd
 *                       has them on most machines                                (before the start)
 *
 * FIRST and LAST stand for the first and the last CPU that we may use. For arguments that make no
 * sense there are words, too, which become other ones in each run: EMPTY (''), FRACTION (2.5),
 * NEGATIVE (-3), TAIL (4x), LETTERS (qzk), HUGE (beyond 32 bits: who cuts it gets a small number, or
 * the PID of NEIGHBOUR1). Others are drawn anew for each run, too, and are the same in all of its steps:
 * NAME (letters), PORT (20000 to 59999), KEY (0x and eight digits), DAYS (2 to 300), DIRECTORY (a new folder
 * in the cage).
 * A run ends when the program has ended; it is waited for. PIDs are those that a process in the
 * cage sees, and nobody can foresee them.
 *
 * The record has a line for each event: seconds since the start of the run, a word, and what
 * belongs to it:
 *
 *   witness 2                         first line: version of this format
 *   machine NAME=VALUE...             kernel, arch, CPUs that we may use, version of cpuset or 0
 *   cage as-root|as-user WORD...      last but one: who made the cage, its namespaces, and whether
 *                                     its mounts are private and read-only
 *   run NAME                          all that follows belongs to this run
 *   start PID ARGUMENT...             an empty argument as ''
 *   hostname NAME                     of the cage, when the program is started; drawn anew for each run
 *   drawn WORD VALUE                  what stands for NAME, PORT, KEY, DAYS or DIRECTORY in this run
 *   loop PID | sleeper PID | neighbour PID KINDS | finished PID | enable
 *   paused PID                        somebody has stopped a trusted process, or let it go on
 *   touched PID CALL                  a call for its affinity or priority
 *   out TEXT | err TEXT               a line of the program; bytes that are not printable ASCII
 *                                     as \xNN, \ as \\. Nothing else begins with out or err
 *   writer PID                        the process that wrote the lines which follow; several:
 *                                     more than one has written a line; nobody: it did not come by
 *                                     write(2), but by splice(2) or the like; 0: this kernel does
 *                                     not tell, or nobody has asked
 *   namespace PID KIND INODE          when it writes the line that follows, that process is in another
 *                                     namespace than at its last line (or than PID 1, if this is its first
 *                                     one). - where there is none (yet)
 *   mounts PID shared=N slave=N       such lines, too, stand before the next line of that process as soon
 *                                     as they are true, or true no longer. Of one that has another mount
 *                                     namespace than PID 1: so many mounts are shared, so many follow others
 *   loopback PID up|down              of one that has another network namespace
 *   maps PID uid_map=A,B,N gid_map=A,B,N setgroups=TEXT    of one that has another user namespace: the first
 *                                     line of each map; the numbers outside are those of the cage
 *   offset PID SECONDS                of one that has another time namespace, or whose children will: so far
 *                                     is its clock of the time since the start ahead
 *   holds PID fd=KIND:[INODE],... mount=KIND:[INODE],...    namespaces that it has open, or has mounted on a
 *                                     file (that only if it has another mount namespace than PID 1)
 *   seen TEXT | missed REASON TEXT    how an until ended. REASON: ended (the program has ended), alone
 *                                     (it was moved, and there is only one CPU: nothing can come),
 *                                     silent (all processes sleep, for 2 s), late (it had a CPU
 *                                     for 3 s since then, or the run has slept for 20 s, or taken
 *                                     a minute; once it was late, 0.3 s and 2 s)
 *   followed PID CPU | lost PID CPU   how a follow ended
 *   look NAME                         then, for each process of the cage:
 *   process PID nspid= parent= threads= slept= allowed= state= psr= nice= policy= ran= waited=
 *       cgroup= ns/KIND=INODE
 *   enter PID KIND...                 then, for each kind, lines "inside PID ...":
 *     mnt mounts=N shared=N slave=N         its mounts: all of them, and as above
 *     mnt at-folder TYPE                    what is mounted at DIRECTORY, the first one first
 *     mnt in-folder NAME | mnt no-folder    what is in DIRECTORY
 *     uts NAME                              the hostname
 *     ipc shm key=0xN id=N creator=PID attached=N      a System V shared memory segment
 *     net interface NAME up|down
 *     net listens ADDRESS:PORT socket=INODE own|other  TCP on IPv4; own: that process has it open
 *     time up=SECONDS up-by=SECONDS now=SECONDS     its clock of the time since the start, how far that is
 *                                           ahead of ours, and its clock of the date (since 1970)
 *     cgroup ID:CONTROLLERS:PATH            a line of /proc/PID/cgroup
 *     user uid=N gid=N capabilities=HEX     the effective ones
 *     user uid_map=A,B,N | user gid_map=A,B,N          the first line of the map
 *     user setgroups=TEXT
 *     closed KIND: TEXT                     it could not be joined, and why
 *   begin PATH                        of the group, as a process in the cage sees it
 *   shared | user NUMBER              the number of the plain user, drawn anew for each run
 *   group PATH cpus= effective= mems= procs=    a group that the program has made
 *   timer PID SECONDS                 it asked the kernel to sleep or to wait so long, or for a timer:
 *                                     0.05 s or more, and another time than its last one. A wait
 *                                     without an end is not recorded
 *   signal NAME | refuse CALL ERRNO | undisturbed
 *   exit STATUS | killed SIGNAL       how the program ended
 *   used SECONDS                      the CPU time that it has had, before that line
 *   control TEXT                      v2, after its end: what the top of our part hands down
 *   still-running REASON              it did not: silent or late, as above. It is killed
 *   orphan PID                        a child that its parent did not wait for
 *   left WHAT                         process, mount, group, file, IPC object that is left over
 *   exec PID PATH                     it tried to start another program, which the cage refuses
 *   stopped LIMIT                     it was killed since it used too much: processes, memory,
 *                                     open-files, file-size, output; cage: it destroyed the cage
 *   not-here REASON; FIX              this machine cannot show it
 *   end                               last line. Without it the record is not whole
 *
 * Exit status: 0 the record is whole, 2 usage, 70 the witness failed, 128+N it was told to stop.
 */
#define _GNU_SOURCE
#include "witness.h"
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

/* The run that is under way, and the CPUs of the machine. */
struct run {
    struct cage cage;
    bool has_cpuset;
    bool here; /* this machine can show it */
    bool started, ended, stopped;
    double start;  /* when the program was started */
    double silent; /* seconds in which nothing has happened */
    double asleep; /* seconds in which nothing was ready to run */
    int program, loop, sleeper, neighbour[16]; /* PIDs in the cage; 0: there is none */
    int neighbours;                            /* so many */
    int held_cpu;                              /* where the program will start, or -1 */
    bool moved_nowhere; /* there is only one CPU, and a move changes nothing */
};
static struct run run;
struct cpus {
    int first, last; /* that we may use */
};
static struct cpus cpus;
static void remember_mounts(void);

static void clean_up(void)
{
    cage_close(&run.cage);
    cpuset_close();
}

void broken(const char *what)
{
    fflush(stdout);
    fprintf(stderr, "witness: %s: %s\n", what, strerror(errno));
    clean_up();
    exit(70);
}

static void usage(void)
{
    fputs("usage: witness SCENARIO PROGRAM\n       witness --ask SCENARIO\n", stderr);
    exit(2);
}

/* --- what comes out of the cage -------------------------------------------------------------- */

enum {
    MOST_OUTPUT = 64 * 1024,
    MOST_LINES = 2000,
    LINE = 8192,
    MOST_EVENTS = 200,
    MOST_TIMERS = 100,
    MOST_MOVES = 100
};

enum { SEVERAL = -1, NOBODY = -2 }; /* instead of the process that has written a line */
static struct stream {
    const char *word;
    int fd;
    char text[LINE];
    size_t length;
    int writer;
} out = {.word = "out"}, err = {.word = "err"};

static char *lines[MOST_LINES]; /* what the program has said */
static int line_count;
static int line_mark;       /* an until looks at the lines from here on */
static int line_found;      /* the last one that an until or a then has found */
static int recorded_writer; /* the last one in the record */
static int events;          /* orphans, attempts to start programs, what is left */
static size_t said;
static struct timer {
    int pid;
    double seconds, end, moment;
} timers[MOST_TIMERS]; /* the last one of each process */
static int timer_count, timer_lines, move_lines;
static int stop_signals = -1; /* signalfd */

static bool trusted(int pid)
{
    bool is = pid == 1 || pid == run.loop || pid == run.sleeper;

    for (int i = 0; i < run.neighbours; i++)
        is |= pid == run.neighbour[i];
    return is;
}

static void hear_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    stop_signals = signalfd(-1, &set, SFD_CLOEXEC);
}

static void hear_nothing_yet(void)
{
    while (line_count > 0)
        free(lines[--line_count]);
    line_mark = line_found = events = timer_count = timer_lines = move_lines = 0;
    said = 0;
    out.length = err.length = 0;
    recorded_writer = -3;
}

static void hear_output(void)
{
    out.fd = run.cage.out;
    err.fd = run.cage.err;
}

static void stop(const char *limit)
{
    if (run.stopped)
        return;
    run.stopped = true;
    record("stopped %s", limit);
    if (strcmp(limit, "cage") != 0)
        cage_kill(&run.cage);
}

/* musl has no sigabbrev_np(3). */
static const char *signal_name(int number)
{
    static const char *const names[] = {
        [SIGHUP] = "HUP",   [SIGINT] = "INT",   [SIGQUIT] = "QUIT", [SIGILL] = "ILL",
        [SIGTRAP] = "TRAP", [SIGABRT] = "ABRT", [SIGBUS] = "BUS",   [SIGFPE] = "FPE",
        [SIGKILL] = "KILL", [SIGSEGV] = "SEGV", [SIGPIPE] = "PIPE", [SIGALRM] = "ALRM",
        [SIGTERM] = "TERM", [SIGXCPU] = "XCPU", [SIGXFSZ] = "XFSZ", [SIGSYS] = "SYS"};
    static char other[16];

    if (number > 0 && number < (int)(sizeof names / sizeof names[0]) && names[number])
        return names[number];
    snprintf(other, sizeof other, "%d", number);
    return other;
}

static void record_writer(int writer)
{
    if (writer >= 0)
        record("writer %d", writer);
    else
        record("writer %s", writer == SEVERAL ? "several" : "nobody");
}

static void take_line(struct stream *stream)
{
    size_t length = stream->length;

    stream->length = 0;
    if (line_count == MOST_LINES || said > MOST_OUTPUT) {
        stop("output");
        return;
    }
    said += length;
    if (stream->writer != recorded_writer)
        record_writer(recorded_writer = stream->writer);
    record_text(stream->word, stream->text, length);
    lines[line_count++] = strndup(stream->text, length);
}

/* Takes whole lines; a line that is too long is cut into pieces. */
static void take_text(struct stream *stream, const char *text, size_t length, int writer)
{
    while (length > 0) {
        size_t room = LINE - stream->length, used = length < room ? length : room;
        const char *end = memchr(text, '\n', used);
        if (end)
            used = (size_t)(end - text);
        if (stream->length == 0)
            stream->writer = writer;
        else if (used > 0 && stream->writer != writer)
            stream->writer = SEVERAL;
        memcpy(stream->text + stream->length, text, used);
        stream->length += used;
        if (end || stream->length == LINE)
            take_line(stream);
        used += end != NULL;
        text += used;
        length -= used;
    }
}

/* What did not go through init: nobody has written it, where init can see who does. */
static bool take_output(struct stream *stream)
{
    char text[LINE];
    ssize_t length = read(stream->fd, text, sizeof text);

    if (length > 0)
        take_text(stream, text, (size_t)length,
                  cage_knows_writers(&run.cage) ? NOBODY : 0);
    if (length == 0)
        stream->fd = -1; /* cage_close() closes it */
    return length > 0;
}

/* What was printed before the end comes before the end; so does a line that has none, unless somebody
   is left who could go on with it. */
static void take_rest(struct stream *stream, bool all)
{
    while (take_output(stream))
        ;
    if (stream->length > 0 && (all || stream->fd == -1))
        take_line(stream);
}

/* Whether a line from that one on contains the text. It becomes the one that was found. */
static bool find_line(int from, const char *text)
{
    for (int i = from; i < line_count; i++)
        if (strstr(lines[i], text)) {
            line_found = i;
            return true;
        }
    return false;
}

static bool has_said(const char *text)
{
    return find_line(line_mark, text);
}

static bool has_said_then(const char *text)
{
    return find_line(line_found + 1, text);
}

static void mark_said(void)
{
    line_mark = line_count;
}

static bool near(double a, double b, double distance)
{
    return a - b < distance && b - a < distance;
}

/* What a process asks for again and again, or what is left of it, is one line. */
static void take_timer(int pid, double seconds, double moment)
{
    int i = 0;

    while (i < timer_count && timers[i].pid != pid)
        i++;
    if (i == MOST_TIMERS || seconds < SHORTEST_TIMER || run.stopped)
        return;
    if (i == timer_count)
        timers[timer_count++] = (struct timer){.pid = pid};
    double end = now() + seconds;
    bool known = moment > 0 ? near(timers[i].moment, moment, 0.001)
                            : near(timers[i].seconds, seconds, 0.001) ||
                                  near(timers[i].end, end, 0.05);
    timers[i] = (struct timer){pid, seconds, end, moment};
    if (!known && timer_lines++ < MOST_TIMERS)
        record("timer %d %.3f", pid, seconds);
}

/* What report_moves() finds. */
static bool is_move(const char *report)
{
    static const char *const words[] = {"namespace ", "mounts ", "loopback ",
                                        "maps ",      "offset ", "holds "};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strncmp(report, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

void on_report(const char *report, size_t length)
{
    int pid, status, head = 0;
    double seconds, moment;
    char call[32];

    if (strcmp(report, "dead") == 0) {
        run.ended = true;
        stop("cage");
    } else if (sscanf(report, "out %d%n", &pid, &head) == 1) {
        take_text(&out, report + head + 1, length - (size_t)head - 1, pid);
    } else if (sscanf(report, "err %d%n", &pid, &head) == 1) {
        take_text(&err, report + head + 1, length - (size_t)head - 1, pid);
    } else if (sscanf(report, "exit %d %d %lf", &pid, &status, &seconds) == 3) {
        run.ended = true;
        take_rest(&out, false);
        take_rest(&err, false);
        record("used %.3f", seconds);
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ)
            stop("file-size");
        if (WIFEXITED(status))
            record("exit %d", WEXITSTATUS(status));
        else
            record("killed %s", signal_name(WTERMSIG(status)));
    } else if (sscanf(report, "timer %d %lf %lf", &pid, &seconds, &moment) == 3) {
        take_timer(pid, seconds, moment);
    } else if (is_move(report)) {
        if (move_lines++ < MOST_MOVES)
            record("%s", report);
    } else if (++events > MOST_EVENTS) {
        stop("processes");
    } else if (sscanf(report, "orphan %d", &pid) == 1) {
        if (!run.stopped && !trusted(pid))
            record("orphan %d", pid);
    } else if (sscanf(report, "paused %d", &pid) == 1) {
        if (trusted(pid))
            record("paused %d", pid);
    } else if (sscanf(report, "touched %d %31s", &pid, call) == 2) {
        if (trusted(pid))
            record("touched %d %s", pid, call);
    } else if (strncmp(report, "exec ", 5) == 0)
        record_text("exec", report + 5, strlen(report + 5));
    else if (strncmp(report, "left ", 5) == 0)
        record_text("left", report + 5, strlen(report + 5));
}

static bool pump(int milliseconds)
{
    struct pollfd wait[] = {{out.fd, POLLIN, 0},
                            {err.fd, POLLIN, 0},
                            {run.cage.talk, POLLIN, 0},
                            {stop_signals, POLLIN, 0}};
    struct signalfd_siginfo info;
    char answer[4096];
    bool active = false;

    if (poll(wait, 4, milliseconds) <= 0)
        return false;
    if (wait[3].revents && read(stop_signals, &info, sizeof info) > 0) {
        clean_up();
        exit(128 + (int)info.ssi_signo);
    }
    if (wait[2].revents) /* first: it says what is known of who writes the rest */
        return !cage_hear(&run.cage, answer, sizeof answer);
    if (wait[0].revents)
        active |= take_output(&out);
    if (wait[1].revents)
        active |= take_output(&err);
    return active;
}

static void take_all(void)
{
    while (run.started && pump(0))
        ;
    take_rest(&out, true);
    take_rest(&err, true);
}

/* --- waiting for what is to come ------------------------------------------------------------- */

static const double patience_silent = 2; /* seconds */
static const double patience_lost = 1;   /* seconds of CPU time */
static double patience_busy = 3;         /* seconds of CPU time */
static double patience = 20;             /* seconds asleep, for a run */
static const double patience_most = 60;  /* seconds, for a run */
static const double patience_ours = 20;  /* seconds, for what we have started ourselves */

/* Whether a process of the program is in one of these states. "RD": it has a CPU or waits for one
   or for a disk, so it goes on by itself. Who waits for an answer of init goes on as well: then init
   is busy. */
static bool something_is(const char *states)
{
    int pids[256], count = list_pids(run.cage.proc, pids, 256);

    for (int i = 0; i < count; i++) {
        char state = state_of(run.cage.proc, pids[i]);
        if (strchr(states, state) && (pids[i] == 1 ? state == 'R' : !trusted(pids[i])))
            return true;
    }
    return false;
}

/* Time that those ask for who sleep just now: not all of them have asked init. */
static void watch_timers(void)
{
    int pids[256], count = list_pids(run.cage.proc, pids, 256);
    double seconds, moment;

    for (int i = 0; i < count; i++)
        if (!trusted(pids[i]) && state_of(run.cage.proc, pids[i]) == 'S') {
            seconds = time_waited_for(run.cage.proc, pids[i], &moment);
            take_timer(pids[i], seconds, moment);
        }
}

/* CPU time that the processes of the program have had. */
static double time_spent(void)
{
    int pids[256], count = list_pids(run.cage.proc, pids, 256);
    double sum = 0;

    for (int i = 0; i < count; i++)
        if (!trusted(pids[i]))
            sum += cpu_time_of(run.cage.proc, pids[i]);
    return sum;
}

/* After the first time-out the later ones are shorter, so that one slow program does not delay a whole
   class. */
static const char *late(void)
{
    if (patience > patience_silent) {
        patience /= 10;
        patience_busy /= 10;
    }
    return "late";
}

static bool has_ended(const char *unused)
{
    (void)unused;
    return run.ended;
}

/* NULL when done() is true in time, else why we gave up. A machine that is slow or loaded is no
   reason: what counts is that nothing in the cage can go on by itself, or that it had a CPU for
   long. A process that waits for a CPU does not sleep. */
static const char *wait_until(bool (*done)(const char *), const char *text)
{
    double spent = time_spent(), turn = now(), took;
    const char *limit;

    for (;;) {
        bool ready = something_is("RD");

        if (done(text))
            return NULL;
        if (pump(10) || ready)
            run.silent = 0;
        else if (run.ended && !pump(0))
            return done(text) ? NULL : "ended";
        watch_timers();
        if (!run.stopped && (limit = excess(run.cage.proc)) != NULL)
            stop(limit);
        /* A turn that took longer was one in which we had no CPU, and init had none. */
        took = now() - turn < 0.1 ? now() - turn : 0.1;
        turn = now();
        run.silent += took;
        run.asleep += ready ? 0 : took;
        if (run.silent > patience_silent)
            return "silent";
        if (run.asleep > patience || now() - run.start > patience_most ||
            time_spent() - spent > patience_busy)
            return late();
    }
}

static void await(int pid, char state, int cpu)
{
    double begin = now();

    while (now() - begin < patience_ours &&
           (state_of(run.cage.proc, pid) != state ||
            (cpu != -1 && cpu_of(run.cage.proc, pid) != cpu)))
        pump(1);
}

static void await_time(double seconds)
{
    double end = now() + seconds;

    while (now() < end)
        pump(10);
}

/* Whether there is anybody left who could move a process. */
static bool all_gone(void)
{
    return run.ended && !something_is("RSDTtZXI");
}

static bool is_on(int pid, int cpu)
{
    return cpu_of(run.cage.proc, pid) == cpu;
}

static bool await_move(int pid, int cpu)
{
    double begin = now(), spent = cpu_time_of(run.cage.proc, pid), had = 0;

    while (!is_on(pid, cpu) && now() - begin < patience_ours / 2 &&
           had < (all_gone() ? patience_lost / 20 : patience_lost)) {
        pump(1);
        had = cpu_time_of(run.cage.proc, pid) - spent;
    }
    return is_on(pid, cpu);
}

static void await_spent(double seconds)
{
    double begin = now(), end = cpu_time_of(run.cage.proc, run.program) + seconds;

    while (!run.ended && now() - begin < patience / 10 &&
           cpu_time_of(run.cage.proc, run.program) < end)
        pump(1);
}

/* Asleep for some moments in a row: a process may sleep for one that runs. */
static void await_sleep(void)
{
    double begin = now();
    int still = 0;

    while (!run.ended && still < 10 && now() - begin < patience / 10)
        still = pump(1) || something_is("RD") ? 0 : still + 1;
    watch_timers();
}

/* When the program has ended, others of it may be about to die: killed, or woken by that. Who sleeps
   for some moments in a row is not; nor is a zombie whose parent sleeps, or who is busy for long. */
static void await_the_dying(void)
{
    double begin = now(), spent = time_spent();
    int still = 0;

    while (!all_gone() && still < 50 && now() - begin < patience &&
           time_spent() - spent < patience_busy / 3) {
        bool active = pump(1) || something_is("RD") ||
                      (something_is("ZX") && now() - begin < patience / 10);
        still = active ? 0 : still + 1;
    }
}

/* --- the words of a scenario ----------------------------------------------------------------- */

static struct nonce {
    const char *word;
    char value[64]; /* empty: not drawn in this run */
} nonces[] = {{"NAME", ""}, {"PORT", ""}, {"KEY", ""}, {"DAYS", ""}, {"DIRECTORY", ""}};
enum { NONCES = sizeof nonces / sizeof nonces[0] };

static void forget_words(void)
{
    for (int i = 0; i < NONCES; i++)
        *nonces[i].value = '\0';
}

static const char *drawn_directory(void)
{
    return nonces[NONCES - 1].value;
}

/* What stands for a number: -1 is none. */
static int number_of(const char *word)
{
    int neighbour;

    if (strcmp(word, "FIRST") == 0)
        return cpus.first;
    if (strcmp(word, "LAST") == 0)
        return cpus.last;
    if (strcmp(word, "PROGRAM") == 0)
        return run.program;
    if (strcmp(word, "LOOP") == 0)
        return run.loop;
    if (strcmp(word, "SLEEPER") == 0)
        return run.sleeper;
    if (sscanf(word, "NEIGHBOUR%d", &neighbour) == 1 && neighbour > 0 &&
        neighbour <= run.neighbours)
        return run.neighbour[neighbour - 1];
    return -1;
}

/* An argument that makes no sense, another one each time; other words stay as they are. */
static void draw_argument(const char *word, char *text, size_t size)
{
    static const char letters[] = "bcdfghjklmpqrtvwxz", tails[] = "smx-";
    unsigned small = draw(1, 3),
             cut = run.neighbours > 0 ? (unsigned)run.neighbour[0] : small;

    if (strcmp(word, "EMPTY") == 0)
        snprintf(text, size, "''");
    else if (strcmp(word, "FRACTION") == 0)
        snprintf(text, size, "%u.%u", small, draw(1, 9));
    else if (strcmp(word, "NEGATIVE") == 0)
        snprintf(text, size, "-%u", small);
    else if (strcmp(word, "TAIL") == 0)
        snprintf(text, size, "%u%c", small, tails[draw(0, 3)]);
    else if (strcmp(word, "HUGE") == 0 && draw(0, 1))
        snprintf(text, size, "%llu", (draw(1, 999) * (1ULL << 32)) + cut);
    else if (strcmp(word, "HUGE") == 0) /* 2 to the 64th, and a little more */
        snprintf(text, size, "18446744073709%06u", 551616 + cut);
    else if (strcmp(word, "LETTERS") == 0)
        snprintf(text, size, "%c%c%c", letters[draw(0, 17)], letters[draw(0, 17)],
                 letters[draw(0, 17)]);
    else
        snprintf(text, size, "%s", word);
}

static void draw_value(struct nonce *nonce)
{
    char *value = nonce->value, letters[16];
    const size_t size = sizeof nonce->value;

    draw_letters(letters, draw(9, 13));
    if (strcmp(nonce->word, "PORT") == 0)
        snprintf(value, size, "%u", draw(20000, 59999));
    else if (strcmp(nonce->word, "KEY") == 0)
        snprintf(value, size, "0x%x", draw(0x10000000, 0x7fffffff));
    else if (strcmp(nonce->word, "DAYS") == 0)
        snprintf(value, size, "%u", draw(2, 300));
    else if (strcmp(nonce->word, "DIRECTORY") == 0)
        snprintf(value, size, "%s", cage_folder(&run.cage, letters));
    else
        snprintf(value, size, "%s", letters);
    record("drawn %s %s", nonce->word, value);
}

/* What stands for that word in this run, or NULL. */
static const char *nonce_of(const char *word)
{
    for (int i = 0; i < NONCES; i++)
        if (strcmp(nonces[i].word, word) == 0) {
            if (*nonces[i].value == '\0')
                draw_value(&nonces[i]);
            return nonces[i].value;
        }
    return NULL;
}

static const char *expand(const char *text)
{
    static char result[8192];
    char copy[1024], *rest, *word, *end = result;

    snprintf(copy, sizeof copy, "%s", text);
    *result = '\0';
    for (word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        int number = number_of(word);
        if (end != result)
            *end++ = ' ';
        const char *nonce = nonce_of(word);
        if (number != -1)
            sprintf(end, "%d", number);
        else if (nonce)
            strcpy(end, nonce);
        else
            draw_argument(word, end, 1024);
        end += strlen(end);
    }
    return result;
}

/* --- the steps of a scenario ----------------------------------------------------------------- */

static void step_cpuset(const char *unused)
{
    (void)unused; /* done when the cage was opened */
    record("cpuset v%d", cpuset_version());
}

static void step_undisturbed(const char *unused)
{
    (void)unused; /* done when the cage was opened */
    record("undisturbed");
}

static void step_begin(const char *group)
{
    record("begin %s", cpuset_begin(group, run.cage.init));
}

static void step_enable(const char *unused)
{
    (void)unused;
    cpuset_enable();
    record("enable");
}

/* A trusted process begins in another group than the program. */
static int start_trusted(const char *kind, const char *how)
{
    if (run.has_cpuset)
        cpuset_enter_home(run.cage.init);
    int pid = cage_ask(&run.cage, "%s %s", kind, how);
    if (run.has_cpuset)
        cpuset_enter_shell(run.cage.init);
    return pid;
}

static void step_sleeper(const char *cpu)
{
    run.sleeper = start_trusted("sleeper", cpu);
    await(run.sleeper, 'S', atoi(cpu));
    record("sleeper %d", run.sleeper);
}

static void step_finish(const char *pid)
{
    cage_ask(&run.cage, "signal %s %d", pid, SIGKILL);
    await(atoi(pid), '\0', -1);
    run.silent = 0;
    record("finished %s", pid);
}

static void step_loop(const char *cpu)
{
    run.loop = start_trusted("loop", cpu);
    await(run.loop, 'R', atoi(cpu));
    record("loop %d", run.loop);
}

static void step_neighbour(const char *kinds)
{
    int pid = cage_ask(&run.cage, "neighbour %s", kinds);

    if (run.neighbours < (int)(sizeof run.neighbour / sizeof run.neighbour[0]))
        run.neighbour[run.neighbours++] = pid;
    await(pid, 'S', -1);
    record("neighbour %d %s", pid, kinds);
}

static void step_hold(const char *cpu)
{
    run.held_cpu = atoi(cpu);
}

static __attribute__((noreturn)) void no_such_step(const char *step)
{
    fprintf(stderr, "witness: no such step: %s\n", step);
    clean_up();
    exit(2);
}

static void step_refuse(const char *call_and_errno)
{
    int error = cage_ask(&run.cage, "refuse %s", call_and_errno);

    if (error == -1)
        no_such_step(call_and_errno);
    run.here = error == 0;
    if (run.here)
        record("refuse %s", call_and_errno);
    else
        not_here_refuse();
}

static void step_start(const char *arguments)
{
    remember_mounts();
    record_restart_clock();
    run.start = now();
    run.silent = run.asleep = 0;
    run.program = cage_ask(&run.cage, "start %d %s", run.held_cpu, arguments);
    run.started = true;
    record("start %d%s%s", run.program, *arguments ? " " : "", arguments);
    record("hostname %s", run.cage.hostname);
}

static void await_line(bool (*done)(const char *), const char *text)
{
    const char *reason = run.moved_nowhere ? "alone" : wait_until(done, text);

    run.moved_nowhere = false;
    if (reason)
        record("missed %s %s", reason, text);
    else
        record("seen %s", text);
}

static void step_until(const char *text)
{
    await_line(has_said, text);
}

static void step_then(const char *text)
{
    await_line(has_said_then, text);
}

static void step_move(const char *pid_and_cpu)
{
    /* First: what it says of its new CPU comes after this line. */
    record("move %s", pid_and_cpu);
    cage_ask(&run.cage, "move %s", pid_and_cpu);
    run.moved_nowhere = cpus.first == cpus.last;
    run.silent = 0;
}

static void step_follow(const char *pid_and_cpu)
{
    int pid = 0, cpu = 0;
    bool there = sscanf(pid_and_cpu, "%d %d", &pid, &cpu) == 2 && await_move(pid, cpu);

    record("%s %s", there ? "followed" : "lost", pid_and_cpu);
}

static void step_signal(const char *name)
{
    int number = strcmp(name, "INT") == 0    ? SIGINT
                 : strcmp(name, "KILL") == 0 ? SIGKILL
                 : strcmp(name, "STOP") == 0 ? SIGSTOP
                 : strcmp(name, "CONT") == 0 ? SIGCONT
                                             : SIGTERM;

    record("signal %s", name);
    cage_ask(&run.cage, "signal %d %d", run.program, number);
    run.silent = 0;
}

static void step_pass(const char *milliseconds)
{
    await_time(atoi(milliseconds) / 1000.0);
}

static void step_spend(const char *milliseconds)
{
    await_spent(atoi(milliseconds) / 1000.0);
}

static void step_settle(const char *unused)
{
    (void)unused;
    await_sleep();
}

static void step_look(const char *name)
{
    look(run.cage.proc, name);
    if (run.has_cpuset)
        cpuset_print();
}

static void enter_one(int pid, const char *kinds)
{
    record("enter %d%s", pid, kinds);
    enter_process(run.cage.proc, pid, kinds, drawn_directory());
}

static void step_enter(const char *pid_and_kinds)
{
    int pids[256], count = list_pids(run.cage.proc, pids, 256);
    size_t length = strcspn(pid_and_kinds, " ");

    if (strncmp(pid_and_kinds, "ALL", length) != 0)
        enter_one(atoi(pid_and_kinds), pid_and_kinds + length);
    else
        for (int i = 0; i < count; i++)
            if (pids[i] != 1)
                enter_one(pids[i], pid_and_kinds + length);
}

static void step_user(const char *unused)
{
    (void)unused;
    record("user %d", cage_ask(&run.cage, "user %u", draw(1000, 59999)));
}

static void step_shared(const char *unused)
{
    (void)unused;
    run.here = cage_ask(&run.cage, "share") == 0;
    if (run.here)
        record("shared");
    else
        not_here_shared();
}

static const struct {
    const char *word;
    void (*act)(const char *rest);
} steps[] = {{"cpuset", step_cpuset},
             {"loop", step_loop},
             {"neighbour", step_neighbour},
             {"hold", step_hold},
             {"start", step_start},
             {"until", step_until},
             {"move", step_move},
             {"follow", step_follow},
             {"signal", step_signal},
             {"look", step_look},
             {"then", step_then},
             {"pass", step_pass},
             {"settle", step_settle},
             {"refuse", step_refuse},
             {"enable", step_enable},
             {"sleeper", step_sleeper},
             {"finish", step_finish},
             {"spend", step_spend},
             {"undisturbed", step_undisturbed},
             {"enter", step_enter},
             {"begin", step_begin},
             {"user", step_user},
             {"shared", step_shared}};

static void do_step(char *step)
{
    size_t length = strcspn(step, " ");
    const char *rest = expand(step + length + strspn(step + length, " "));

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (strlen(steps[i].word) == length &&
            strncmp(step, steps[i].word, length) == 0) {
            if (steps[i].act != step_until && steps[i].act != step_then)
                mark_said();
            steps[i].act(rest);
            return;
        }
    no_such_step(step);
}

/* --- the scenario ---------------------------------------------------------------------------- */

static char *scenario[256];
static int scenario_length;
static bool asking;   /* no program is started */
static bool two_cpus; /* its first and its last CPU are to be different ones */

static void read_scenario(const char *path, bool only_ask)
{
    char line[1024];
    bool started = false;
    FILE *file = fopen(path, "re");

    asking = only_ask;
    if (file == NULL)
        broken(path);
    while (fgets(line, sizeof line, file) && scenario_length < 256)
        if (strncmp(line, "#> ", 3) == 0) {
            line[strcspn(line, "\n")] = '\0';
            const char *step = line + 3 + strspn(line + 3, " ");
            two_cpus |= strstr(step, " LAST") != NULL;
            started = strncmp(step, "run ", 4) != 0 &&
                      (started || strncmp(step, "start", 5) == 0);
            if (!asking || !started)
                scenario[scenario_length++] = strdup(step);
        }
    fclose(file);
}

static bool wants_cpuset(void)
{
    for (int i = 0; i < scenario_length; i++)
        if (strcmp(scenario[i], "cpuset") == 0)
            return true;
    return false;
}

static char mounts_before[256 * 1024];

static void remember_mounts(void)
{
    read_at(run.cage.proc, "1/mountinfo", mounts_before, sizeof mounts_before);
}

static void record_left_processes(void)
{
    int pids[256], count = list_pids(run.cage.proc, pids, 256);

    for (int i = 0; i < count; i++)
        if (!trusted(pids[i]))
            record("left process %d", pids[i]);
}

static void record_left_mounts(void)
{
    static char mounts[sizeof mounts_before];
    char *rest, *line, where[1024];

    read_at(run.cage.proc, "1/mountinfo", mounts, sizeof mounts);
    for (line = strtok_r(mounts, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        if (strstr(mounts_before, line) == NULL &&
            sscanf(line, "%*d %*d %*s %*s %1023s", where) == 1)
            record_text("left mount", where, strlen(where));
}

static void end_run(void)
{
    const char *reason = run.started ? wait_until(has_ended, NULL) : NULL;

    if (reason)
        record("still-running %s", reason);
    if (ran_out_of_memory())
        stop("memory");
    take_all();
    if (run.ended)
        await_the_dying();
    look(run.cage.proc, "end");
    if (run.started) {
        record_left_processes();
        record_left_mounts();
        cage_look(&run.cage);
        if (run.has_cpuset) {
            cpuset_look();
            cpuset_print_control();
        }
    }
    cage_close(&run.cage);
    if (run.has_cpuset)
        cpuset_clean();
}

static bool wants(int from, const char *word)
{
    for (int i = from; i < scenario_length && strncmp(scenario[i], "run ", 4) != 0; i++)
        if (strcmp(scenario[i], word) == 0)
            return true;
    return false;
}

/* Does the run that begins at step i; returns the step where the next one begins. */
static int do_run(int i, bool cpuset_here)
{
    run = (struct run){.held_cpu = -1};
    hear_nothing_yet();
    forget_words();
    record_restart_clock();
    printf("run %s\n", scenario[i] + 4);
    run.has_cpuset = wants(++i, "cpuset");
    run.here = !run.has_cpuset || cpuset_here;
    if (!run.here)
        cpuset_not_here();
    else
        run.here = cage_open(&run.cage, run.has_cpuset, wants(i, "undisturbed"));
    hear_output();
    for (; i < scenario_length && strncmp(scenario[i], "run ", 4) != 0; i++)
        if (run.here)
            do_step(scenario[i]);
    if (run.here)
        end_run();
    else
        cage_close(&run.cage);
    return i;
}

/* What a run shows all the same, but less of it, has a run of its own here. */
static void ask_for_two_cpus(void)
{
    if (!two_cpus || cpus.first != cpus.last)
        return;
    puts("run two CPUs");
    not_here_one_cpu();
}

static void do_scenario(bool cpuset_here)
{
    int i = 0;

    while (i < scenario_length && strncmp(scenario[i], "run ", 4) == 0)
        i = do_run(i, cpuset_here);
    if (asking)
        ask_for_two_cpus();
}

static void describe_machine(bool cpuset)
{
    struct utsname name;
    cpu_set_t set;

    uname(&name);
    sched_getaffinity(0, sizeof set, &set);
    if (cpuset)
        cpuset_restrict(&set);
    cpus.first = cpus.last = -1;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET((unsigned)cpu, &set)) {
            cpus.first = cpus.first == -1 ? cpu : cpus.first;
            cpus.last = cpu;
        }
    printf("witness 2\nmachine kernel=%s arch=%s cpus=%d first=%d last=%d\n",
           name.release, name.machine, CPU_COUNT(&set), cpus.first, cpus.last);
}

int main(int argc, char *argv[])
{
    bool cpuset_here, only_ask;

    if (argc != 3)
        usage();
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* who wants the record is gone */
    syscall(SYS_close_range, 3, ~0U,
            0); /* what make and bats left open is not for the cage */
    hear_signals();
    record_restart_clock();
    reasons_prepare();
    only_ask = strcmp(argv[1], "--ask") == 0;
    read_scenario(argv[only_ask ? 2 : 1], only_ask);
    cpuset_here = wants_cpuset() && cpuset_open();
    describe_machine(cpuset_here);
    if (cage_prepare(only_ask ? "/proc/self/exe" : argv[2])) {
        if (cpuset_here)
            cpuset_hide_rest();
        do_scenario(cpuset_here);
        cage_describe();
    }
    cpuset_close();
    puts("end");
    return fflush(stdout) == EOF ? 70 : 0;
}
