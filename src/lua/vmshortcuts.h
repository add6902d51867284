/*
 * vmshortcuts: two C functions that Lua's VM replaces by inline code, without the cost of a call: `__index`
 * of a getter (lua/getters.h), and the iterator of ipairs. In lvm.c only (cmake/patch-lua.cmake).
 */
#ifndef LURE_LUA_VMSHORTCUTS_H
#define LURE_LUA_VMSHORTCUTS_H

#include "lua/getters.h"
#include "lua/ipairs.h"
#include "lua/stkid.h"

/* As luaT_callTMres, where `tm` is a getter's function, `t` its object and `key` a string or an integer.
 * False: they are not. */
static int call_getter(lua_State *L, const TValue *tm, const TValue *t, const TValue *key, StkId val)
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

#define INDEX_BY_GETTER(L, tm, t, key, val)                                                                  \
    (call_getter(L, tm, t, key, val) ? (void)0 : luaT_callTMres(L, tm, t, key, val))

/* `list[number]` into the place `val`, of a table's own, or of a getter's object. False: it takes a call. */
static int element_directly(lua_State *L, const TValue *list, lua_Integer number, StkId val)
{
    const TValue *slot;
    TValue key;

    if (luaV_fastgeti(L, list, number, slot)) {
        setobj2s(L, val, slot);
        return 1;
    }
    if (slot != NULL) { /* a table that has none */
        if (hvalue(list)->metatable != NULL) {
            return 0;
        }
        setnilvalue(s2v(val));
        return 1;
    }
    setivalue(&key, number);
    return ttisfulluserdata(list) && call_getter(L, luaT_gettmbyobj(L, list, TM_INDEX), list, &key, val);
}

/* As luaD_call of the iterator at `call`, its state and its control behind it, where that is what ipairs
 * gives. False: it is not, or takes a call. */
static int ipairs_directly(lua_State *L, StkId call, int results)
{
    const ptrdiff_t place = savestack(L, call);
    lua_Integer number;

    if (!ttislcf(s2v(call)) || fvalue(s2v(call)) != ipairsaux || !ttisinteger(s2v(call + 2)) ||
        L->hookmask != 0) {
        return 0;
    }
    number = intop(+, ivalue(s2v(call + 2)), 1);
    if (!element_directly(L, s2v(call + 1), number, call + 1)) {
        return 0;
    }
    call = restorestack(L, place); /* the stack may have moved */
    if (ttisnil(s2v(call + 1))) {
        setnilvalue(s2v(call));
    } else {
        setivalue(s2v(call), number);
    }
    for (int i = 2; i < results; i++) {
        setnilvalue(s2v(call + i));
    }
    return 1;
}

#define CALL_ITERATOR(L, call, results)                                                                      \
    (ipairs_directly(L, call, results) ? (void)0 : luaD_call(L, call, results))

#endif
