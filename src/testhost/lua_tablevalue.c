#include "testhost/lua_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Keys and values of tables, to and from Lua. */

/* What integers of a type hold; uint64 takes all of Lua's, as bits. */
static const struct {
    ss_plugin_state_type type;
    lua_Integer least, most;
} ranges[] = {
    {SS_PLUGIN_ST_INT8, INT8_MIN, INT8_MAX},    {SS_PLUGIN_ST_INT16, INT16_MIN, INT16_MAX},
    {SS_PLUGIN_ST_INT32, INT32_MIN, INT32_MAX}, {SS_PLUGIN_ST_INT64, INT64_MIN, INT64_MAX},
    {SS_PLUGIN_ST_UINT8, 0, UINT8_MAX},         {SS_PLUGIN_ST_UINT16, 0, UINT16_MAX},
    {SS_PLUGIN_ST_UINT32, 0, UINT32_MAX},       {SS_PLUGIN_ST_UINT64, INT64_MIN, INT64_MAX},
};

/* Digits of a number above INT64_MAX, as push_uint64_lj has them. */
static bool large_lj(lua_State *L, int index, lua_Integer *number)
{
    const char *digits = lua_type(L, index) == LUA_TSTRING ? lua_tostring(L, index) : "";
    char *end;

    if (*digits < '0' || *digits > '9')
        return false;
    errno = 0;
    *number = (lua_Integer)strtoull(digits, &end, 10);
    return *end == '\0' && errno == 0;
}

static lua_Integer integer_lj(lua_State *L, int index, ss_plugin_state_type type, const char *what)
{
    int is_integer;
    lua_Integer number = lua_tointegerx(L, index, &is_integer);

    if (type == SS_PLUGIN_ST_UINT64 && large_lj(L, index, &number))
        return number;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (ranges[i].type == type && is_integer && number >= ranges[i].least && number <= ranges[i].most)
            return number;
    return luaL_error(L, "%s: expected a value of the type %s, got %s", what, state_type_name(type),
                      luaL_tolstring(L, index, NULL));
}

ss_plugin_state_data value_check_lj(lua_State *L, int index, ss_plugin_state_type type, const char *what)
{
    ss_plugin_state_data value;

    memset(&value, 0, sizeof value);
    switch (type) {
    case SS_PLUGIN_ST_STRING:
        if (lua_type(L, index) != LUA_TSTRING)
            luaL_error(L, "%s: expected a string, got a %s", what, luaL_typename(L, index));
        value.str = lua_tostring(L, index);
        break;
    case SS_PLUGIN_ST_BOOL:
        if (!lua_isboolean(L, index))
            luaL_error(L, "%s: expected a boolean, got a %s", what, luaL_typename(L, index));
        value.b = (ss_plugin_bool)lua_toboolean(L, index);
        break;
    case SS_PLUGIN_ST_TABLE:
        luaL_error(L, "%s: a subtable cannot be written, nor be a key", what);
        break;
    case SS_PLUGIN_ST_INT8:
    case SS_PLUGIN_ST_UINT8:
        value.u8 = (uint8_t)integer_lj(L, index, type, what);
        break;
    case SS_PLUGIN_ST_INT16:
    case SS_PLUGIN_ST_UINT16:
        value.u16 = (uint16_t)integer_lj(L, index, type, what);
        break;
    case SS_PLUGIN_ST_INT32:
    case SS_PLUGIN_ST_UINT32:
        value.u32 = (uint32_t)integer_lj(L, index, type, what);
        break;
    case SS_PLUGIN_ST_INT64:
    case SS_PLUGIN_ST_UINT64:
        value.u64 = (uint64_t)integer_lj(L, index, type, what);
    }
    return value;
}

void push_state_value_lj(lua_State *L, ss_plugin_state_type type, const ss_plugin_state_data *value)
{
    switch (type) {
    case SS_PLUGIN_ST_STRING:
        lua_pushstring(L, value->str);
        break;
    case SS_PLUGIN_ST_BOOL:
        lua_pushboolean(L, value->b != 0);
        break;
    case SS_PLUGIN_ST_INT8:
        lua_pushinteger(L, value->s8);
        break;
    case SS_PLUGIN_ST_INT16:
        lua_pushinteger(L, value->s16);
        break;
    case SS_PLUGIN_ST_INT32:
        lua_pushinteger(L, value->s32);
        break;
    case SS_PLUGIN_ST_INT64:
        lua_pushinteger(L, value->s64);
        break;
    case SS_PLUGIN_ST_UINT8:
        lua_pushinteger(L, value->u8);
        break;
    case SS_PLUGIN_ST_UINT16:
        lua_pushinteger(L, value->u16);
        break;
    case SS_PLUGIN_ST_UINT32:
        lua_pushinteger(L, value->u32);
        break;
    case SS_PLUGIN_ST_UINT64:
        push_uint64_lj(L, value->u64);
        break;
    case SS_PLUGIN_ST_TABLE:
        lua_pushnil(L);
    }
}
