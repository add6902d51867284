#include "testhost/lua_table.h"

#include <string.h>

/* An entry that a spec keeps over other calls. */

enum { HELD_TABLE = 1 }; /* uservalue of a held entry */

struct held {
    struct table_object *object;
    ss_plugin_table_entry_t *entry; /* NULL: released */
};

int table_hold_lj(lua_State *L)
{
    struct table_object *object = table_check_lj(L, 1);
    ss_plugin_state_data key = key_check_lj(L, 2, object);
    struct held *held = lua_newuserdatauv(L, sizeof *held, 1); /* …, held */

    memset(held, 0, sizeof *held);
    luaL_setmetatable(L, HELD_TYPE);
    lua_pushvalue(L, 1); /* …, held, table */
    lua_setiuservalue(L, -2, HELD_TABLE);
    held->object = object;
    held->entry = table_reader.get_table_entry(object->table, &key);
    return held->entry != NULL ? 1 : table_fail_lj(L, object);
}

static struct held *held_check_lj(lua_State *L)
{
    struct held *held = luaL_checkudata(L, 1, HELD_TYPE);

    violations_raise_lj(L, held->object->inspector);
    luaL_argcheck(L, held->entry != NULL, 1, "this entry is released");
    luaL_argcheck(L, table_is_there(held->object), 1, "the plugin that offered this table is destroyed");
    return held;
}

static int read_lj(lua_State *L)
{
    struct held *held = held_check_lj(L);
    struct named_field field;
    ss_plugin_state_data value;

    if (!field_find_lj(L, held->object, luaL_checkstring(L, 2), &field))
        return 2;
    if (table_reader.read_entry_field(held->object->table, held->entry, field.field, &value) !=
        SS_PLUGIN_SUCCESS)
        return table_fail_lj(L, held->object);
    push_state_value_lj(L, field.type, &value); /* value */
    return 1;
}

static int write_lj(lua_State *L)
{
    struct held *held = held_check_lj(L);
    const char *name = luaL_checkstring(L, 2);
    struct named_field field;
    ss_plugin_state_data value;

    if (!field_find_lj(L, held->object, name, &field))
        return 2;
    value = value_check_lj(L, 3, field.type, name);
    if (table_writer.write_entry_field(held->object->table, held->entry, field.field, &value) !=
        SS_PLUGIN_SUCCESS)
        return table_fail_lj(L, held->object);
    lua_pushboolean(L, true); /* true */
    return 1;
}

static int release_lj(lua_State *L)
{
    struct held *held = held_check_lj(L);

    table_release(held->object, held->entry);
    held->entry = NULL;
    return 0;
}

static int gc_lj(lua_State *L)
{
    struct held *held = luaL_checkudata(L, 1, HELD_TYPE);

    if (held->entry != NULL && table_is_there(held->object))
        table_release(held->object, held->entry);
    held->entry = NULL;
    return 0;
}

void held_register_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"read", read_lj}, {"write", write_lj}, {"release", release_lj}, {NULL, NULL}};

    object_register_lj(L, HELD_TYPE, methods, gc_lj);
}
