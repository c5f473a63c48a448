/* Writing the record. Its format is described in main.c. */
#define _GNU_SOURCE
#include "witness.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LONGEST = 400 }; /* bytes of a stranger's line that are kept */

static double start;

double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void record_restart_clock(void)
{
    start = now();
}

void record_begin(const char *word)
{
    printf("%.3f %s", now() - start, word);
}

void record(const char *format, ...)
{
    va_list arguments;

    record_begin("");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
}

/* Bytes that could be mistaken for the record's own, or do something to a terminal, are shown as
   \xNN; a backslash as \\. */
void record_text(const char *word, const char *text, size_t length)
{
    record_begin(word);
    putchar(' ');
    for (size_t i = 0; i < length && i < LONGEST; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte == '\\')
            fputs("\\\\", stdout);
        else if (byte < ' ' || byte > '~')
            printf("\\x%02x", byte);
        else
            putchar(byte);
    }
    if (length > LONGEST)
        printf(" \\... %zu more bytes", length - LONGEST);
    putchar('\n');
}

static bool for_people;

void record_for_people(void)
{
    for_people = true;
}

void record_not_here(const char *reason, const char *fix)
{
    if (for_people)
        fprintf(stderr, "Not here: %s.\nTo see it, %s.\n", reason, fix);
    else
        record("not-here %s; %s", reason, fix);
}
