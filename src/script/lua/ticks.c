#include "script/lua/ticks.h"

#include "lprefix.h"

#include "ldebug.h"
#include "lstate.h"

void ticks_set(lua_State *L, lua_Hook hook, int steps)
{
    lua_sethook(L, NULL, 0, steps); /* takes a hook away that is called at each instruction */
    L->hook = hook;                 /* Lua looks at it only where hookmask says so */
}

void ticks_over(lua_State *L)
{
    if (L->hookmask == 0) {
        lua_sethook(L, L->hook, LUA_MASKCOUNT, 1); /* at the next instruction */
    }
}
