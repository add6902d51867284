/*
 * luatarget: a fuzz target written in Lua, which loads liblure.so, or another plugin, by lure.host, as a host
 * does.
 *
 * NAME.lua, beside NAME.c, returns a function that is called with the bytes of each input. An error is a
 * finding; so is what sanitizers see in the library, in lure.host and in Lua. The one table that it is loaded
 * with has `library`, the path of liblure.so, and `directory`, for script.lua and copy.so (scratch.h).
 */
#ifndef LURE_FUZZ_LUATARGET_H
#define LURE_FUZZ_LUATARGET_H

#include "input.h"
#include "scratch.h"

#include <fcntl.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int luaopen_lure_host(lua_State *L);

static lua_State *target;
static int target_stderr, target_nowhere; /* what plugins log is not shown */

/* Where sanitizers write. */
__attribute__((weak)) void __sanitizer_set_report_fd(void *descriptor);

static inline void target_fail(void)
{
    dprintf(target_stderr, "%s\n", lua_tostring(target, -1));
    abort();
}

static inline int target_trace_lj(lua_State *L)
{
    luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1); /* error, text, traceback */
    return 1;
}

/* Stack: [] -> [handler, function] */
static inline void target_start(const char *name, lua_CFunction feed, bool copies)
{
    char path[4096];

    target_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    target_nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (__sanitizer_set_report_fd != NULL) {
        __sanitizer_set_report_fd((void *)(intptr_t)target_stderr);
    }
    scratch_make(copies);
    target = luaL_newstate();
    luaL_openlibs(target);
    lua_pushcfunction(target, target_trace_lj); /* handler */
    luaL_requiref(target, "lure.host", luaopen_lure_host, 0);
    lua_pop(target, 1); /* handler */
    lua_getglobal(target, "package");
    lua_pushliteral(target, FUZZ_DIRECTORY "/?.lua");
    lua_setfield(target, -2, "path");
    lua_pop(target, 1); /* handler */
    snprintf(path, sizeof(path), FUZZ_DIRECTORY "/%s.lua", name);
    if (luaL_loadfile(target, path) != LUA_OK) { /* handler, chunk */
        target_fail();
    }
    lua_newtable(target); /* handler, chunk, table */
    lua_pushliteral(target, FUZZ_LIBRARY);
    lua_setfield(target, -2, "library");
    lua_pushstring(target, scratch_directory);
    lua_setfield(target, -2, "directory");
    if (feed != NULL) {
        lua_pushcfunction(target, feed);
        lua_setfield(target, -2, "feed");
    }
    if (lua_pcall(target, 1, 1, 1) != LUA_OK) { /* handler, function */
        target_fail();
    }
}

static inline int target_run(const char *name, lua_CFunction feed, bool copies, const uint8_t *data,
                             size_t size)
{
    if (target == NULL) {
        target_start(name, feed, copies);
    }
    lua_pushvalue(target, 2);                          /* handler, function, function */
    lua_pushlstring(target, (const char *)data, size); /* handler, function, function, bytes */
    dup2(target_nowhere, STDERR_FILENO);
    if (lua_pcall(target, 1, 0, 1) != LUA_OK) {
        target_fail();
    }
    dup2(target_stderr, STDERR_FILENO);
    lua_gc(target, LUA_GCCOLLECT); /* so that the next input finds nothing of this one */
    return 0;
}

/* Defines the target; `feed` is a function for it, options.feed, or NULL; `copies`: it loads
 * options.directory's copy.so.
 */
#define LUA_TARGET(name, feed, copies)                                                                       \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)                                             \
    {                                                                                                        \
        return target_run(name, feed, copies, data, size);                                                   \
    }

#endif
