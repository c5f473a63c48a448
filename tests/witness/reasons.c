/*
 * Why this machine cannot show something, and what to type so that it can. All these sentences
 * are here, and nowhere else: the record has them as "not-here REASON; FIX", and the doctor only
 * asks the witness (witness --ask).
 */
#define _GNU_SOURCE
#include "witness.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IN_VM "type the same with VM=1"
#define PRIVILEGED "start the container with --privileged"

/* Who we were at the start: later the cage has made us root of something. */
static bool root, in_user_namespace, in_chroot;

/* The beginning of a file; empty where there is none. */
static const char *text_of(const char *path)
{
    static char text[4096];

    read_at(AT_FDCWD, path, text, sizeof text);
    return text;
}

/* Where / is not a mount point, nothing is mounted at "/" for the kernel, either. */
static bool root_is_mounted(void)
{
    char line[2 * PATH_MAX], at[PATH_MAX];
    FILE *mounts = fopen("/proc/self/mountinfo", "re");
    bool is = mounts == NULL;

    while (!is && fgets(line, sizeof line, mounts))
        is = sscanf(line, "%*d %*d %*s %*s %4095s", at) == 1 && strcmp(at, "/") == 0;
    if (mounts)
        fclose(mounts);
    return is;
}

void reasons_prepare(void)
{
    unsigned inside = 0, outside = 0, count = 0;

    root = geteuid() == 0;
    in_user_namespace = sscanf(text_of("/proc/self/uid_map"), "%u %u %u", &inside,
                               &outside, &count) == 3 &&
                        (inside != 0 || outside != 0 || count != 4294967295U);
    in_chroot = !root_is_mounted();
}

static void __attribute__((format(printf, 2, 3)))
not_here(const char *reason, const char *fix, ...)
{
    char text[1024];
    va_list arguments;

    va_start(arguments, fix);
    vsnprintf(text, sizeof text, fix, arguments);
    va_end(arguments);
    record_not_here(reason, text);
}

/* --- what to type ---------------------------------------------------------------------------- */

static bool on_path(const char *command)
{
    const char *path = getenv("PATH");
    char file[PATH_MAX];
    size_t length;

    for (; path && *path; path += length + (path[length] == ':')) {
        length = strcspn(path, ":");
        snprintf(file, sizeof file, "%.*s/%s", (int)length, path, command);
        if (access(file, X_OK) == 0)
            return true;
    }
    return false;
}

/* SUDO is a variable of make: what is used instead of sudo, or empty: nothing. */
static const char *sudo(void)
{
    const char *name = getenv("SUDO");

    return name ? name : "sudo";
}

/* How to show what root alone can show, for somebody who is not root. */
static const char *as_root(void)
{
    static char text[128];

    if (in_user_namespace)
        return "type the same outside of this user namespace, or with VM=1";
    if (!*sudo())
        return "type the same without SUDO=, or with VM=1: the virtual machine needs no "
               "root";
    if (!on_path(sudo()))
        return "type the same with VM=1: the virtual machine needs no root";
    snprintf(text, sizeof text,
             "type the same with %.32s, or with VM=1: the virtual machine needs no root",
             sudo());
    return text;
}

/* A command that changes the machine. Under sudo we are root, but who types is not. */
static const char *command_of_root(const char *command)
{
    static char text[512];
    bool is_root = root && getenv("SUDO_UID") == NULL;
    bool with_sudo = !is_root && on_path("sudo");

    snprintf(text, sizeof text, "%s '%s%.400s'",
             is_root || with_sudo ? "type" : "ask the administrator to type",
             with_sudo ? "sudo " : "", command);
    return text;
}

/* --- namespaces ------------------------------------------------------------------------------ */

