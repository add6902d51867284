/*
 * options: reads the texts, addresses and tables of options that functions of lure are given.
 *
 * They throw for what they do not know, "lure.net.listen: unknown option "idel"; did you mean …", and for
 * values of another type.
 */
#ifndef LURE_MODULES_OPTIONS_H
#define LURE_MODULES_OPTIONS_H

#include "net/endpoint.h"

#include <lua.h>
#include <stddef.h>
#include <stdint.h>

/* The text that is an argument. A number is refused: the text that Lua would make of it may not be what was
 * meant. `module` with its dot. Stack: unchanged */
const char *options_text_lj(lua_State *L, int index, const char *module, const char *function,
                            const char *argument, size_t *length);

/* Checks the table at `index`, or nil, which is replaced by an empty one: it has only these keys; the list
 * ends with NULL. Stack: unchanged */
void options_check_lj(lua_State *L, int index, const char *function, const char *const *known);

/* An integer within bounds. Stack: unchanged */
lua_Integer options_integer_lj(lua_State *L, int index, const char *function, const char *name,
                               lua_Integer otherwise, lua_Integer least, lua_Integer most);

/* Seconds, as ns: more than 0, or `otherwise`. Stack: unchanged */
int64_t options_seconds_lj(lua_State *L, int index, const char *function, const char *name,
                           int64_t otherwise);

/* The address at `index`. Stack: unchanged */
void options_address_lj(lua_State *L, int index, const char *function, struct endpoint *address);

#endif
