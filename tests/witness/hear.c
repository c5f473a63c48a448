/* Taking what comes out of the cage: what the program prints, and what init reports. */
#define _GNU_SOURCE
#include "witness.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

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

bool trusted(int pid)
{
    bool is = pid == 1 || pid == run.loop || pid == run.sleeper;

    for (int i = 0; i < run.neighbours; i++)
        is |= pid == run.neighbour[i];
    return is;
}

void hear_signals(void)
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

void hear_nothing_yet(void)
{
    while (line_count > 0)
        free(lines[--line_count]);
    line_mark = line_found = events = timer_count = timer_lines = move_lines = 0;
    said = 0;
    out.length = err.length = 0;
    recorded_writer = -3;
}

void hear_output(void)
{
    out.fd = run.cage.out;
    err.fd = run.cage.err;
}

void stop(const char *limit)
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

bool has_said(const char *text)
{
    return find_line(line_mark, text);
}

bool has_said_then(const char *text)
{
    return find_line(line_found + 1, text);
}

void mark_said(void)
{
    line_mark = line_count;
}

static bool near(double a, double b, double distance)
{
    return a - b < distance && b - a < distance;
}

/* What a process asks for again and again, or what is left of it, is one line. */
void take_timer(int pid, double seconds, double moment)
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
                                        "maps ",      "offset ", "holds ",
                                        "in ",        "loaded ", "on-disk "};

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

    given_drain(); /* what was before a line is recorded before it */
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

bool pump(int milliseconds)
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
    given_drain();
    if (wait[0].revents)
        active |= take_output(&out);
    if (wait[1].revents)
        active |= take_output(&err);
    return active;
}

void take_all(void)
{
    while (run.started && pump(0))
        ;
    take_rest(&out, true);
    take_rest(&err, true);
}