/* The command that lifts each limit which somebody has set; NULL where that is none. */
static const char *lift_limits(void)
{
    static const char *const kinds[] = {"user", "mnt", "pid",    "ipc",
                                        "uts",  "net", "cgroup", "time"};
    enum { LEAST = 100, LENGTH = 48 }; /* the kernel itself sets some thousands */
    static char command[16 + LENGTH * sizeof kinds / sizeof kinds[0]] = "sysctl -w";
    char path[64];

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        snprintf(path, sizeof path, "/proc/sys/user/max_%s_namespaces", kinds[i]);
        if (*text_of(path) && atoi(text_of(path)) < LEAST)
            snprintf(command + strlen(command), LENGTH, " user.max_%s_namespaces=10000",
                     kinds[i]);
    }
    return strchr(command, '=') ? command : NULL;
}

static void limited(void)
{
    const char *reason = "the number of namespaces is limited to what is in use "
                         "(user.max_*_namespaces)";
    const char *command = lift_limits(), *otherwise = root ? IN_VM : as_root();

    if (command)
        not_here(reason, "%s, or %s", command_of_root(command), otherwise);
    else
        not_here(reason, "%s", otherwise);
}

static void for_root_only(const char *reason, const char *command)
{
    not_here(reason, "%s, or %s", as_root(), command_of_root(command));
}

static bool is_wsl(int version)
{
    const char *release = text_of("/proc/sys/kernel/osrelease");

    return strcasestr(release, "microsoft") &&
           version == (strcasestr(release, "-standard") ? 2 : 1);
}

static bool has_filter(void)
{
    return strstr(text_of("/proc/self/status"), "\nSeccomp:\t2") != NULL;
}

#define APPARMOR "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"

