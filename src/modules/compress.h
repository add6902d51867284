/*
 * compress: the module lure.compress: gzip and zlib, both ways.
 *
 * What is unpacked is bounded by the option `limit`. What bytes are never throws: nil and a message say what
 * is wrong with them.
 */
#ifndef LURE_MODULES_COMPRESS_H
#define LURE_MODULES_COMPRESS_H

#include <lua.h>

/* Opens the module; upvalues, light userdata: the log and the memory budget of the state. Stack: [...] ->
 * [..., module] */
int luaopen_lure_compress(lua_State *L);

#endif
