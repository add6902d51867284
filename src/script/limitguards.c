#include "script/limitguards.h"

#include "lua/budget.h"
#include "script/vm.h"

#include <lauxlib.h>
#include <lualib.h>

/* The continuation of a call that was interrupted by a yield. Stack: [results] unchanged */
static int all_results(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return lua_gettop(L);
}

/* The message handler; upvalue 1: the script's. Stack: [error] -> [error, ..., text] */
static int handle_lj(lua_State *L)
{
    if (vm_of(L)->out_of_time) {
        return 1;
    }
    lua_pushvalue(L, lua_upvalueindex(1)); /* error, handler */
    lua_pushvalue(L, 1);                   /* error, handler, error */
    lua_call(L, 1, 1);                     /* error, text */
    return 1;
}

/* xpcall(f, handler, ...); upvalue 1: the original */
static int xpcall_lj(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);                   /* f, handler, ..., handler */
    lua_pushcclosure(L, handle_lj, 1);     /* f, handler, ..., closure */
    lua_replace(L, 2);                     /* f, closure, ... */
    lua_pushvalue(L, lua_upvalueindex(1)); /* f, closure, ..., xpcall */
    lua_insert(L, 1);                      /* xpcall, f, closure, ... */
    lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, all_results);
    return all_results(L, LUA_OK, 0);
}

/* Stack: [table] -> [table] */
static void replace_lj(lua_State *L, const char *name, lua_CFunction function_lj)
{
    lua_getfield(L, -1, name);           /* table, original */
    lua_pushcclosure(L, function_lj, 1); /* table, function */
    lua_setfield(L, -2, name);           /* table */
}

void limitguards_open_lj(lua_State *L)
{
    lua_pushglobaltable(L); /* globals */
    replace_lj(L, "xpcall", xpcall_lj);
    lua_pop(L, 1); /* */
}
