#include "script/sandbox.h"

#include "base/text.h"
#include "event/value.h"
#include "lua/streamlines.h"
#include "modules/json.h"
#include "modules/json_eval.h"
#include "modules/log.h"
#include "script/debuglib.h"
#include "script/limitguards.h"
#include "script/luafile.h"
#include "script/vm.h"
#include "task/taskgroup.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdbool.h>
#include <string.h>

struct library {
    const char *name;
    lua_CFunction open_lj;
    bool safe;               /* given in the safe sandbox too */
    const char *const *keep; /* the only functions left in it, or NULL for all */
    const char *const *safe_keep;
};

static const char *const debug_functions[] = {"traceback", "getinfo", "getlocal", NULL};
static const char *const safe_debug_functions[] = {"traceback", "getinfo", NULL};
static const char *const safe_package_members[] = {"loaded", "preload", "searchers", NULL};
static const char *const time_functions[] = {"clock", "date", "difftime", "time", NULL};

static const struct library libraries[] = {
    {LUA_GNAME, luaopen_base, true, NULL, NULL},
    {LUA_LOADLIBNAME, luaopen_package, true, NULL, safe_package_members},
    {LUA_COLIBNAME, luaopen_coroutine, true, NULL, NULL},
    {LUA_TABLIBNAME, luaopen_table, true, NULL, NULL},
    {LUA_STRLIBNAME, luaopen_string, true, NULL, NULL},
    {LUA_MATHLIBNAME, luaopen_math, true, NULL, NULL},
    {LUA_UTF8LIBNAME, luaopen_utf8, true, NULL, NULL},
    {LUA_IOLIBNAME, luaopen_io, false, NULL, NULL},
    {LUA_OSLIBNAME, luaopen_os, true, NULL, time_functions},
    {LUA_DBLIBNAME, luaopen_debug, true, debug_functions, safe_debug_functions},
};

/* Removes everything except `keep` from the table at the top. Stack: [table] -> [table] */
static void trim_lj(lua_State *L, const char *const *keep)
{
    lua_pushnil(L);                /* table, key */
    while (lua_next(L, -2) != 0) { /* table, key, value */
        lua_pop(L, 1);             /* table, key */
        if (!text_is_among(lua_tostring(L, -1), keep)) {
            lua_pushvalue(L, -1); /* table, key, key */
            lua_pushnil(L);       /* table, key, key, nil */
            lua_rawset(L, -4);    /* table, key */
        }
    }
}

static void open_libraries_lj(lua_State *L, bool safe)
{
    for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++) {
        const struct library *library = &libraries[i];
        const char *const *keep = safe ? library->safe_keep : library->keep;

        if (safe && !library->safe) {
            continue;
        }
        luaL_requiref(L, library->name, library->open_lj, 1); /* table */
        if (keep != NULL) {
            trim_lj(L, keep);
        }
        lua_pop(L, 1); /* */
    }
}

/* A function that is not available; upvalue 1: why. */
static int forbidden_lj(lua_State *L)
{
    return luaL_error(L, "%s", lua_tostring(L, lua_upvalueindex(1)));
}

/* Stack: [table] -> [table] */
static void forbid_lj(lua_State *L, const char *name, const char *why)
{
    lua_pushstring(L, why);               /* table, why */
    lua_pushcclosure(L, forbidden_lj, 1); /* table, function */
    lua_setfield(L, -2, name);            /* table */
}

/* load(chunk, name, mode, env) with the mode "t": compiled chunks can crash the process. */
static int load_text_lj(lua_State *L)
{
    if (lua_gettop(L) < 3) {
        lua_settop(L, 3); /* chunk, name, mode */
    }
    lua_pushliteral(L, "t");
    lua_replace(L, 3);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1); /* load, chunk, name, mode, ... */
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* loadfile(name, mode, env): text only, whatever the mode says. */
static int loadfile_lj(lua_State *L)
{
    const char *path = value_check_name_lj(L, 1);
    bool has_env = !lua_isnone(L, 3);

    lua_settop(L, 3);                         /* name, mode, env */
    if (luafile_load_lj(L, path) != LUA_OK) { /* name, mode, env, message */
        lua_pushnil(L);
        lua_insert(L, -2); /* name, mode, env, nil, message */
        return 2;
    }
    if (has_env) {
        lua_pushvalue(L, 3);                    /* name, mode, env, function, env */
        if (lua_setupvalue(L, -2, 1) == NULL) { /* name, mode, env, function */
            lua_pop(L, 1);
        }
    }
    return 1;
}

