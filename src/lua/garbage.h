/*
 * garbage: collects all garbage of a Lua state in the middle of C code, as Lua does where its own allocator
 * fails.
 */
#ifndef LURE_LUA_GARBAGE_H
#define LURE_LUA_GARBAGE_H

#include <lua.h>

/* Never throws. Runs no finalizers, and moves no stack. Not while the collector runs. Stack: unchanged */
void garbage_collect(lua_State *L);

#endif
