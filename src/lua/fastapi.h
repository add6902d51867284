/*
 * fastapi: faster variants of the functions of Lua's C API that are called for every field and event.
 *
 * They access Lua's stack by its internal headers, where the API's functions decode an index first; what the
 * API would check is up to the caller. Places count from 1, in the C function that runs; outside of any they
 * are the bottom of the state's stack. src/lua/plain implements the same by Lua's public API alone.
 */
#ifndef LURE_LUA_FASTAPI_H
#define LURE_LUA_FASTAPI_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* lua_pushvalue. Stack: [] -> [value] */
void fastapi_push(lua_State *L, int place);

/* The values from `place` on. Stack: [] -> [value...] */
void fastapi_push_all(lua_State *L, int place, int count);

/* lua_replace. Stack: [value] -> [] */
void fastapi_replace(lua_State *L, int place);

/* lua_settop, of fewer values. */
void fastapi_drop(lua_State *L, int count);

/* An argument of a call that is made a string inside of it: only there may that run out of memory. */
struct call_text {
    const void *data;
    size_t size;
    int argument; /* its number, from 1; a placeholder was pushed for it */
    int place;    /* where the string is kept, too; 0: nowhere */
};

/*
 * lua_pcall, with a fixed number of results and the message handler at `handler`.
 * Stack: [function, arguments...] -> [results...], or [error]
 */
int fastapi_pcall(lua_State *L, int arguments, int results, int handler, const struct call_text *texts,
                  int count);

/* The value so many below the top, 1 is the last, becomes the one at `place`, or an integer. */
void fastapi_put(lua_State *L, int below, int place);
void fastapi_put_integer(lua_State *L, int below, lua_Integer integer);
void fastapi_put_boolean(lua_State *L, int below, bool truth);

/* The number of arguments that the function at `place` can use, at most `most`: it may be a vararg. */
int fastapi_parameters(lua_State *L, int place, int most);

/* The values so many below the top, 1 is the last; how lua_isnil, lua_tolstring and lua_tointeger see them.
 */
bool fastapi_is_nil(lua_State *L, int below);
const char *fastapi_text(lua_State *L, int below, size_t *length); /* NULL: it is no string */
bool fastapi_natural(lua_State *L, int below, uint64_t *number);   /* false: it is no integer from 0 */

/* lua_tointeger of the value at `place`; false: it is no integer. */
bool fastapi_integer(lua_State *L, int place, lua_Integer *integer);

/* The argument at `place`, or none: a full userdata of exactly that size; a string, as lua_tolstring sees it.
 */
void *fastapi_argument_userdata(lua_State *L, int place, size_t size);        /* NULL: it is none */
const char *fastapi_argument_text(lua_State *L, int place, size_t *length);   /* NULL: it is none */
bool fastapi_argument_integer(lua_State *L, int place, lua_Integer *integer); /* false: it is none */

/* The number of elements of the table at `place`, if it surely has no holes and no other keys. False: it may
 * have some. */
bool fastapi_sequence(lua_State *L, int place, size_t *count);

/* fastapi_text of one of those elements, from 1. */
const char *fastapi_element_text(lua_State *L, int place, size_t number, size_t *length);

/* What is kept at the bottom of the state's main stack, from inside of any call or coroutine. */
void fastapi_push_kept(lua_State *L, int place); /* Stack: [] -> [value] */
void fastapi_keep(lua_State *L, int place);      /* Stack: [value] unchanged */

#endif
