#include "lua/mathrandom.h"

#include <string.h>

static uint64_t rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

/* xoshiro256** */
static uint64_t next_word(struct mathrandom *state)
{
    uint64_t *words = state->words;
    uint64_t result = rotate(words[1] * 5, 7) * 9, shifted = words[1] << 17;

    words[2] ^= words[0];
    words[3] ^= words[1];
    words[1] ^= words[2];
    words[0] ^= words[3];
    words[2] ^= shifted;
    words[3] = rotate(words[3], 45);
    return result;
}

int64_t mathrandom_draw(struct mathrandom *state, int64_t low, int64_t high)
{
    uint64_t most = (uint64_t)high - (uint64_t)low;
    uint64_t mask = most == 0 ? 0 : UINT64_MAX >> __builtin_clzll(most);
    uint64_t word;

    do { /* draws beyond the interval are discarded, so that all in it are equally likely */
        word = next_word(state) & mask;
    } while (word > most);
    return (int64_t)((uint64_t)low + word);
}

/* Draws the same here and by calls. Stack: [function] unchanged */
static bool draws_alike_lj(lua_State *L, struct mathrandom *state)
{
    static const int64_t limits[][2] = {{0, 10},       {1, 6}, {-3, 4}, {7, 7}, {INT64_MIN, INT64_MAX},
                                        {0, INT64_MAX}};
    struct mathrandom copy = *state;
    bool alike = true;

    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        lua_pushvalue(L, -1);             /* function, function */
        lua_pushinteger(L, limits[i][0]); /* function, function, low */
        lua_pushinteger(L, limits[i][1]); /* function, function, low, high */
        lua_call(L, 2, 1);                /* function, number */
        alike = alike && lua_tointeger(L, -1) == mathrandom_draw(&copy, limits[i][0], limits[i][1]);
        lua_pop(L, 1); /* function */
    }
    return alike && memcmp(&copy, state, sizeof(copy)) == 0;
}

lua_CFunction mathrandom_function_lj(lua_State *L)
{
    lua_CFunction function = lua_tocfunction(L, -1);
    bool known = function != NULL && lua_getupvalue(L, -1, 1) != NULL; /* function, state */

    if (known) {
        struct mathrandom *state = lua_touserdata(L, -1);
        bool fits = lua_type(L, -1) == LUA_TUSERDATA && lua_rawlen(L, -1) == sizeof(*state);

        lua_pop(L, 1); /* function */
        known = fits && draws_alike_lj(L, state);
    }
    lua_pop(L, 1); /* */
    return known ? function : NULL;
}
