/*
 * mathrandom: math.random of integers for direct evaluation (lua/eval.h), with the state of Lua's generator.
 *
 * The state is the upvalue that math.random shares with math.randomseed, so numbers drawn here and numbers
 * drawn by calls are one sequence. Restoring a copy of the state undoes a draw.
 */
#ifndef LURE_LUA_MATHRANDOM_H
#define LURE_LUA_MATHRANDOM_H

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

struct mathrandom {
    uint64_t words[4];
};

/* What math.random(low, high) gives next; `low` must not be above `high`. The limits of the type: as
 * math.random(0). */
int64_t mathrandom_draw(struct mathrandom *state, int64_t low, int64_t high);

/* The function at the top, if its state is as above, and it draws the same numbers; NULL: it must be called.
 * Stack: [function] -> [] */
lua_CFunction mathrandom_function_lj(lua_State *L);

#endif
