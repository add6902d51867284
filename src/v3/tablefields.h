/*
 * v3/tablefields: looks up, or adds, the fields of a state table before `init`, also those of tables in
 * fields.
 */
#ifndef LURE_V3_TABLEFIELDS_H
#define LURE_V3_TABLEFIELDS_H

#include "script/manifest.h"
#include "v3/abi.h"

#include <lua.h>

struct handle;
struct state_table;

/* State of resolving the fields of one table. */
struct resolution {
    struct state_table *table;
    ss_plugin_table_t *from;               /* the table itself, or one of those in a field */
    const struct declared_table *declared; /* or NULL */
};

/* Resolves them. Throws the owner's error. Stack: unchanged */
void tablefields_resolve_lj(lua_State *L, const struct resolution *resolution);

/* Keeps their names in a Lua table, after all fields are added. Stack: unchanged */
void tablefields_keep_names_lj(lua_State *L, struct state_table *table);

/* Appends a table to the list of all. */
struct state_table *tablefields_add_table_lj(lua_State *L, struct handle *handle, const char *name,
                                             const char *place);

/* The host's message for the last failure. */
const char *tablefields_owner_error(const struct handle *handle);

#endif
