/* A scenario: reading it, and doing its runs, each from its beginning to what it has left. */
#define _GNU_SOURCE
#include "witness.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *scenario[256];
static int scenario_length;
static bool asking;   /* no program is started */
static bool two_cpus; /* its first and its last CPU are to be different ones */

void read_scenario(const char *path, bool only_ask)
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

bool wants_cpuset(void)
{
    for (int i = 0; i < scenario_length; i++)
        if (strcmp(scenario[i], "cpuset") == 0)
            return true;
    return false;
}

const char *wanted_controllers(void)
{
    for (int i = 0; i < scenario_length; i++)
        if (strncmp(scenario[i], "group ", 6) == 0)
            return scenario[i] + 6;
    return NULL;
}

bool mentions(const char *word)
{
    for (int i = 0; i < scenario_length; i++)
        if (strstr(scenario[i], word))
            return true;
    return false;
}

static char mounts_before[256 * 1024];

void remember_mounts(void)
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

/* groups: the run has begun with its groups. */
static void undo_run(bool groups)
{
    cage_close(&run.cage);
    if (run.has_cpuset && groups)
        cpuset_clean();
    if (run.has_group && groups)
        given_clean();
    if (run.cage.guest) {
        guest_restore();
        counter_close();
    }
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
        groups_look();
        if (run.cage.guest && run.has_group)
            given_look_programs();
        if (run.has_cpuset)
            cpuset_print_control();
    }
    undo_run(true);
}

/* The groups that a run begins with. false: not on this machine. */
static bool begin_groups(bool cpuset_here, bool group_here)
{
    groups_forget();
    if (run.has_cpuset && !cpuset_here)
        cpuset_not_here();
    else if (run.has_group && !group_here)
        given_not_here();
    else if (run.has_cpuset)
        groups_use(cpuset_group());
    else if (run.has_group)
        given_use();
    return (!run.has_cpuset || cpuset_here) && (!run.has_group || group_here);
}

/* Whether the run that begins at that step has a step of that word. */
static bool wants(int from, const char *word)
{
    size_t length = strlen(word);

    for (int i = from; i < scenario_length && strncmp(scenario[i], "run ", 4) != 0; i++)
        if (strncmp(scenario[i], word, length) == 0 && strchr(" ", scenario[i][length]))
            return true;
    return false;
}

/* What concerns the whole machine is for no other one than a virtual one. */
static bool may_be_here(void)
{
    bool here = !run.cage.guest || guest_here();

    if (!here)
        not_here_guest();
    return here;
}

/* Does the run that begins at step i; returns the step where the next one begins. */
static int do_run(int i, bool cpuset_here, bool group_here)
{
    run = (struct run){.held_cpu = -1};
    hear_nothing_yet();
    forget_words();
    record_restart_clock();
    printf("run %s\n", scenario[i] + 4);
    run.has_cpuset = wants(++i, "cpuset");
    run.has_group = wants(i, "group");
    run.cage.guest = wants(i, "guest");
    run.cage.network = wants(i, "network");
    bool groups = may_be_here() && begin_groups(cpuset_here, group_here);
    run.here = groups && cage_open(&run.cage, wants(i, "undisturbed"));
    hear_output();
    for (; i < scenario_length && strncmp(scenario[i], "run ", 4) != 0; i++)
        if (run.here)
            do_step(scenario[i]);
    if (run.here)
        end_run();
    else
        undo_run(groups);
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

void do_scenario(bool cpuset_here, bool group_here)
{
    int i = 0;

    while (i < scenario_length && strncmp(scenario[i], "run ", 4) == 0)
        i = do_run(i, cpuset_here, group_here);
    if (asking)
        ask_for_two_cpus();
}
