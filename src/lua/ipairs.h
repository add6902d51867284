/*
 * ipairs: the function that Lua's ipairs gives to a loop, which the loop knows (src/lua/getdirect.h).
 *
 * It is in lbaselib.c, and changed there to be no static one (cmake/patch-lua.cmake).
 */
#ifndef LURE_LUA_IPAIRS_H
#define LURE_LUA_IPAIRS_H

#include <lua.h>

/* Stack: [list, number] -> [number + 1, value], or [nil] */
__attribute__((visibility("hidden"))) int ipairsaux(lua_State *L);

#endif
