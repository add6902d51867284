/* Strings and numbers of JSON as Lua values. */
#include "event/parsetext.h"
#include "json/jsonscalars.h"
#include "modules/json.h"

#include <lauxlib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Decodes a string with escapes, or with an error. Stack: [] -> [string], or unchanged */
static const char *push_unescaped_lj(lua_State *L, const char *begin, const char *close)
{
    const int top = lua_gettop(L);
    const char *fault = NULL;
    luaL_Buffer buffer;
    char *to = luaL_buffinitsize(L, &buffer, (size_t)(close - begin)); /* ... */
    char *end = json_unescape(to, begin, close, &fault);

    if (end == NULL) {
        lua_settop(L, top);
        return fault;
    }
    luaL_pushresultsize(&buffer, (size_t)(end - to)); /* string */
    return NULL;
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
