// usage: unpack ARCHIVES TREE [NN-name NEARLY]... -- [PATH MEMBER NAME]...
//        unpack --members ARCHIVE
//        unpack --check
//
// Finds the labs' programs in what one student handed in, for scripts/instructor/collect. A PATH that ends with
// / is a folder, else an archive. Of an archive of the whole class, only what begins with MEMBER is this
// student's, and a file that is MEMBER is called NAME. ARCHIVES is the pattern of the names of archives.
//
// What is handed in may be made to break whoever reads it. So this process opens all that it reads and writes,
// and then locks itself up (seccomp(2)): libarchive has memory, and the files that are open, and no way to
// anything else. Nothing is extracted. A regular file with the name of a lab's program is kept in memory, and
// the best one of each lab is written to TREE/NN-name/name.c in the end. Of several files, one in a folder
// NN-name is better, then the one in fewer folders, then the first in byte order.
//
// Stdout has, each with a zero byte behind it, "took NN-name PATH" and "note TEXT". NEARLY is the pattern of
// paths that a note names if the lab has no file. With --members stdout has the paths on top of an archive and
// one level below; folders end with /. --check looks whether the lock holds.
//
// exit status: 0 all is said; else the end was bad, and nothing that was said counts

#define _GNU_SOURCE
#include <archive.h>
#include <archive_entry.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <locale.h>
#include <regex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range /* glibc before 2.32 */
#define SYS_close_range 436
#endif

enum {
    most_program = 1 << 20,
    most_archive = 64 << 20, // of one in a folder or in another archive
    most_depth = 3,          // archives in one another
    most_labs = 100,
    most_seconds = 30
};

struct file {
    const char *path;
    char *bytes;
    size_t size;
    int rank;
};

static struct lab {
    const char *name, *place, *program; // NN-name, NN-name/name.c, name.c
    int fd, count, nears;
    regex_t nearly;
    const char *near[3];
    struct file best;
} all_labs[most_labs];

// What is not taken, or looks like an attack: how many, and the first.
static struct odd {
    const char *first;
    int count;
} links, ways;

// Archives that are read when the door is locked.
static struct kept {
    const char *bytes, *member, *name;
    size_t size;
    int depth;
} * kept;

static int lab_count, kept_count;
static bool locked;
static regex_t archives;

#define NOTE(format, ...) printf("note " format "%c", __VA_ARGS__, '\0')

static char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *text(const char *format, ...)
{
    char *result = NULL;
    va_list values;

    va_start(values, format);
    if (vasprintf(&result, format, values) == -1)
        abort();
    va_end(values);
    return result;
}

static void count(struct odd *odd, const char *path)
{
    if (odd->count++ == 0)
        odd->first = text("%s", path);
}

// --- names --------------------------------------------------------------------------------------

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

static bool is_archive(const char *path)
{
    return regexec(&archives, base_of(path), 0, NULL, 0) == 0;
}

static struct lab *lab_of(const char *path)
{
    for (struct lab *lab = all_labs; lab < all_labs + lab_count; lab++)
        if (strcmp(base_of(path), lab->program) == 0)
            return lab;
    return NULL;
}

static void remember(const char *path)
{
    for (struct lab *lab = all_labs; lab < all_labs + lab_count; lab++)
        if (lab->nears < 3 && regexec(&lab->nearly, path, 0, NULL, 0) == 0)
            lab->near[lab->nears++] = text("%s", path);
}

// --- programs -----------------------------------------------------------------------------------

// Reads the file that an archive has come to, but of one with more bytes than most only one more.
static bool get_all(struct archive *archive, size_t most, struct file *file)
{
    ssize_t got = 1;
    char *fitting;

    file->bytes = malloc(most + 1);
    if (file->bytes == NULL)
        abort();
    for (; got > 0 && file->size <= most; file->size += got > 0 ? (size_t)got : 0)
        got = archive_read_data(archive, file->bytes + file->size, most + 1 - file->size);
    fitting = realloc(file->bytes, file->size + 1);
    if (fitting != NULL)
        file->bytes = fitting;
    return got >= 0;
}

