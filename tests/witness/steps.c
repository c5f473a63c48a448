/* The steps of a scenario. main.c lists them. */
#define _GNU_SOURCE
#include "witness.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static void step_group(const char *unused)
{
    (void)unused; /* done when the cage was opened */
    given_print();
}

static void step_file(const char *names)
{
    char copy[256], *rest, *name;

    snprintf(copy, sizeof copy, "%s", names);
    for (name = strtok_r(copy, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
        given_file(name);
}

static void step_guest(const char *unused)
{
    (void)unused; /* done when the cage was opened */
    record("guest");
}

/* The word DISK draws it. */
static void step_disk(const char *unused)
{
    (void)unused;
    run.here = run.cage.guest && guest_disk();
    if (run.here)
        record("disk %s", guest_disk());
    else
        not_here_disk();
}

static void step_hugepages(const char *count)
{
    run.here = run.cage.guest;
    if (run.here)
        record("hugepages %d", guest_huge_pages(atoi(count)));
    else
        not_here_guest();
}

static void step_open(const char *where_and_paths)
{
    char copy[1024], *rest, *path;

    snprintf(copy, sizeof copy, "%s", where_and_paths);
    const char *where = strtok_r(copy, " ", &rest);
    while (where && (path = strtok_r(NULL, " ", &rest)) != NULL)
        given_try(strcmp(where, "inside") == 0, path);
}

static void step_programs(const char *unused)
{
    (void)unused;
    given_print_programs();
}

static void step_count(const char *unused)
{
    (void)unused;
    given_path(); /* makes the group */
    int group = given_folder();
    run.here = run.cage.guest && counter_open(group);
    close(group);
    if (run.here)
        record("count");
    else
        not_here_count();
}

static void step_fault(const char *where_and_pages)
{
    char where[16] = "";
    int pages = 0;

    if (run.cage.guest && sscanf(where_and_pages, "%15s %d", where, &pages) == 2)
        given_fault(strcmp(where, "inside") == 0, pages);
}

static void step_counted(const char *unused)
{
    (void)unused;
    counter_print();
}

static void step_network(const char *unused)
{
    (void)unused; /* done when the cage was opened */
    record("network");
}

static void step_tags(const char *unused)
{
    struct stat info;
    int group = given_folder();

    (void)unused;
    if (fstat(group, &info) == 0)
        record("folder %ju", (uintmax_t)info.st_ino);
    close(group);
    if (!tags_print(run.cage.proc))
        not_here_tags();
}

static void step_packet(const char *unused)
{
    (void)unused;
    if (run.cage.guest)
        given_packet(run.cage.proc);
}

static void step_stay(const char *text)
{
    run.here = cage_knows_writers(&run.cage);
    if (run.here)
        cage_ask(&run.cage, "stay %s", text);
    else
        not_here_stay();
}

static void step_go(const char *unused)
{
    (void)unused;
    cage_ask(&run.cage, "go");
    run.silent = 0;
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
    groups_enter("home", run.cage.init);
    int pid = cage_ask(&run.cage, "%s %s", kind, how);
    groups_enter_shell(run.cage.init);
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

static void step_spend(const char *milliseconds_and_pid)
{
    int milliseconds = 0, pid = run.program;

    sscanf(milliseconds_and_pid, "%d %d", &milliseconds, &pid);
    await_spent(pid, milliseconds / 1000.0);
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
    if (pid != 0) /* nobody runs PROBE */
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

static void step_root(const char *unused)
{
    (void)unused;
    run.here = cage_root(&run.cage);
}

static const struct {
    const char *word;
    void (*act)(const char *rest);
} steps[] = {{"cpuset", step_cpuset},
             {"group", step_group},
             {"guest", step_guest},
             {"disk", step_disk},
             {"hugepages", step_hugepages},
             {"open", step_open},
             {"programs", step_programs},
             {"count", step_count},
             {"fault", step_fault},
             {"counted", step_counted},
             {"network", step_network},
             {"tags", step_tags},
             {"packet", step_packet},
             {"stay", step_stay},
             {"go", step_go},
             {"file", step_file},
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
             {"root", step_root},
             {"made", given_print_made},
             {"shared", step_shared}};

void do_step(char *step)
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
