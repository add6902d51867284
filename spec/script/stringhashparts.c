/*
 * stringhashparts: src/lua/stringhash.h in a Lua module.
 */
#include "lua/stringhash.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

/* hash(text, seed): of a copy that ends where its memory ends */
static int hash_lj(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    unsigned int seed = (unsigned int)luaL_checkinteger(L, 2);
    char *copy = malloc(length);

    if (copy == NULL && length > 0) {
        return luaL_error(L, "out of memory");
    }
    if (length > 0) {
        memcpy(copy, text, length);
    }
    lua_pushinteger(L, stringhash(copy, length, seed));
    free(copy);
    return 1;
}

int luaopen_stringhashparts(lua_State *L);

int luaopen_stringhashparts(lua_State *L)
{
    lua_pushcfunction(L, hash_lj);
    return 1;
}
