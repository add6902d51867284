/*
 * tostring: makes Lua write integers with lua/integertext.h.
 *
 * Force-included when Lua's lobject.c is compiled (cmake/dependencies.cmake).
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
