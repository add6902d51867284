#include "modules/lure.h"

#include "base/clock.h"
#include "lure_version.h"
#include "modules/json.h"

#include <lauxlib.h>
#include <stdint.h>

/* Their addresses are the marks. */
static const char timeout_mark = 'T';
static const char arg_mark = 'A';

static const char provided_key = 'p'; /* its address is a key in the registry */

/* A sentinel is a light userdata: a unique address that is never dereferenced. */
static void push_mark_lj(lua_State *L, const char *mark)
{
    lua_pushlightuserdata(L, (void *)(uintptr_t)mark);
}

bool lure_is_timeout(lua_State *L, int index)
{
    return lua_touserdata(L, index) == &timeout_mark;
}

bool lure_is_arg(lua_State *L, int index)
{
    return lua_touserdata(L, index) == &arg_mark;
}

/* lure.now(): nanoseconds since the epoch */
static int now_lj(lua_State *L)
{
    lua_pushinteger(L, clock_now(CLOCK_REALTIME));
    return 1;
}

/* Pushes the table of functions that lure_provide_lj has added. Stack: [] -> [table] */
static void push_provided_lj(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &provided_key) == LUA_TNIL) { /* nil */
        lua_pop(L, 1);                                                  /* */
        lua_newtable(L);                                                /* table */
        lua_pushvalue(L, -1);                                           /* table, table */
        lua_rawsetp(L, LUA_REGISTRYINDEX, &provided_key);               /* table */
    }
}

void lure_provide_lj(lua_State *L, const char *name)
{
    push_provided_lj(L);       /* function, table */
    lua_insert(L, -2);         /* table, function */
    lua_setfield(L, -2, name); /* table */
    lua_pop(L, 1);             /* */
}

/* lure.emit without a handler: with the plugin API 0.3.0, and before there is a plugin state */
static int emit_nowhere_lj(lua_State *L)
{
    return luaL_error(
        L, "lure.emit: nobody takes events here; it works in callbacks, with async_events, under the "
           "plugin API 3");
}

/* Stack: [module] unchanged */
static void add_provided_lj(lua_State *L)
{
    push_provided_lj(L);           /* module, provided */
    lua_pushnil(L);                /* module, provided, name */
    while (lua_next(L, -2) != 0) { /* module, provided, name, function */
        lua_pushvalue(L, -2);      /* module, provided, name, function, name */
        lua_insert(L, -2);         /* module, provided, name, name, function */
        lua_rawset(L, -5);         /* module, provided, name */
    }
    lua_pop(L, 1); /* module */
}

static int open_module_lj(lua_State *L)
{
    static const luaL_Reg functions[] = {{"now", now_lj}, {"emit", emit_nowhere_lj}, {NULL, NULL}};

    luaL_newlib(L, functions); /* module */
    push_mark_lj(L, &timeout_mark);
    lua_setfield(L, -2, "TIMEOUT");
    push_mark_lj(L, &arg_mark);
    lua_setfield(L, -2, "ARG");
    lua_pushliteral(L, "lure " LURE_VERSION ", " LUA_RELEASE);
    lua_setfield(L, -2, "version");
    log_open_lj(L, lua_touserdata(L, lua_upvalueindex(1))); /* module, log */
    lua_setfield(L, -2, "log");
    json_open_lj(L); /* module, json */
    lua_setfield(L, -2, "json");
    add_provided_lj(L);
    return 1;
}

void lure_open_lj(lua_State *L, struct log *log)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE); /* preload */
    lua_pushlightuserdata(L, log);                             /* preload, log */
    lua_pushcclosure(L, open_module_lj, 1);                    /* preload, function */
    lua_setfield(L, -2, "lure");                               /* preload */
    lua_pop(L, 1);                                             /* */
}