static int rank_of(const struct lab *lab, const char *path)
{
    size_t length = strlen(path), tail = strlen(lab->place);
    const char *end = path + (length > tail ? length - tail : 0);
    bool placed = strcmp(end, lab->place) == 0 && (end == path || end[-1] == '/');
    int rank = placed ? 0 : 1 << 20;

    for (const char *c = path; *c != '\0'; c++)
        rank += *c == '/';
    return rank;
}

// A file with the name of a lab's program. The same path once more takes the place of the first.
static bool consider(struct lab *lab, const char *path, struct archive *archive)
{
    struct file file = {.path = text("%s", path), .rank = rank_of(lab, path)};
    int order = file.rank - lab->best.rank;

    if (lab->count > 0 && order == 0)
        order = strcmp(path, lab->best.path);
    lab->count += lab->count == 0 || order != 0;
    if (lab->count > 1 && order > 0)
        return true;
    if (!get_all(archive, most_program, &file))
        return false;
    lab->best = file;
    return true;
}

// --- archives -----------------------------------------------------------------------------------

static void keep(struct kept archive)
{
    kept = realloc(kept, ((size_t)kept_count + 1) * sizeof archive);
    if (kept == NULL)
        abort();
    kept[kept_count++] = archive;
}

static struct archive *open_bytes(const char *bytes, size_t size)
{
    struct archive *archive = archive_read_new();

    if (archive == NULL)
        abort();
    archive_read_support_format_tar(archive);
    archive_read_support_format_zip(archive);
    archive_read_support_format_7zip(archive);
    archive_read_support_format_rar(archive);
    archive_read_support_format_rar5(archive);
    archive_read_support_filter_all(archive);
    archive_read_open_memory(archive, bytes, size);
    return archive;
}

// The path of an entry without what is before its first name.
static const char *name_of(struct archive_entry *entry)
{
    const char *name = archive_entry_pathname(entry);

    if (name == NULL)
        name = archive_entry_pathname_utf8(entry);
    if (name == NULL)
        return "?";
    while (name[0] == '/' || (name[0] == '.' && name[1] == '/'))
        name++;
    return name;
}

// The path by which an entry is known, or NULL: it is somebody else's.
static char *path_of(const char *path, const char *member, const char *name)
{
    size_t length = strlen(member);

    if (length > 0 && member[length - 1] != '/')
        return strcmp(path, member) == 0 ? text("%s", name) : NULL;
    if (strncmp(path, member, length) != 0)
        return NULL;
    return text("%s%s%s", name, *name ? "/" : "", path + length);
}

// An archive in an archive or a folder. Fails if the outer one cannot be read further.
static bool keep_inner(const char *path, struct archive *outer, int depth)
{
    struct file inner = {0};

    if (depth > most_depth)
        NOTE("not read, because more than %d archives are in one another: %s", most_depth,
             path);
    else if (!get_all(outer, most_archive, &inner))
        return false;
    else if (inner.size > most_archive)
        NOTE("not read, because it is larger than 64 MiB: %s", path);
    else
        keep((struct kept){inner.bytes, "", text("%s", path), inner.size, depth});
    return true;
}

// One entry, in so many archives. Fails if the archive is of no use from here on.
static bool visit(struct archive *archive, struct archive_entry *entry, const char *path,
                  int depth)
{
    struct lab *lab = lab_of(path);
    const char *name = archive_entry_pathname(entry);
    bool is_wanted = lab != NULL || is_archive(path);

    if (name != NULL && (*name == '/' || strstr(name, "../") != NULL))
        count(&ways, name);
    if (archive_entry_is_encrypted(entry))
        return false;
    if (archive_entry_filetype(entry) == AE_IFDIR)
        return true;
    // A file on the disk that has a second name may be somebody else's.
    if (archive_entry_hardlink(entry) != NULL ||
        archive_entry_filetype(entry) != AE_IFREG ||
        (!locked && is_wanted && archive_entry_nlink(entry) > 1))
        count(&links, path);
    // What macOS puts beside each file.
    else if (strncmp(base_of(path), "._", 2) == 0 || strstr(path, "__MACOSX/") != NULL)
        return true;
    else if (lab != NULL)
        return consider(lab, path, archive);
    else if (is_wanted)
        return keep_inner(path, archive, depth + 1);
    else
        remember(path);
    return true;
}

