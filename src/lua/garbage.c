#include "lua/garbage.h"

#include "lprefix.h"

#include "lgc.h"
#include "lstate.h"

void garbage_begin(lua_State *L)
{
    global_State *state = G(L);

    lua_gc(L, LUA_GCRESTART);
    state->GCestimate = gettotalbytes(state);
    luaE_setdebt(state, -(l_mem)gettotalbytes(state));
}

void garbage_collect(lua_State *L)
{
    luaC_fullgc(L, 1);
}

bool garbage_finalize(lua_State *L)
{
    lua_gc(L, LUA_GCCOLLECT);
    return true;
}
