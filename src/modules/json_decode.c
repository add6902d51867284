/* lure.json.decode: one pass over the text, containers on the Lua stack. */
#include "event/text.h"
#include "modules/json.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define UNKNOWN_CHARACTER 0xFFFDu

/* Numbers up to this length are read without help of Lua's memory. */
#define SHORT_NUMBER 64

/* One list or object that is open. */
struct level {
    bool object;
    lua_Integer count; /* elements so far */
};

/* Fixed places on the stack. */
enum { TEXT_INDEX = 1, LEVELS_INDEX = 2 };

struct decoder {
    lua_State *L;
    const char *begin, *at, *end;
    struct level *levels; /* a userdata at LEVELS_INDEX */
    size_t depth, room;
};

static void fail_lj(const struct decoder *decoder, const char *what)
{
    luaL_error(decoder->L, "no JSON: %s at byte %I", what, (lua_Integer)(decoder->at - decoder->begin) + 1);
}

static void skip_space(struct decoder *decoder)
{
    while (decoder->at < decoder->end &&
           (*decoder->at == ' ' || *decoder->at == '\t' || *decoder->at == '\n' || *decoder->at == '\r')) {
        decoder->at++;
    }
}

/* The next letter; NUL at the end. A NUL in the text is no JSON anywhere, so the two need not be told apart. */
static char peek(const struct decoder *decoder)
{
    return decoder->at < decoder->end ? *decoder->at : '\0';
}

static int hex_digit(char letter)
{
    if (letter >= '0' && letter <= '9') {
        return letter - '0';
    }
    letter = (char)(letter | 0x20);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* Four hex digits at `at`; -1: they are none. */
static int32_t hex_unit(const struct decoder *decoder, const char *at)
{
    int32_t unit = 0;

    if (decoder->end - at < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);

        if (digit < 0) {
            return -1;
        }
        unit = unit * 16 + digit;
    }
    return unit;
}

/* Writes a character in UTF-8. */
static char *write_character(char *to, uint32_t character)
{
    if (character < 0x80) {
        *to++ = (char)character;
    } else if (character < 0x800) {
        *to++ = (char)(0xC0 | (character >> 6));
        *to++ = (char)(0x80 | (character & 0x3F));
    } else if (character < 0x10000) {
        *to++ = (char)(0xE0 | (character >> 12));
        *to++ = (char)(0x80 | ((character >> 6) & 0x3F));
        *to++ = (char)(0x80 | (character & 0x3F));
    } else {
        *to++ = (char)(0xF0 | (character >> 18));
        *to++ = (char)(0x80 | ((character >> 12) & 0x3F));
        *to++ = (char)(0x80 | ((character >> 6) & 0x3F));
        *to++ = (char)(0x80 | (character & 0x3F));
    }
    return to;
}

/* The character of a \u escape whose digits begin at decoder->at; moves behind it. */
static uint32_t take_unicode_lj(struct decoder *decoder)
{
    int32_t high = hex_unit(decoder, decoder->at), low = -1;

    if (high < 0) {
        fail_lj(decoder, "expected four hex digits behind \\u");
    }
    decoder->at += 4;
    if (high < 0xD800 || high > 0xDFFF) {
        return (uint32_t)high;
    }
    if (high < 0xDC00 && decoder->end - decoder->at >= 6 && decoder->at[0] == '\\' && decoder->at[1] == 'u') {
        low = hex_unit(decoder, decoder->at + 2);
    }
    if (low < 0xDC00 || low > 0xDFFF) {
        return UNKNOWN_CHARACTER;
    }
    decoder->at += 6;
    return 0x10000u + (((uint32_t)high - 0xD800u) << 10) + ((uint32_t)low - 0xDC00u);
}

/* One escape; decoder->at is at the backslash. */
static char *take_escape_lj(struct decoder *decoder, char *to)
{
    static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const char *name;

    decoder->at++;
    if (peek(decoder) == 'u') {
        decoder->at++;
        return write_character(to, take_unicode_lj(decoder));
    }
    name = peek(decoder) != '\0' ? strchr(names, peek(decoder)) : NULL;
    if (name == NULL) {
        fail_lj(decoder, "unknown escape");
        return to;
    }
    decoder->at++;
    *to++ = meanings[name - names];
    return to;
}

/* Moves to the next quote, backslash or control character. */
static void skip_plain(struct decoder *decoder)
{
    while (decoder->at < decoder->end && *decoder->at != '"' && *decoder->at != '\\' &&
           (unsigned char)*decoder->at >= 0x20) {
        decoder->at++;
    }
}

