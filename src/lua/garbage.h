/*
 * garbage: when a Lua state's collector begins, and all garbage collected in the middle of C code.
 *
 * Memory of C that an object of a script holds is given back by its finalizer. Where a charge finds no room,
 * memory_charge collects by garbage_collect, which may run anywhere and so runs no finalizers. A function
 * that takes memory of C, and throws where there is none, asks for it by GARBAGE_RETRY, at a point where
 * nothing is half done: finalizers, which are C's alone, change the lists that their objects are in.
 */
#ifndef LURE_LUA_GARBAGE_H
#define LURE_LUA_GARBAGE_H

#include <lua.h>
#include <stdbool.h>

/* Starts a collector that was stopped (LUA_GCSTOP) while nothing was garbage: what there is by now counts as
 * what a collection has left, and the first is due when there is twice as much. Stack: unchanged */
void garbage_begin(lua_State *L);

/* As Lua does where its own allocator fails: never throws, runs no finalizers, and moves no stack. Not while
 * the collector runs. Stack: unchanged */
void garbage_collect(lua_State *L);

/* With finalizers; in one of them it does nothing. Never throws. True. Stack: unchanged, but it may move */
bool garbage_finalize(lua_State *L);

/* `attempt` is what takes memory of C: true if it got it, else nothing has changed. It is evaluated a second
 * time, after a collection, where it got none. */
#define GARBAGE_RETRY(L, attempt) ((attempt) || (garbage_finalize(L) && (attempt)))

#endif
