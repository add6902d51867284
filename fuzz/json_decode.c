/*
 * json_decode: lure.json.decode and encode, and the reading of configurations, beside a reference decoder.
 *
 *  - decode takes what the reference takes, and makes the same value of it.
 *  - encode of that is JSON again, and stays the same when it is decoded and encoded once more; it is the
 * same value if its texts are UTF-8. So it is inside of a document of lure.json.parse.
 *  - json_parse (cJSON, for configurations) takes it, too, and prints the same value.
 */
#include "base/utf8.h"
#include "input.h"
#include "json/cjson_integers.h"
#include "json/cjson_parse.h"
#include "jsontext.h"
#include "modules/json.h"
#include "referencejson.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

#define JSON 1 /* index of lure.json */

#define MOST_BYTES 8192u /* the reference recurses */

static const char *text;
static size_t length;

static _Noreturn void fail(lua_State *L, const char *what)
{
    fprintf(stderr, "json_decode: %s: ", what);
    fwrite(text, 1, length, stderr);
    for (int i = JSON + 1; i <= lua_gettop(L); i++) {
        lua_getfield(L, JSON, "encode");
        lua_pushvalue(L, i);
        lua_pcall(L, 1, 1, 0);
        fprintf(stderr, "\n%d: %s", i, luaL_tolstring(L, -1, NULL));
        lua_pop(L, 2);
    }
    fputc('\n', stderr);
    abort();
}

/* Calls a function of lure.json. Stack: [argument] -> [result or message] */
static bool call(lua_State *L, const char *name)
{
    lua_getfield(L, JSON, name);
    lua_insert(L, -2);
    return lua_pcall(L, 1, 1, 0) == LUA_OK;
}

static bool is_utf8(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) { /* a NUL is clean here */
        size_t part = strnlen(bytes + i, size - i);

        if (utf8_clean(bytes + i, part, UTF8_TEXT) < part) {
            return false;
        }
        i += part;
    }
    return true;
}

/* Stack: [value] unchanged */
static void check_encoding(lua_State *L)
{
    int value = lua_gettop(L), first = value + 1;

    lua_pushvalue(L, value);
    if (!call(L, "encode")) { /* value, first */
        if (strstr(lua_tostring(L, -1), "inf") == NULL) {
            fail(L, "encode refuses it");
        }
        lua_pop(L, 1); /* 1e999 */
        return;
    }
    lua_pushvalue(L, first);
    if (!call(L, "decode")) { /* value, first, again */
        fail(L, "decode refuses what encode made");
    }
    if (is_utf8(text, length)) {
        if (!referencejson_same(L, value, -1, NUMBERS_EXACT)) {
            fail(L, "encode has another value");
        }
        if (!call(L, "encode") || !lua_rawequal(L, first, -1)) { /* value, first, second */
            fail(L, "it is encoded in two ways");
        }
    }
    lua_settop(L, value);
}

/* Stack: [value] unchanged */
static void check_document(lua_State *L)
{
    int value = lua_gettop(L);

    lua_pushlstring(L, text, length);
    if (!call(L, "parse")) { /* value, document */
        fail(L, "parse refuses it");
    }
    if (!call(L, "encode") || !call(L, "decode")) { /* value, again */
        if (strstr(lua_tostring(L, -1), "inf") == NULL) {
            fail(L, "a document cannot be encoded");
        }
    } else if (is_utf8(text, length) && !referencejson_same(L, value, -1, NUMBERS_EXACT)) {
        fail(L, "an encoded document has another value");
    }
    lua_settop(L, value);
}

/* Stack: [value] unchanged */
static void check_configuration(lua_State *L)
{
    char *copy = malloc(length + 1), *printed;
    cJSON *tree;

    memcpy(copy, text, length);
    copy[length] = '\0';
    tree = json_parse(copy, NULL);
    printed = tree != NULL ? cjson_text(tree) : NULL;
    if (printed != NULL) {
        lua_pushstring(L, printed);
        if (!call(L, "decode")) { /* value, again */
            fail(L, "decode refuses what cjson_text printed");
        }
        /* bytes C0 80, which are not UTF-8, stand for a NUL there (json/cjson_nuls.h) */
        if (is_utf8(text, length) && !referencejson_same(L, -2, -1, NUMBERS_EQUAL)) {
            fail(L, "a configuration has another value");
        }
        lua_pop(L, 1); /* value */
    }
    cJSON_free(printed);
    cJSON_Delete(tree);
    free(copy);
}

static int check_lj(lua_State *L)
{
    bool good = referencejson_decode_lj(L, JSON, text, length);
    int reference = lua_gettop(L);

    lua_pushlstring(L, text, length);
    if (call(L, "decode") != good) { /* reference, value */
        fail(L, good ? "decode refuses it" : "decode takes it");
    }
    if (!good) {
        return 0;
    }
    if (!referencejson_same(L, reference, -1, NUMBERS_EXACT)) {
        fail(L, "decode has another value");
    }
    check_encoding(L);
    check_document(L);
    check_configuration(L);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static lua_State *L;

    if (L == NULL) {
        L = luaL_newstate();
        luaL_openlibs(L);
        lua_getglobal(L, "table");  /* table */
        lua_getfield(L, 1, "sort"); /* table, sort */
        lua_remove(L, 1);           /* sort */
        json_open_lj(L);            /* json */
    }
    text = (const char *)jsontext_of(data, &size);
    length = size;
    if (length <= MOST_BYTES) {
        lua_pushcfunction(L, check_lj);
        lua_pushvalue(L, JSON);
        if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
            fail(L, "an error");
        }
        lua_settop(L, JSON);
    }
    return 0;
}
