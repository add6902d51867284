/*
 * jsonpointer: compiles JSON Pointers (RFC 6901) to a list of their parts.
 *
 * Owner: who compiled it. Immutable afterwards: threads may share it.
 */
#ifndef LURE_JSON_JSONPOINTER_H
#define LURE_JSON_JSONPOINTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Most parts of one pointer: a path scan recurses as deep. */
#define POINTER_MOST_PARTS 64

/* One part of a pointer, between two "/", without its escapes. */
struct pointer_part {
    char *text;
    size_t length;
    bool star;      /* "*"; each element, where that has this meaning */
    bool is_number; /* also the number of a list's element */
    uint64_t number;
};

struct pointer {
    struct pointer_part *parts;
    size_t count;
    bool together; /* another alternative of the elements of the pointer before it (pathrecipe.h) */
};

/* Why a text is no pointer, for messages. */
#define POINTER_BEGIN   "it begins with \"/\", or is empty for the whole document"
#define POINTER_ESCAPES "\"~\" is written \"~0\", and \"/\" in a key \"~1\""

/* Reads the part between two "/" at `from`; its text, with a NUL behind it, is written to `to`. False:
 * POINTER_ESCAPES. */
bool pointer_read_part(struct pointer_part *part, char *to, const char *from, size_t length);

/* Makes `text`, which it takes over, the key that the part stands for. */
void pointer_name_part(struct pointer_part *part, char *text);

/* Fills `pointer`, which is all zero. False: `*error` is a text that the caller frees (NULL: out of memory).
 */
bool pointer_compile(struct pointer *pointer, const char *text, char **error);

/* Frees what it holds; one that is all zero, or could not be compiled, too. */
void pointer_clear(struct pointer *pointer);

bool pointer_has_star(const struct pointer *pointer);

#endif
