#include "event/value.h"

#include "base/text.h"
#include "event/parsetext.h"
#include "lua/budget.h"
#include "lua/integertext.h"

#include <arpa/inet.h>
#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Shorter texts are copied and checked in one loop, without calls. */
#define SHORT_TEXT 64

/* Longest quoted text in a message, in bytes. */
#define MOST_SHOWN 40

/* Copies a short ASCII text, the most frequent case. NULL: it is another text, or memory is out. */
static char *short_text(struct pool *pool, const char *text, size_t length)
{
    char *copy = length <= SHORT_TEXT ? pool_take(pool, length + 1) : NULL;

    if (copy == NULL || !utf8_copy_ascii(copy, text, length)) {
        return NULL;
    }
    copy[length] = '\0';
    return copy;
}

const char *value_text(struct pool *pool, const char *text, size_t length)
{
    char *copy = short_text(pool, text, length);
    size_t size;

    if (copy != NULL) {
        return copy;
    }
    if (utf8_clean(text, length, UTF8_TEXT) == length) {
        return pool_text(pool, text, length);
    }
    size = utf8_write(NULL, 0, text, length, UTF8_TEXT) + 1;
    copy = pool_take(pool, size);
    if (copy != NULL) {
        utf8_write(copy, size, text, length, UTF8_TEXT);
    }
    return copy;
}

/* Converts an integer or a float whose value cannot be used directly, through its text. */
static enum value_read read_as_text(lua_State *L, int index, const struct field_type *type, struct pool *pool,
                                    void *cell)
{
    char text[FLOAT_TEXT];
    int length;

    if (!lua_isinteger(L, index)) {
        double number = lua_tonumber(L, index);

        return isfinite(number) ? type->read_number(type, text, float_text(number, text), pool, cell)
                                : VALUE_READ_TYPE;
    }
    length = integer_write(lua_tointeger(L, index), text);
    return type->read_number(type, text, (size_t)length, pool, cell);
}

static enum value_read read_number(lua_State *L, int index, const struct field_type *type, struct pool *pool,
                                   void *cell)
{
    int integral;
    lua_Integer integer = lua_tointegerx(L, index, &integral);

    if (type->is_whole && integral) {
        *(uint64_t *)cell = (uint64_t)integer;
        return integer >= 0 ? VALUE_READ_OK : VALUE_READ_TYPE;
    }
    if (type->is_whole && lua_tonumber(L, index) >= 0x1p63 && lua_tonumber(L, index) < 0x1p64) {
        *(uint64_t *)cell = (uint64_t)lua_tonumber(L, index); /* no integer of Lua's is so large */
        return VALUE_READ_OK;
    }
    return type->kind != CELL_TEXT && type->read_number != NULL ? read_as_text(L, index, type, pool, cell)
                                                                : VALUE_READ_TYPE;
}

enum value_read value_read_lua(lua_State *L, int index, const struct field_type *type, struct pool *pool,
                               void *cell)
{
    const char *text;
    size_t length;

    switch (lua_type(L, index)) {
    case LUA_TSTRING:
        text = lua_tolstring(L, index, &length);
        return type->read_text(type, text, length, pool, cell);
    case LUA_TNUMBER:
        return read_number(L, index, type, pool, cell);
    case LUA_TBOOLEAN:
        if (type->kind == CELL_BOOL) {
            *(uint32_t *)cell = (uint32_t)lua_toboolean(L, index);
            return VALUE_READ_OK;
        }
        return VALUE_READ_TYPE;
    default:
        return VALUE_READ_TYPE;
    }
}

static const char *address_text(struct pool *pool, const struct bytes *address)
{
    char text[INET6_ADDRSTRLEN];

    inet_ntop(address->length == 4 ? AF_INET : AF_INET6, address->data, text, sizeof(text));
    return pool_text(pool, text, strlen(text));
}

static bool addresses_as_text(struct value *value, struct pool *pool)
{
    const struct bytes *addresses = value->cells;
    const char **texts = pool_take(pool, value->count * sizeof(*texts));

    for (uint32_t i = 0; texts != NULL && i < value->count; i++) {
        texts[i] = address_text(pool, &addresses[i]);
        if (texts[i] == NULL) {
            return false;
        }
    }
    value->cells = texts;
    return texts != NULL;
}