/* The rest of a string with escapes, which began at `begin`. Stack: [] -> [string] */
static void push_escaped_lj(struct decoder *decoder, const char *begin)
{
    lua_State *L = decoder->L;
    size_t room = (size_t)(decoder->end - begin);
    char *copy, *to;
    const char *close = decoder->at;

    /* what is unescaped is never longer; the string may be much shorter than the text, so look for its end */
    while (close < decoder->end && *close != '"') {
        close += *close == '\\' && close + 1 < decoder->end ? 2 : 1;
    }
    room = (size_t)(close - begin);
    copy = to = lua_newuserdatauv(L, room + 4, 0); /* copy */
    decoder->at = begin;
    for (;;) {
        const char *plain = decoder->at;

        skip_plain(decoder);
        memcpy(to, plain, (size_t)(decoder->at - plain));
        to += decoder->at - plain;
        if (peek(decoder) != '\\') {
            break;
        }
        to = take_escape_lj(decoder, to);
    }
    lua_pushlstring(L, copy, (size_t)(to - copy)); /* copy, string */
    lua_remove(L, -2);                             /* string */
}

/* Stack: [] -> [string] */
static void push_string_lj(struct decoder *decoder)
{
    const char *begin = ++decoder->at;

    skip_plain(decoder);
    if (peek(decoder) == '\\') {
        push_escaped_lj(decoder, begin);
    } else {
        lua_pushlstring(decoder->L, begin, (size_t)(decoder->at - begin)); /* string */
    }
    if (peek(decoder) != '"') {
        fail_lj(decoder, decoder->at < decoder->end ? "control character in a string" : "a string without end");
    }
    decoder->at++;
}

static bool skip_digits(struct decoder *decoder)
{
    const char *begin = decoder->at;

    while (peek(decoder) >= '0' && peek(decoder) <= '9') {
        decoder->at++;
    }
    return decoder->at > begin;
}

/* Moves over a number. Answers whether it is written as an integer. */
static bool skip_number_lj(struct decoder *decoder)
{
    bool integer = true;

    decoder->at += peek(decoder) == '-';
    if (peek(decoder) == '0') {
        decoder->at++;
    } else if (!skip_digits(decoder)) {
        fail_lj(decoder, "expected a value");
    }
    if (peek(decoder) == '.') {
        integer = false;
        decoder->at++;
        if (!skip_digits(decoder)) {
            fail_lj(decoder, "expected a digit behind the point");
        }
    }
    if (peek(decoder) == 'e' || peek(decoder) == 'E') {
        integer = false;
        decoder->at++;
        decoder->at += peek(decoder) == '+' || peek(decoder) == '-';
        if (!skip_digits(decoder)) {
            fail_lj(decoder, "expected a digit in the exponent");
        }
    }
    return integer;
}

/* Stack: [] -> [number] */
static void push_float_lj(lua_State *L, const char *text, size_t length)
{
    char copy[SHORT_NUMBER + 3];
    bool plain = memchr(text, '.', length) == NULL && memchr(text, 'e', length) == NULL &&
                 memchr(text, 'E', length) == NULL;

    if (length <= SHORT_NUMBER) {
        memcpy(copy, text, length);
        memcpy(copy + length, plain ? ".0" : "", plain ? 3 : 1); /* Lua would make an integer of it */
        lua_stringtonumber(L, copy); /* number */
        return;
    }
    lua_pushlstring(L, text, length);             /* text */
    if (plain) {
        lua_pushliteral(L, ".0"); /* text, end */
        lua_concat(L, 2);         /* text */
    }
    if (lua_stringtonumber(L, lua_tostring(L, -1)) == 0) { /* text, number: Lua refuses more than 200 letters */
        lua_pushnumber(L, strtod(lua_tostring(L, -1), NULL)); /* text, number */
    }
    lua_remove(L, -2); /* number */
}

/* Stack: [] -> [number, or string of digits] */
static void push_number_lj(struct decoder *decoder)
{
    lua_State *L = decoder->L;
    const char *begin = decoder->at;
    bool integer = skip_number_lj(decoder);
    bool negative = *begin == '-';
    size_t length = (size_t)(decoder->at - begin);
    uint64_t number;

    if (!integer || !digits_parse(begin + negative, length - negative, &number) || (negative && number == 0)) {
        push_float_lj(L, begin, length);
    } else if (!negative && number > INT64_MAX) {
        lua_pushlstring(L, begin, length); /* string */
    } else if (negative && number > (uint64_t)INT64_MAX + 1) {
        push_float_lj(L, begin, length);
    } else {
        lua_pushinteger(L, (lua_Integer)(negative ? 0 - number : number)); /* integer */
    }
}

static void take_word_lj(struct decoder *decoder, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(decoder->end - decoder->at) < length || memcmp(decoder->at, word, length) != 0) {
        fail_lj(decoder, "expected a value");
    }
    decoder->at += length;
}

