/*
 * statetables: reads the state tables that a script declares.
 *
 * `lure.table(name, options)`, called at the script's top level, declares that the script uses a table of
 * the host or of another plugin. The key `tables` declares tables of the script, which other plugins can
 * use. Both list the fields; a field of type `table` is a table of its own in each entry.
 */
#ifndef LURE_SCRIPT_STATETABLES_H
#define LURE_SCRIPT_STATETABLES_H

#include "script/declaredtables.h"
#include "script/findings.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* The userdata that `lure.table` returns. */
struct table_handle {
    const struct declared_table *declared;
    void *table; /* whoever serves it sets this before `init`; NULL: not yet */
};

/* Registry name of the metatable of handles. The plugin API that implements tables fills it. */
#define TABLE_HANDLE "state table"

/* Defines lure.table for the script of this vm. Stack: [] -> [] */
void statetables_open_lj(lua_State *L);

/* Pushes the list of all handles that the script has created. Stack: [] -> [list] */
void statetables_push_handles_lj(lua_State *L);

/* Reads the key `tables` of the plugin table at `index` into `tables`. Stack: unchanged */
void statetables_read_own_lj(lua_State *L, int index, struct declared_tables *tables,
                             struct findings *findings);

#endif
