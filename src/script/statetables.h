/*
 * statetables: how a script declares state tables.
 *
 * `lure.table(name, options)`, at the script's top level, declares the use of a table of the
 * host or of another plugin; the key `tables` declares the script's own, which other plugins
 * may use. Both say which fields there are; a field of type `table` is a table in each entry.
 */
#ifndef LURE_SCRIPT_STATETABLES_H
#define LURE_SCRIPT_STATETABLES_H

#include "script/declaredtables.h"
#include "script/findings.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* What `lure.table` answers: stands for the table in the script. */
struct table_handle {
    const struct declared_table *declared;
    void *table; /* whoever serves it sets this before `init`; NULL: not yet */
};

/* Name of the metatable of handles in the registry. Whoever serves tables fills it. */
#define TABLE_HANDLE "state table"

/* Lets the script of this vm call lure.table. Stack: [] -> [] */
void statetables_open_lj(lua_State *L);

/* Pushes the list of all handles that the script has made. Stack: [] -> [list] */
void statetables_push_handles_lj(lua_State *L);

/* Reads the key `tables` of the plugin table at `index` into `tables`. Stack: unchanged */
void statetables_read_own_lj(lua_State *L, int index, struct declared_tables *tables,
                             struct findings *findings);

#endif