/* Opens a list or an object. Stack: [] -> [table] */
static void open_lj(struct decoder *decoder, bool object)
{
    lua_State *L = decoder->L;

    if (decoder->depth == JSON_DEEPEST) {
        fail_lj(decoder, "nested over 10000 deep");
    }
    luaL_checkstack(L, 8, "JSON is nested too deeply");
    if (decoder->depth == decoder->room) {
        size_t room = decoder->room == 0 ? 32 : 4 * decoder->room;
        struct level *levels = lua_newuserdatauv(L, room * sizeof(*levels), 0); /* levels */

        if (decoder->depth > 0) {
            memcpy(levels, decoder->levels, decoder->depth * sizeof(*levels));
        }
        lua_replace(L, LEVELS_INDEX); /* */
        decoder->levels = levels;
        decoder->room = room;
    }
    decoder->levels[decoder->depth++] = (struct level){object, 0};
    decoder->at++;
    lua_newtable(L); /* table */
}

/* Stack: [list] -> [list] */
static void mark_empty_list_lj(const struct decoder *decoder)
{
    if (decoder->levels[decoder->depth - 1].count == 0 && !decoder->levels[decoder->depth - 1].object) {
        json_push_list_mark_lj(decoder->L); /* list, metatable */
        lua_setmetatable(decoder->L, -2);   /* list */
    }
}

/* A key and its colon. Stack: [object] -> [object, key] */
static void push_key_lj(struct decoder *decoder)
{
    skip_space(decoder);
    if (peek(decoder) != '"') {
        fail_lj(decoder, "expected a key");
    }
    push_string_lj(decoder); /* object, key */
    skip_space(decoder);
    if (peek(decoder) != ':') {
        fail_lj(decoder, "expected \":\"");
    }
    decoder->at++;
}

/* A value, or the begin of one: answers whether it is complete. Stack: [] -> [value] */
static bool push_value_lj(struct decoder *decoder)
{
    skip_space(decoder);
    switch (peek(decoder)) {
    case '{':
        open_lj(decoder, true);
        return false;
    case '[':
        open_lj(decoder, false);
        return false;
    case '"':
        push_string_lj(decoder);
        return true;
    case 't':
        take_word_lj(decoder, "true");
        lua_pushboolean(decoder->L, 1);
        return true;
    case 'f':
        take_word_lj(decoder, "false");
        lua_pushboolean(decoder->L, 0);
        return true;
    case 'n':
        take_word_lj(decoder, "null");
        json_push_null_lj(decoder->L);
        return true;
    default:
        push_number_lj(decoder);
        return true;
    }
}

/* Puts a complete value where it belongs. Stack: [table, (key,) value] -> [table] */
static void store_lj(struct decoder *decoder)
{
    lua_State *L = decoder->L;
    struct level *level = &decoder->levels[decoder->depth - 1];

    level->count++;
    if (!level->object) {
        lua_rawseti(L, -2, level->count); /* table */
        return;
    }
    lua_pushvalue(L, -2);                  /* table, key, value, key */
    if (lua_rawget(L, -4) != LUA_TNIL) {   /* table, key, value, old: the first of equal keys counts */
        lua_pop(L, 3);                     /* table */
        return;
    }
    lua_pop(L, 1);     /* table, key, value */
    lua_rawset(L, -3); /* table */
}

/* True where the container that is open ends here. */
static bool at_close(struct decoder *decoder)
{
    skip_space(decoder);
    return peek(decoder) == (decoder->levels[decoder->depth - 1].object ? '}' : ']');
}

/* Behind a complete value: closes what ends here. True: the whole document is complete. */
static bool finish_lj(struct decoder *decoder)
{
    while (decoder->depth > 0) {
        store_lj(decoder);
        if (!at_close(decoder)) {
            if (peek(decoder) != ',') {
                fail_lj(decoder, decoder->levels[decoder->depth - 1].object ? "expected \",\" or \"}\""
                                                                            : "expected \",\" or \"]\"");
            }
            decoder->at++;
            return false;
        }
        decoder->at++;
        decoder->depth--;
    }
    return true;
}

/* Stack: [text, levels] -> [text, levels, value] */
static void decode_lj(struct decoder *decoder)
{
    for (;;) {
        if (decoder->depth > 0 && decoder->levels[decoder->depth - 1].object) {
            push_key_lj(decoder); /* ..., object, key */
        }
        if (!push_value_lj(decoder)) { /* ..., value */
            if (!at_close(decoder)) {
                continue;
            }
            mark_empty_list_lj(decoder);
            decoder->at++;
            decoder->depth--;
        }
        if (finish_lj(decoder)) {
            return;
        }
    }
}

int json_decode_lj(lua_State *L)
{
    struct decoder decoder = {.L = L};
    size_t length;

    luaL_checktype(L, 1, LUA_TSTRING);
    lua_settop(L, LEVELS_INDEX); /* text, nil */
    decoder.begin = decoder.at = lua_tolstring(L, TEXT_INDEX, &length);
    decoder.end = decoder.begin + length;
    decode_lj(&decoder); /* text, levels, value */
    skip_space(&decoder);
    if (decoder.at < decoder.end) {
        fail_lj(&decoder, "more behind the end");
    }
    return 1;
}
