#include "lua/garbage.h"

#include "lprefix.h"

#include "lgc.h"
#include "lstate.h"

void garbage_collect(lua_State *L)
{
    luaC_fullgc(L, 1);
}

bool garbage_finalize(lua_State *L)
{
    lua_gc(L, LUA_GCCOLLECT);
    return true;
}
