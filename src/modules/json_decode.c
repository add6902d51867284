/*
 * lure.json.decode: one pass over the text. What is in a container waits on the Lua stack until that ends, or
 * is too much, so that its table is made as large as it has to be: tables that grow take a third longer.
 */
#include "json/jsonscalars.h"
#include "json/jsonscanner.h"
#include "lua/budget.h"
#include "modules/json.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <string.h>

/* A list or object that is not complete yet. */
struct level {
    bool object;
    int table;          /* place on the stack; the elements that wait, or keys and elements, are above it */
    int waiting;        /* elements that wait */
    lua_Integer stored; /* elements in the table; 0: it is not made yet */
};

/* Stack index of the levels, above the value that keeps the text alive. */
#define LEVELS_INDEX 2

/* With 10,000 levels of so many elements and keys Lua's stack is two thirds full. */
#define MOST_WAITING 32

/* The time budget is charged after so many bytes, for each so many units. */
#define CHARGED_BYTES 1024
#define UNITS_OF_BYTE 16

struct decoder {
    lua_State *L;
    const char *begin, *at, *end;
    const char *charged;  /* the text before is charged */
    struct level *levels; /* a userdata at LEVELS_INDEX */
    size_t depth, room;
};

static void fail_lj(const struct decoder *decoder, const char *what)
{
    luaL_error(decoder->L, "no JSON: %s at byte %I", what, (lua_Integer)(decoder->at - decoder->begin) + 1);
}

static void skip_space(struct decoder *decoder)
{
    decoder->at = json_skip_space(decoder->at, decoder->end);
}

/* The next character; NUL at the end. A NUL in the text is invalid everywhere, so that need not be
 * distinguished. */
static char peek(const struct decoder *decoder)
{
    return decoder->at < decoder->end ? *decoder->at : '\0';
}

/* Stack: [] -> [string] */
static void push_string_lj(struct decoder *decoder)
{
    const char *begin = ++decoder->at, *close, *fault;
    bool escaped;

    close = json_string_end(begin, decoder->end, &escaped);
    if (close == NULL) {
        fail_lj(decoder, "a string without end");
        return;
    }
    fault = json_push_string_lj(decoder->L, begin, close); /* string */
    if (fault != NULL) {
        decoder->at = fault;
        fail_lj(decoder, *fault == '\\' ? "unknown escape" : "control character in a string");
    }
    decoder->at = close + 1;
}

/* Stack: [] -> [number, or string of digits] */
static void push_number_lj(struct decoder *decoder)
{
    bool integer;
    size_t length = json_number_length(decoder->at, decoder->end, &integer);

    if (length == 0) {
        fail_lj(decoder, "expected a value");
    }
    json_push_number_lj(decoder->L, decoder->at, length, integer); /* number */
    decoder->at += length;
}

static void take_word_lj(struct decoder *decoder, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(decoder->end - decoder->at) < length || memcmp(decoder->at, word, length) != 0) {
        fail_lj(decoder, "expected a value");
    }
    decoder->at += length;
}

/* Opens a list or an object. Stack: [] -> [nil] */
static void open_lj(struct decoder *decoder, bool object)
{
    lua_State *L = decoder->L;

    if (decoder->depth == JSON_DEEPEST) {
        fail_lj(decoder, "nested over 10000 deep");
    }
    luaL_checkstack(L, 2 * MOST_WAITING + 8, "JSON is nested too deeply");
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
    decoder->levels[decoder->depth++] = (struct level){.object = object, .table = lua_gettop(L) + 1};
    decoder->at++;
    lua_pushnil(L); /* nil */
}

/* A key and its colon. Stack: [] -> [key] */
static void push_key_lj(struct decoder *decoder)
{
    skip_space(decoder);
    if (peek(decoder) != '"') {
        fail_lj(decoder, "expected a key");
    }
    push_string_lj(decoder); /* key */
    skip_space(decoder);
    if (peek(decoder) != ':') {
        fail_lj(decoder, "expected \":\"");
    }
    decoder->at++;
}

/* Reads a value, or the beginning of one; returns whether it is complete. Stack: [] -> [value] */
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

/* Moves the first keys and values into a new table, the last pair first, so that of equal keys the first
 * counts. Stack: [nil, ...] -> [table] */
static void make_table_lj(lua_State *L, struct level *level)
{
    lua_createtable(L, level->object ? 0 : level->waiting, level->object ? level->waiting : 0);
    lua_replace(L, level->table);
    for (int i = level->waiting; i > 0; i--) {
        if (level->object) {
            lua_rawset(L, level->table);
        } else {
            lua_rawseti(L, level->table, i);
        }
    }
}

