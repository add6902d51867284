/* garbage by Lua's public API, which runs finalizers, too: those of files. */
#include "lua/garbage.h"

void garbage_begin(lua_State *L)
{
    lua_gc(L, LUA_GCRESTART);
}

void garbage_collect(lua_State *L)
{
    lua_gc(L, LUA_GCCOLLECT, 0);
}

bool garbage_finalize(lua_State *L)
{
    garbage_collect(L);
    return true;
}
