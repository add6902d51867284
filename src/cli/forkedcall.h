/*
 * forkedcall: work that may wait forever, or crash, in a process of its own.
 *
 * The Lua module `lure.forkedcall` is a function:
 *
 *   apart(seconds, f) -> text, ended, signal
 *
 * calls f(say) in a copy of this process. `say(text)` hands a text over; what was said until
 * `f` returned, or the time was up, is the answer. `ended`: it returned. What it has started
 * ends with it. An error of `f` is an error here; a signal that ended it is the third answer.
 */
#ifndef LURE_CLI_FORKEDCALL_H
#define LURE_CLI_FORKEDCALL_H

#include <lua.h>

LUAMOD_API int luaopen_lure_forkedcall(lua_State *L);

#endif
