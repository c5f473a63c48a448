// usage: unpack ARCHIVES [LAB FD NEARLY]... -- [SOURCE PREFIX NAME]...
//        unpack --members FD
//
// In the box of scripts/instructor/collect: finds the labs' programs in what one student handed in. A SOURCE
// is a folder, or the number of a descriptor that is open on an archive. Of an archive of the whole class,
// only what begins with PREFIX is this student's, and a file that is PREFIX is called NAME. ARCHIVES is the
// pattern of the names of archives; those in a folder or in one another are read, too.
//
// Nothing is extracted. A regular file with the name of a lab's program is kept in memory, and the best
// one of each LAB is written to its FD in the end. Of several files, one in a folder NN-name is better,
// then the one in fewer folders, then the first in byte order. Stdout has, each with a zero byte behind
// it, "took LAB PATH" and "note TEXT". NEARLY is the pattern of paths that a note names if the LAB has no
// file. With --members stdout has the paths on top of an archive, and one level below; folders end with /.
//
// exit status: 0 all is said; else the end was bad, and nothing that was said counts

#define _GNU_SOURCE
#include <archive.h>
#include <archive_entry.h>
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <locale.h>
#include <regex.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    most_of_program = 1 << 20,
    most_of_archive = 64 << 20,
    most_entries = 100000,
    most_archives = 3, // in one another
    most_labs = 100,
    most_notes = 50
};

struct file {
    char *path, *bytes;
    size_t size;
    int rank;
};

static struct lab {
    const char *name, *program; // NN-name, name.c
    int fd, count;
    regex_t nearly;
    char *near[3];
    struct file best, second;
} all_labs[most_labs];

// What is not taken, and is counted to have one note for a thousand of them.
static struct odd {
    const char *kind;
    char *first;
    int count;
} odds[10];

static int lab_count, note_count, entry_count;
static char *notes[most_notes];
static regex_t archives;

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

static void note(char *sentence)
{
    if (note_count < most_notes)
        notes[note_count++] = sentence;
}

static void count_odd(const char *kind, const char *path)
{
    struct odd *odd = odds;

    while (odd->kind != NULL && strcmp(odd->kind, kind) != 0)
        odd++;
    odd->kind = kind;
    if (odd->count++ == 0)
        odd->first = text("%s", path);
}

// --- names --------------------------------------------------------------------------------------

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

static struct lab *lab_of(const char *path)
{
    for (struct lab *lab = all_labs; lab < all_labs + lab_count; lab++)
        if (strcmp(base_of(path), lab->program) == 0)
            return lab;
    return NULL;
}

static bool is_archive(const char *path)
{
    return regexec(&archives, base_of(path), 0, NULL, 0) == 0;
}

static void remember(const char *path)
{
    for (struct lab *lab = all_labs; lab < all_labs + lab_count; lab++)
        for (int i = 0; i < 3 && regexec(&lab->nearly, path, 0, NULL, 0) == 0; i++)
            if (lab->near[i] == NULL) {
                lab->near[i] = text("%s", path);
                return;
            }
}

// --- programs -----------------------------------------------------------------------------------

// Reads the file that an archive has come to, but of one with more bytes than most only one more.
static bool get_all(struct archive *archive, size_t most, struct file *file)
{
    ssize_t got = 1;

    file->bytes = malloc(most + 1);
    if (file->bytes == NULL)
        abort();
    for (; got > 0 && file->size <= most; file->size += got > 0 ? (size_t)got : 0)
        got = archive_read_data(archive, file->bytes + file->size, most + 1 - file->size);
    file->bytes = realloc(file->bytes, file->size + 1);
    return got >= 0 && file->bytes != NULL;
}

static int rank_of(const struct lab *lab, const char *path)
{
    char *place = text("/%s/%s", lab->name, lab->program), *whole = text("/%s", path);
    size_t length = strlen(whole), tail = strlen(place);
    int rank = length >= tail && strcmp(whole + length - tail, place) == 0 ? 0 : 1 << 20;

    for (const char *c = whole; *c != '\0'; c++)
        rank += *c == '/';
    free(place);
    free(whole);
    return rank;
}

// Below 0 if a is better than b.
static int compare(const struct file *a, const struct file *b)
{
    if (b->path == NULL)
        return -1;
    return a->rank != b->rank ? a->rank - b->rank : strcmp(a->path, b->path);
}

// A file with the name of a lab's program. The same path once more takes the place of the first.
static bool consider(struct lab *lab, const char *path, struct archive *archive)
{
    struct file file = {.path = text("%s", path), .rank = rank_of(lab, path)};
    int order = compare(&file, &lab->best);

    if (order > 0) {
        if (compare(&file, &lab->second) < 0)
            lab->second = file;
    } else if (!get_all(archive, most_of_program, &file)) {
        return false;
    } else {
        if (order < 0)
            lab->second = lab->best;
        lab->best = file;
    }
    lab->count += order != 0;
    return true;
}

