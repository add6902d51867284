/*
 * v3/resolvedtable: a state table after `lure.table` was resolved: its fields, and the functions to use it.
 *
 * An internal header of tables.c and tablefields.c, which resolve tables, and of the files that implement the
 * Lua objects for them.
 */
#ifndef LURE_V3_RESOLVEDTABLE_H
#define LURE_V3_RESOLVEDTABLE_H

#include "v3/tables.h"

#include <lua.h>

struct state_field {
    char *name;
    const struct state_type *type;
    ss_plugin_table_field_t *field; /* the owner's */
    struct state_table *nested;     /* of type table */
};

struct state_table {
    struct handle *handle;
    char *name;
    const char *place; /* of its declaration, while it is resolved */
    const struct state_type *key;
    ss_plugin_table_t *table; /* NULL: a table in a field, of which each entry has its own */
    bool own;                 /* the script's */
    bool inner;               /* a table in a field */
    struct state_field *fields;
    size_t count;
};

/* Pushes a table from names of fields to `struct state_field *`. Stack: [] -> [names] */
static inline void state_table_push_names(lua_State *L, const struct state_table *table)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, table); /* names */
}

/* The table's functions in the current call; NULL: not accessible now. */
const ss_plugin_table_reader_vtable_ext *state_table_reader(const struct state_table *table);
const ss_plugin_table_writer_vtable_ext *state_table_writer(const struct state_table *table);

/* Makes the metatables of handles, entries and tables in entries. Stack: unchanged */
void tableobjects_open_lj(lua_State *L);

/* Writes the Lua value at `index` as `data`; throws, naming `what`, if it is not of the type. A text stays
 * the stack's. */
void state_value_read_lj(lua_State *L, int index, const struct state_type *type, const char *what,
                         ss_plugin_state_data *data);

/* Pushes a value that is no table. Stack: [] -> [value] */
void state_value_push_lj(lua_State *L, const struct state_type *type, const ss_plugin_state_data *data);

#endif