static int dofile_lj(lua_State *L)
{
    const char *path = value_check_name_lj(L, 1);

    lua_settop(L, 1);                         /* name */
    if (luafile_load_lj(L, path) != LUA_OK) { /* name, function */
        return lua_error(L);
    }
    lua_call(L, 0, LUA_MULTRET); /* name, results */
    return lua_gettop(L) - 1;
}

static int setmetatable_lj(lua_State *L)
{
    if (lua_istable(L, 2)) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL) {
            return luaL_error(
                L, "a metatable with __gc is refused: it would run outside every limit; use __close");
        }
        lua_pop(L, 1);
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1); /* setmetatable, table, metatable */
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* True if scripts must not get the metatable of the value at 1, which has one: what stands in it C calls with
 * values that it has checked, and __gc outside every limit. */
static bool is_hidden_lj(lua_State *L)
{
    int type = lua_type(L, 1);

    return type == LUA_TUSERDATA || (type == LUA_TSTRING && vm_of(L)->limits->safe) ||
           (type == LUA_TTABLE && json_is_marked_lj(L));
}

static int getmetatable_lj(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 1);              /* value */
    if (!lua_getmetatable(L, 1)) { /* value, metatable */
        lua_pushnil(L);            /* value, nil */
        return 1;
    }
    lua_pop(L, 1); /* value */
    if (is_hidden_lj(L)) {
        lua_pushboolean(L, 0); /* value, false */
    } else if (luaL_getmetafield(L, 1, "__metatable") == LUA_TNIL) {
        lua_getmetatable(L, 1); /* value, metatable */
    }
    return 1;
}

/* Puts `function_lj`, with the one that it replaces as upvalue, into the table at the top. Stack: [table] ->
 * [table] */
static void wrap_lj(lua_State *L, const char *name, lua_CFunction function_lj)
{
    lua_getfield(L, -1, name);           /* table, original */
    lua_pushcclosure(L, function_lj, 1); /* table, function */
    lua_setfield(L, -2, name);           /* table */
}

static void change_base_lj(lua_State *L, struct vm *vm)
{
    lua_pushglobaltable(L); /* globals */
    wrap_lj(L, "load", load_text_lj);
    wrap_lj(L, "setmetatable", setmetatable_lj);
    lua_pushcfunction(L, getmetatable_lj);             /* globals, function */
    lua_setfield(L, -2, "getmetatable");               /* globals */
    lua_pushcfunction(L, loadfile_lj);                 /* globals, function */
    lua_setfield(L, -2, "loadfile");                   /* globals */
    lua_pushcfunction(L, dofile_lj);                   /* globals, function */
    lua_setfield(L, -2, "dofile");                     /* globals */
    log_push_say_lj(L, vm->log, LOG_LEVEL_INFO, "\t"); /* globals, function */
    lua_setfield(L, -2, "print");                      /* globals */
    if (vm->limits->safe) {
        forbid_lj(L, "loadfile", "loadfile is not there in the safe sandbox (init_config.lure.sandbox)");
        forbid_lj(L, "dofile", "dofile is not there in the safe sandbox (init_config.lure.sandbox)");
    }
    lua_pop(L, 1); /* */
}

static void change_os_lj(lua_State *L)
{
    lua_getglobal(L, LUA_OSLIBNAME); /* os */
    forbid_lj(L, "exit", "os.exit would end the host; return nil to end a source, nil and a text to fail");
    forbid_lj(L, "setlocale", "os.setlocale would change the host's locale");
    lua_pop(L, 1); /* */
}

/* Upvalues of both write functions: the original, and for each standard file the function that logs. */
enum { WRITE = 1, OUT, SAY_OUT, ERR, SAY_ERR, OUTPUT };

