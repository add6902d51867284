/*
 * format: the formats that payloads can have (the key `format` of a script), and those of parts of them
 * (`inside`).
 *
 * A format is one function that reads a payload once and writes what it finds as JSON text, so that all that
 * lure does with JSON payloads (paths, documents, lists, predictions) works with all formats. Values are
 * texts, which the field's type reads. The JSON is in the event's pool, made at most once an event, and only
 * where a path or a document is wanted. A function reads as far as the payload is of its format: what was
 * found before a fault has a value, what is behind it has none, and a payload in which nothing was found
 * gives no JSON.
 *
 * Owner of a struct format: the manifest. Immutable after reading: threads may share it. Nothing outside the
 * payload is read, the work is linear in its size, and nothing recurses.
 *
 * Another format is a row of formats.def and the file with its function.
 */
#ifndef LURE_FORMAT_FORMAT_H
#define LURE_FORMAT_FORMAT_H

#include "base/pool.h"
#include "format/jsonwriter.h"
#include "json/paths.h"

#include <stdbool.h>
#include <stddef.h>

/* The columns of CSV. */
struct csv_columns {
    char **names; /* "": it has none, and is called by its number */
    size_t count; /* 0: all are called by their numbers */
};

struct format;

/* Writes what the payload has, as one object or list, or nothing where it is not of the format. */
typedef void format_writer(const struct format *format, const char *at, const char *end,
                           struct json_writer *writer);

/* A row of formats.def. */
struct format_kind {
    const char *name;
    format_writer *write; /* NULL: the payload is JSON */
    bool has_columns;     /* it takes `columns`, `header` and `separator` */
};

extern const struct format_kind format_kinds[];

/* Their names, ended by NULL: for text_nearest. */
extern const char *const format_names[];

/* A part with a format of its own. */
struct format_inside {
    struct paths *path;
    struct format *format;
};

struct format {
    const struct format_kind *kind;
    struct csv_columns columns;
    char separator;
    bool header;                  /* the payload's first record has the names */
    struct format_inside *inside; /* an outer part before those in it */
    size_t inside_count;
};

/* The kind called `name`; NULL: there is none. */
const struct format_kind *format_kind_named(const char *name);

/* NULL is allowed. */
void format_free(struct format *format);

/* A text of JSON. */
struct format_text {
    const char *data;
    size_t size; /* 0: the payload is not of the format */
};

/* Makes a payload JSON: of a JSON payload without `inside` it is the payload itself, else it is in the pool.
 * False: out of memory. */
bool format_to_json(const struct format *format, const char *payload, size_t size, struct pool *pool,
                    struct format_text *json);

/* Where the value at `place` in that JSON stands in the payload. False: that is not known. `origins`, first
 * all zero, keep what was found out for further values of the event. */
bool format_origin(const struct format *format, const char *payload, size_t size, struct pool *pool,
                   struct json_origins *origins, uint32_t place, uint32_t *start, uint32_t *length);

/* Makes numbers of columns that have names their names: "/0" is "/time". False: out of memory. */
bool format_name_columns(const struct format *format, struct paths *paths);

#endif
