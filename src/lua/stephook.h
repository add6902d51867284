/*
 * stephook: a cheap count hook for Lua, for time limits: it is called after a number of steps.
 *
 * Lua's own count hook makes every instruction a function call. Here only steps are counted
 * that no endless script can avoid: calls of Lua functions and jumps, among
 * them those that close a loop. Two lines of Lua's lvm.c count them (cmake/patch-lua.cmake).
 * States without such a hook behave as in stock Lua.
 *
 * The count is in `hookcount`, which Lua itself uses only with a count hook.
 */
#ifndef LURE_LUA_STEPHOOK_H
#define LURE_LUA_STEPHOOK_H

#include <lua.h>
#include <stddef.h>

/* Calls `hook` once, as Lua's count hook is called, after so many steps of a coroutine. It is inherited by
 * coroutines made later, and may call stephook_set again. */
__attribute__((visibility("hidden"))) void stephook_set(lua_State *L, lua_Hook hook, int steps);

/* Calls the hook: the count has come to its end. */
__attribute__((visibility("hidden"))) void stephook_call(lua_State *L);

/* Counts many steps at once, for a C function that takes long. */
__attribute__((visibility("hidden"))) void stephook_count(lua_State *L, size_t steps);

/* One step; in lvm.c only. */
#define STEPHOOK_STEP(L)                                                                                     \
    ((L)->hookcount > 1 ? (void)(L)->hookcount-- : (L)->hookcount == 1 ? stephook_call(L) : (void)0)

#endif
