/* stephook by Lua's count hook, which counts instructions: each of them costs more while it is set. */
#include "lua/stephook.h"

void stephook_set(lua_State *L, lua_Hook hook, int steps)
{
    if (lua_gethook(L) == hook && lua_gethookmask(L) == LUA_MASKCOUNT && lua_gethookcount(L) == steps) {
        return; /* it is called again by itself; lua_sethook visits every call below */
    }
    lua_sethook(L, hook, LUA_MASKCOUNT, steps);
}

void stephook_count(lua_State *L, size_t steps)
{
    int left = lua_gethookcount(L);

    if (lua_gethookmask(L) == LUA_MASKCOUNT && left > 1) {
        left = steps < (size_t)left ? left - (int)steps : 1;
        lua_sethook(L, lua_gethook(L), LUA_MASKCOUNT, left); /* counts anew, from ever less */
    }
}
