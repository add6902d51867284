/*
 * lua_table: declarations shared by the files that implement state tables as Lua objects (lua_table*.c and
 * others).
 */
#ifndef LURE_TESTHOST_LUA_TABLE_H
#define LURE_TESTHOST_LUA_TABLE_H

#include "testhost/accessor.h"
#include "testhost/luaobjects.h"

#define TABLE_TYPE     "lure.host.table"
#define HELD_TYPE      "lure.host.held"
#define COLLECTED_TYPE "lure.host.collected"

/* A table as a spec has it, with functions of table_reader and so on, as a plugin would. */
struct table_object {
    struct inspector *inspector;           /* a reference */
    const struct accessor *root;           /* itself, or the table that it is below */
    ss_plugin_table_t *table;              /* NULL: gone */
    bool legacy;                           /* as a host of 3.0: entries are not released */
    struct table_object *parent;           /* of a subtable; kept by a uservalue */
    ss_plugin_table_entry_t *parent_entry; /* to be released */
};

/* A field by its name. */
struct named_field {
    ss_plugin_table_field_t *field;
    ss_plugin_state_type type;
};

/* Can its owner still be asked? */
bool table_is_there(const struct table_object *object);

/* The table at `index`; raises a recorded violation. */
struct table_object *table_check_lj(lua_State *L, int index);

/* A table object for what accessor_find or a subtable returned. Stack: [] -> [table] */
struct table_object *table_new_lj(lua_State *L, struct inspector *inspector);

/* nil and the text of the last failure, or a recorded violation as an error. Stack: [] -> [nil, text] */
int table_fail_lj(lua_State *L, struct table_object *object);

/* False: [nil, text] are pushed. */
bool field_find_lj(lua_State *L, struct table_object *object, const char *name, struct named_field *field);

/* The key at `index`, of the table's type. */
ss_plugin_state_data key_check_lj(lua_State *L, int index, const struct table_object *object);

/* A value of that type at `index`, else an error that begins with `what`. A string stays Lua's. */
ss_plugin_state_data value_check_lj(lua_State *L, int index, ss_plugin_state_type type, const char *what);

/* Stack: [] -> [value]; of a subtable: nil */
void push_state_value_lj(lua_State *L, ss_plugin_state_type type, const ss_plugin_state_data *value);

void table_release(const struct table_object *object, ss_plugin_table_entry_t *entry);

/* table:keys, table:entries, table:hold */
int table_keys_lj(lua_State *L);
int table_entries_lj(lua_State *L);
int table_hold_lj(lua_State *L);
void collected_register_lj(lua_State *L);
void held_register_lj(lua_State *L);

#endif
