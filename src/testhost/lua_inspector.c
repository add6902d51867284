#include "base/text.h"
#include "testhost/inspector.h"
#include "testhost/lua_table.h"

enum { INSPECTOR_STATES = 1 }; /* uservalue of an inspector: the set of its states */

void push_inspector_lj(lua_State *L)
{
    struct inspector **object = lua_newuserdatauv(L, sizeof *object, 1); /* inspector */

    *object = NULL;
    luaL_setmetatable(L, INSPECTOR_TYPE);
    lua_newtable(L); /* inspector, states */
    lua_setiuservalue(L, -2, INSPECTOR_STATES);
    *object = inspector_new();
    if (*object == NULL)
        luaL_error(L, TEXT_NO_MEMORY);
}

void inspector_keep_lj(lua_State *L, int inspector, int state, bool keep)
{
    state = lua_absindex(L, state);
    lua_getiuservalue(L, inspector, INSPECTOR_STATES); /* states */
    lua_pushvalue(L, state);                           /* states, state */
    if (keep)
        lua_pushboolean(L, true); /* states, state, true */
    else
        lua_pushnil(L); /* states, state, nil */
    lua_rawset(L, -3);  /* states */
    lua_pop(L, 1);      /* */
}

int host_inspector_lj(lua_State *L)
{
    push_inspector_lj(L); /* inspector */
    return 1;
}

static int table_lj(lua_State *L)
{
    struct inspector *inspector = inspector_check_lj(L, 1);
    const char *name = luaL_checkstring(L, 2);
    struct table_object *object;
    struct accessor *accessor;
    bool legacy = false;

    if (lua_istable(L, 3)) {
        lua_getfield(L, 3, "legacy"); /* …, legacy */
        legacy = lua_toboolean(L, -1);
    }
    violations_raise_lj(L, inspector);
    object = table_new_lj(L, inspector); /* …, table */
    accessor = accessor_find(&inspector->host, name, (ss_plugin_state_type)0);
    if (accessor == NULL) {
        lua_pushnil(L);                                                 /* nil */
        lua_pushstring(L, plugin_owner_last_error(&inspector->errors)); /* nil, text */
        return 2;
    }
    object->root = accessor;
    object->table = &accessor->input;
    object->legacy = legacy;
    return 1;
}

/* { NAME = type of its keys, … } */
static int tables_lj(lua_State *L)
{
    struct inspector *inspector = inspector_check_lj(L, 1);
    size_t count = tables_list(inspector, NULL, 0);
    ss_plugin_table_info *infos = lua_newuserdatauv(L, count * sizeof *infos, 0); /* infos */

    tables_list(inspector, infos, count);
    lua_createtable(L, 0, (int)count); /* infos, tables */
    for (size_t i = 0; i < count; i++) {
        lua_pushstring(L, state_type_name(infos[i].key_type)); /* infos, tables, type */
        lua_setfield(L, -2, infos[i].name);                    /* infos, tables */
    }
    return 1;
}

static int gc_lj(lua_State *L)
{
    struct inspector **object = luaL_checkudata(L, 1, INSPECTOR_TYPE);

    inspector_unref(*object);
    *object = NULL;
    return 0;
}

void inspector_register_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {{"table", table_lj}, {"tables", tables_lj}, {NULL, NULL}};

    object_register_lj(L, INSPECTOR_TYPE, methods, gc_lj);
}
