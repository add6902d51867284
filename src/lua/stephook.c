#include "lua/stephook.h"

#include "lprefix.h"

#include "ldebug.h"
#include "lstate.h"

void stephook_set(lua_State *L, lua_Hook hook, int steps)
{
    lua_sethook(L, NULL, 0, steps); /* takes a hook away that is called at each instruction */
    L->hook = hook;                 /* Lua calls it only if hookmask is set */
}

void stephook_call(lua_State *L)
{
    if (L->hookmask == 0) {
        /* not lua_sethook, which visits every call below: it would make deep recursion quadratic */
        L->basehookcount = 1;
        resethookcount(L);
        L->hookmask = LUA_MASKCOUNT; /* at the next instruction, */
        L->ci->u.l.trap = 1;         /* which is this call's */
    }
}

void stephook_count(lua_State *L, size_t steps)
{
    if (L->hookmask == 0 && L->hookcount > 1) {
        L->hookcount = steps < (size_t)L->hookcount ? L->hookcount - (int)steps : 1;
    }
}
