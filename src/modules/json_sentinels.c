#include "modules/json.h"

#include <lauxlib.h>

/* Registry keys: the addresses of these. */
static const char null_key = 'n';
static const char list_key = 'l';

void json_push_null_lj(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &null_key);
}

void json_push_list_mark_lj(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &list_key);
}

static int null_text_lj(lua_State *L)
{
    lua_pushliteral(L, "null");
    return 1;
}

void json_make_marks_lj(lua_State *L)
{
    lua_newuserdatauv(L, 0, 0);                   /* null */
    lua_createtable(L, 0, 2);                     /* null, metatable */
    lua_pushcfunction(L, null_text_lj);           /* null, metatable, function */
    lua_setfield(L, -2, "__tostring");            /* null, metatable */
    lua_pushliteral(L, "null");                   /* null, metatable, text */
    lua_setfield(L, -2, "__name");                /* null, metatable */
    lua_setmetatable(L, -2);                      /* null */
    lua_rawsetp(L, LUA_REGISTRYINDEX, &null_key); /* */
    lua_createtable(L, 0, 1);                     /* metatable */
    lua_pushliteral(L, "list");                   /* metatable, text */
    lua_setfield(L, -2, "__name");                /* metatable */
    lua_rawsetp(L, LUA_REGISTRYINDEX, &list_key); /* */
}
