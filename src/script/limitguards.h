/*
 * limitguards: wrappers of `xpcall` and coroutines that keep a script from escaping the time limit.
 *
 * The limit is enforced by an error from a debug hook. While that error propagates Lua runs no hooks:
 * neither in the message handler of xpcall nor in the closing values of a coroutine that the error ended,
 * where a script could loop forever. So message handlers are skipped once the time is up, and the function
 * of a coroutine runs in a protected call, after which hooks run again.
 */
#ifndef LURE_SCRIPT_LIMITGUARDS_H
#define LURE_SCRIPT_LIMITGUARDS_H

#include <lua.h>

/* Replaces xpcall, coroutine.create and coroutine.wrap. Stack: unchanged */
void limitguards_open_lj(lua_State *L);

#endif