static bool read_entries(struct archive *archive, const struct kept *what)
{
    struct archive_entry *entry;
    int status;

    while ((status = archive_read_next_header(archive, &entry)) == ARCHIVE_OK ||
           status == ARCHIVE_WARN) {
        char *path = path_of(name_of(entry), what->member, what->name);

        if (path != NULL && !visit(archive, entry, path, what->depth))
            return false;
        free(path);
    }
    return status == ARCHIVE_EOF;
}

// An archive that is broken in one place is not trusted in another: nothing of it is taken.
static void read_archive(struct kept what)
{
    struct lab until_now[most_labs];
    int kept_until_now = kept_count;
    struct archive *archive = open_bytes(what.bytes, what.size);

    memcpy(until_now, all_labs, sizeof all_labs);
    if (!read_entries(archive, &what)) {
        const char *why = archive_error_string(archive),
                   *needed = "as another zip or tar";

        memcpy(all_labs, until_now, sizeof all_labs);
        kept_count = kept_until_now;
        // Without a format libarchive 3.6 does not survive the question.
        if (archive_format(archive) != 0 &&
            archive_read_has_encrypted_entries(archive) > 0) {
            why = "it has a password";
            needed = "without";
        }
        NOTE("cannot be read: %s%s%s. Needed: the same %s", what.name,
             *what.name ? ": " : "", why ? why : "it is broken", needed);
    }
    archive_read_free(archive);
}

// --- before the door is locked ------------------------------------------------------------------

// A folder is an archive on the disk, but what cannot be read there keeps nothing else back.
static void read_folder(const char *folder)
{
    struct archive *disk = archive_read_disk_new();
    struct archive_entry *entry;
    int status;

    archive_read_disk_set_symlink_physical(disk);
    archive_read_disk_set_behavior(disk, ARCHIVE_READDISK_NO_XATTR |
                                             ARCHIVE_READDISK_NO_ACL |
                                             ARCHIVE_READDISK_NO_FFLAGS);
    if (chdir(folder) == -1 || archive_read_disk_open(disk, ".") != ARCHIVE_OK)
        err(1, "%s", folder);
    while ((status = archive_read_next_header(disk, &entry)) != ARCHIVE_EOF) {
        if (status < ARCHIVE_WARN || !visit(disk, entry, name_of(entry), 0))
            NOTE("a part of it cannot be read: %s", archive_error_string(disk));
        else if (archive_read_disk_can_descend(disk))
            archive_read_disk_descend(disk);
        if (status == ARCHIVE_FATAL)
            break;
    }
    archive_read_free(disk);
}

static void keep_file(const char *path, const char *member, const char *name)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat info;
    char *bytes;

    if (fd == -1 || fstat(fd, &info) == -1)
        err(1, "%s", path);
    bytes = mmap(NULL, (size_t)info.st_size + 1, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        err(1, "%s", path);
    keep((struct kept){bytes, member, name, (size_t)info.st_size, *member == '\0'});
    close(fd);
}

#ifdef __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif
#define GET(field)                                                                       \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define SKIP_UNLESS(value, number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, number)
#define ANSWER(value) BPF_STMT(BPF_RET | BPF_K, value)
#define ALLOW(call) SKIP_UNLESS(SYS_##call, 1), ANSWER(SECCOMP_RET_ALLOW)

// From here on there is memory, what is open, and the end. In another architecture calls have other numbers.
static void lock_up(void)
{
    static struct sock_filter filter[] = {
        GET(arch),         SKIP_UNLESS(ARCHITECTURE, 17),
        GET(nr),           ALLOW(brk),
        ALLOW(mmap),       ALLOW(munmap),
        ALLOW(mremap),     ALLOW(mprotect),
        ALLOW(madvise),    ALLOW(write),
        ALLOW(exit_group), ANSWER(SECCOMP_RET_ERRNO | EPERM)};
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == -1)
        err(1, "this kernel locks nobody up (seccomp)");
    locked = true;
}

