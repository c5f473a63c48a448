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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOT_IN_VM "type the same with VM=1: a virtual machine needs no root"
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

/* Where / is no mount point, nothing is mounted at "/" for the kernel, either. */
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

/* How to become root. SUDO is a variable of make: another command, or empty: never. */
static const char *with_root(void)
{
    const char *sudo = getenv("SUDO");

    if (in_user_namespace)
        return "type the same outside of this user namespace";
    if (sudo && !*sudo)
        return "type the same without SUDO=";
    if (!on_path(sudo ? sudo : "sudo"))
        return "become root by 'su' (there is no sudo here) and type the same";
    return "type the same with sudo";
}

/* "type 'COMMAND'", with sudo where that is needed and there. */
static const char *type_as_root(const char *command)
{
    static char text[512];

    snprintf(text, sizeof text, "type %s'%s%s'",
             root || on_path("sudo") ? "" : "as root ",
             !root && on_path("sudo") ? "sudo " : "", command);
    return text;
}

static void not_here(const char *reason, const char *first, const char *second)
{
    char fix[1024];

    snprintf(fix, sizeof fix, "%s%s%s", first, second ? ", or " : "",
             second ? second : "");
    record_not_here(reason, fix);
}

/* --- namespaces ------------------------------------------------------------------------------ */

/* The command that lifts each limit that is 0; NULL where none is. */
static const char *lift_limits(void)
{
    static const char *const kinds[] = {"user", "mnt", "pid",    "ipc",
                                        "uts",  "net", "cgroup", "time"};
    static char command[512] = "sysctl -w";
    char path[64];
    size_t length = strlen(command);

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        snprintf(path, sizeof path, "/proc/sys/user/max_%s_namespaces", kinds[i]);
        if (strcmp(text_of(path), "0\n") == 0)
            length += (size_t)snprintf(command + length, sizeof command - length,
                                       " user.max_%s_namespaces=10000", kinds[i]);
    }
    return strchr(command, '=') ? command : NULL;
}

static void limited(void)
{
    const char *command = lift_limits();

    not_here("the number of namespaces is limited to what is in use "
             "(user.max_*_namespaces)",
             command ? type_as_root(command)
             : in_user_namespace
                 ? "type the same outside of this user namespace, where the "
                   "limit is set"
                 : type_as_root("sysctl -w user.max_user_namespaces=10000"),
             root ? NULL : ROOT_IN_VM);
}

static bool is_wsl(int wanted)
{
    const char *release = text_of("/proc/sys/kernel/osrelease");
    int is = !strcasestr(release, "microsoft")  ? 0
             : strcasestr(release, "-standard") ? 2
                                                : 1;

    return is == wanted;
}

static bool has_filter(void)
{
    const char *line = strstr(text_of("/proc/self/status"), "\nSeccomp:");

    return line && atoi(line + strlen("\nSeccomp:")) == 2;
}

static bool apparmor_restricts(void)
{
    return !root &&
           atoi(text_of("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")) != 0;
}

static void forbidden_to_users(const char *reason, const char *command)
{
    char first[256];

    snprintf(first, sizeof first, "%s, or %s", with_root(), type_as_root(command));
    not_here(reason, first, ROOT_IN_VM);
}