static bool bools_as_numbers(struct value *value, struct pool *pool)
{
    const uint32_t *bools = value->cells;
    uint64_t *numbers = pool_take(pool, value->count * sizeof(*numbers));

    for (uint32_t i = 0; numbers != NULL && i < value->count; i++) {
        numbers[i] = bools[i];
    }
    value->cells = numbers;
    return numbers != NULL;
}

bool value_make_plain(struct value *value, const struct field_type *type, struct pool *pool)
{
    if (value->outcome != VALUE_PRESENT) {
        return true;
    }
    switch (type->kind) {
    case CELL_TEXT:
    case CELL_NATURAL:
        break;
    case CELL_BOOL:
        return bools_as_numbers(value, pool);
    case CELL_ADDRESS:
        return addresses_as_text(value, pool);
    }
    return true;
}

void value_describe(lua_State *L, int index, char *buffer, size_t size)
{
    if (lua_isinteger(L, index)) {
        snprintf(buffer, size, "integer %lld", (long long)lua_tointeger(L, index));
    } else if (lua_type(L, index) == LUA_TNUMBER) {
        snprintf(buffer, size, "number %.14g", (double)lua_tonumber(L, index));
    } else if (lua_type(L, index) == LUA_TSTRING) {
        size_t length;
        const char *text = lua_tolstring(L, index, &length);
        char shown[MOST_SHOWN + 1];

        utf8_write(shown, sizeof(shown), text, length, UTF8_LINE);
        snprintf(buffer, size, "string \"%s\"%s", shown, length > MOST_SHOWN ? "..." : "");
    } else if (lua_type(L, index) == LUA_TBOOLEAN) {
        snprintf(buffer, size, "%s", lua_toboolean(L, index) ? "true" : "false");
    } else if (lua_type(L, index) == LUA_TNONE) {
        snprintf(buffer, size, "nothing");
    } else {
        snprintf(buffer, size, "%s", lua_typename(L, lua_type(L, index)));
    }
}

const char *value_name(lua_State *L, int index)
{
    size_t length;
    const char *text = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &length) : NULL;

    return text == NULL || text_has_nul(text, length) ? NULL : text;
}

const char *value_check_name_lj(lua_State *L, int index)
{
    luaL_checkstring(L, index);
    luaL_argcheck(L, value_name(L, index) != NULL, index, "string contains a NUL character");
    return lua_tostring(L, index);
}

void value_charge_text_lj(lua_State *L, const char *text, size_t length)
{
    if (length <= VALUE_SHORT_TEXT) {
        budget_count(L, length);
    } else {
        budget_charge_lj(L, utf8_clean(text, length, UTF8_TEXT) == length ? length / 4 : 8 * length);
    }
}

void value_shorten_lj(lua_State *L, size_t most)
{
    const char *text = lua_tostring(L, -1);

    if (lua_rawlen(L, -1) <= most) {
        return;
    }
    while (most > 0 && ((unsigned char)text[most] & 0xC0) == 0x80) { /* inside a character */
        most--;
    }
    lua_pushlstring(L, text, most); /* string, beginning */
    lua_pushliteral(L, "...");      /* string, beginning, dots */
    lua_concat(L, 2);               /* string, shortened */
    lua_remove(L, -2);              /* shortened */
}

void value_clean_lj(lua_State *L, enum utf8_form form)
{
    size_t length, size;
    const char *text = lua_tolstring(L, -1, &length);
    luaL_Buffer shown;

    value_charge_text_lj(L, text, length);
    if (utf8_clean(text, length, form) == length) {
        return;
    }
    size = utf8_write(NULL, 0, text, length, form) + 1;
    utf8_write(luaL_buffinitsize(L, &shown, size), size, text, length, form); /* string, buffer */
    luaL_pushresultsize(&shown, size - 1);                                    /* string, shown */
    lua_remove(L, -2);                                                        /* shown */
}
