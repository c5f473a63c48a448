/*
 * witness SCENARIO PROGRAM: runs a program in a cage and writes down what it said and what the
 * kernel showed of it. It knows nothing of right and wrong: that is for the checks, which read
 * the record and nothing else.
 *
 * witness --group CONTROLLERS PROGRAM [ARGUMENT]...: runs a program without a cage, and without a record, with an
 * empty group. The argument GROUP stands for that, and in a guest DISK for its disk.
 *
 * witness --ask SCENARIO: says whether this machine can show these runs. The record is the same, but each
 * run ends where its program would start.
 *
 * The scenario is the lines of a file (a check file) that begin with "#> ", a step each:
 *
 *   run NAME            a new run, in a new cage
 *   cpuset              the cage has a part of the cpuset hierarchy for itself   (first in a run)
 *   begin NAME          the program begins in a new group of that name          (with cpuset, before the start)
 *   group CONTROLLER... the cage has a part of the hierarchies with those for itself; GROUP is an empty group
 *                       in it, in which the program may do all. Where v1 has two of them in two hierarchies it
 *                       is two folders, with a comma between them         (first in a run; the same in all)
 *                       Where no step has the word GROUP, the program makes groups itself
 *                       CONTROLLER/v2: that one only where the first one is in a hierarchy of v2
 *   guest               the run touches the whole machine, and so it is done in a virtual one only. There root of
 *                       the cage is root, and bpf, perf_event_open, fsync, sync and the like are not refused:
 *                       the virtual machine is the cage                          (first in a run)
 *   disk                a disk of the guest's that nobody uses; DISK stands for its MAJOR:MINOR   (with guest)
 *   hugepages N         the guest has N huge pages; at the end of the run as many as before        (with guest)
 *   open inside|outside PATH...   a trusted process, in GROUP or not, opens those files       (with group, guest)
 *   programs            how many BPF programs GROUP has                                       (with group, guest)
 *   count               from now on a counter of our own counts the page faults of GROUP     (with group, guest)
 *   fault inside|outside N   a trusted process, in GROUP or not, touches N pages of new memory     (with group, guest)
 *   counted             what that counter says
 *   network             the cage has no network of its own, but that of the virtual machine   (first in a run, with guest)
 *   tags                what the kernel knows of the TCP sockets of the program that listen   (with group, guest)
 *   packet              a trusted process, in GROUP and then outside, sends itself a packet by lo     (with group, guest)
 *   stay TEXT|TEXT...   the process that writes a line with such a TEXT next stays in that write(), so that what is true
 *                       then can be looked at; the line comes at once               (before the start)
 *   go                  it stays no longer
 *   file NAME...        what is in those files of GROUP
 *   made NAME...        what is in those files of the groups that the program has made
 *   undisturbed         the program prints without asking init, because that is a sleep; so nobody
 *                       knows the writer of a line                               (first in a run)
 *   enable              v2: somebody else has enabled cpuset at the top of that part
 *   loop CPU            a trusted busy loop, held on that CPU; its PID is called LOOP from now on
 *   sleeper CPU         a trusted process that sleeps, and that CPU was its last one: SLEEPER
 *   finish PID          ends a trusted process
 *   neighbour KINDS     a trusted process in new namespaces of those kinds:
 *                       NEIGHBOUR1 to NEIGHBOUR16
 *   hold CPU            the program will start held on that CPU
 *   refuse CALL ERRNO   the program's clone, unshare, setns or mkdir, and what does the same, or its
 *                       sethostname, mount, shmget, bind, connect or bpf will fail with EPERM, EAGAIN,
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
 *   spend MILLISECONDS [PID]  lets the program, or that process, have so much CPU time, on a machine as loaded
 *                       as you like
 *   settle              waits until every process of the program sleeps, or it has ended
 *   look NAME           what the kernel shows of every process in the cage
 *   enter PID KIND...   what is true inside of the namespaces of that process, as a helper sees it that
 *                       joins them: mnt, uts, ipc, net, time, cgroup, user; and of that process alone: root,
 *                       rights, files. ALL: of every process but PID 1. CONTAINER: one that runs PROBE
 *   root                makes ROOT, a folder for a container: in it, and in the cage by the same name, is PROBE,
 *                       the one program that may be started besides the program (probe.c). PROBE.outside,
 *                       another file, is in the cage alone, and descriptor 9 of the program is the folder /
 *                       there                                                   (before the start)
 *   user                the program starts as a plain user, who has no rights in the cage, in a user
 *                       namespace with that one user                              (before the start)
 *   shared              the mounts of the cage hand on to each other what happens to them, as systemd
 *                       has them on most machines                                (before the start)
 *
 * FIRST and LAST stand for the first and the last CPU that we may use. For arguments that make no
 * sense there are words, too, which become other ones in each run: EMPTY (''), FRACTION (2.5),
 * NEGATIVE (-3), TAIL (4x), LETTERS (qzk), HUGE (beyond 32 bits: who cuts it gets a small number, or
 * the PID of NEIGHBOUR1). Others are drawn anew for each run, too, and are the same in all of its steps:
 * NAME (letters), PORT (20000 to 59999), KEY (0x and eight digits), DAYS (2 to 300), MIB (9 to 24), PERCENT (2
 * to 4), PIDS (8 to 20), STATUS (20 to 99), PAGES (300 to 900), DIRECTORY (a new folder in the cage), GROUP and DISK (see above).
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
 *   drawn WORD VALUE                  what stands for NAME, PORT, ... in this run
 *   root PATH DEVICE:INODE probe PATH DEVICE:INODE
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
 *   in PID PATH                       with the step group: of one that is in another group than the one where the
 *                                     program began, in the first hierarchy; as a process in the cage sees it
 *   holds PID fd=KIND:[INODE],... mount=KIND:[INODE],...    namespaces that it has open, or has mounted on a
 *                                     file (that only if it has another mount namespace than PID 1)
 *   seen TEXT | missed REASON TEXT    how an until ended. REASON: ended (the program has ended), alone
 *                                     (it was moved, and there is only one CPU: nothing can come),
 *                                     silent (all processes sleep, for 2 s), late (it had a CPU
 *                                     for 3 s since then, or the run has slept for 20 s, or taken
 *                                     a minute; once it was late, 0.3 s and 2 s; in a guest four times
 *                                     as long on a CPU)
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
 *     root DEVICE:INODE exe DEVICE:INODE    of its root folder, and of the program that it runs
 *     root mount PATH TYPE                  each mount of its mount namespace (40 at most)
 *     root dev NAME KIND MAJOR:MINOR        what is in its /dev: c, b, or - for what is no device
 *     rights no-new-privs=N filters=N inh=HEX prm=HEX eff=HEX bnd=HEX amb=HEX    filters: of seccomp. - where
 *                                           the kernel does not tell
 *     files N TARGET                        an open descriptor
 *     closed KIND: TEXT                     it could not be joined, and why
 *   loaded PID TYPE,...               with the step guest: the BPF programs that it has open are of these types:
 *                                     device, sock_create, other
 *   on-disk PID HOW,... written=BYTES with the step guest: of one that has a disk open, direct or buffered: what it
 *                                     has written so far, to whatever disk
 *   guest | disk MAJOR:MINOR | hugepages N         so many huge pages there are now
 *   open inside|outside PATH ok|TEXT  TEXT: why not
 *   count | counted CPU N             page faults of the processes of GROUP on that CPU, since then
 *   faulted inside|outside N
 *   network | folder N                N: the inode number of the folder GROUP, in the first hierarchy
 *   tag PID class=0xN cgroup=N mark=N a socket that this process has open. class: of net_cls, and where that is 0 the
 *                                     priority of the socket; cgroup: an inode number of a folder, of v2
 *   packet inside|outside N           its priority at the device; -1: it has not come
 *   programs TYPE N                   attached to GROUP. -: it cannot have any (v1)
 *   given CONTROLLER v1|v2            of the step group
 *   file NAME TEXT                    a line of that file of GROUP
 *   read NAME | wrote NAME            somebody, or the kernel itself, has used that file of GROUP before what
 *                                     follows; several times in a row are one
 *   no-file NAME                      GROUP has none of that name
 *   made PATH NAME TEXT               a line of that file of a group that the program has made
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
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

struct run run;
struct cpus cpus;

void clean_up(void)
{
    cage_close(&run.cage);
    cpuset_close();
    given_close();
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

static bool is_probe(const char *name)
{
    const char *slash = strrchr(name, '/');

    return strcmp(slash ? slash + 1 : name, "probe") == 0;
}

int main(int argc, char *argv[])
{
    bool cpuset_here, group_here, only_ask;

    if (is_probe(argv[0]))
        return probe(argc, argv);
    if (argc > 3 && strcmp(argv[1], "--group") == 0)
        return given_run(argv + 2);
    if (argc != 3)
        usage();
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* who wants the record is gone */
    syscall(SYS_close_range, 3, ~0U,
            0); /* what make and bats left open is not for the cage */
    hear_signals();
    record_restart_clock();
    reasons_prepare();
    guest_here(); /* who we are now is what counts */
    only_ask = strcmp(argv[1], "--ask") == 0;
    read_scenario(argv[only_ask ? 2 : 1], only_ask);
    cpuset_here = wants_cpuset() && cpuset_open();
    group_here =
        wanted_controllers() && given_open(wanted_controllers(), mentions("GROUP"));
    describe_machine(cpuset_here);
    if (cage_prepare(only_ask ? "/proc/self/exe" : argv[2])) {
        if (cpuset_here)
            group_hide_rest(cpuset_group());
        if (group_here)
            given_hide_rest();
        do_scenario(cpuset_here, group_here);
        cage_describe();
    }
    cpuset_close();
    given_close();
    puts("end");
    return fflush(stdout) == EOF ? 70 : 0;
}