void not_here_namespaces(int error)
{
    if (error == ENOSPC)
        limited();
    else if (is_wsl(1))
        not_here("WSL 1 has no Linux kernel, and so no namespaces",
                 "type in PowerShell 'wsl --set-version DISTRIBUTION 2'", NULL);
    else if (!root && text_of("/proc/sys/kernel/unprivileged_userns_clone")[0] == '0')
        forbidden_to_users("this kernel gives user namespaces to root only",
                           "sysctl -w kernel.unprivileged_userns_clone=1");
    else if (apparmor_restricts())
        forbidden_to_users("AppArmor forbids user namespaces to this program",
                           "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
    else if (!root && error == EINVAL)
        not_here("this kernel was built without user namespaces", with_root(), ROOT_IN_VM);
    else if (has_filter())
        not_here("namespaces are forbidden here by a seccomp filter, as in a container",
                 PRIVILEGED, "type the same outside of it");
    else if (in_chroot && !root)
        not_here("in a chroot the kernel makes no user namespace", with_root(),
                 "type the same outside of the chroot");
    else
        not_here("namespaces are forbidden here, as in a container or a chroot",
                 PRIVILEGED, "type the same as root outside of it");
}

void not_here_proc(void)
{
    not_here("/proc cannot be mounted here: parts of it are hidden, as in a container",
             PRIVILEGED, root ? NULL : with_root());
}

void not_here_refuse(void)
{
    not_here("this kernel lets nobody refuse a system call (seccomp)",
             "type the same with VM=1", NULL);
}

/* --- cgroups ----------------------------------------------------------------------------------- */

/* What the kernel was started with, if that is why there is no cpuset. */
static const char *parameter_against_cpuset(void)
{
    static char line[4096];
    char *rest, *word;

    snprintf(line, sizeof line, "%s", text_of("/proc/cmdline"));
    for (word = strtok_r(line, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest))
        if (strncmp(word, "cgroup_disable=", 15) == 0 && strstr(word, "cpuset"))
            return word;
    return NULL;
}

static void switched_off(const char *parameter)
{
    char reason[256], fix[512];
    const char *command =
        on_path("update-grub") ? "update-grub" : "grub2-mkconfig -o /boot/grub2/grub.cfg";

    snprintf(reason, sizeof reason,
             "no cgroup hierarchy here has the cpuset controller: the kernel was started "
             "with %.100s",
             parameter);
    snprintf(
        fix, sizeof fix,
        "take that out of GRUB_CMDLINE_LINUX in /etc/default/grub, %s, and start the "
        "machine again",
        type_as_root(command));
    not_here(reason, fix, "type the same with VM=1");
}

static bool in_container(void)
{
    return access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0 ||
           access("/run/systemd/container", F_OK) == 0;
}

/* top: where cgroup2 is mounted without cpuset, or empty. */
static void no_hierarchy(const char *top)
{
    const char *parameter = parameter_against_cpuset();
    char reason[PATH_MAX];

    snprintf(reason, sizeof reason,
             *top ? "no cgroup hierarchy here has the cpuset controller: %.1000s/"
                    "cgroup.controllers does not name it"
                  : "no cgroup hierarchy here has the cpuset controller: none is mounted",
             top);
    if (parameter)
        switched_off(parameter);
    else if (in_container())
        not_here(reason, PRIVILEGED " --cgroupns=host", "type the same with VM=1");
    else if (is_wsl(2))
        not_here(
            reason,
            "write into %UserProfile%\\.wslconfig [wsl2] and, in a line below it, "
            "kernelCommandLine=cgroup_no_v1=all, and type in PowerShell 'wsl --shutdown'",
            "type the same with VM=1");
    else if (!*top)
        not_here(reason, type_as_root("mount -t cgroup2 cgroup2 /sys/fs/cgroup"), ROOT_IN_VM);
    else
        not_here(reason, "type the same with VM=1", NULL);
}

/* Only root may make groups, and not each root. */
static void groups_are_roots(void)
{
    if (root && !in_user_namespace)
        not_here("making cgroups needs root with all its capabilities", PRIVILEGED,
                 "type the same with VM=1");
    else
        not_here("making cgroups needs root", with_root(), ROOT_IN_VM);
}

void not_here_cpuset(int error, const char *where)
{
    char reason[PATH_MAX];

    if (error == 0)
        no_hierarchy(where);
    else if (error == EACCES || error == EPERM)
        groups_are_roots();
    else if (error == EBUSY && *where) {
        snprintf(reason, sizeof reason,
                 "the cpuset group %.1000s has all CPUs for itself alone", where);
        not_here(reason, "write 0 into its cpuset.cpu_exclusive",
                 "type the same with VM=1");
    } else if (error == EROFS)
        not_here("the cgroup tree is mounted read-only, as in a container", PRIVILEGED,
                 "type the same with VM=1");
    else if (error == EBUSY || error == EOPNOTSUPP)
        not_here("the group above holds processes itself, as in a container",
                 PRIVILEGED " --cgroupns=host", "type the same with VM=1");
    else {
        snprintf(reason, sizeof reason, "the kernel makes no group with cpuset in it: %s",
                 strerror(error));
        not_here(reason, "look at the cgroup tree", "type the same with VM=1");
    }
}
