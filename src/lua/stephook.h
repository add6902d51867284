/*
 * stephook: a hook that costs next to nothing while it waits.
 *
 * Lua's own count hook makes every instruction a function call. Here steps are counted
 * instead that no endless script can do without: calls of Lua functions and jumps, among
 * them those that close a loop. Two lines of Lua's lvm.c count them (cmake/patch-lua.cmake).
 * States that nobody gave such a hook are as ever.
 *
 * The count is in `hookcount`, which Lua itself uses only with a count hook.
 */
#ifndef LURE_LUA_STEPHOOK_H
#define LURE_LUA_STEPHOOK_H

#include <lua.h>
#include <stddef.h>

/* Calls `hook` once, as Lua's count hook is called, after so many steps of a coroutine. It is inherited by
 * coroutines made later, and may call ticks_set again. */
__attribute__((visibility("hidden"))) void ticks_set(lua_State *L, lua_Hook hook, int steps);

/* The last of them was just taken. */
__attribute__((visibility("hidden"))) void ticks_over(lua_State *L);

/* As many steps at once, by a C function that takes long. */
__attribute__((visibility("hidden"))) void ticks_take(lua_State *L, size_t steps);

/* One step; in lvm.c only. */
#define TICK(L) ((L)->hookcount > 1 ? (void)(L)->hookcount-- : (L)->hookcount == 1 ? ticks_over(L) : (void)0)

#endif
