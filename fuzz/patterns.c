/*
 * patterns [ROUNDS [SEED]]
 * Lua's string library as we build it (src/lua/patterns.h) beside the one that Debian ships, in one Lua
 * state: find, match, gmatch and gsub of random patterns and subjects answer the same, errors included.
 */
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

int stock_open_string(lua_State *L); /* luaopen_string of stock sources: fuzz/CMakeLists.txt */

static int fail(lua_State *L)
{
    fprintf(stderr, "%s\n", lua_tostring(L, -1));
    return 1;
}

int main(int argc, char **argv)
{
    lua_State *L = luaL_newstate();

    if (L == NULL) {
        return 1;
    }
    lua_pushcfunction(L, stock_open_string);
    lua_call(L, 0, 1);
    luaL_openlibs(L); /* the methods of strings are ours */
    if (luaL_loadfile(L, FUZZ_DIRECTORY "/patterns.lua") != LUA_OK) {
        return fail(L);
    }
    lua_insert(L, 1);
    lua_pushinteger(L, argc > 1 ? atoll(argv[1]) : 100000);
    lua_pushinteger(L, argc > 2 ? atoll(argv[2]) : 1);
    if (lua_pcall(L, 3, 0, 0) != LUA_OK) {
        return fail(L);
    }
    lua_close(L);
    return 0;
}
