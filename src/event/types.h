/*
 * types: the seven types that a field can have.
 *
 * One table: the name in scripts and in the plugin API's field list, the API's own
 * number, the size of one value in the plugin API 3 (a "cell"), the type that the
 * plugin API 0.3.0, which knows only uint64 and string, carries it as, and how values
 * of it are read. A field whose times are written in another way (`time =`) has a row
 * of its own, which is made from the table's.
 */
#ifndef LURE_EVENT_TYPES_H
#define LURE_EVENT_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The two plugin APIs that one set of rooms serves. */
enum abi { ABI_0 = 0, ABI_3 = 3 };

/* Numbers of the plugin API (ss_plugin_field_type). */
enum type_number {
    TYPE_UINT64 = 8,
    TYPE_STRING = 9,
    TYPE_RELTIME = 20,
    TYPE_ABSTIME = 21,
    TYPE_BOOL = 25,
    TYPE_IPADDR = 40,
    TYPE_IPNET = 41
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

/* Reads a text as one cell of the type (event/reading.h). */
typedef enum value_read type_reader(const struct field_type *type, const char *text, size_t length,
                                    struct pool *pool, void *cell);

struct field_type {
    const char *name;
    enum type_number number; /* in the plugin API 3 */
    enum type_number plain;  /* in the plugin API 0.3.0: TYPE_UINT64 or TYPE_STRING */
    size_t cell;             /* bytes of one value in the plugin API 3 */
    const char *expected;    /* what a function has to give, for error messages */
    const char *takes;       /* what a path takes, for hints */
    type_reader *read_text;
    type_reader *read_number; /* of JSON; NULL: takes none */
    bool is_whole;            /* an integer from 0 is the cell */
    int scale;                /* `time = "s"`: a unit has ten to this power of nanoseconds */
    const char *format;       /* `time = "%Y..."` */
};

/* The type called `name`; NULL if there is none. */
const struct field_type *field_type_named(const char *name);

/* All types, ended by one whose name is NULL. */
extern const struct field_type field_types[];

#endif
