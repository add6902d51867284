#include "script/limitguards.h"

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

static int end_body_lj(lua_State *L, int status, lua_KContext context)
{
    if (status != LUA_OK && status != LUA_YIELD) {
        return lua_error(L); /* again, where hooks run */
    }
    return all_results(L, status, context);
}

/* The function of a coroutine; upvalue 1: the script's. */
static int body_lj(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1)); /* ..., function */
    lua_insert(L, 1);                      /* function, ... */
    return end_body_lj(L, lua_pcallk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, 0, end_body_lj), 0);
}

/* coroutine.create(f) and coroutine.wrap(f); upvalue 1: the original */
static int create_lj(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);                      /* f */
    lua_pushvalue(L, lua_upvalueindex(1)); /* f, original */
    lua_insert(L, 1);                      /* original, f */
    lua_pushcclosure(L, body_lj, 1);       /* original, body */
    lua_call(L, 1, 1);                     /* coroutine */
    return 1;
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
    lua_getfield(L, -1, LUA_COLIBNAME); /* globals, coroutine */
    replace_lj(L, "create", create_lj);
    replace_lj(L, "wrap", create_lj);
    lua_pop(L, 2); /* */
}