/* More of them. Stack: [table, ...] -> [table] */
static void fill_table_lj(lua_State *L, struct level *level)
{
    for (int i = 1; i <= level->waiting; i++) {
        if (!level->object) {
            lua_pushvalue(L, level->table + i);
            lua_rawseti(L, level->table, level->stored + i);
            continue;
        }
        lua_pushvalue(L, level->table + 2 * i - 1);    /* ..., key */
        lua_pushvalue(L, -1);                          /* ..., key, key */
        if (lua_rawget(L, level->table) == LUA_TNIL) { /* ..., key, old */
            lua_pushvalue(L, -2);                      /* ..., key, nil, key */
            lua_pushvalue(L, level->table + 2 * i);    /* ..., key, nil, key, element */
            lua_rawset(L, level->table);               /* ..., key, nil */
        }
        lua_pop(L, 2); /* ... */
    }
    lua_settop(L, level->table);
}

/* Moves the pending elements into the table. Stack: [nil or table, ...] -> [table] */
static void store_lj(lua_State *L, struct level *level)
{
    if (level->stored == 0) {
        make_table_lj(L, level);
    } else {
        fill_table_lj(L, level);
    }
    level->stored += level->waiting;
    level->waiting = 0;
}

/* Completes a container. Stack: [nil or table, ...] -> [table] */
static void close_lj(struct decoder *decoder)
{
    struct level *level = &decoder->levels[decoder->depth - 1];

    store_lj(decoder->L, level);
    if (!level->object) {
        json_push_list_mark_lj(decoder->L); /* list, metatable */
        lua_setmetatable(decoder->L, -2);   /* list */
    }
    decoder->at++;
    decoder->depth--;
}

/* True if the innermost container ends here. */
static bool at_close(struct decoder *decoder)
{
    skip_space(decoder);
    return peek(decoder) == (decoder->levels[decoder->depth - 1].object ? '}' : ']');
}

/* Called after a complete value: closes the containers that end here. True: the whole text is complete. */
static bool finish_lj(struct decoder *decoder)
{
    while (decoder->depth > 0) {
        struct level *level = &decoder->levels[decoder->depth - 1];

        if (++level->waiting == MOST_WAITING) {
            store_lj(decoder->L, level);
        }
        if (!at_close(decoder)) {
            if (peek(decoder) != ',') {
                fail_lj(decoder, level->object ? "expected \",\" or \"}\"" : "expected \",\" or \"]\"");
            }
            decoder->at++;
            return false;
        }
        close_lj(decoder);
    }
    return true;
}

static void charge_lj(struct decoder *decoder)
{
    size_t bytes = (size_t)(decoder->at - decoder->charged);

    if (bytes >= CHARGED_BYTES) {
        budget_charge_lj(decoder->L, bytes * UNITS_OF_BYTE);
        decoder->charged = decoder->at;
    }
}

/* Stack: [anchor, levels] -> [anchor, levels, value] */
static void decode_lj(struct decoder *decoder)
{
    for (;;) {
        charge_lj(decoder);
        if (decoder->depth > 0 && decoder->levels[decoder->depth - 1].object) {
            push_key_lj(decoder); /* ..., object, key */
        }
        if (!push_value_lj(decoder)) { /* ..., value */
            if (!at_close(decoder)) {
                continue;
            }
            close_lj(decoder);
        }
        if (finish_lj(decoder)) {
            return;
        }
    }
}

void json_decode_part_lj(lua_State *L, const char *begin, const char *at, const char *end)
{
    struct decoder decoder = {.L = L, .begin = begin, .at = at, .end = end, .charged = at};

    lua_pushnil(L);      /* anchor, levels */
    decode_lj(&decoder); /* anchor, levels, value */
}

int json_decode_lj(lua_State *L)
{
    struct decoder decoder = {.L = L};
    size_t length;

    luaL_checktype(L, 1, LUA_TSTRING);
    lua_settop(L, LEVELS_INDEX); /* text, nil */
    decoder.begin = decoder.charged = lua_tolstring(L, 1, &length);
    decoder.end = decoder.begin + length;
    decoder.at = json_begin(decoder.begin, decoder.end);
    decode_lj(&decoder); /* text, levels, value */
    skip_space(&decoder);
    charge_lj(&decoder);
    if (decoder.at < decoder.end) {
        fail_lj(&decoder, "more behind the end");
    }
    return 1;
}
