/*
 * answervalues: adds what the paths of a field lead to, to the field's value: cells of its type.
 *
 * Of a list its elements, of an object the names of its members, one text of all, or what stands for null and
 * for what is missing. For pathanswer.c only, which knows what the paths have found.
 *
 * Cells are in the pool of `source`. Where that is out of memory, `source.no_memory` is set, and nothing more
 * is added.
 */
#ifndef LURE_JSON_ANSWERVALUES_H
#define LURE_JSON_ANSWERVALUES_H

#include "json/jsoncell.h"
#include "json/paths.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stands for a missing element, or for null. */
enum substitute { SUBSTITUTE_UNKNOWN, SUBSTITUTE_NONE, SUBSTITUTE_CELL };

union any_cell {
    uint64_t number;
    const char *text;
    struct bytes bytes;
};

/* The evaluation of one field. */
struct answer {
    const struct paths *paths;
    const struct pathtree *tree;
    struct path_node *const *nodes;
    const struct paths_request *request;
    const char *payload;
    struct json_source source; /* the payload */
    struct value *value;
    uint32_t capacity; /* for cells */
    bool many;         /* more than one value is taken */
    bool has_listed;   /* a path ended at a list, whose elements were added */
    bool lacks;        /* an element has no value */
    bool too_long;     /* more than JOINED_MOST would be joined */
    size_t left;       /* bytes that may be joined */
    bool is_default;   /* values of the default are added, which has no default itself */
    enum substitute substitute;
    uint32_t substitute_start;
    union any_cell substitute_cell;
    enum substitute null; /* the request's, as a cell: made once, as it may be long */
    union any_cell null_cell;
};

/* Is there nothing more to be added? */
static inline bool answer_is_full(const struct answer *answer)
{
    return answer->source.no_memory || answer->too_long || (!answer->many && answer->value->count > 0);
}

/* Adds what a path leads to: of a list its elements, where the field has many, and of an object the names of
 * its members, where it has these; or only number `*index`. */
void answer_add_end(struct answer *answer, const char *at, const uint64_t *index);

/* Adds what stands for an element that has no value, if the field has a default. */
void answer_add_missing(struct answer *answer);

/* Adds the default of a value that no `*` leads to. */
void answer_add_default(struct answer *answer, const uint64_t *index);

/* Makes one text of all values of a field that is no list. */
void answer_join_all(struct answer *answer);

#endif
