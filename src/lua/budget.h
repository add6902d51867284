/*
 * budget: the time budget of a Lua state, which all of its coroutines and C functions share.
 *
 * Everything that a script makes Lua do is charged in units of about a nanosecond: each call of a function
 * and each jump of Lua code, and in C each loop whose length a script can choose (Lua's own sources are
 * changed by cmake/patch-lua-budget.cmake). When BUDGET_WINDOW units are used up, a function is called that
 * looks at the clock, and throws when the time is over. Charges are estimates: what counts is that the clock
 * is looked at every few milliseconds.
 *
 * In the patched Lua the units left are in the main thread's `hookcount`, which Lua uses only with a count
 * hook, and the function in its `hook`. States that were never given a budget behave as in stock Lua. With
 * LURE_PLAIN_LUA a count hook charges instructions, and loops of Lua's own C functions are not charged.
 *
 * Not thread safe.
 */
#ifndef LURE_LUA_BUDGET_H
#define LURE_LUA_BUDGET_H

#include <lua.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

/* Units between two looks at the clock. */
#define BUDGET_WINDOW 65536

/* Units of a call or a jump of Lua code, and of a short step of a loop in C. */
#define BUDGET_OF_STEP 16

/* Looks at the clock before something that takes about `ahead` units: throws if there is not as much time,
 * else calls budget_fill. Until then it is called at every step. */
typedef void (*budget_look)(lua_State *L, size_t ahead);

/* With LURE_PLAIN_LUA what lua_getallocf gives as `ud` begins with this. */
struct budget {
    budget_look look_lj;
    int left;
};

/* Gives a new state a budget. It is used up: the first step looks at the clock. */
void budget_open(lua_State *L, struct budget *budget, budget_look look_lj);

/* The window begins anew. */
void budget_fill(lua_State *L);

/* It is used up: every step looks at the clock. */
void budget_empty(lua_State *L);

/* Charges what is about to be done; looks at the clock if that is more than what is left. */
void budget_charge_lj(lua_State *L, size_t units);

/* Charges where nothing may be thrown: the next step looks at the clock. */
void budget_count(lua_State *L, size_t units);

#pragma GCC visibility pop

#endif
