#include "modules/lure.h"

#include "lure_version.h"
#include "modules/json.h"

#include <lauxlib.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

/* Their addresses are the marks. */
static const char timeout_mark = 'T';
static const char arg_mark = 'A';

/* A light userdata; Lua hands it around and never writes to it. */
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
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    lua_pushinteger(L, (lua_Integer)now.tv_sec * 1000000000 + now.tv_nsec);
    return 1;
}

/* lure.env(name): the variable's text, or nil */
static int env_lj(lua_State *L)
{
    lua_pushstring(L, secure_getenv(luaL_checkstring(L, 1)));
    return 1;
}

static int open_module_lj(lua_State *L)
{
    static const luaL_Reg functions[] = {{"now", now_lj}, {"env", env_lj}, {NULL, NULL}};

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
