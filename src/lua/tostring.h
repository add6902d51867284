/*
 * tostring: goes before all else of Lua's lobject.c (cmake/dependencies.cmake), so that it writes integers
 * with ours.
 */
#ifndef LURE_LUA_TOSTRING_H
#define LURE_LUA_TOSTRING_H

#define LUA_CORE
#include "lprefix.h"

#include "lua/integertext.h"

#include <luaconf.h>

#undef lua_integer2str
#define lua_integer2str(s, sz, n) integer_write((n), (s))

#endif
