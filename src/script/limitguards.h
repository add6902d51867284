/*
 * limitguards: `xpcall` and coroutines that the limit of time can stop.
 *
 * Lua runs no hook while an error of the hook is on its way: not in the message handler of
 * xpcall, and not in the closing values of a coroutine that the error has ended. A script
 * could loop there for ever, so handlers are passed over once the time is up, and a
 * coroutine's function runs in a protected call, behind which hooks run again.
 */
#ifndef LURE_SCRIPT_LIMITGUARDS_H
#define LURE_SCRIPT_LIMITGUARDS_H

#include <lua.h>

/* Replaces xpcall, coroutine.create and coroutine.wrap. Stack: unchanged */
void limitguards_open_lj(lua_State *L);

#endif
