#include "referencejson.h"

#include <lauxlib.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    lua_State *L;
    int json; /* index of lure.json */
    const char *at, *end;
};

static bool take(struct reader *reader, char letter)
{
    bool there = reader->at < reader->end && *reader->at == letter;

    reader->at += there;
    return there;
}

static void skip_space(struct reader *reader)
{
    while (take(reader, ' ') || take(reader, '\t') || take(reader, '\n') || take(reader, '\r')) {
    }
}

static bool take_word(struct reader *reader, const char *word)
{
    size_t size = strlen(word);
    bool there = (size_t)(reader->end - reader->at) >= size && memcmp(reader->at, word, size) == 0;

    reader->at += there ? size : 0;
    return there;
}

/* ---- numbers ---- */

static size_t take_digits(struct reader *reader)
{
    const char *begin = reader->at;

    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9') {
        reader->at++;
    }
    return (size_t)(reader->at - begin);
}

/* Stack: [] -> [number, or string of digits] */
static bool take_number_lj(struct reader *reader)
{
    const char *begin = reader->at;
    char copy[8192];
    bool negative = take(reader, '-'), integer = true,
         leading = reader->at < reader->end && *reader->at == '0';
    size_t digits = take_digits(reader);

    if (digits == 0 || (leading && digits > 1)) {
        return false;
    }
    if (take(reader, '.')) {
        integer = false;
        if (take_digits(reader) == 0) {
            return false;
        }
    }
    if (take(reader, 'e') || take(reader, 'E')) {
        integer = false;
        if (!take(reader, '-')) {
            take(reader, '+');
        }
        if (take_digits(reader) == 0) {
            return false;
        }
    }
    if ((size_t)(reader->at - begin) >= sizeof(copy)) {
        abort();
    }
    memcpy(copy, begin, (size_t)(reader->at - begin));
    copy[reader->at - begin] = '\0';
    if (integer && strcmp(copy, "-0") != 0) {
        const char *most = negative ? "-9223372036854775808" : "9223372036854775807",
                   *more = "18446744073709551615";
        size_t length = strlen(copy), most_length = strlen(most);

        if (length < most_length || (length == most_length && strcmp(copy, most) <= 0)) {
            lua_pushinteger(reader->L, strtoll(copy, NULL, 10));
            return true;
        }
        if (!negative && (length < 20 || (length == 20 && strcmp(copy, more) <= 0))) {
            lua_pushstring(reader->L, copy);
            return true;
        }
    }
    lua_pushnumber(reader->L, strtod(copy, NULL));
    return true;
}

/* ---- strings ---- */

static bool take_hexadecimal(struct reader *reader, uint32_t *number)
{
    *number = 0;
    for (unsigned i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdefABCDEF";
        const char *digit =
            reader->at < reader->end && *reader->at != '\0' ? strchr(digits, *reader->at) : NULL;

        if (digit == NULL) {
            return false;
        }
        *number = *number * 16 + (uint32_t)(digit - digits < 16 ? digit - digits : digit - digits - 6);
        reader->at++;
    }
    return true;
}

static void add_character(luaL_Buffer *buffer, uint32_t character)
{
    if (character < 0x80) {
        luaL_addchar(buffer, (char)character);
    } else if (character < 0x800) {
        luaL_addchar(buffer, (char)(0xC0 | character >> 6));
        luaL_addchar(buffer, (char)(0x80 | (character & 0x3F)));
    } else if (character < 0x10000) {
        luaL_addchar(buffer, (char)(0xE0 | character >> 12));
        luaL_addchar(buffer, (char)(0x80 | (character >> 6 & 0x3F)));
        luaL_addchar(buffer, (char)(0x80 | (character & 0x3F)));
    } else {
        luaL_addchar(buffer, (char)(0xF0 | character >> 18));
        luaL_addchar(buffer, (char)(0x80 | (character >> 12 & 0x3F)));
        luaL_addchar(buffer, (char)(0x80 | (character >> 6 & 0x3F)));
        luaL_addchar(buffer, (char)(0x80 | (character & 0x3F)));
    }
}

