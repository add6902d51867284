/*
 * lpegsteps: how LPeg charges the time budget, and how deep it may recurse; in its sources only, which
 * cmake/patch-lpeg.cmake changes.
 *
 * LPeg looks at the trees of patterns by recursive functions that know no state of Lua, and some take
 * exponential time for a grammar whose rules call each other. They tell each node that they visit.
 *
 * Thread safe: what was entered is the calling thread's.
 */
#ifndef LURE_LUA_LPEGSTEPS_H
#define LURE_LUA_LPEGSTEPS_H

#include "lua/budget.h"

#include <lua.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

/* Nodes of the largest tree. */
#define LPEG_MOST_NODES (1 << 24)

/* Trees are looked at for this state from now on, from this frame of the C stack on. */
void lpegsteps_enter(lua_State *L);

/* A node is visited, or something that takes as long as so many. Throws where the time is over, or the
 * recursion too deep. */
void lpegsteps_node_lj(void);
void lpegsteps_nodes_lj(size_t count);

/* A capture is evaluated inside another: on the C stack, as calls of C functions are, with their limit. */
void lpegsteps_deeper_lj(lua_State *L);
void lpegsteps_back(lua_State *L);

#pragma GCC visibility pop

#endif
