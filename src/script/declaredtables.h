/*
 * declaredtables: data structures for the state tables that a script declares; statetables.h fills them.
 *
 * Owner: a vm, then the manifest. Immutable once declared.
 */
#ifndef LURE_SCRIPT_DECLAREDTABLES_H
#define LURE_SCRIPT_DECLAREDTABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers of the plugin API (ss_plugin_state_type). */
enum state_number {
#define STATE_TYPE(identifier, name, number, least, most) STATE_##identifier = number,
#include "script/statetypes.def"
#undef STATE_TYPE
};

/* One row of script/statetypes.def. */
struct state_type {
    const char *name; /* in scripts: "int64" */
    enum state_number number;
    int64_t least; /* of the integers that it holds */
    uint64_t most;
};

/* A type by its name in scripts, or by its number; NULL: there is none. */
const struct state_type *state_type_named(const char *name);
const struct state_type *state_type_numbered(unsigned number);

struct declared_table;

struct declared_field {
    char *name;
    const struct state_type *type;
    struct declared_table *subtable; /* type `table`; NULL: all its fields, with keys of type int64 */
};

struct declared_table {
    char *name;
    char *place;                   /* "FILE:LINE: " of lure.table, for messages; NULL: not known */
    const struct state_type *key;  /* NULL: whatever its owner says */
    bool optional;                 /* it, and its fields, may not be there; none is added */
    struct declared_field *fields; /* in the order of their names */
    size_t count;
};

struct declared_tables {
    struct declared_table **items;
    size_t count;
};

void declared_tables_free(struct declared_tables *tables);

/* True if any of them has a field of type `table`. */
bool declared_tables_nest(const struct declared_tables *tables);

#endif
