#include "modules/options.h"

#include "base/clock.h"
#include "base/text.h"
#include "event/value.h"

#include <lauxlib.h>

#define LONGEST_SHOWN 100

#define MOST_SECONDS 1e9

const char *options_text_lj(lua_State *L, int index, const char *module, const char *function,
                            const char *argument, size_t *length)
{
    char shown[LONGEST_SHOWN];

    if (lua_type(L, index) != LUA_TSTRING) {
        value_describe(L, index, shown, sizeof(shown));
        luaL_error(L, "%s%s: %s: expected a text, got %s", module, function, argument, shown);
    }
    return lua_tolstring(L, index, length);
}

static void fail_key_lj(lua_State *L, const char *function, const char *const *known)
{
    char shown[LONGEST_SHOWN];
    const char *near = lua_type(L, -2) == LUA_TSTRING ? text_nearest(lua_tostring(L, -2), known) : NULL;

    value_describe(L, -2, shown, sizeof(shown));
    if (near != NULL) {
        luaL_error(L, "%s: unknown option %s; did you mean \"%s\"?", function, shown, near);
    }
    luaL_error(L, "%s: unknown option %s", function, shown);
}

void options_check_lj(lua_State *L, int index, const char *function, const char *const *known)
{
    char shown[LONGEST_SHOWN];

    if (lua_isnoneornil(L, index)) {
        lua_settop(L, index > lua_gettop(L) ? index : lua_gettop(L));
        lua_newtable(L);       /* ..., table */
        lua_replace(L, index); /* ... */
        return;
    }
    if (!lua_istable(L, index)) {
        value_describe(L, index, shown, sizeof(shown));
        luaL_error(L, "%s: expected a table of options, got %s", function, shown);
    }
    lua_pushnil(L);                   /* ..., key */
    while (lua_next(L, index) != 0) { /* ..., key, value */
        if (lua_type(L, -2) != LUA_TSTRING || !text_is_among(lua_tostring(L, -2), known)) {
            fail_key_lj(L, function, known);
        }
        lua_pop(L, 1); /* ..., key */
    }
}

static void fail_lj(lua_State *L, const char *function, const char *name, const char *expected)
{
    char shown[LONGEST_SHOWN];

    value_describe(L, -1, shown, sizeof(shown));
    luaL_error(L, "%s: %s: expected %s, got %s", function, name, expected, shown);
}

lua_Integer options_integer_lj(lua_State *L, int index, const char *function, const char *name,
                               lua_Integer otherwise, lua_Integer least, lua_Integer most)
{
    lua_Integer value = otherwise;

    lua_pushstring(L, name);                /* ..., name */
    if (lua_rawget(L, index) != LUA_TNIL) { /* ..., value */
        if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < least || lua_tointeger(L, -1) > most) {
            lua_pushfstring(L, "an integer from %I to %I", (LUAI_UACINT)least, (LUAI_UACINT)most);
            lua_insert(L, -2); /* ..., expected, value */
            fail_lj(L, function, name, lua_tostring(L, -2));
        }
        value = lua_tointeger(L, -1);
    }
    lua_pop(L, 1); /* ... */
    return value;
}

int64_t options_seconds_lj(lua_State *L, int index, const char *function, const char *name, int64_t otherwise)
{
    int64_t value = otherwise;
    lua_Number seconds;

    lua_pushstring(L, name);                /* ..., name */
    if (lua_rawget(L, index) != LUA_TNIL) { /* ..., value */
        seconds = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : 0;
        if (!(seconds > 0 && seconds <= MOST_SECONDS)) {
            fail_lj(L, function, name, "seconds, a number above 0");
        }
        value = (int64_t)(seconds * (lua_Number)CLOCK_SECOND);
    }
    lua_pop(L, 1); /* ... */
    return value;
}

void options_address_lj(lua_State *L, int index, const char *function, struct endpoint *address)
{
    char shown[LONGEST_SHOWN];
    size_t length;
    const char *text, *problem;

    value_describe(L, index, shown, sizeof(shown));
    if (lua_type(L, index) != LUA_TSTRING) {
        luaL_error(L, "%s: expected an address, as in \"udp://127.0.0.1:514\", got %s", function, shown);
    }
    text = lua_tolstring(L, index, &length);
    problem = endpoint_parse(text, length, address);
    if (problem != NULL) {
        luaL_error(L, "%s: %s, got %s", function, problem, shown);
    }
}
