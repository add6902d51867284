/*
 * jsonwriter: writes JSON text in a pool, without white space: what a payload's format has found in it.
 *
 * Whoever writes gives texts in the order in which they are to stand; commas and escapes are the writer's. A
 * text is put in runs, so that its own escapes can be left out. Bytes that are not UTF-8 stay, as in a JSON
 * payload: who reads a value makes it valid. The text grows by doubling, and what it outgrows stays in the
 * pool until its reset: together at most twice the text.
 *
 * Without memory everything is still safe to call, and `no_memory` is set. The text is valid as long as the
 * pool's memory. Not thread safe.
 */
#ifndef LURE_FORMAT_JSONWRITER_H
#define LURE_FORMAT_JSONWRITER_H

#include "base/pool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Where a text of the JSON has come from. */
struct json_origin {
    uint32_t place;         /* of its opening quote in the JSON */
    uint32_t start, length; /* of what stands for it in the payload */
};

/* Filled if it is given: in the order of the places. */
struct json_origins {
    struct json_origin *list;
    size_t count, room;
};

struct json_writer {
    struct pool *pool;
    char *text, *at, *end; /* what was written, up to `at`; the room's end */
    bool no_memory;
    bool separate;                /* the next key or element needs a comma */
    const char *payload;          /* origins are counted from there */
    struct json_origins *origins; /* or NULL */
};

/* `size` bytes of payload will be written, and some more. */
void json_writer_open(struct json_writer *writer, struct pool *pool, const char *payload, size_t size);

/* "{", "[", "}" or "]". */
void json_write_bracket(struct json_writer *writer, char bracket);

/* A member's key, escaped, and the colon. */
void json_write_key(struct json_writer *writer, const char *key, size_t length);

/* The same for a column: by its name, or, where that is empty, by its number. */
void json_write_column(struct json_writer *writer, const char *name, size_t length, size_t number);

/* The same for a name that is written here: json_write_name(writer, "host"). */
#define json_write_name(writer, name) json_write_quoted(writer, ",\"" name "\":", sizeof(name) + 3)

/* Room for so many bytes more. False: out of memory. */
bool json_writer_grow(struct json_writer *writer, size_t size);

/* The same for a comma, a name in quotes and a colon, with a NUL behind them. */
static inline __attribute__((always_inline)) void json_write_quoted(struct json_writer *writer,
                                                                    const char *quoted, size_t length)
{
    const size_t skip = !writer->separate; /* the comma; one byte more is copied instead */

    if ((size_t)(writer->end - writer->at) >= length || json_writer_grow(writer, length)) {
        memcpy(writer->at, quoted + skip, length);
        writer->at += length - skip;
    }
    writer->separate = false;
}

/* A word such as true as the next value. */
void json_write_word(struct json_writer *writer, const char *word);

/* A text as the next value: first this, then runs of its bytes, then its end. `from` and `to` are its
 * begin and end in the payload. */
void json_begin_text(struct json_writer *writer, const char *from);
void json_put(struct json_writer *writer, const char *run, size_t length);
void json_end_text(struct json_writer *writer, const char *to);

/* The same at once, if no byte of it needs an escape. False: nothing was written; the caller does it in runs.
 */
bool json_write_plain(struct json_writer *writer, const char *from, const char *to);

/* The same for a text that stands in the payload as it is. */
void json_write_text(struct json_writer *writer, const char *from, const char *to);

/* A name that is written here, and such a text. */
#define json_write_member(writer, name, from, to)                                                            \
    (json_write_name(writer, name), json_write_text(writer, from, to))

#endif
