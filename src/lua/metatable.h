/*
 * metatable: metatables of userdata that are made at their first use, whole or not at all.
 *
 * luaL_newmetatable registers an empty table: where memory is out before it is filled, the next use would
 * find one without `__gc`.
 */
#ifndef LURE_LUA_METATABLE_H
#define LURE_LUA_METATABLE_H

#include <lauxlib.h>
#include <lua.h>

/* Pushes the one that luaL_checkudata knows by that name. The first time fill_lj puts its members in; it may
 * use what stood at the top before. Stack:
 * [...] -> [..., metatable]; of fill_lj: [..., metatable] unchanged */
static inline void metatable_push_lj(lua_State *L, const char *name, void (*fill_lj)(lua_State *L))
{
    if (luaL_getmetatable(L, name) == LUA_TTABLE) { /* ..., metatable */
        return;
    }
    lua_pop(L, 1);   /* ... */
    lua_newtable(L); /* ..., metatable */
    fill_lj(L);
    lua_pushstring(L, name);                  /* ..., metatable, name */
    lua_setfield(L, -2, "__name");            /* ..., metatable */
    lua_pushvalue(L, -1);                     /* ..., metatable, metatable */
    lua_setfield(L, LUA_REGISTRYINDEX, name); /* ..., metatable */
}

/* The same, for the userdata at the top. Stack: [..., userdata] unchanged */
static inline void metatable_set_lj(lua_State *L, const char *name, void (*fill_lj)(lua_State *L))
{
    metatable_push_lj(L, name, fill_lj); /* ..., userdata, metatable */
    lua_setmetatable(L, -2);             /* ..., userdata */
}

#endif
