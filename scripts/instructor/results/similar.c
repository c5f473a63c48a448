/*
 * usage: similar < LIST
 *
 * Finds programs that share more than chance explains. LIST has a line for each program:
 * GROUP <tab> NAME <tab> FILE, the lines of a group together. Those without a NAME come first in
 * their group: everybody has them, the starter and the reference, and what is in them is nobody's own.
 * Prints a line for each pair: GROUP <tab> PERCENT <tab> SHARED <tab> NAME <tab> NAME.
 *
 * The measure: a program is its tokens. Comments, layout and braces are gone, each name is one token
 * "name", each number "number", each text "text"; so neither new names nor new indentation hide a
 * copy. Its own part is the set of its runs of GRAM tokens (k-grams), without those that everybody
 * has, and without those of more than a quarter of the group (10 programs at least): that is how one
 * writes it. SHARED is the number of k-grams that two own parts have in common, PERCENT their part of
 * the smaller one. A pair is printed from MIN_SHARED and MIN_PERCENT on. Where eight lines are to be
 * written, honest programs look the same; they are under MIN_SHARED, and so are copies of them.
 *
 * It reads what strangers wrote: any bytes are a program, only the first MOST_BYTES and MOST_TOKENS
 * count, and one that cannot be read is empty.
 *
 * Exit status: 0 done, 1 out of memory, or nothing in what everybody has, 2 wrong usage.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GRAM = 12, MIN_SHARED = 60, MIN_PERCENT = 60, COMMON_AT_LEAST = 10 };
enum { MOST_BYTES = 1 << 18, MOST_TOKENS = 5000 };
enum { NAME = 1, NUMBER, TEXT, WORD = 0x80 }; /* tokens; any other character is itself */

struct program {
    char *name;
    size_t own; /* k-grams that are its own */
};

struct gram {
    uint64_t hash;
    size_t program;
};

struct group {
    char *name;
    struct program *programs;
    size_t programs_count, programs_room;
    struct gram *grams;
    size_t grams_count, grams_room;
    uint64_t *known;
    size_t known_count, known_room;
};

static const char *const words[] = {
    "auto",    "break",  "case",     "char",   "const",    "continue", "default",
    "do",      "double", "else",     "enum",   "extern",   "float",    "for",
    "goto",    "if",     "inline",   "int",    "long",     "register", "restrict",
    "return",  "short",  "signed",   "sizeof", "static",   "struct",   "switch",
    "typedef", "union",  "unsigned", "void",   "volatile", "while"};

static void *must(void *memory)
{
    if (!memory) {
        perror("similar");
        exit(1);
    }
    return memory;
}

/* Makes room for one more. */
static void *grow(void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return array;
    *room = *room ? *room * 2 : 64;
    return must(reallocarray(array, *room, size));
}

static bool in_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static unsigned char word(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == length && memcmp(words[i], text, length) == 0)
            return (unsigned char)(WORD + i);
    return NAME;
}

/* The end of a comment that begins here, or NULL. */
static const char *skip_comment(const char *at, const char *end)
{
    const char *close;

    if (end - at < 2 || at[0] != '/' || (at[1] != '/' && at[1] != '*'))
        return NULL;
    if (at[1] == '/') {
        close = memchr(at, '\n', (size_t)(end - at));
        return close ? close : end;
    }
    close = memmem(at + 2, (size_t)(end - at) - 2, "*/", 2);
    return close ? close + 2 : end;
}

/* The end of a text or character constant; a line's end ends it, too. */
static const char *skip_text(const char *at, const char *end)
{
    char quote = *at++;

    while (at < end && *at != quote && *at != '\n')
        at += *at == '\\' && end - at > 1 ? 2 : 1;
    return at < end ? at + 1 : end;
}

/* The next token, and where it ends; 0 at the end. */
static unsigned char next_token(const char **at, const char *end)
{
    const char *start, *after;

    for (; *at < end; *at = after) {
        after = skip_comment(*at, end);
        if (!after && !strchr(" \t\v\f\r\n{}", **at))
            break;
        after = after ? after : *at + 1;
    }
    if (*at >= end)
        return 0;
    start = *at;
    if (*start == '"' || *start == '\'') {
        *at = skip_text(start, end);
        return *start == '"' ? TEXT : NUMBER;
    }
    do
        ++*at;
    while (*at < end && in_name(*start) && in_name(**at));
    if (isdigit((unsigned char)*start))
        return NUMBER;
    return in_name(*start) ? word(start, (size_t)(*at - start)) : (unsigned char)*start;
}

static size_t tokenise(const char *file, unsigned char *tokens)
{
    static char text[MOST_BYTES];
    FILE *stream = fopen(file, "re");
    const char *at = text, *end = text;
    size_t count = 0;

    if (!stream)
        return 0;
    end += fread(text, 1, sizeof text, stream);
    fclose(stream);
    while (count < MOST_TOKENS && (tokens[count] = next_token(&at, end)) != 0)
        count++;
    return count;
}

static int by_hash(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return (a > b) - (a < b);
}

