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
void calls_push(lua_State *L, int place);

/* The values from `place` on. Stack: [] -> [value...] */
void calls_push_all(lua_State *L, int place, int count);

/* lua_replace. Stack: [value] -> [] */
void calls_replace(lua_State *L, int place);

/* lua_settop, of fewer values. */
void calls_drop(lua_State *L, int count);

/* An argument of a call that is made a string inside of it: only there may that run out of memory. */
struct call_text {
    const void *data;
    size_t size;
    int argument; /* from 1; what stands for it was pushed */
    int place;    /* where the string is kept, too; 0: nowhere */
};

/*
 * lua_pcall, with a fixed number of results and the message handler at `handler`.
 * Stack: [function, arguments...] -> [results...], or [error]
 */
int calls_protected(lua_State *L, int arguments, int results, int handler, const struct call_text *texts,
                    int count);

/* The value so many below the top, 1 is the last, becomes the one at `place`, or an integer. */
void calls_put(lua_State *L, int below, int place);
void calls_put_integer(lua_State *L, int below, lua_Integer integer);
void calls_put_boolean(lua_State *L, int below, bool truth);

/* How many arguments the function at `place` can tell from nil: at most `most`. */
int calls_parameters(lua_State *L, int place, int most);

/* The values so many below the top, 1 is the last; how lua_isnil, lua_tolstring and lua_tointeger see them.
 */
bool calls_is_nil(lua_State *L, int below);
const char *calls_text(lua_State *L, int below, size_t *length); /* NULL: it is no string */
bool calls_natural(lua_State *L, int below, uint64_t *number);   /* false: it is no integer from 0 */

/* lua_tointeger of the value at `place`; false: it is no integer. */
bool calls_integer(lua_State *L, int place, lua_Integer *integer);

/* How many elements the table at `place` has, if it is plain to see that it has no holes and no other keys.
 * False: it may have none all the same. */
bool calls_sequence(lua_State *L, int place, size_t *count);

/* calls_text of one of those elements, from 1. */
const char *calls_element_text(lua_State *L, int place, size_t number, size_t *length);

/* What is kept at the bottom of the state's main stack, from inside of any call or coroutine. */
void calls_push_kept(lua_State *L, int place); /* Stack: [] -> [value] */
void calls_keep(lua_State *L, int place);      /* Stack: [value] unchanged */

#endif
