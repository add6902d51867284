/*
 * hashseed: makes the seed of a Lua state's string hashes, different for each state.
 *
 * It also differs after fork. So the order of `pairs` differs from state to state, and loading a script twice
 * shows whether what it declares depends on that order. Lua's own seed is made of the time in seconds and of
 * addresses, which are the same in a forked process, and in a state that is made right after another one was
 * closed.
 *
 * Force-included when Lua's lstate.c is compiled. Any thread may call it.
 */
#ifndef LURE_LUA_HASHSEED_H
#define LURE_LUA_HASHSEED_H

unsigned int seed_next(void);

#define luai_makeseed(L) ((void)(L), seed_next())

#endif
