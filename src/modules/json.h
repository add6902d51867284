/*
 * json: `lure.json`, for scripts: decode, encode, null.
 *
 * Strict (RFC 8259): what it refuses is refused. Integers of 64 bits are exact both ways;
 * one above 2^63-1 comes as a string of its digits, any further one as a float. An empty
 * list stays one: it carries a mark. Nothing recurses in C: nesting goes to 10,000.
 */
#ifndef LURE_MODULES_JSON_H
#define LURE_MODULES_JSON_H

#include <lua.h>

/* Deepest nesting of lists and objects. */
#define JSON_DEEPEST 10000

/* Pushes the module's table. Stack: [] -> [table] */
void json_open_lj(lua_State *L);

/* lure.json.decode(text): the value. Throws with the byte, from 1, where the text is no JSON. Of equal keys
 * the first counts; \u escapes that are no character become U+FFFD. */
int json_decode_lj(lua_State *L);

/* lure.json.encode(value): the text, keys in order. Throws for what JSON cannot say: NaN, infinities,
 * functions, mixed keys, holes, cycles. Bytes that are no UTF-8 become U+FFFD. */
int json_encode_lj(lua_State *L);

/* Pushes lure.json.null. Stack: [] -> [null] */
void json_push_null_lj(lua_State *L);

/* Pushes the metatable that marks an empty list. Stack: [] -> [metatable] */
void json_push_list_mark_lj(lua_State *L);

#endif
