/*
 * getdirect: how Lua's loop asks a getter (getters.h). In lvm.c only.
 */
#ifndef LURE_LUA_GETDIRECT_H
#define LURE_LUA_GETDIRECT_H

#include "lua/getters.h"
#include "lua/stkid.h"

/* As luaT_callTMres, where `tm` is a getter's function, `t` its object and `key` a string or an integer.
 * False: they are not. */
static int get_directly(lua_State *L, const TValue *tm, const TValue *t, const TValue *key, StkId val)
{
    const struct getter *getter;
    struct getter_key named = {0};
    ptrdiff_t result = savestack(L, val); /* the stack may move */
    TValue object;

    if (!ttisCclosure(tm) || clCvalue(tm)->f != getters_index_lj || !ttisfulluserdata(t)) {
        return 0;
    }
    getter = pvalue(&clCvalue(tm)->upvalue[0]);
    if (uvalue(t)->len < sizeof(getter) || *(const struct getter **)getudatamem(uvalue(t)) != getter) {
        return 0;
    }
    if (ttisstring(key)) {
        named.text = getstr(tsvalue(key));
        named.length = tsslen(tsvalue(key));
    } else if (ttisinteger(key)) {
        named.number = ivalue(key);
    } else {
        return 0;
    }
    setobj(L, &object, t);
    luaD_checkstack(L, LUA_MINSTACK);
    setobj2s(L, AT(L->top), &object);
    AT(L->top)++;
    getter->get_lj(L, getudatamem(uvalue(&object)), &named);
    setobjs2s(L, restorestack(L, result), AT(L->top) - 1);
    AT(L->top) -= 2;
    return 1;
}

#define CALL_GETTER(L, tm, t, key, val)                                                                      \
    (get_directly(L, tm, t, key, val) ? (void)0 : luaT_callTMres(L, tm, t, key, val))

#endif
