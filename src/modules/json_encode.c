/* lure.json.encode: open tables are on the Lua stack, the text in a block of Lua's memory. */
#include "base/utf8.h"
#include "event/parsetext.h"
#include "json/jsonscanner.h"
#include "lua/budget.h"
#include "modules/json.h"

#include <lauxlib.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Fixed stack indexes: the value, the text's block, the open tables (table -> true). */
enum { VALUE_INDEX = 1, TEXT_INDEX = 2, OPEN_INDEX = 3, LEVELS_INDEX = 4, SORT_INDEX = 5 };

/* An open table; the table and the list of its keys in order (nil for a list) are on the stack. */
struct level {
    bool object;
    lua_Integer next, count;
};

struct encoder {
    lua_State *L;
    char *text;
    size_t used, room;
    struct level *levels;
    size_t depth, level_room;
};

/* Units of the time budget that writing a number, or an escaped character, takes. */
#define UNITS_OF_NUMBER 128

/* Room for `size` more bytes. */
static char *grow_lj(struct encoder *encoder, size_t size)
{
    if (encoder->room - encoder->used < size) {
        size_t room = 2 * encoder->room + size;
        char *text = lua_newuserdatauv(encoder->L, room, 0); /* text */

        if (encoder->used > 0) {
            memcpy(text, encoder->text, encoder->used);
        }
        lua_replace(encoder->L, TEXT_INDEX); /* */
        encoder->text = text;
        encoder->room = room;
    }
    return encoder->text + encoder->used;
}

static void add_lj(struct encoder *encoder, const char *bytes, size_t length)
{
    memcpy(grow_lj(encoder, length), bytes, length);
    encoder->used += length;
}

static void add_text_lj(struct encoder *encoder, const char *text)
{
    add_lj(encoder, text, strlen(text));
}

/* Length of the UTF-8 character at `at`; 0: ill-formed (overlong, a surrogate, truncated). */
static size_t character_length(const unsigned char *at, const unsigned char *end)
{
    size_t left = (size_t)(end - at);

    if (at[0] < 0x80) {
        return 1;
    }
    if (at[0] >= 0xC2 && at[0] <= 0xDF && left > 1 && (at[1] & 0xC0) == 0x80) {
        return 2;
    }
    if (at[0] >= 0xE0 && at[0] <= 0xEF && left > 2 && (at[1] & 0xC0) == 0x80 && (at[2] & 0xC0) == 0x80 &&
        !(at[0] == 0xE0 && at[1] < 0xA0) && !(at[0] == 0xED && at[1] > 0x9F)) {
        return 3;
    }
    if (at[0] >= 0xF0 && at[0] <= 0xF4 && left > 3 && (at[1] & 0xC0) == 0x80 && (at[2] & 0xC0) == 0x80 &&
        (at[3] & 0xC0) == 0x80 && !(at[0] == 0xF0 && at[1] < 0x90) && !(at[0] == 0xF4 && at[1] > 0x8F)) {
        return 4;
    }
    return 0;
}

