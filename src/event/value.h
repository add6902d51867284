/*
 * value: the value of one field in one event, in the memory layout that a host reads.
 *
 * A value is an array of cells, of which a field that is no list has one. Cells have the layout of the
 * plugin API 3 (enum cell_kind in event/fieldtypes.h); value_make_plain converts them to that of 0.3.0.
 *
 * Memory: cells, texts and addresses are in the event's pool.
 */
#ifndef LURE_EVENT_VALUE_H
#define LURE_EVENT_VALUE_H

#include "base/pool.h"
#include "base/utf8.h"
#include "event/fieldtypes.h"

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

enum value_outcome {
    VALUE_UNKNOWN, /* nobody asked yet */
    VALUE_ABSENT,
    VALUE_PRESENT,
    VALUE_FAILED
};

struct value {
    enum value_outcome outcome;
    uint32_t count;    /* of cells; 1 for a field that is no list */
    void *cells;       /* VALUE_PRESENT */
    const char *error; /* VALUE_FAILED: the text, in the pool */
    uint32_t *starts;  /* where each stands in the payload, in bytes from 0; VALUE_NOWHERE; NULL: not known */
    uint32_t *lengths; /* of each there, or NULL where there are starts: paths_complete_offsets finds them */
};

/* In `starts`: a value that is not in the payload, such as a default. */
#define VALUE_NOWHERE UINT32_MAX

/* Writes the Lua value at `index` as one cell of `type`. Never throws, changes nothing on the stack. */
enum value_read value_read_lua(lua_State *L, int index, const struct field_type *type, struct pool *pool,
                               void *cell);

/* A text as a cell of a string field, sanitized (UTF8_TEXT). NULL: out of memory. */
const char *value_text(struct pool *pool, const char *text, size_t length);

/* Converts cells to 0.3.0's layout: a bool to `uint64_t`, an address to `const char *`. False: out of memory.
 */
bool value_make_plain(struct value *value, const struct field_type *type, struct pool *pool);

/* Describes the Lua value at `index` for messages, as UTF8_LINE, truncated: integer -3, string "12 apples",
 * table. */
void value_describe(lua_State *L, int index, char *buffer, size_t size);

/* The string at `index`; NULL: it is no string, or C would see only the part before a NUL in it. */
const char *value_name(lua_State *L, int index);

/* The argument as such a string, or a number as its text; throws for others. */
const char *value_check_name_lj(lua_State *L, int index);

/* Texts up to this length are converted in no time worth mentioning: also those of error messages. */
#define VALUE_SHORT_TEXT (80u * 1024u)

/* Charges the conversion of a text to UTF-8 to the time budget. Throws only for a longer one. */
void value_charge_text_lj(lua_State *L, const char *text, size_t length);

/* A string at the top of more than `most` bytes is cut there, with "..." behind it. Stack: [string] ->
 * [string]
 */
void value_shorten_lj(lua_State *L, size_t most);

/* Sanitizes the string at the top, which is charged to the time budget. Stack: [string] -> [string] */
void value_clean_lj(lua_State *L, enum utf8_form form);

#endif
