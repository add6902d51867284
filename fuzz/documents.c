/*
 * documents: what a script reads of lure.json.parse, in any order (documents.lua).
 *
 * The last TAIL bytes of the input decide what is read: keys and elements that are there or are not, counts,
 * pointers, raw texts, iterations that end early, of the root or of documents that were read before. A
 * document remembers where it found what, so each answer has to be the one of a document that was not asked
 * anything, and that of the decoded value if there is one. Reading throws nowhere.
 */
#include "input.h"
#include "jsontext.h"
#include "modules/json.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

#define TAIL 32u

static lua_State *prepare(void)
{
    lua_State *L = luaL_newstate();

    luaL_openlibs(L);
    if (luaL_loadfile(L, FUZZ_DIRECTORY "/documents.lua") != LUA_OK) { /* chunk */
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
        exit(2);
    }
    lua_pushnil(L);    /* chunk, sort: nothing here encodes */
    json_open_lj(L);   /* chunk, json */
    lua_call(L, 1, 1); /* check */
    return L;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static lua_State *L;
    const uint8_t *text;
    size_t length = size > TAIL ? size - TAIL : 0;

    if (L == NULL) {
        L = prepare();
    }
    if (length == 0) {
        return 0;
    }
    text = jsontext_of(data, &length);
    lua_pushvalue(L, 1);                                        /* check, check */
    lua_pushlstring(L, (const char *)text, length);             /* check, check, text */
    lua_pushlstring(L, (const char *)data + size - TAIL, TAIL); /* check, check, text, decisions */
    if (lua_pcall(L, 2, 0, 0) != LUA_OK) {
        fprintf(stderr, "documents: %s: ", lua_tostring(L, -1));
        fwrite(text, 1, length, stderr);
        fputc('\n', stderr);
        abort();
    }
    return 0;
}