/* Logs the arguments that are written to the standard file at 1. Stack: [file, ...] -> [file] */
static int write_standard_lj(lua_State *L, int say)
{
    lua_pushvalue(L, lua_upvalueindex(say));
    lua_insert(L, 2); /* file, say, ... */
    lua_call(L, lua_gettop(L) - 2, 0);
    return 1;
}

/* The index of the upvalue that logs for the file at `index`; 0: it is no standard file. */
static int find_logger(lua_State *L, int index)
{
    return lua_rawequal(L, index, lua_upvalueindex(OUT))   ? SAY_OUT
           : lua_rawequal(L, index, lua_upvalueindex(ERR)) ? SAY_ERR
                                                           : 0;
}

/* Calls the original function. Stack: [...] -> [results] */
static int write_file_lj(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(WRITE));
    lua_insert(L, 1); /* write, ... */
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* io.write(...); upvalue OUTPUT: io.output */
static int io_write_lj(lua_State *L)
{
    int say;

    lua_pushvalue(L, lua_upvalueindex(OUTPUT));
    lua_call(L, 0, 1); /* ..., file */
    say = find_logger(L, lua_gettop(L));
    if (say == 0) {
        lua_pop(L, 1); /* ... */
        return write_file_lj(L);
    }
    lua_insert(L, 1); /* file, ... */
    return write_standard_lj(L, say);
}

/* file:write(...) */
static int file_write_lj(lua_State *L)
{
    int say = find_logger(L, 1);

    return say != 0 ? write_standard_lj(L, say) : write_file_lj(L);
}

/* Stack: [] -> [stdout, function, stderr, function] */
static void push_standard_files_lj(lua_State *L, struct log *log)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE); /* loaded */
    lua_getfield(L, -1, LUA_IOLIBNAME);                       /* loaded, io */
    lua_getfield(L, -1, "stdout");                            /* loaded, io, stdout */
    log_push_say_lj(L, log, LOG_LEVEL_INFO, "");              /* loaded, io, stdout, function */
    lua_getfield(L, -3, "stderr");                            /* loaded, io, stdout, function, stderr */
    log_push_say_lj(L, log, LOG_LEVEL_WARNING, "");           /* ..., stderr, function */
    lua_remove(L, -5);
    lua_remove(L, -5); /* stdout, function, stderr, function */
}

/* What is written to standard output and standard error goes to the log: both are the host's. */
static void change_io_lj(lua_State *L, struct vm *vm)
{
    lua_getglobal(L, LUA_IOLIBNAME);             /* io */
    lua_getfield(L, -1, "write");                /* io, original */
    push_standard_files_lj(L, vm->log);          /* io, original, stdout, function, stderr, function */
    lua_getfield(L, -6, "output");               /* io, original, ..., output */
    lua_pushcclosure(L, io_write_lj, OUTPUT);    /* io, function */
    lua_setfield(L, -2, "write");                /* io */
    luaL_getmetatable(L, LUA_FILEHANDLE);        /* io, metatable */
    lua_getfield(L, -1, "__index");              /* io, metatable, methods */
    lua_getfield(L, -1, "write");                /* io, metatable, methods, original */
    push_standard_files_lj(L, vm->log);          /* io, metatable, methods, original, ..., function */
    lua_pushcclosure(L, file_write_lj, SAY_ERR); /* io, metatable, methods, function */
    lua_setfield(L, -2, "write");                /* io, metatable, methods */
    lua_pop(L, 3);                               /* */
}

void sandbox_open_lj(lua_State *L)
{
    struct vm *vm = vm_of(L);

    open_libraries_lj(L, vm->limits->safe);
    eval_know_lj(L, &vm->known);
    vm->known.documents = &json_eval_documents;
    vm->lines = streamlines_iterator_lj(L);
    debuglib_open_lj(L);
    lua_getglobal(L, LUA_COLIBNAME); /* coroutine */
    task_open_coroutines_lj(L);
    lua_pop(L, 1); /* */
    change_base_lj(L, vm);
    limitguards_open_lj(L);
    if (!vm->limits->safe) {
        change_os_lj(L);
        change_io_lj(L, vm);
    }
}
