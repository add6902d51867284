/*
 * windowparts: src/window/siphash.h in a Lua module.
 */
#include "window/siphash.h"

#include <lauxlib.h>
#include <string.h>

/* The 16 bytes at 1. */
static struct siphash_key check_key_lj(lua_State *L)
{
    struct siphash_key key;

    luaL_argcheck(L, luaL_len(L, 1) == sizeof(key), 1, "expected 16 bytes");
    memcpy(&key, lua_tostring(L, 1), sizeof(key));
    return key;
}

/* short(key, text): a number */
static int short_lj(lua_State *L)
{
    const struct siphash_key key = check_key_lj(L);
    size_t length;
    const char *text = luaL_checklstring(L, 2, &length);

    lua_pushinteger(L, (lua_Integer)siphash_short(&key, text, length));
    return 1;
}

/* words(key, text): as short; the text ends with seven bytes behind whole words */
static int words_lj(lua_State *L)
{
    const struct siphash_key key = check_key_lj(L);
    size_t length;
    const char *text = luaL_checklstring(L, 2, &length);
    uint64_t words[4], last = 0;

    luaL_argcheck(L, length % sizeof(*words) == 7 && length <= sizeof(words) + 7, 2,
                  "expected at most four words and seven bytes");
    memcpy(words, text, length - 7);
    memcpy(&last, text + length - 7, 7);
    lua_pushinteger(L, (lua_Integer)siphash_words(&key, words, length / sizeof(*words), last));
    return 1;
}

/* long(key, text): 16 bytes */
static int long_lj(lua_State *L)
{
    const struct siphash_key key = check_key_lj(L);
    size_t length;
    const char *text = luaL_checklstring(L, 2, &length);
    const struct siphash_digest digest = siphash_long(&key, text, length);

    lua_pushlstring(L, (const char *)digest.words, sizeof(digest.words));
    return 1;
}

int luaopen_windowparts(lua_State *L);

int luaopen_windowparts(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"short", short_lj}, {"words", words_lj}, {"long", long_lj}, {NULL, NULL}};

    luaL_newlib(L, functions);
    return 1;
}
