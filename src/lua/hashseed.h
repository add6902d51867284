/*
 * hashseed: what the hashes of strings begin with in a Lua state.
 *
 * Each state has another seed, in a copy of a process (fork) too, so the order of `pairs` differs
 * from state to state: who loads a script again sees whether what it declares depends on that
 * order. Lua's own seed is made of the time in seconds and of addresses, which are the same again
 * in a copy, and when a state is made right after another one is closed.
 *
 * Lua's lstate.c is compiled with this header in front of it. Threads may call it at the same time.
 */
#ifndef LURE_LUA_HASHSEED_H
#define LURE_LUA_HASHSEED_H

unsigned int seed_next(void);

#define luai_makeseed(L) ((void)(L), seed_next())

#endif
