/*
 * pointers: what Lua shows of an address, in tostring of tables, functions and the like and by "%p".
 *
 * An address tells a script where the process has its memory, which an attack on a fault elsewhere would
 * have to guess. In its place stands a number that belongs to it alone, made with a key that the process
 * draws at random.
 *
 * Force-included when Lua's lobject.c and lstrlib.c are compiled. Any thread may call it.
 */
#ifndef LURE_LUA_POINTERS_H
#define LURE_LUA_POINTERS_H

#define LUA_LIB
#include "lprefix.h"

#include <lua.h>
#include <luaconf.h>

/* Different for different addresses; NULL for NULL. */
__attribute__((visibility("hidden"))) const void *pointer_shown(const void *address);

#undef lua_pointer2str
#define lua_pointer2str(s, sz, p) l_sprintf((s), (sz), "%p", pointer_shown(p))

#define lua_topointer(L, index) pointer_shown((lua_topointer)((L), (index)))

#endif
