/* The witness: what its parts offer each other. main.c says what it is for. */
#ifndef WITNESS_H
#define WITNESS_H

#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/types.h>

#ifndef SYS_close_range /* before glibc 2.32 */
#define SYS_close_range 436
#endif

/* What a run may use. Processes, namespaces of a kind, bytes of memory, files that one process has open,
   bytes of a file. */
enum {
    LIMIT_PROCESSES = 100,
    LIMIT_NAMESPACES = 100,
    LIMIT_MEMORY = 512 << 20,
    LIMIT_FILES = 256,
    LIMIT_FILE_SIZE = 8 << 20
};

/* record.c: lines of the record, on stdout. */
void record(const char *format, ...) __attribute__((format(printf, 1, 2)));
void record_begin(const char *word); /* a line that is not ended yet */
void record_text(const char *word, const char *text,
                 size_t length); /* text: a stranger's */
void record_not_here(const char *reason, const char *fix);
void record_for_people(void); /* from now on that is a sentence on stderr */
void record_restart_clock(void);
double now(void); /* seconds, of a clock that only goes forward */
/* The checker itself failed: says where, cleans up, exits with 70. Uses errno. */
void broken(const char *what) __attribute__((noreturn));

/* reasons.c: records why this machine cannot show something, and what to type. prepare: first of all,
   because it keeps who we are. */
void reasons_prepare(void);
void not_here_namespaces(int error);
void not_here_proc(void);
void not_here_refuse(void);
void not_here_shared(void);
void not_here_one_cpu(void);
void not_here_group(const char *controller, int error, bool mounted,
                    const char *exclusive);
void not_here_static(void);
void not_here_guest(void);
void not_here_disk(void);
void not_here_stay(void);
void not_here_count(void);
void not_here_tags(void);

/* look.c: what a procfs shows of the processes in it. proc is a descriptor of its root. */
void look(int proc, const char *when);
int list_pids(int proc, int *pids, int most);
const char *excess(int proc); /* the limit that was reached, or NULL */
/* Whether the kernel has ended a process since the last call, for the limit of the memory group that
   we are in: MEMORY_GROUP, its folder, if whoever put us there has said so. */
bool ran_out_of_memory(void);
int cpu_of(int proc, int pid);         /* -1: no such process */
char state_of(int proc, int pid);      /* 0: no such process */
double cpu_time_of(int proc, int pid); /* seconds, of all its threads */
bool read_at(int dir, const char *path, char *text, size_t size);
void print_path(const char *word, const char *path); /* " word=PATH" */

/* enter.c: what is true inside of the namespaces of a process. list: names of kinds; folder: one that is
   looked into, or an empty text. */
void enter_process(int cage_proc, int pid, const char *list, const char *folder);
void count_mounts(const char *mounts, int *all, int *shared, int *slave);
char *map_of(int dir, int pid, const char *name, char *text, size_t size);

/* moved.c: reports what is new in the namespaces of a process since it has written its last line. */
void report_moves(int proc, int pid);

/* timer.c: seconds that a process asks the kernel for; 0, or less: none. moment: when a clock will say
   that, or 0: it has asked for a length of time. */
#define SHORTEST_TIMER 0.05
double time_asked(int proc, int pid, long number, const uint64_t *arguments,
                  double *moment);
double time_waited_for(int proc, int pid,
                       double *moment); /* by the call in which it sleeps now */

/* group.c: a part of a cgroup hierarchy for one witness alone. A path is one below it: "." is its top. */
struct own_group {
    const char *controller; /* as v1 calls it. Before group_open(): top and dir are -1 */
    int version;  /* of the hierarchy, 1 or 2; 0: none here has the controller */
    bool mounted; /* some hierarchy is */
    bool enabled; /* we asked the top of the hierarchy for the controller */
    int top, dir; /* of the hierarchy and of ours, as the cage hides both */
    char top_path[PATH_MAX];
    char part[PATH_MAX];   /* of the hierarchy, where ours is: delegated, or empty */
    char name[64];         /* of ours */
    char prefix[PATH_MAX]; /* of ours, as /proc/PID/cgroup shows it */
    unsigned owner;        /* root of the cage, or 0: nobody special */
    char shell[128];       /* below ours: where the program begins */
    char given[16]; /* below ours: an empty group for the program, or an empty text */
    bool fixed;     /* the program can make no group in it */
};
/* false: this machine gives us none. errno says why; 0: no hierarchy has the controller. */
bool group_open(struct own_group *group);
/* From now on our part looks like the whole hierarchy. */
void group_hide_rest(const struct own_group *group);
/* Root of the cage may make groups in that one, and move processes into it. */
void group_delegate(const struct own_group *group, const char *path);
/* v2: a group below ours, or ours, hands the controller down, or no longer. */
bool group_hand_down(const struct own_group *group, int dir, bool on);
void group_remove(int dir, const char *path); /* and all groups below it */
/* All that is below ours but for those that are ours themselves: home, shell, given. */
void group_each(const struct own_group *group, void (*act)(int dir, const char *path));
void group_clean(const struct own_group *group); /* all groups below it are removed */
void group_close(struct own_group *group);
/* The groups of a run: none, or the one of cpuset.c, or those of given.c. */
void groups_forget(void);
void groups_use(struct own_group *group);
bool groups_any(void);
void groups_delegate(unsigned user); /* to root of the cage */
void groups_enter(const char *path, pid_t pid);
void groups_enter_shell(
    pid_t pid); /* where the program begins; home: where trusted processes do */
