/*
 * jsoncell: converts one JSON value in a text to a cell: a field's value in the plugin API's layout.
 *
 * Texts are unescaped, lists and objects become JSON without white space. The result is in the pool given.
 * The text need not end with a NUL, and nothing behind it is read.
 */
#ifndef LURE_JSON_JSONCELL_H
#define LURE_JSON_JSONCELL_H

#include "base/pool.h"
#include "event/fieldtypes.h"

#include <stdbool.h>

/* Where values are taken from, and what for. */
struct json_source {
    const char *end; /* of the text */
    bool ends_text;  /* a number may end where the text does; elsewhere it may have been cut off there */
    const struct field_type *type; /* of the cells */
    struct pool *pool;
    bool no_memory; /* the pool was out of memory */
};

/* Is the value at `at` null? */
bool json_is_null(const struct json_source *source, const char *at);

/* The type of values that are passed on as they stand: a cell is a struct bytes, the JSON text of any value
 * but null. The text is checked as far as reading the value needs it; of lists and objects only the end. */
extern const struct field_type json_value_type;

/* Writes the value at `at` as one cell. False: it is not of the type, or the pool is out of memory. */
bool json_take_cell(struct json_source *source, const char *at, void *cell);

#endif
