/*
 * The program `lure`: a Lua state with `lure.host` and the commands, which are written in
 * Lua (lua/lure/cli.lua) and compiled in. What a command returns is the exit status.
 */
#include "base/text.h"
#include "cli/bytecode.h"
#include "cli/childprocess.h"
#include "cli/eventtypes.h"
#include "cli/filebytes.h"
#include "cli/forkedcall.h"
#include "cli/linereader.h"
#include "cli/prompt.h"
#include "cli/sockets.h"
#include "cli/system.h"
#include "cli/tempfiles.h"
#include "lure_embedded.h"

#include <fcntl.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

LUAMOD_API int luaopen_lure_host(lua_State *L);

/* The commands say by themselves what fails: an error that comes here is a bug, so with a traceback. */
static int msghandler(lua_State *L)
{
    luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1); /* error, message, traceback */
    return 1;
}

/* Loads a part written in Lua; upvalue: its struct embedded_module. Stack: [name, ...] -> [module] */
static int load_embedded_lj(lua_State *L)
{
    const struct embedded_module *module = lua_touserdata(L, lua_upvalueindex(1));

    lua_settop(L, 1);                        /* name */
    lua_pushfstring(L, "=%s", module->name); /* name, chunk */
    if (luaL_loadbufferx(L, (const char *)module->bytes, module->length, lua_tostring(L, 2), NULL) !=
        LUA_OK) {
        return lua_error(L);
    }
    lua_pushvalue(L, 1); /* name, chunk, function, name */
    lua_call(L, 1, 1);   /* name, chunk, module */
    return 1;
}

/* Makes all that is compiled in known to `require`. Stack: [] -> [] */
static void preload_lj(lua_State *L)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE); /* preload */
    lua_pushcfunction(L, luaopen_lure_host);
    lua_setfield(L, -2, "lure.host");
    lua_pushcfunction(L, luaopen_lure_system);
    lua_setfield(L, -2, "lure.system");
    lua_pushcfunction(L, luaopen_lure_forkedcall);
    lua_setfield(L, -2, "lure.forkedcall");
    lua_pushcfunction(L, luaopen_lure_bytecode);
    lua_setfield(L, -2, "lure.bytecode");
    lua_pushcfunction(L, luaopen_lure_childprocess);
    lua_setfield(L, -2, "lure.childprocess");
    lua_pushcfunction(L, luaopen_lure_sockets);
    lua_setfield(L, -2, "lure.sockets");
    lua_pushcfunction(L, luaopen_lure_linereader);
    lua_setfield(L, -2, "lure.linereader");
    lua_pushcfunction(L, luaopen_lure_filebytes);
    lua_setfield(L, -2, "lure.filebytes");
    lua_pushcfunction(L, luaopen_lure_eventtypes);
    lua_setfield(L, -2, "lure.eventtypes");
    lua_pushcfunction(L, luaopen_lure_prompt);
    lua_setfield(L, -2, "lure.prompt");
    lua_pushcfunction(L, luaopen_lure_tempfiles);
    lua_setfield(L, -2, "lure.tempfiles");
    for (const struct embedded_module *module = embedded_modules; module->name != NULL; module++) {
        lua_pushlightuserdata(L, (void *)module); /* preload, embedded */
        lua_pushcclosure(L, load_embedded_lj, 1); /* preload, loader */
        lua_setfield(L, -2, module->name);        /* preload */
    }
    lua_pop(L, 1); /* */
}

/* Stack: [argc, argv] -> [status] */
static int pmain(lua_State *L)
{
    int argc = (int)lua_tointeger(L, 1);
    char **argv = lua_touserdata(L, 2);

    luaL_checkversion(L);
    luaL_openlibs(L);
    preload_lj(L);
    lua_getglobal(L, "require");    /* argc, argv, require */
    lua_pushliteral(L, "lure.cli"); /* argc, argv, require, name */
    lua_call(L, 1, 1);              /* argc, argv, command */
    lua_createtable(L, argc, 0);    /* argc, argv, command, arguments */
    for (int i = 1; i < argc; i++) {
        lua_pushstring(L, argv[i]); /* argc, argv, command, arguments, argument */
        lua_rawseti(L, -2, i);      /* argc, argv, command, arguments */
    }
    lua_call(L, 1, 1); /* argc, argv, status */
    return 1;
}

static int docall(lua_State *L, int argc, char **argv)
{
    lua_pushcfunction(L, msghandler);      /* handler */
    lua_pushcfunction(L, pmain);           /* handler, pmain */
    lua_pushinteger(L, argc);              /* handler, pmain, argc */
    lua_pushlightuserdata(L, argv);        /* handler, pmain, argc, argv */
    if (lua_pcall(L, 2, 1, 1) != LUA_OK) { /* handler, status or traceback */
        fprintf(stderr, "lure: this is a bug in lure: %s\n", lua_tostring(L, -1));
        return EXIT_FAILURE;
    }
    return (int)lua_tointeger(L, -1);
}

/* A file that is opened must not become one of these: what is printed would go there. They fail as closed
 * ones do. */
static void keep_standard_descriptors(void)
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++) {
        if (fcntl(descriptor, F_GETFD) < 0 &&
            open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) {
            return;
        }
    }
}

int main(int argc, char **argv)
{
    lua_State *L = luaL_newstate();
    int status;

    keep_standard_descriptors();
    setenv("LURE_STATE", "none", 0); /* what Falco keeps is not for a trial to change */
    if (L == NULL) {
        fputs("lure: " TEXT_NO_MEMORY "\n", stderr);
        return EXIT_FAILURE;
    }
    status = docall(L, argc, argv);
    lua_close(L);
    return status;
}