/* Of the first of them: where that process is, as the cage sees it. NULL: it is gone. */
const char *groups_of(int proc, int pid);
void groups_look(void); /* records those that are left over */
bool write_at(int dir, const char *path, const char *text);
bool copy_file(int from, int to, const char *file);

/* cpuset.c: our part of the cpuset hierarchy. */
bool cpuset_open(void);     /* false: this machine gives us none */
void cpuset_not_here(void); /* records why */
struct own_group *cpuset_group(void);
/* The program begins in a new group below that; its name as a process in the cage sees it. */
const char *cpuset_begin(const char *group, pid_t pid);
void cpuset_enable(void);        /* somebody else lets our top hand cpuset down */
void cpuset_print(void);         /* records the groups that the program has made */
void cpuset_print_control(void); /* records what our top hands down */
void cpuset_clean(void);         /* removes them */
void cpuset_close(void);
void cpuset_restrict(cpu_set_t *set); /* to the CPUs that our part has */
int cpuset_version(void);             /* 1, 2, or 0: none */

/* given.c: an empty group for the program, with some controllers. */
/* fixed: the program can make no groups itself. */
bool given_open(const char *controllers,
                bool fixed); /* false: this machine gives us none */
void given_not_here(void);   /* records why */
void given_hide_rest(void);
void given_use(void);   /* in this run */
void given_print(void); /* records which controllers it has */
/* Makes it; its path, or two with a comma between them, as a process in the cage sees it. */
const char *given_path(void);
void given_file(const char *name);             /* records its lines */
void given_drain(void);                        /* records which of its files were used */
void given_try(bool inside, const char *path); /* records how that file is opened */
int given_folder(void);                        /* a descriptor of the first one */
/* A trusted process touches so many pages of new memory, and records that. */
void given_fault(bool inside, int pages);
void given_packet(int proc); /* records the priority of a packet of a trusted process */
void given_print_programs(void); /* records how many BPF programs are attached to it */
void given_look_programs(void);  /* records those that are left over */
void given_print_made(
    const char *names); /* such files of the groups that the program has made */
bool given_is_frozen(void);
void given_thaw(void); /* v1: who is frozen does not even die */
void given_clean(void);
void given_close(void);
/* Runs a program without a cage, with such a group; its exit status. */
int given_run(char *argv[]);

/* guest.c: what touches the whole machine. Only in a virtual one, as scripts/machine/vm makes it. */
bool guest_here(void);        /* this is one, and we are root in it */
bool guest_is_virtual(void);  /* this is one */
const char *guest_disk(void); /* MAJOR:MINOR of a disk that nobody uses, or NULL */
int guest_huge_pages(
    int count); /* so many there are from now on; until guest_restore() */
void guest_restore(void);
/* How many BPF programs of that attach type a group has; -1: the kernel does not say. */
int guest_programs(int group, const char *type);
extern const char *const guest_program_types[]; /* NULL ends it */
/* A process that joins what enter() says, and opens a file: 0 or errno. */
int guest_open(const char *path, bool (*enter)(void));
/* Of a descriptor of that process: the type of a BPF program, or NULL. */
const char *guest_program_of(int proc, int pid, const char *fd);

/* counter.c: page faults of a group, counted on each CPU. */
bool counter_open(int group); /* its folder. false: not on this machine */
void counter_print(void);     /* records what was counted since then */
void counter_close(void);
/* A process joins what enter() says, and touches so many pages. */
void counter_fault(int pages, bool (*enter)(void));

/* tags.c: what the kernel knows of sockets and packets, in the network namespace of the cage. */
bool tags_print(int proc); /* records those of the program; false: not on this machine */
/* A process joins what enter() says, and sends a packet: its priority at lo. -1: none has come. */
int tags_packet(int proc, bool (*enter)(void));

/* cage.c: the namespaces of one run, and their PID 1. */
unsigned draw(unsigned least, unsigned most); /* a number that nobody can foresee */
void draw_letters(char *text, size_t length); /* and its zero byte */
struct cage {
    pid_t init; /* PID 1 of the cage, as the witness sees it; 0: no cage is open */
    int talk;   /* commands to init, reports from it: one a packet */
    int proc;   /* a procfs of the cage */
    int out, err;
    bool undisturbed;  /* what the program writes does not go through init */
    bool dead;         /* init has ended, and so has everything */
    bool guest;        /* its root is root of this machine, which is a virtual one */
    bool network;      /* it has the network of the machine */
    char hostname[16]; /* of the cage: nobody can foresee it */
};
bool cage_prepare(
    const char *program); /* once. false: not on this machine, the record says why */
