/*
 * counter: two functions of Lua around what is to be counted. Callgrind knows them by their names
 * (--zero-before=growth_begin, --dump-before=growth_end); without it they do nothing.
 */
#include <lauxlib.h>
#include <lua.h>

__attribute__((noinline)) static int growth_begin(lua_State *L)
{
    return lua_gettop(L) * 0;
}

__attribute__((noinline)) static int growth_end(lua_State *L)
{
    return lua_gettop(L) * 0;
}

int luaopen_counter(lua_State *L);

int luaopen_counter(lua_State *L)
{
    static const luaL_Reg functions[] = {{"begin", growth_begin}, {"finish", growth_end}, {NULL, NULL}};

    luaL_newlib(L, functions);
    return 1;
}
