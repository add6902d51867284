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

/* What resolving the fields of one table is about. */
struct resolution {
    struct state_table *table;
    ss_plugin_table_t *from;               /* the table itself, or one of those in a field */
    const struct declared_table *declared; /* or NULL */
};

/* Resolves them. Throws, with what the owner says. Stack: unchanged */
void tablefields_resolve_lj(lua_State *L, const struct resolution *resolution);

/* Keeps their names, as the script uses them, in a Lua table: once no field is added any more. Stack:
 * unchanged */
void tablefields_keep_names_lj(lua_State *L, struct state_table *table);

/* A new table at the end of the list of all, complete as far as it goes. */
struct state_table *tablefields_add_table_lj(lua_State *L, struct handle *handle, const char *name,
                                             const char *place);

/* The host's text of what just failed. */
const char *tablefields_owner_error(const struct handle *handle);

#endif