// --- what is said -------------------------------------------------------------------------------

static void give(const struct lab *lab, const struct file *best)
{
    const char *what = NULL;
    ssize_t sent = 0;

    if (lab->count > 1)
        NOTE("%s: %d files have its name. This one counts: %s", lab->name, lab->count,
             best->path);
    if (best->size > most_program)
        what = "not taken, because it is larger than 1 MiB";
    else if (best->size == 0)
        what = "the file is empty";
    else if (memchr(best->bytes, '\0', best->size) != NULL)
        what = "the file has zero bytes in it and is not a text";
    if (what != NULL)
        NOTE("%s: %s: %s", lab->name, what, best->path);
    if (best->size > most_program)
        return;
    printf("took %s %s%c", lab->name, best->path, '\0');
    for (size_t done = 0; done < best->size; done += (size_t)sent) {
        sent = write(lab->fd, best->bytes + done, best->size - done);
        if (sent == -1)
            err(1, "%s", lab->name);
    }
}

static void give_all(void)
{
    for (const struct lab *lab = all_labs; lab < all_labs + lab_count; lab++) {
        if (lab->count > 0)
            give(lab, &lab->best);
        for (int i = 0; lab->count == 0 && i < lab->nears; i++)
            NOTE("not taken: %s. Rename it to %s, then grade again", lab->near[i],
                 lab->program);
    }
    if (links.count > 0)
        NOTE("%d x link, device or the like, not followed; the first: %s. Needed: the "
             "file itself",
             links.count, links.first);
    if (ways.count > 0)
        NOTE("%d x name that leads out of the archive; the first: %s", ways.count,
             ways.first);
}

static void say_members(struct archive *archive)
{
    struct archive_entry *entry;
    int status;

    while ((status = archive_read_next_header(archive, &entry)) == ARCHIVE_OK ||
           status == ARCHIVE_WARN) {
        const char *name = name_of(entry), *end = name;

        for (int i = 0; i < 2 && *end != '\0'; i++) {
            end += strcspn(end, "/");
            end += *end == '/';
            printf("%.*s%c", (int)(end - name), name, '\0');
        }
    }
}

// --- the start ----------------------------------------------------------------------------------

static void add_lab(const char *tree, char *argument[])
{
    struct lab *lab = &all_labs[lab_count++];
    char *path;

    lab->name = argument[0];
    lab->place = text("%s/%s.c", lab->name, strchr(lab->name, '-') + 1);
    lab->program = base_of(lab->place);
    path = text("%s/%s", tree, lab->place);
    lab->fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
    if (lab->fd == -1 || lab_count == most_labs ||
        regcomp(&lab->nearly, argument[1], REG_EXTENDED | REG_ICASE) != 0)
        err(1, "%s", path);
    free(path);
}

static void unpack(int argc, char *argv[])
{
    int i = 3;

    if (regcomp(&archives, argv[1], REG_EXTENDED | REG_ICASE) != 0)
        errx(1, "%s", argv[1]);
    for (; i + 1 < argc && strcmp(argv[i], "--") != 0; i += 2)
        add_lab(argv[2], argv + i);
    for (i++; i + 2 < argc; i += 3)
        if (argv[i][strlen(argv[i]) - 1] == '/')
            read_folder(argv[i]);
        else
            keep_file(argv[i], argv[i + 1], argv[i + 2]);
    lock_up();
    for (i = 0; i < kept_count; i++)
        read_archive(kept[i]);
    give_all();
}

int main(int argc, char *argv[])
{
    setlocale(LC_ALL, "C.UTF-8");
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(most_seconds);
    if (syscall(SYS_close_range, 3, ~0U, 0) == -1)
        err(1, "this kernel closes no files (close_range)");
    if (argc == 2) {
        lock_up();
        return open("/", O_RDONLY) == -1 && errno == EPERM ? 0 : 1;
    }
    if (argc == 3) {
        keep_file(argv[2], "", "");
        lock_up();
        say_members(open_bytes(kept->bytes, kept->size));
    } else {
        unpack(argc, argv);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