/* Escapes one character. */
static void add_escape_lj(struct encoder *encoder, unsigned char letter)
{
    static const char letters[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
    const char *known = letter != 0 ? strchr(letters, letter) : NULL;
    char escape[8];

    budget_charge_lj(encoder->L, UNITS_OF_NUMBER);
    if (known != NULL) {
        snprintf(escape, sizeof(escape), "\\%c", names[known - letters]);
    } else {
        snprintf(escape, sizeof(escape), "\\u%04x", letter);
    }
    add_text_lj(encoder, escape);
}

static void add_string_lj(struct encoder *encoder, int index)
{
    size_t length;
    const unsigned char *at = (const unsigned char *)lua_tolstring(encoder->L, index, &length);
    const unsigned char *end = at + length, *plain = at;

    budget_charge_lj(encoder->L, 2 * length);
    add_lj(encoder, "\"", 1);
    while (at < end) {
        size_t size = character_length(at, end);

        if (size > 0 && *at >= 0x20 && *at != '"' && *at != '\\') {
            at += size;
            continue;
        }
        add_lj(encoder, (const char *)plain, (size_t)(at - plain));
        if (size == 0) {
            add_text_lj(encoder, "\xEF\xBF\xBD");
        } else {
            add_escape_lj(encoder, *at);
        }
        plain = ++at;
    }
    add_lj(encoder, (const char *)plain, (size_t)(at - plain));
    add_lj(encoder, "\"", 1);
}

static void add_float_lj(struct encoder *encoder, double number)
{
    char text[FLOAT_TEXT];

    if (!isfinite(number)) {
        luaL_error(encoder->L, "JSON has no %s", isnan(number) ? "NaN" : "infinity");
    }
    add_lj(encoder, text, float_text(number, text));
}

static void add_number_lj(struct encoder *encoder, int index)
{
    char text[32];

    budget_charge_lj(encoder->L, UNITS_OF_NUMBER);
    if (lua_isinteger(encoder->L, index)) {
        snprintf(text, sizeof(text), "%lld", (long long)lua_tointeger(encoder->L, index));
        add_text_lj(encoder, text);
    } else {
        add_float_lj(encoder, lua_tonumber(encoder->L, index));
    }
}

bool json_is_marked_lj(lua_State *L)
{
    bool marked = false;

    if (lua_getmetatable(L, -1)) { /* table, metatable */
        json_push_list_mark_lj(L); /* table, metatable, mark */
        marked = lua_rawequal(L, -1, -2);
        lua_pop(L, 2); /* table */
    }
    return marked;
}

/* Whether the table at the top is an object, and how many elements it has. Throws if it is neither that nor a
 * list. */
static bool is_object_lj(lua_State *L, lua_Integer *count)
{
    lua_Integer length = (lua_Integer)lua_rawlen(L, -1), integers = 0, strings = 0;

    lua_pushnil(L);                /* table, key */
    while (lua_next(L, -2) != 0) { /* table, key, value */
        lua_pop(L, 1);             /* table, key */
        if (lua_type(L, -1) == LUA_TSTRING) {
            strings++;
        } else if (lua_isinteger(L, -1)) {
            integers++;
        } else {
            luaL_error(L, "a key is a %s; JSON has names, or lists", luaL_typename(L, -1));
        }
    }
    if (integers > 0 && strings > 0) {
        luaL_error(L, "a table mixes names and numbers as keys");
    }
    if (integers != length) {
        luaL_error(L, "a list has holes");
    }
    *count = integers + strings;
    return strings > 0 || (integers == 0 && !json_is_marked_lj(L));
}

/* The keys of the object at the top, in order. Stack: [object] -> [object, keys] */
static void push_keys_lj(lua_State *L)
{
    lua_Integer count = 0;

    lua_newtable(L);                 /* object, keys */
    lua_pushnil(L);                  /* object, keys, key */
    while (lua_next(L, -3) != 0) {   /* object, keys, key, value */
        lua_pop(L, 1);               /* object, keys, key */
        lua_pushvalue(L, -1);        /* object, keys, key, key */
        lua_rawseti(L, -3, ++count); /* object, keys, key */
    }
    lua_pushvalue(L, SORT_INDEX); /* object, keys, sort */
    lua_pushvalue(L, -2);         /* object, keys, sort, keys */
    lua_call(L, 1, 0);            /* object, keys */
}

/* Refuses a cycle, and remembers this table as open. Stack: [table] -> [table] */
static void enter_lj(struct encoder *encoder)
{
    lua_State *L = encoder->L;

    if (encoder->depth == JSON_DEEPEST) {
        luaL_error(L, "nested over 10000 deep");
    }
    luaL_checkstack(L, 12, "a value is nested too deeply");
    lua_pushvalue(L, -1);                        /* table, table */
    if (lua_rawget(L, OPEN_INDEX) != LUA_TNIL) { /* table, open */
        luaL_error(L, "a table contains itself");
    }
    lua_pop(L, 1);             /* table */
    lua_pushvalue(L, -1);      /* table, table */
    lua_pushboolean(L, 1);     /* table, table, true */
    lua_rawset(L, OPEN_INDEX); /* table */
}

/* Begins a list or an object. Stack: [table] -> [table, keys or nil] */
static void open_lj(struct encoder *encoder)
{
    lua_State *L = encoder->L;
    struct level level = {.next = 1};

    enter_lj(encoder);
    level.object = is_object_lj(L, &level.count);
    if (encoder->depth == encoder->level_room) {
        size_t room = encoder->level_room == 0 ? 32 : 4 * encoder->level_room;
        struct level *levels = lua_newuserdatauv(L, room * sizeof(*levels), 0); /* table, levels */

        if (encoder->depth > 0) {
            memcpy(levels, encoder->levels, encoder->depth * sizeof(*levels));
        }
        lua_replace(L, LEVELS_INDEX); /* table */
        encoder->levels = levels;
        encoder->level_room = room;
    }
    encoder->levels[encoder->depth++] = level;
    add_lj(encoder, level.object ? "{" : "[", 1);
    if (level.object) {
        push_keys_lj(L); /* table, keys */
    } else {
        lua_pushnil(L); /* table, nil */
    }
}

/* A string of JSON as it is written. */
static void add_characters_lj(struct encoder *encoder, const char *from, const char *end)
{
    size_t length = (size_t)(end - from), size = utf8_write(NULL, 0, from, length, UTF8_TEXT);

    utf8_write(grow_lj(encoder, size + 1), size + 1, from, length, UTF8_TEXT);
    encoder->used += size;
}

/* Copies the document at the top without white space. False: it is none. */
static bool add_document_lj(struct encoder *encoder)
{
    const char *end, *at = json_document_text(encoder->L, -1, &end);

    if (at == NULL) {
        return false;
    }
    json_push_decoded_lj(encoder->L, -1); /* document, value: throws if it is no JSON */
    lua_pop(encoder->L, 1);               /* document */
    while (at < end) {
        const char *next = at;

        if (*at == '"') {
            next = json_skip_value(at, end);
            add_characters_lj(encoder, at, next);
        } else {
            while (next < end && *next != '"' && (unsigned char)*next > ' ') {
                next++;
            }
            add_lj(encoder, at, (size_t)(next - at));
        }
        budget_charge_lj(encoder->L, BUDGET_OF_STEP + 2 * (size_t)(next - at));
        at = json_skip_space(next, end);
    }
    return true;
}

/* Writes a value that is no table. False: it is one. Stack: [value] -> [value] */
static bool add_simple_lj(struct encoder *encoder)
{
    lua_State *L = encoder->L;

    switch (lua_type(L, -1)) {
    case LUA_TSTRING:
        add_string_lj(encoder, -1);
        return true;
    case LUA_TNUMBER:
        add_number_lj(encoder, -1);
        return true;
    case LUA_TBOOLEAN:
        add_text_lj(encoder, lua_toboolean(L, -1) ? "true" : "false");
        return true;
    case LUA_TTABLE:
        return false;
    default:
        if (add_document_lj(encoder)) {
            return true;
        }
        json_push_null_lj(L); /* value, null */
        if (!lua_rawequal(L, -1, -2)) {
            luaL_error(L, "a %s cannot be JSON%s", luaL_typename(L, -2),
                       lua_isnil(L, -2) ? "; for null give lure.json.null" : "");
        }
        lua_pop(L, 1); /* value */
        add_text_lj(encoder, "null");
        return true;
    }
}

/* Pushes the next element of the innermost table, its key and colon written. False: there is none.
 * Stack: [table, keys] -> [table, keys, value] */
static bool push_next_lj(struct encoder *encoder)
{
    lua_State *L = encoder->L;
    struct level *level = &encoder->levels[encoder->depth - 1];

    if (level->next > level->count) {
        return false;
    }
    if (level->next > 1) {
        add_lj(encoder, ",", 1);
    }
    if (!level->object) {
        lua_rawgeti(L, -2, level->next++); /* table, nil, value */
        return true;
    }
    lua_rawgeti(L, -1, level->next++); /* table, keys, key */
    add_string_lj(encoder, -1);
    add_lj(encoder, ":", 1);
    lua_rawget(L, -3); /* table, keys, value */
    return true;
}

/* Ends the innermost table. Stack: [table, keys] -> [] */
static void close_lj(struct encoder *encoder)
{
    lua_State *L = encoder->L;

    add_lj(encoder, encoder->levels[--encoder->depth].object ? "}" : "]", 1);
    lua_pop(L, 1);             /* table */
    lua_pushnil(L);            /* table, nil */
    lua_rawset(L, OPEN_INDEX); /* */
}

/* Stack: [value] -> [] */
static void encode_lj(struct encoder *encoder)
{
    for (;;) {
        if (add_simple_lj(encoder)) {
            lua_pop(encoder->L, 1); /* ... */
        } else {
            open_lj(encoder); /* ..., table, keys */
        }
        while (encoder->depth > 0 && !push_next_lj(encoder)) {
            close_lj(encoder);
        }
        if (encoder->depth == 0) {
            return;
        }
    }
}

/* lure.json.encode(value); upvalue 1: table.sort */
int json_encode_lj(lua_State *L)
{
    struct encoder encoder = {.L = L};

    luaL_checkany(L, 1);
    lua_settop(L, VALUE_INDEX);
    lua_pushnil(L);                        /* value, text */
    lua_newtable(L);                       /* value, text, open */
    lua_pushnil(L);                        /* value, text, open, levels */
    lua_pushvalue(L, lua_upvalueindex(1)); /* value, text, open, levels, sort */
    lua_pushvalue(L, VALUE_INDEX);         /* ..., value */
    encode_lj(&encoder);
    lua_pushlstring(L, encoder.text, encoder.used); /* ..., string */
    return 1;
}