// --- archives -----------------------------------------------------------------------------------

static struct archive *new_reader(void)
{
    struct archive *archive = archive_read_new();

    if (archive == NULL)
        abort();
    archive_read_support_format_tar(archive);
    archive_read_support_format_zip(archive);
    archive_read_support_format_7zip(archive);
    archive_read_support_format_rar(archive);
    archive_read_support_format_rar5(archive);
    // What is not built in would start a program.
    if (archive_zlib_version() != NULL)
        archive_read_support_filter_gzip(archive);
    if (archive_bzlib_version() != NULL)
        archive_read_support_filter_bzip2(archive);
    if (archive_liblzma_version() != NULL)
        archive_read_support_filter_xz(archive);
    if (archive_libzstd_version() != NULL)
        archive_read_support_filter_zstd(archive);
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
static char *path_of(struct archive_entry *entry, const char *prefix, const char *before)
{
    const char *name = name_of(entry);
    size_t length = strlen(prefix);

    if (length > 0 && prefix[length - 1] != '/')
        return strcmp(name, prefix) == 0 ? text("%s", before) : NULL;
    if (strncmp(name, prefix, length) != 0)
        return NULL;
    return text("%s%s%s", before, *before ? "/" : "", name + length);
}

static const char *kind_of(mode_t type)
{
    if (type == AE_IFLNK)
        return "symbolic link";
    if (type == AE_IFIFO)
        return "FIFO";
    return type == AE_IFBLK || type == AE_IFCHR ? "device" : "entry of another kind";
}

static bool visit(const char *path, struct archive *archive, int level);

// Fails if the archive is of no use from here on.
static bool read_entry(struct archive *archive, struct archive_entry *entry,
                       const char *path, int level)
{
    const char *name = archive_entry_pathname(entry);
    char *whole = text("/%s/", name == NULL ? "" : name);
    bool wanted = lab_of(path) != NULL || is_archive(path);
    mode_t type = archive_entry_filetype(entry);

    if (strstr(whole, "/../") != NULL)
        count_odd("name with ..", name);
    if (whole[1] == '/' && whole[2] != '\0')
        count_odd("absolute name", name);
    free(whole);
    if (archive_entry_is_encrypted(entry))
        return false;
    if (type == AE_IFDIR)
        return true;
    if (archive_entry_hardlink(entry) != NULL)
        count_odd("hard link", path);
    else if (type != AE_IFREG)
        count_odd(kind_of(type), path);
    else if (level == 0 && wanted && archive_entry_nlink(entry) > 1)
        count_odd("file that has a second name elsewhere, a hard link", path);
    else
        return visit(path, archive, level);
    return true;
}

static int next_entry(struct archive *archive, struct archive_entry **entry)
{
    int status = archive_read_next_header(archive, entry);

    if (++entry_count > most_entries && status != ARCHIVE_EOF) {
        archive_set_error(archive, E2BIG, "it has more than %d entries", most_entries);
        return ARCHIVE_FATAL;
    }
    return status == ARCHIVE_WARN ? ARCHIVE_OK : status;
}

static bool read_entries(struct archive *archive, const char *prefix, const char *before,
                         int level)
{
    struct archive_entry *entry;
    int status;

    while ((status = next_entry(archive, &entry)) == ARCHIVE_OK) {
        char *path = path_of(entry, prefix, before);

        if (path != NULL && !read_entry(archive, entry, path, level))
            return false;
        free(path);
    }
    return status == ARCHIVE_EOF;
}

// An archive that is broken in one place is not trusted in another: nothing of it is taken.
static void read_archive(struct archive *archive, const char *prefix, const char *before,
                         int level)
{
    struct lab until_now[most_labs];
    const char *why, *what = "Needed: the same as another zip or tar";

    memcpy(until_now, all_labs, sizeof all_labs);
    if (!read_entries(archive, prefix, before, level)) {
        memcpy(all_labs, until_now, sizeof all_labs);
        why = archive_error_string(archive);
        // Without a format libarchive 3.6 does not survive the question.
        if (archive_format(archive) != 0 &&
            archive_read_has_encrypted_entries(archive) > 0) {
            why = "it has a password";
            what = "Needed: the same without";
        }
        note(text("cannot be read: %s%s%s. %s", before, *before ? ": " : "",
                  why ? why : "it is broken", what));
    }
    archive_read_free(archive);
}

// An archive in an archive or folder. Fails if the outer one cannot be read further.
static bool read_inner(const char *path, struct archive *outer, int level)
{
    struct file inner = {0};
    struct archive *archive;

    if (level > most_archives) {
        note(text("not read, because more than %d archives are in one another: %s",
                  most_archives, path));
        return true;
    }
    if (!get_all(outer, most_of_archive, &inner))
        return false;
    if (inner.size > most_of_archive) {
        note(text("not read, because it is larger than 64 MiB: %s", path));
    } else {
        archive = new_reader();
        archive_read_open_memory(archive, inner.bytes, inner.size);
        read_archive(archive, "", path, level);
    }
    free(inner.bytes);
    return true;
}

// One regular file, in so many archives. Fails if it cannot be read.
static bool visit(const char *path, struct archive *archive, int level)
{
    struct lab *lab = lab_of(path);

    // What macOS puts beside each file.
    if (strncmp(base_of(path), "._", 2) == 0 || strstr(path, "__MACOSX/") != NULL)
        return true;
    if (lab != NULL)
        return consider(lab, path, archive);
    if (is_archive(path))
        return read_inner(path, archive, level + 1);
    remember(path);
    return true;
}

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
    while ((status = next_entry(disk, &entry)) != ARCHIVE_EOF) {
        if (status != ARCHIVE_OK || !read_entry(disk, entry, name_of(entry), 0))
            note(text("a part of it cannot be read: %s", archive_error_string(disk)));
        else if (archive_read_disk_can_descend(disk))
            archive_read_disk_descend(disk);
        if (status == ARCHIVE_FATAL)
            break;
    }
    archive_read_free(disk);
}

