/*
 * columns: the names of CSV's columns, or of a regular expression's groups from 0 on, and how they begin a
 * member of the JSON that a format writes.
 *
 * Owner: the manifest. Immutable once the keys are made: threads may share them.
 */
#ifndef LURE_FORMAT_COLUMNS_H
#define LURE_FORMAT_COLUMNS_H

#include "format/jsonwriter.h"

#include <stdbool.h>
#include <stddef.h>

struct format_key {
    char *text; /* a comma, the name or the number in quotes, a colon; NULL: the name needs escapes */
    size_t length;
};

struct format_columns {
    char **names;            /* "": it has none, and is called by its number */
    struct format_key *keys; /* of each name; NULL: they are not made */
    size_t count;            /* 0: all are called by their numbers */
};

/* The bytes of all keys. */
size_t format_keys_size(const struct format_columns *columns);

/* False: out of memory. */
bool format_make_keys(struct format_columns *columns);

/* Writes the key of a column, also of one behind the last. */
void format_write_key(const struct format_columns *columns, size_t number, struct json_writer *writer);

/* Frees names and keys. */
void format_free_columns(struct format_columns *columns);

#endif
