/*
 * cjson_lua: converts between Lua values and cJSON trees, for configuration and other data that is read
 * once.
 *
 * Integral numbers become integers in Lua. Otherwise the result is as with lure.json.decode: null is
 * lure.json.null, a list has the metatable that marks lists, an integer above 2^63-1 is a string of its
 * digits.
 */
#ifndef LURE_MODULES_CJSON_LUA_H
#define LURE_MODULES_CJSON_LUA_H

#include <cJSON.h>
#include <lua.h>

/* Pushes a tree as a Lua value. Stack: [] -> [value] */
void cjson_push_lj(lua_State *L, const cJSON *tree);

/*
 * The Lua value at `index`, called `what` in messages, as a tree that the caller deletes. Throws,
 * without a leak, for what is no JSON: functions, mixed keys, nesting over 100. An empty table is
 * an object. Stack: unchanged
 */
cJSON *cjson_from_lua_lj(lua_State *L, int index, const char *what);

/* The bytes that the tree of the value at `index` would take, in so far as it is JSON; where they are more
 * than `most`, some number above that. Stack: unchanged */
size_t cjson_size_lj(lua_State *L, int index, size_t most);

#endif
