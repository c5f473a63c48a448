/* The words of a scenario that become others in each run. main.c lists them. */
#define _GNU_SOURCE
#include "witness.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct nonce {
    const char *word;
    char value[2 * PATH_MAX + 64]; /* empty: not drawn in this run */
} nonces[] = {{"NAME", ""},  {"PORT", ""},    {"KEY", ""},   {"DAYS", ""},
              {"MIB", ""},   {"PERCENT", ""}, {"PIDS", ""},  {"STATUS", ""},
              {"GROUP", ""}, {"DISK", ""},    {"PAGES", ""}, {"DIRECTORY", ""}};
enum { NONCES = sizeof nonces / sizeof nonces[0] };

void forget_words(void)
{
    for (int i = 0; i < NONCES; i++)
        *nonces[i].value = '\0';
}

const char *drawn_directory(void)
{
    return nonces[NONCES - 1].value;
}

/* What stands for a number: -1 is none. */
static int number_of(const char *word)
{
    int neighbour;

    if (strcmp(word, "FIRST") == 0)
        return cpus.first;
    if (strcmp(word, "LAST") == 0)
        return cpus.last;
    if (strcmp(word, "PROGRAM") == 0)
        return run.program;
    if (strcmp(word, "CONTAINER") == 0)
        return cage_container(&run.cage);
    if (strcmp(word, "LOOP") == 0)
        return run.loop;
    if (strcmp(word, "SLEEPER") == 0)
        return run.sleeper;
    if (sscanf(word, "NEIGHBOUR%d", &neighbour) == 1 && neighbour > 0 &&
        neighbour <= run.neighbours)
        return run.neighbour[neighbour - 1];
    return -1;
}

/* An argument that makes no sense, another one each time; other words stay as they are. */
static void draw_argument(const char *word, char *text, size_t size)
{
    static const char letters[] = "bcdfghjklmpqrtvwxz", tails[] = "smx-";
    unsigned small = draw(1, 3),
             cut = run.neighbours > 0 ? (unsigned)run.neighbour[0] : small;

    if (strcmp(word, "EMPTY") == 0)
        snprintf(text, size, "''");
    else if (strcmp(word, "FRACTION") == 0)
        snprintf(text, size, "%u.%u", small, draw(1, 9));
    else if (strcmp(word, "NEGATIVE") == 0)
        snprintf(text, size, "-%u", small);
    else if (strcmp(word, "TAIL") == 0)
        snprintf(text, size, "%u%c", small, tails[draw(0, 3)]);
    else if (strcmp(word, "HUGE") == 0 && draw(0, 1))
        snprintf(text, size, "%llu", (draw(1, 999) * (1ULL << 32)) + cut);
    else if (strcmp(word, "HUGE") == 0) /* 2 to the 64th, and a little more */
        snprintf(text, size, "18446744073709%06u", 551616 + cut);
    else if (strcmp(word, "LETTERS") == 0)
        snprintf(text, size, "%c%c%c", letters[draw(0, 17)], letters[draw(0, 17)],
                 letters[draw(0, 17)]);
    else
        snprintf(text, size, "%s", word);
}

static void draw_value(struct nonce *nonce)
{
    char *value = nonce->value, letters[16];
    const size_t size = sizeof nonce->value;

    draw_letters(letters, draw(9, 13));
    if (strcmp(nonce->word, "PORT") == 0)
        snprintf(value, size, "%u", draw(20000, 59999));
    else if (strcmp(nonce->word, "KEY") == 0)
        snprintf(value, size, "0x%x", draw(0x10000000, 0x7fffffff));
    else if (strcmp(nonce->word, "DAYS") == 0)
        snprintf(value, size, "%u", draw(2, 300));
    else if (strcmp(nonce->word, "MIB") == 0)
        snprintf(value, size, "%u", draw(9, 24));
    else if (strcmp(nonce->word, "PERCENT") == 0)
        snprintf(value, size, "%u", draw(2, 4));
    else if (strcmp(nonce->word, "GROUP") == 0)
        snprintf(value, size, "%s", given_path());
    else if (strcmp(nonce->word, "PIDS") == 0)
        snprintf(value, size, "%u", draw(8, 20));
    else if (strcmp(nonce->word, "STATUS") == 0)
        snprintf(value, size, "%u", draw(20, 99));
    else if (strcmp(nonce->word, "PAGES") == 0)
        snprintf(value, size, "%u", draw(300, 900));
    else if (strcmp(nonce->word, "DISK") == 0)
        snprintf(value, size, "%s", guest_disk() ? guest_disk() : "0:0");
    else if (strcmp(nonce->word, "DIRECTORY") == 0)
        snprintf(value, size, "%s", cage_folder(&run.cage, letters));
    else
        snprintf(value, size, "%s", letters);
    record("drawn %s %s", nonce->word, value);
}

/* What stands for that word in this run, or NULL. */
static const char *nonce_of(const char *word)
{
    for (int i = 0; i < NONCES; i++)
        if (strcmp(nonces[i].word, word) == 0) {
            if (*nonces[i].value == '\0')
                draw_value(&nonces[i]);
            return nonces[i].value;
        }
    return cage_word(word);
}

const char *expand(const char *text)
{
    static char result[8192];
    char copy[1024], *rest, *word, *end = result;

    snprintf(copy, sizeof copy, "%s", text);
    *result = '\0';
    for (word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        int number = number_of(word);
        if (end != result)
            *end++ = ' ';
        const char *nonce = nonce_of(word);
        if (number != -1)
            sprintf(end, "%d", number);
        else if (nonce)
            strcpy(end, nonce);
        else
            draw_argument(word, end, 1024);
        end += strlen(end);
    }
    return result;
}