/* What stands behind "\u". A surrogate that is not half of a pair is U+FFFD. */
static bool take_unicode(struct reader *reader, luaL_Buffer *buffer)
{
    struct reader ahead;
    uint32_t first, second;

    if (!take_hexadecimal(reader, &first)) {
        return false;
    }
    ahead = *reader;
    if (first >= 0xD800 && first < 0xDC00 && take_word(&ahead, "\\u") && take_hexadecimal(&ahead, &second) &&
        second >= 0xDC00 && second < 0xE000) {
        *reader = ahead;
        add_character(buffer, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
        return true;
    }
    add_character(buffer, first >= 0xD800 && first < 0xE000 ? 0xFFFD : first);
    return true;
}

/* Stack: [] -> [string] */
static bool take_string_lj(struct reader *reader)
{
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    luaL_Buffer buffer;

    if (!take(reader, '"')) {
        return false;
    }
    luaL_buffinit(reader->L, &buffer);
    while (reader->at < reader->end && *reader->at != '"') {
        const char *letter;
        unsigned char byte = (unsigned char)*reader->at++;

        if (byte < 0x20) {
            return false;
        }
        if (byte != '\\') {
            luaL_addchar(&buffer, (char)byte);
            continue;
        }
        if (take(reader, 'u')) {
            if (!take_unicode(reader, &buffer)) {
                return false;
            }
            continue;
        }
        letter = reader->at < reader->end && *reader->at != '\0' ? strchr(letters, *reader->at) : NULL;
        if (letter == NULL) {
            return false;
        }
        luaL_addchar(&buffer, meant[letter - letters]);
        reader->at++;
    }
    luaL_pushresult(&buffer);
    return take(reader, '"');
}

/* ---- values ---- */

static bool take_value_lj(struct reader *reader);

/* Stack: [] -> [list] */
static bool take_list_lj(struct reader *reader)
{
    lua_State *L = reader->L;
    lua_Integer count = 0;

    lua_newtable(L);
    lua_pushliteral(L, "[]");
    lua_getfield(L, reader->json, "decode");
    lua_insert(L, -2);
    lua_call(L, 1, 1); /* list, empty list */
    lua_getmetatable(L, -1);
    lua_setmetatable(L, -3);
    lua_pop(L, 1); /* list */
    skip_space(reader);
    if (take(reader, ']')) {
        return true;
    }
    do {
        if (!take_value_lj(reader)) {
            return false;
        }
        lua_rawseti(L, -2, ++count);
    } while (take(reader, ','));
    return take(reader, ']');
}

/* Of equal keys the first counts. Stack: [] -> [object] */
static bool take_object_lj(struct reader *reader)
{
    lua_State *L = reader->L;

    lua_newtable(L);
    skip_space(reader);
    if (take(reader, '}')) {
        return true;
    }
    do {
        skip_space(reader);
        if (!take_string_lj(reader)) {
            return false;
        }
        skip_space(reader);
        if (!take(reader, ':') || !take_value_lj(reader)) { /* object, key, value */
            return false;
        }
        lua_pushvalue(L, -2);
        if (lua_rawget(L, -4) == LUA_TNIL) {
            lua_pop(L, 1);
            lua_rawset(L, -3);
        } else {
            lua_pop(L, 3);
        }
    } while (take(reader, ','));
    return take(reader, '}');
}

/* Stack: [] -> [value] */
static bool take_value_lj(struct reader *reader)
{
    lua_State *L = reader->L;
    bool good;

    luaL_checkstack(L, 20, "reference");
    skip_space(reader);
    if (take(reader, '[')) {
        good = take_list_lj(reader);
    } else if (take(reader, '{')) {
        good = take_object_lj(reader);
    } else if (take_word(reader, "true") || take_word(reader, "false")) {
        lua_pushboolean(L, reader->at[-2] == 'u');
        good = true;
    } else if (take_word(reader, "null")) {
        lua_getfield(L, reader->json, "null");
        good = true;
    } else if (reader->at < reader->end && *reader->at == '"') {
        good = take_string_lj(reader);
    } else {
        good = take_number_lj(reader);
    }
    skip_space(reader);
    return good;
}

bool referencejson_decode_lj(lua_State *L, int json, const char *text, size_t size)
{
    struct reader reader = {.L = L, .json = json, .at = text, .end = text + size};

    take_word(&reader, "\xEF\xBB\xBF");
    return take_value_lj(&reader) && reader.at == reader.end;
}

bool referencejson_same(lua_State *L, int a, int b, enum numbers numbers)
{
    bool same = true, lists[2];
    int top = lua_gettop(L), count = 0;

    luaL_checkstack(L, 20, "comparison");
    a = lua_absindex(L, a);
    b = lua_absindex(L, b);
    if (lua_type(L, a) != lua_type(L, b)) {
        return numbers == NUMBERS_EQUAL && lua_type(L, a) == LUA_TNUMBER && isinf(lua_tonumber(L, a)) &&
               lua_isuserdata(L, b);
    }
    if (numbers == NUMBERS_EQUAL && lua_type(L, a) == LUA_TNUMBER && lua_tonumber(L, a) == -0x1p63) {
        return lua_tonumber(L, b) <= -0x1p63; /* see keep_number in json/cjson_integers.c */
    }
    if (lua_type(L, a) == LUA_TNUMBER) {
        double x = lua_tonumber(L, a), y = lua_tonumber(L, b);

        return lua_rawequal(L, a, b) &&
               (numbers == NUMBERS_EQUAL ||
                (lua_isinteger(L, a) == lua_isinteger(L, b) && !signbit(x) == !signbit(y)));
    }
    if (lua_type(L, a) != LUA_TTABLE) {
        return lua_rawequal(L, a, b);
    }
    for (lua_pushnil(L); same && lua_next(L, a) != 0; lua_pop(L, 2)) { /* key, value */
        count++;
        lua_pushvalue(L, -2);
        lua_rawget(L, b); /* key, value, other */
        same = referencejson_same(L, -2, -1, numbers);
    }
    lua_settop(L, top);
    for (lua_pushnil(L); lua_next(L, b) != 0; lua_pop(L, 1)) {
        count--;
    }
    lists[0] = lua_getmetatable(L, a);
    lists[1] = lua_getmetatable(L, b);
    lua_settop(L, top);
    return same && count == 0 && lists[0] == lists[1];
}
