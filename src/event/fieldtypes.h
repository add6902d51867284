/*
 * fieldtypes: the types that a script's fields can have ("string", "uint64", "ipaddr", ...).
 *
 * The table is in fieldtypes.def, with a column for each property that other code needs. A field with `time
 * =`, whose times are written in another way, has a modified copy of its type's row.
 */
#ifndef LURE_EVENT_FIELDTYPES_H
#define LURE_EVENT_FIELDTYPES_H

#include "base/apiversion.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Layout of one value in the plugin API 3. All code that depends on the layout switches over this. */
enum cell_kind {
    CELL_TEXT,    /* const char *: any text is a value */
    CELL_NATURAL, /* uint64_t */
    CELL_BOOL,    /* uint32_t */
    CELL_ADDRESS  /* struct bytes: 4 or 16, in network order */
};

/* What a field's `time =` can describe. */
enum time_kind {
    TIME_NONE,
    TIME_SPAN, /* how they are written */
    TIME_POINT /* the same, and a time as in RFC 3339 is read in any case */
};

/* A value of variable length in the plugin API 3 (ss_plugin_byte_buffer). */
struct bytes {
    uint32_t length;
    const void *data;
};

enum value_read {
    VALUE_READ_OK,
    VALUE_READ_TYPE,  /* not what the type takes */
    VALUE_READ_MEMORY /* the pool is out of memory */
};

struct field_type;
struct pool;

/* Reads a text as one cell of the type (event/typereaders.h). */
typedef enum value_read type_reader(const struct field_type *type, const char *text, size_t length,
                                    struct pool *pool, void *cell);

struct field_type {
    const char *name;
    enum cell_kind kind;
    size_t cell;   /* bytes of one value in the plugin API 3 */
    bool is_whole; /* an integer from 0 is the cell: CELL_NATURAL without `time =` */
    enum time_kind time;
    type_reader *read_text;
    type_reader *read_number; /* of JSON; NULL: takes none */
    const char *takes;        /* what a path takes, for hints */
    const char *expected;     /* what a function has to give, for error messages */
    int scale;                /* `time = "s"`: a unit has ten to this power of nanoseconds */
    const char *format;       /* `time = "%Y..."` */
};

/* True if the plugin API 0.3.0, which has only string and uint64, passes the value as a string. */
static inline bool cell_is_string_there(enum cell_kind kind)
{
    switch (kind) {
    case CELL_TEXT:
    case CELL_ADDRESS:
        return true;
    case CELL_NATURAL:
    case CELL_BOOL:
        break;
    }
    return false;
}

/* True if its layout is the same in 0.3.0, so that value_make_plain has nothing to do. */
static inline bool cell_is_plain(enum cell_kind kind)
{
    return kind == CELL_TEXT || kind == CELL_NATURAL;
}

/* The type called `name`; NULL if there is none. */
const struct field_type *field_type_named(const char *name);

/* All types, ended by one whose name is NULL. */
extern const struct field_type field_types[];

#endif
