#include "base/text.h"
#include "event/parsetext.h"
#include "event/value.h"
#include "v3/resolvedtable.h"

#include <inttypes.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

static int refuse_lj(lua_State *L, int index, const struct state_type *type, const char *what)
{
    char got[96];

    value_describe(L, index, got, sizeof(got));
    if (type->number == STATE_STRING) {
        return luaL_error(L, "%s: expected a string without NUL characters, got %s", what, got);
    }
    if (type->number == STATE_BOOL) {
        return luaL_error(L, "%s: expected true or false, got %s", what, got);
    }
    return luaL_error(L, "%s: expected an integer that %s can hold, got %s", what, type->name, got);
}

/* Reads an integer, a float with integral value, or, above 2^63-1, a string of digits. False: it is none. */
static bool read_integer(lua_State *L, int index, const struct state_type *type, uint64_t *bits)
{
    int integral;
    lua_Integer integer;
    size_t length;
    const char *text;

    if (type->number == STATE_UINT64 && lua_type(L, index) == LUA_TSTRING) {
        text = lua_tolstring(L, index, &length);
        return digits_parse(text, length, bits);
    }
    integer = lua_tointegerx(L, index, &integral);
    *bits = (uint64_t)integer;
    return integral && lua_type(L, index) == LUA_TNUMBER && integer >= type->least &&
           (integer < 0 || (uint64_t)integer <= type->most);
}

static void write_integer(enum state_number number, uint64_t bits, ss_plugin_state_data *data)
{
    switch (number) {
    case STATE_INT8:
    case STATE_UINT8:
        data->u8 = (uint8_t)bits;
        break;
    case STATE_INT16:
    case STATE_UINT16:
        data->u16 = (uint16_t)bits;
        break;
    case STATE_INT32:
    case STATE_UINT32:
        data->u32 = (uint32_t)bits;
        break;
    case STATE_INT64:
    case STATE_UINT64:
        data->u64 = bits;
        break;
    case STATE_BOOL:
    case STATE_STRING:
    case STATE_TABLE: /* no integers */
        break;
    }
}

void state_value_read_lj(lua_State *L, int index, const struct state_type *type, const char *what,
                         ss_plugin_state_data *data)
{
    size_t length;
    uint64_t bits = 0;

    memset(data, 0, sizeof(*data));
    if (type->number == STATE_STRING) {
        if (lua_type(L, index) != LUA_TSTRING ||
            (data->str = lua_tolstring(L, index, &length), text_has_nul(data->str, length))) {
            refuse_lj(L, index, type, what);
        }
    } else if (type->number == STATE_BOOL) {
        if (!lua_isboolean(L, index)) {
            refuse_lj(L, index, type, what);
        }
        data->b = (ss_plugin_bool)lua_toboolean(L, index);
    } else if (read_integer(L, index, type, &bits)) {
        write_integer(type->number, bits, data);
    } else {
        refuse_lj(L, index, type, what);
    }
}

void state_value_push_lj(lua_State *L, const struct state_type *type, const ss_plugin_state_data *data)
{
    char digits[24];

    switch (type->number) {
    case STATE_INT8:
        lua_pushinteger(L, data->s8);
        break;
    case STATE_INT16:
        lua_pushinteger(L, data->s16);
        break;
    case STATE_INT32:
        lua_pushinteger(L, data->s32);
        break;
    case STATE_INT64:
        lua_pushinteger(L, data->s64);
        break;
    case STATE_UINT8:
        lua_pushinteger(L, data->u8);
        break;
    case STATE_UINT16:
        lua_pushinteger(L, data->u16);
        break;
    case STATE_UINT32:
        lua_pushinteger(L, data->u32);
        break;
    case STATE_UINT64:
        if (data->u64 <= INT64_MAX) {
            lua_pushinteger(L, (lua_Integer)data->u64);
        } else {
            snprintf(digits, sizeof(digits), "%" PRIu64, data->u64);
            lua_pushstring(L, digits);
        }
        break;
    case STATE_BOOL:
        lua_pushboolean(L, data->b != 0);
        break;
    case STATE_STRING:
        lua_pushstring(L, data->str);
        break;
    case STATE_TABLE:
        lua_pushnil(L);
        break;
    }
}
