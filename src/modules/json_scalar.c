/* Strings and numbers of JSON as Lua values. */
#include "event/parsetext.h"
#include "json/jsonscalars.h"
#include "lua/budget.h"
#include "modules/json.h"

#include <lauxlib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The longest string with escapes that is decoded in memory of C's. */
#define SHORT_STRING 1024

/* Decodes a string with escapes, or with an error. This may run in the frame of a Lua function
 * (lua/getters.h), so luaL_Buffer, which may mark the frame as one of C's, is not for here. Stack: [] ->
 * [string], or unchanged
 */
static const char *push_unescaped_lj(lua_State *L, const char *begin, const char *close)
{
    const size_t size = (size_t)(close - begin);
    const bool is_short = size <= SHORT_STRING;
    char room[SHORT_STRING];
    char *to = is_short ? room : lua_newuserdatauv(L, size, 0); /* memory, if it is long */
    const char *fault = NULL;
    const char *end;

    if (!is_short) {
        budget_charge_lj(L, 2 * size);
    }
    end = json_unescape(to, begin, close, &fault);
    if (end != NULL) {
        lua_pushlstring(L, to, (size_t)(end - to)); /* memory, string */
    }
    if (!is_short) {
        lua_remove(L, end != NULL ? -2 : -1); /* string, or nothing */
    }
    return fault;
}

const char *json_push_string_lj(lua_State *L, const char *begin, const char *close)
{
    if (json_plain_end(begin, close) < close) {
        return push_unescaped_lj(L, begin, close);
    }
    lua_pushlstring(L, begin, (size_t)(close - begin)); /* string */
    return NULL;
}

/* Converts a number that is no integer of 64 bits. Stack: [] -> [number] */
static void push_float_lj(lua_State *L, const char *text, size_t length)
{
    lua_pushlstring(L, text, length);                     /* text */
    lua_pushnumber(L, strtod(lua_tostring(L, -1), NULL)); /* text, number */
    lua_remove(L, -2);                                    /* number */
}

void json_push_number_lj(lua_State *L, const char *text, size_t length, bool integer)
{
    bool negative = *text == '-';
    uint64_t number;

    if (!integer || !digits_parse(text + negative, length - negative, &number) || (negative && number == 0) ||
        (negative && number > (uint64_t)INT64_MAX + 1)) {
        push_float_lj(L, text, length);
    } else if (!negative && number > INT64_MAX) {
        lua_pushlstring(L, text, length); /* string */
    } else {
        lua_pushinteger(L, (lua_Integer)(negative ? 0 - number : number)); /* integer */
    }
}
