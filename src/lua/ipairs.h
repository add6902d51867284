/*
 * ipairs: declares the iterator function of Lua's ipairs, which the VM inlines (src/lua/vmshortcuts.h).
 *
 * It is in lbaselib.c, and made non-static there (cmake/patch-lua.cmake).
 */
#ifndef LURE_LUA_IPAIRS_H
#define LURE_LUA_IPAIRS_H

#include <lua.h>

/* Stack: [list, number] -> [number + 1, value], or [nil] */
__attribute__((visibility("hidden"))) int ipairsaux(lua_State *L);

#endif