bool cage_open(struct cage *cage, bool undisturbed);
/* A new folder where the program is put; its path. The cage has one at most. */
const char *cage_folder(struct cage *cage, const char *name);
/* A folder for a container, with the probe in it; false: not on this machine. */
bool cage_root(struct cage *cage);
const char *cage_word(const char *word);     /* ROOT, PROBE, or NULL */
int cage_container(const struct cage *cage); /* a process that runs the probe, or 0 */
int cage_ask(struct cage *cage, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool cage_hear(struct cage *cage, char *answer,
               size_t size); /* a packet; reports are handed on */
bool cage_knows_writers(
    const struct cage *cage);      /* of what the program prints by write(2) */
void cage_look(struct cage *cage); /* records files and IPC objects that are left over */
void cage_describe(void); /* records what protects the machine from the program */
void cage_kill(struct cage *cage); /* all that is in it, but for init */
void cage_close(struct cage *cage);

/* init.c: PID 1 of the cage. */
enum { CPU_MASK_OF_INIT = 3 * sizeof(cpu_set_t) }; /* bytes */
enum { PACKET = 4096 }; /* bytes of a command or a report, at most */
struct init {
    int talk, out, err;
    bool users, private, undisturbed, guest;
    char *program_name, *directory;
    unsigned long most_processes;
};
void report_packet(const char *packet, size_t length);
void report(const char *format, ...) __attribute__((format(printf, 1, 2)));
void init_main(const struct init *from_witness) __attribute__((noreturn));

/* notify.c: system calls of the program that are refused, or that ask init first. */
/* A descriptor of what asks, or -1: not on this machine. */
int notify_open(int out, int err, bool undisturbed);
void notify_answer(int listener, int proc, pid_t program);
int refuse(
    const char *call_and_errno); /* 0: the program's calls of that family will fail so */
void refuse_from_now_on(bool guest);
/* Whoever writes a line with that text next stays in that call, until there is nobody to stay. */
void notify_stay(const char *text);
void notify_go(void);

/* That file may be started, too. */
void notify_allow(unsigned long device, unsigned long inode);

/* probe.c: what runs in a container. argv[0]: its path. */
int probe(int argc, char *argv[]);

/* main.c: the run that is under way, and the machine's CPUs. */
struct run {
    struct cage cage;
    bool has_cpuset, has_group; /* the step cpuset, the step group */
    bool here;                  /* this machine can show it */
    bool started, ended, stopped;
    double start;  /* when the program was started */
    double silent; /* seconds in which nothing has happened */
    double asleep; /* seconds in which nothing was ready to run */
    int program, loop, sleeper, neighbour[16]; /* PIDs in the cage; 0: there is none */
    int neighbours;                            /* so many */
    int held_cpu;                              /* where the program will start, or -1 */
    bool moved_nowhere; /* there is only one CPU, and a move changes nothing */
};
extern struct run run;
struct cpus {
    int first, last; /* that we may use */
};
extern struct cpus cpus;
void clean_up(void); /* on the way out */

/* hear.c: what comes out of the cage. */
void hear_signals(void);     /* once: one that ends us is heard, and we clean up */
void hear_nothing_yet(void); /* forgets the last run */
void hear_output(void);      /* of the cage that was opened */
bool trusted(int pid);       /* started by us, not by the program */
/* Waits for something to happen, for some milliseconds at the most, and takes it. */
bool pump(int milliseconds);
void take_all(void); /* that has come, and a line that has no end */
void take_timer(int pid, double seconds, double moment); /* that it has asked for */
void mark_said(void);                                    /* what is said from now on: */
bool has_said(const char *text);      /* a line of that contains the text */
bool has_said_then(const char *text); /* so does one after the last one that was found */
/* Ends all that runs in the cage. What was recorded until then remains. */
void stop(const char *limit);
/* Init of the cage reports "exit PID STATUS", "orphan PID STATUS", "exec PID PATH", "timer PID SECONDS
   MOMENT" and "left WHAT", and what a process writes: "out PID TEXT", "err PID TEXT", and before that
   what report_moves() finds; "dead" when it is itself gone. */
void on_report(const char *report, size_t length);

/* until.c: waiting for what is to come. wait_until: NULL, or why we gave up. */
const char *wait_until(bool (*done)(const char *), const char *text);
bool has_ended(const char *unused);
/* Until it is in that state, on that CPU (-1: any), a process is not what the scenario says. */
void await(int pid, char state, int cpu);
bool await_move(int pid, int cpu); /* false: it is not on that CPU, and will not be */
void await_time(double seconds);
void await_spent(int pid, double seconds); /* CPU time of that process */
void await_sleep(void);                    /* of all its processes */
void await_the_dying(void); /* when it has ended: others of it may be about to */

/* words.c: what the words of a scenario stand for in this run. */
const char *expand(const char *text);
void forget_words(void);
const char *drawn_directory(void); /* or an empty text */

/* steps.c */
void do_step(char *step);

/* scenario.c */
void read_scenario(const char *path, bool only_ask);
bool wants_cpuset(void);
const char *wanted_controllers(void); /* of the step group, or NULL */
bool mentions(const char *word);      /* whether some step has that word */
void do_scenario(bool cpuset_here, bool group_here);
void remember_mounts(void); /* those of now are not left by the program */

#endif
