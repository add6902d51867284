/*
 * csv: the values of comma separated text, as RFC 4180 has it and Python's csv reads it (strict).
 *
 * A record ends with a line break (CR LF, LF or CR). A value in quotes may have separators and line breaks,
 * and two quotes for one; elsewhere quotes mean nothing. Linear: no byte is looked at more than twice.
 *
 * Nothing is copied: values lie in the text. Thread safe.
 */
#ifndef LURE_TEXT_CSV_H
#define LURE_TEXT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct csv {
    const char *at, *end; /* what is left */
    char separator;
    int64_t line; /* in which `at` is, from 1 */
};

struct csv_value {
    const char *text;
    size_t length;
    bool quoted; /* two quotes in it stand for one, if `doubled` */
    bool doubled;
    bool last; /* of its record */
};

/* The next value, also where nothing is left: an empty one. NULL, or what is wrong in the line. */
const char *csv_next(struct csv *csv, struct csv_value *value);

/* Writes the value to `to`, which has room for its length. Returns what was written. */
size_t csv_copy(const struct csv_value *value, char *to);

/* True if a line is empty here, which is skipped: it has no record. */
bool csv_skip_empty(struct csv *csv);

#endif
