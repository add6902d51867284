#include "modules/lure.h"

#include "base/scriptclock.h"
#include "event/value.h"
#include "lure_version.h"
#include "modules/json.h"
#include "modules/tasks.h"
#include "task/task.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdint.h>

/* Their addresses are the marks. */
static const char timeout_mark = 'T';
static const char arg_mark = 'A';
static const char path_mark = 'P';

static const char provided_key = 'p'; /* its address is a key in the registry */

#define MODULE_PREFIX "lure."

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

bool lure_is_path(lua_State *L, int index)
{
    bool is_path = false;

    if (lua_istable(L, index)) {
        is_path = lua_rawgetp(L, index, &path_mark) == LUA_TSTRING; /* pointer, or something else */
        lua_pop(L, 1);                                              /* */
    }
    return is_path;
}

void lure_push_path_lj(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    lua_rawgetp(L, index, &path_mark); /* pointer */
    lua_rawgeti(L, index, 1);          /* pointer, constant */
}

/* lure.path(pointer [, default]): for `default` of a field */
static int path_lj(lua_State *L)
{
    value_check_name_lj(L, 1);
    lua_settop(L, 2);         /* pointer, constant */
    lua_createtable(L, 1, 1); /* pointer, constant, path */
    lua_insert(L, 1);         /* path, pointer, constant */
    lua_rawseti(L, 1, 1);     /* path, pointer */
    lua_tostring(L, -1);
    lua_rawsetp(L, 1, &path_mark); /* path */
    return 1;
}

/* lure.now(): nanoseconds since the epoch */
static int now_lj(lua_State *L)
{
    lua_pushinteger(L, scriptclock_wall(task_clock(L)));
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

void lure_push_provided_lj(lua_State *L, const char *name)
{
    push_provided_lj(L);       /* table */
    lua_getfield(L, -1, name); /* table, value */
    lua_remove(L, -2);         /* value */
}

void lure_provide_module_lj(lua_State *L, const char *name)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE); /* function, preload */
    lua_pushfstring(L, MODULE_PREFIX "%s", name);              /* function, preload, name */
    lua_rotate(L, -3, -1);                                     /* preload, name, function */
    lua_rawset(L, -3);                                         /* preload */
    lua_pop(L, 1);                                             /* */
}

/* A field that is not there yet: perhaps a module, which stays in it. Stack: [module lure, name] -> [value]
 */
static int find_module_lj(lua_State *L)
{
    lua_settop(L, 2); /* lure, name */
    if (lua_type(L, 2) != LUA_TSTRING) {
        return 0;
    }
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);   /* lure, name, loaded */
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);  /* lure, name, loaded, preload */
    lua_pushfstring(L, MODULE_PREFIX "%s", lua_tostring(L, 2)); /* lure, name, loaded, preload, full name */
    lua_pushvalue(L, -1);
    if (lua_rawget(L, 3) == LUA_TNIL) { /* lure, name, loaded, preload, full name, module or nil */
        lua_pop(L, 1);                  /* lure, name, loaded, preload, full name */
        lua_pushvalue(L, -1);
        if (lua_rawget(L, 4) == LUA_TNIL) { /* lure, name, loaded, preload, full name, function or nil */
            return 1;
        }
        lua_pushvalue(L, 5);
        lua_call(L, 1, 1); /* lure, name, loaded, preload, full name, module */
        lua_pushvalue(L, 5);
        lua_pushvalue(L, -2);
        lua_rawset(L, 3); /* lure, name, loaded, preload, full name, module */
    }
    lua_pushvalue(L, 2);
    lua_pushvalue(L, -2);
    lua_rawset(L, 1); /* lure, name, loaded, preload, full name, module */
    return 1;
}

/* lure.emit without a handler: with the plugin API 0.3.0, and before there is a plugin state */
static int emit_nowhere_lj(lua_State *L)
{
    return luaL_error(
        L, "lure.emit: nobody takes events here; it works in callbacks, with async_events, under the "
           "plugin API 3; events of the source are given to what produce gets as its second parameter");
}

/* lure.state.get, lure.state.set without a plugin state */
static int state_nowhere_lj(lua_State *L)
{
    return luaL_error(L,
                      "lure.state: nothing is kept before there is a plugin state; call it in init or later");
}

/* lure.cursor before there is a plugin state */
static int cursor_nowhere_lj(lua_State *L)
{
    return luaL_error(L, "lure.cursor: only in open, next, produce and tasks of an event source");
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

/* The module; upvalues: log, string.format, table.sort */
static int open_module_lj(lua_State *L)
{
    static const luaL_Reg functions[] = {{"now", now_lj},
                                         {"emit", emit_nowhere_lj},
                                         {"cursor", cursor_nowhere_lj},
                                         {"path", path_lj},
                                         {NULL, NULL}};
    static const luaL_Reg state[] = {{"get", state_nowhere_lj}, {"set", state_nowhere_lj}, {NULL, NULL}};

    luaL_newlib(L, functions); /* module */
    luaL_newlib(L, state);     /* module, state */
    lua_setfield(L, -2, "state");
    tasks_open_lj(L);
    push_mark_lj(L, &timeout_mark);
    lua_setfield(L, -2, "TIMEOUT");
    push_mark_lj(L, &arg_mark);
    lua_setfield(L, -2, "ARG");
    lua_pushliteral(L, "lure " LURE_VERSION ", " LUA_RELEASE);
    lua_setfield(L, -2, "version");
    lua_pushvalue(L, lua_upvalueindex(2));                  /* module, format */
    log_open_lj(L, lua_touserdata(L, lua_upvalueindex(1))); /* module, log */
    lua_setfield(L, -2, "log");
    lua_pushvalue(L, lua_upvalueindex(3)); /* module, sort */
    json_open_lj(L);                       /* module, json */
    lua_setfield(L, -2, "json");
    add_provided_lj(L);
    lua_createtable(L, 0, 1);             /* module, metatable */
    lua_pushcfunction(L, find_module_lj); /* module, metatable, function */
    lua_setfield(L, -2, "__index");       /* module, metatable */
    lua_setmetatable(L, -2);              /* module */
    return 1;
}

/* Lua's own, before a script can put another in its place. Stack: [] -> [function] */
static void push_library_function_lj(lua_State *L, const char *library, const char *name)
{
    lua_getglobal(L, library); /* table */
    lua_getfield(L, -1, name); /* table, function */
    lua_remove(L, -2);         /* function */
}

void lure_open_lj(lua_State *L, struct log *log)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE); /* preload */
    lua_pushlightuserdata(L, log);                             /* preload, log */
    push_library_function_lj(L, LUA_STRLIBNAME, "format");     /* preload, log, format */
    push_library_function_lj(L, LUA_TABLIBNAME, "sort");       /* preload, log, format, sort */
    lua_pushcclosure(L, open_module_lj, 3);                    /* preload, function */
    lua_setfield(L, -2, "lure");                               /* preload */
    lua_pop(L, 1);                                             /* */
}

void lure_require_lj(lua_State *L)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);      /* loaded */
    if (lua_getfield(L, -1, "lure") == LUA_TNIL) {                 /* loaded, module */
        luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE); /* loaded, nil, preload */
        lua_getfield(L, -1, "lure");                               /* loaded, nil, preload, function */
        lua_call(L, 0, 1);                                         /* loaded, nil, preload, module */
        lua_setfield(L, -4, "lure");                               /* loaded, nil, preload */
        lua_pop(L, 1);                                             /* loaded, nil */
    }
    lua_pop(L, 2); /* */
}
