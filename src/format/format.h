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
 * payload is read, the work is linear in its size but for regular expressions, whose time is bounded, and
 * nothing recurses.
 *
 * Another format is a row of formats.def and the file with its function.
 */
#ifndef LURE_FORMAT_FORMAT_H
#define LURE_FORMAT_FORMAT_H

#include "base/pool.h"
#include "format/columns.h"
#include "format/jsonwriter.h"
#include "json/paths.h"
#include "regex/regex.h"

#include <stdbool.h>
#include <stddef.h>

struct format;

/* A format in use, by a plugin state. */
struct format_use {
    const struct format *format;
    struct regex regex;        /* its pattern, where it has one */
    struct regex_steps *steps; /* of a match */
};

/* Writes what the payload has, as one object or list, or nothing where it is not of the format. */
typedef void format_writer(struct format_use *use, const char *at, const char *end,
                           struct json_writer *writer);

/* A row of formats.def. */
struct format_kind {
    const char *name;
    format_writer *write; /* NULL: the payload is JSON */
    bool has_columns;     /* it takes `columns`, `header` and `separator` */
    bool has_pattern;     /* it takes a pattern behind its name */
    const char *paths;    /* what it can find (formats.def); or NULL */
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
    struct format_columns columns;
    char *pattern; /* or NULL */
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

/*
 * What a plugin state has of its script's format. All zero: the script says none.
 *
 * Owner: the plugin state. Not thread safe: patterns keep their matches.
 */
struct format_state {
    const struct format *format; /* or NULL */
    struct format_use *uses;     /* of the format, and of the parts inside in their order */
    struct regex_steps steps;    /* of all matches of one payload */
};

/* Compiles the patterns. `go_on(owner)`: may a match that takes long take longer? False: out of memory. */
bool format_open(struct format_state *state, const struct format *format, bool (*go_on)(void *), void *owner,
                 struct memory_budget *budget);

/* May be closed again. */
void format_close(struct format_state *state);

enum format_result {
    FORMAT_DONE,
    FORMAT_NO_MEMORY,
    FORMAT_STOPPED /* by go_on */
};

/* Makes a payload JSON: of a JSON payload without `inside` it is the payload itself, else it is in the pool.
 */
enum format_result format_to_json(struct format_state *state, const char *payload, size_t size,
                                  struct pool *pool, struct format_text *json);

/* Where the value at `place` in that JSON stands in the payload. False: that is not known. `origins`, first
 * all zero, keep what was found out for further values of the event. */
bool format_origin(struct format_state *state, const char *payload, size_t size, struct pool *pool,
                   struct json_origins *origins, uint32_t place, uint32_t *start, uint32_t *length);

/* Does the pointer lead into the part, as far as names tell? */
bool format_path_enters(const struct format_inside *inside, const struct pointer *pointer);

/* Makes numbers of columns, or groups, that have names their names, also in parts with a format of their own
 * (whose own paths have gone through it before, outer ones first): "/0" is "/time". False: out of memory. */
bool format_name_columns(const struct format *format, struct paths *paths);

#endif
