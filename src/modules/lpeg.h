/*
 * lpeg: the modules lpeg and re, parsing expression grammars, by LPeg.
 *
 * They are LPeg's own, with the changes of cmake/patch-lpeg.cmake: what a pattern does is charged to the time
 * of the callback, its memory is Lua's.
 */
#ifndef LURE_MODULES_LPEG_H
#define LURE_MODULES_LPEG_H

#include <lua.h>

/* LPeg's own. Stack: [] -> [module] */
int luaopen_lpeg(lua_State *L);

/* Stack: [] -> [module] */
int luaopen_re(lua_State *L);

#endif