// --- what is said -------------------------------------------------------------------------------

static void give(const struct lab *lab, const struct file *best)
{
    const char *what = NULL;
    ssize_t sent = 0;

    if (lab->count > 1)
        note(text("%s: %d files have its name. %s counts, and not %s", lab->name,
                  lab->count, best->path, lab->second.path));
    if (best->size > most_of_program)
        what = "not taken, because it is larger than 1 MiB";
    else if (best->size == 0)
        what = "the file is empty";
    else if (memchr(best->bytes, '\0', best->size) != NULL)
        what = "the file has zero bytes in it and is not a text";
    if (what != NULL)
        note(text("%s: %s: %s", lab->name, what, best->path));
    if (best->size > most_of_program)
        return;
    printf("took %s %s%c", lab->name, best->path, '\0');
    for (size_t done = 0; done < best->size; done += (size_t)sent) {
        sent = write(lab->fd, best->bytes + done, best->size - done);
        if (sent == -1)
            abort();
    }
}

static void give_all(void)
{
    for (const struct lab *lab = all_labs; lab < all_labs + lab_count; lab++) {
        if (lab->count > 0)
            give(lab, &lab->best);
        for (int i = 0; i < 3 && lab->count == 0 && lab->near[i] != NULL; i++)
            note(text("not taken: %s. Rename it to %s, then grade again", lab->near[i],
                      lab->program));
    }
    for (int i = 0; i < note_count; i++)
        printf("note %s%c", notes[i], '\0');
    for (const struct odd *odd = odds; odd->kind != NULL; odd++)
        printf("note %d x %s; the first: %s%c", odd->count, odd->kind, odd->first, '\0');
}

static void say_members(struct archive *archive)
{
    struct archive_entry *entry;

    while (next_entry(archive, &entry) == ARCHIVE_OK) {
        const char *name = name_of(entry), *end = name;

        for (int i = 0; i < 2 && *end != '\0'; i++) {
            end += strcspn(end, "/");
            end += *end == '/';
            printf("%.*s%c", (int)(end - name), name, '\0');
        }
    }
}

// --- the start ----------------------------------------------------------------------------------

static void add_lab(char *argument[])
{
    struct lab *lab = &all_labs[lab_count++];

    if (lab_count == most_labs ||
        regcomp(&lab->nearly, argument[2], REG_EXTENDED | REG_ICASE) != 0)
        abort();
    lab->name = argument[0];
    lab->program = text("%s.c", strchr(argument[0], '-') + 1);
    lab->fd = atoi(argument[1]);
}

static struct archive *open_archive(const char *fd)
{
    struct archive *archive = new_reader();

    archive_read_open_fd(archive, atoi(fd), 1 << 16);
    return archive;
}

int main(int argc, char *argv[])
{
    struct rlimit none = {0, 0};
    int i = 2;

    setlocale(LC_ALL, "C.UTF-8");
    setrlimit(RLIMIT_NPROC, &none);
    if (argc == 3 && strcmp(argv[1], "--members") == 0) {
        say_members(open_archive(argv[2]));
        return fflush(stdout) == 0 ? 0 : 1;
    }
    if (argc < 3 || regcomp(&archives, argv[1], REG_EXTENDED | REG_ICASE) != 0)
        return 2;
    for (; i + 3 < argc && strcmp(argv[i], "--") != 0; i += 3)
        add_lab(argv + i);
    for (i++; i + 2 < argc; i += 3)
        if (isdigit((unsigned char)*argv[i]))
            read_archive(open_archive(argv[i]), argv[i + 1], argv[i + 2],
                         *argv[i + 1] == '\0');
        else
            read_folder(argv[i]);
    give_all();
    return fflush(stdout) == 0 ? 0 : 1;
}