/* The k-grams of a file, sorted, each once. */
static size_t grams_of(const char *file, uint64_t *hashes)
{
    static unsigned char tokens[MOST_TOKENS];
    size_t count = tokenise(file, tokens), unique = 0;

    count = count >= GRAM ? count - GRAM + 1 : 0;
    for (size_t i = 0; i < count; i++) {
        hashes[i] = 14695981039346656037u; /* FNV-1a */
        for (size_t j = 0; j < GRAM; j++)
            hashes[i] = (hashes[i] ^ tokens[i + j]) * 1099511628211u;
    }
    qsort(hashes, count, sizeof *hashes, by_hash);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || hashes[i] != hashes[i - 1])
            hashes[unique++] = hashes[i];
    return unique;
}

static void add_own(struct group *group, uint64_t hash)
{
    group->grams =
        grow(group->grams, group->grams_count, &group->grams_room, sizeof *group->grams);
    group->grams[group->grams_count++] = (struct gram){hash, group->programs_count - 1};
}

/* What everybody has. */
static void add_known(struct group *group, const char *file)
{
    static uint64_t hashes[MOST_TOKENS];
    size_t count = grams_of(file, hashes);

    if (count == 0) {
        fprintf(stderr, "similar: there is no program in %s\n", file);
        exit(1);
    }
    for (size_t i = 0; i < count; i++) {
        group->known =
            grow(group->known, group->known_count, &group->known_room, sizeof *hashes);
        group->known[group->known_count++] = hashes[i];
    }
    qsort(group->known, group->known_count, sizeof *hashes, by_hash);
}

static bool is_known(const struct group *group, uint64_t hash)
{
    return group->known_count > 0 &&
           bsearch(&hash, group->known, group->known_count, sizeof hash, by_hash);
}

static void add_program(struct group *group, const char *name, const char *file)
{
    static uint64_t hashes[MOST_TOKENS];
    size_t count = grams_of(file, hashes);

    group->programs = grow(group->programs, group->programs_count, &group->programs_room,
                           sizeof *group->programs);
    group->programs[group->programs_count++] = (struct program){must(strdup(name)), 0};
    for (size_t i = 0; i < count; i++)
        if (!is_known(group, hashes[i]))
            add_own(group, hashes[i]);
}

/* The programs that have the same k-gram, from..to: it is their own, and each two of them share it. */
static void count_gram(struct group *group, uint32_t *shared, size_t from, size_t to)
{
    size_t n = group->programs_count, common = n / 4;

    if (common < COMMON_AT_LEAST)
        common = COMMON_AT_LEAST;
    if (to - from > common)
        return;
    for (size_t i = from; i < to; i++) {
        size_t one = group->grams[i].program;

        group->programs[one].own++;
        for (size_t j = i + 1; j < to; j++) {
            size_t other = group->grams[j].program;

            shared[one < other ? one * n + other : other * n + one]++;
        }
    }
}

static void print_pairs(const struct group *group, const uint32_t *shared)
{
    const struct program *programs = group->programs;

    for (size_t i = 0; i < group->programs_count; i++)
        for (size_t j = i + 1; j < group->programs_count; j++) {
            size_t both = shared[i * group->programs_count + j];
            size_t least =
                programs[i].own < programs[j].own ? programs[i].own : programs[j].own;

            if (both >= MIN_SHARED && both * 100 >= least * MIN_PERCENT)
                printf("%s\t%zu\t%zu\t%s\t%s\n", group->name, both * 100 / least, both,
                       programs[i].name, programs[j].name);
        }
}

/* Compares the programs of a group, and forgets it. */
static void end_group(struct group *group)
{
    size_t n = group->programs_count;
    uint32_t *shared = must(calloc(n * n + 1, sizeof *shared));

    if (group->grams_count > 0)
        qsort(group->grams, group->grams_count, sizeof *group->grams, by_hash);
    for (size_t from = 0, to = 0; from < group->grams_count; from = to) {
        while (to < group->grams_count &&
               group->grams[to].hash == group->grams[from].hash)
            to++;
        count_gram(group, shared, from, to);
    }
    print_pairs(group, shared);
    for (size_t i = 0; i < n; i++)
        free(group->programs[i].name);
    free(shared);
    free(group->programs);
    free(group->grams);
    free(group->known);
    free(group->name);
    *group = (struct group){0};
}

int main(int argc, char *argv[])
{
    struct group group = {0};
    char *line = NULL;
    size_t room = 0;

    if (argc != 1) {
        fprintf(stderr,
                "usage: %s < LIST   (GROUP, NAME and FILE, with tabs between them)\n",
                argv[0]);
        return 2;
    }
    while (getline(&line, &room, stdin) != -1) {
        char *rest = line, *name = strsep(&rest, "\t"), *program = strsep(&rest, "\t");

        if (!rest)
            continue;
        rest[strcspn(rest, "\n")] = '\0';
        if (group.name && strcmp(group.name, name) != 0)
            end_group(&group);
        if (!group.name)
            group.name = must(strdup(name));
        if (*program == '\0')
            add_known(&group, rest);
        else
            add_program(&group, program, rest);
    }
    if (group.name)
        end_group(&group);
    free(line);
    return 0;
}
