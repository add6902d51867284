#include "lua/userdata.h"

#include "lprefix.h"
#include "lua/stkid.h"

#include "lgc.h"
#include "lobject.h"
#include "lstate.h"
#include "lstring.h"

void *userdata_new_like_lj(lua_State *L, int below, size_t size, int values)
{
    const Udata *like = uvalue(s2v(AT(L->top) - below));
    Udata *made = luaS_newudata(L, size, values); /* white: it may refer to anything without a barrier */

    made->metatable = like->metatable;
    setobj(L, &made->uv[0].uv, &like->uv[0].uv);
    setuvalue(L, s2v(AT(L->top)), made); /* userdata */
    AT(L->top)++;
    luaC_checkGC(L);
    return getudatamem(made);
}

void userdata_keep(lua_State *L, int holder, int place)
{
    const TValue *value = s2v(AT(L->top) - 1);
    Udata *keeper = uvalue(&uvalue(s2v(AT(L->top) - 2))->uv[holder - 1].uv);

    setobj(L, &keeper->uv[place - 1].uv, value);
    luaC_barrierback(L, obj2gco(keeper), value);
}