/* error: of clone(), unshare(), or of the map of a user, where it does not matter. */
void not_here_namespaces(int error)
{
    const char *name = getenv("WSL_DISTRO_NAME");

    if (error == ENOSPC)
        limited();
    else if (is_wsl(1))
        not_here("WSL 1 has no Linux kernel, and so no namespaces",
                 "type in PowerShell 'wsl --set-version %.64s 2'",
                 name ? name : "DISTRIBUTION");
    else if (!root && *text_of("/proc/sys/kernel/unprivileged_userns_clone") == '0')
        for_root_only("this kernel gives user namespaces to root only",
                      "sysctl -w kernel.unprivileged_userns_clone=1");
    else if (error == EINVAL)
        not_here("this kernel was built without some kind of namespace", "%s",
                 root ? IN_VM : as_root());
    else if (in_chroot && !root)
        not_here("in a chroot the kernel makes no user namespace",
                 "type the same outside of the chroot, or %s", as_root());
    else if (has_filter())
        not_here("namespaces are forbidden here by a seccomp filter, as in a container",
                 PRIVILEGED ", or " IN_VM);
    else if (!root && strcmp(text_of(APPARMOR), "1\n") == 0)
        for_root_only("AppArmor forbids user namespaces to this program",
                      "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
    else
        not_here("namespaces are forbidden here, as in a container or a chroot",
                 PRIVILEGED ", or type the same outside of it, or with VM=1");
}

void not_here_proc(void)
{
    not_here("/proc cannot be mounted here: parts of it are hidden, as in a container",
             PRIVILEGED ", or %s", root ? IN_VM : as_root());
}

void not_here_refuse(void)
{
    not_here("this kernel lets nobody refuse a system call (seccomp)", IN_VM);
}

void not_here_shared(void)
{
    not_here("/ is not a mount point here, as in a chroot, and so nobody can share it",
             "type the same outside of the chroot, or with VM=1");
}

/* The checks say so themselves, of what they see in a record. */
void not_here_static(void)
{
    not_here(
        "the C library here cannot be part of a program, and a container has no other",
        "install its static part (Fedora: glibc-static), type make clean, then the same");
}

void not_here_guest(void)
{
    if (guest_is_virtual())
        not_here("what it does to the whole machine takes root",
                 "type the same without VMUSER=plain");
    else
        not_here(
            "it touches what the whole machine has one of, and so it runs in a virtual "
            "machine only",
            IN_VM);
}

void not_here_disk(void)
{
    not_here("this virtual machine has no disk of its own", IN_VM);
}

void not_here_count(void)
{
    not_here("this kernel counts nothing for a group (perf_event_open)",
             "use another KERNEL, or " IN_VM);
}

void not_here_tags(void)
{
    not_here("this kernel tells nothing of a socket (sock_diag, the module tcp_diag)",
             "use another KERNEL, or " IN_VM);
}

/* As without SECCOMP_RET_USER_NOTIF, before Linux 5.5. */
void not_here_stay(void)
{
    not_here("this kernel lets nobody wait in a system call (seccomp)", IN_VM);
}

void not_here_one_cpu(void)
{
    not_here("there is one CPU, and PSR cannot change",
             "use a machine with two, or make ... VM=1 CPUS=2");
}

/* --- cgroups ----------------------------------------------------------------------------------- */

/* Whether the kernel was started without that controller. */
static bool switched_off(const char *controller)
{
    const char *word = strstr(text_of("/proc/cmdline"), "cgroup_disable=");
    const char *name = word ? strstr(word, controller) : NULL;

    return name && name < word + strcspn(word, " \n");
}

static bool in_container(void)
{
    return access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0 ||
           access("/run/systemd/container", F_OK) == 0;
}

static void no_hierarchy(const char *controller, bool mounted)
{
    char reason[256], *end = reason;

    end +=
        sprintf(reason, "no cgroup hierarchy here has the %.32s controller", controller);
    if (switched_off(controller))
        sprintf(end, ": the kernel was started with cgroup_disable=%.32s", controller);
    else if (!mounted)
        strcpy(end, ": none is mounted");
    if (switched_off(controller))
        not_here(reason,
                 "take that out of the kernel's command line (GRUB_CMDLINE_LINUX in "
                 "/etc/default/grub, as a rule), or " IN_VM);
    else if (is_wsl(2))
        not_here(reason,
                 "write into %%UserProfile%%\\.wslconfig [wsl2] and, in a line below it, "
                 "kernelCommandLine=cgroup_no_v1=all, and type in PowerShell 'wsl "
                 "--shutdown', or " IN_VM);
    else if (in_chroot && !mounted)
        not_here(reason, "type the same outside of the chroot, or with VM=1");
    else if (in_container())
        not_here(reason, PRIVILEGED " --cgroupns=host, or " IN_VM);
    else if (mounted)
        not_here(reason, IN_VM);
    else
        not_here(reason, "%s, or " IN_VM,
                 command_of_root("mount -t cgroup2 cgroup2 /sys/fs/cgroup"));
}

/* Only root may make groups, and not each root. */
static void groups_are_roots(void)
{
    if (root && !in_user_namespace)
        not_here("making cgroups needs root with all its capabilities",
                 PRIVILEGED ", or " IN_VM);
    else
        not_here("making cgroups needs root", "%s", as_root());
}

/* error 0: no hierarchy has the controller, but some is mounted or not. exclusive: a group that has all
   CPUs, or empty. */
void not_here_group(const char *controller, int error, bool mounted,
                    const char *exclusive)
{
    char reason[PATH_MAX];

    if (error == 0)
        no_hierarchy(controller, mounted);
    else if (error == EACCES || error == EPERM)
        groups_are_roots();
    else if (error == EBUSY && *exclusive) {
        snprintf(reason, sizeof reason,
                 "the cpuset group %.1000s has all CPUs for itself alone", exclusive);
        not_here(reason, "write 0 into its cpuset.cpu_exclusive, or " IN_VM);
    } else if (error == EROFS)
        not_here("the cgroup tree is mounted read-only, as in a container",
                 PRIVILEGED ", or " IN_VM);
    else if (error == EBUSY || error == EOPNOTSUPP)
        not_here("the group above holds processes itself, as in a container",
                 PRIVILEGED " --cgroupns=host, or " IN_VM);
    else {
        snprintf(reason, sizeof reason, "the kernel makes no group with %.32s in it: %s",
                 controller, strerror(error));
        not_here(reason, "look at the cgroup tree, or " IN_VM);
    }
}
