/*
 * forkedcall: calls a function in a forked child process, for work that may crash or never end.
 *
 * The Lua module `lure.forkedcall` is a function:
 *
 *   forked_call(seconds, f) -> text, ended, signal
 *
 * calls f(say) in the child. `text` is what f passed to `say(text)` until it returned, or until the time was
 * up and the child was killed, with all processes that it started. `ended`: f returned. An error of f is an
 * error here; `signal` is the signal that ended the child.
 */
#ifndef LURE_CLI_FORKEDCALL_H
#define LURE_CLI_FORKEDCALL_H

#include <lua.h>

LUAMOD_API int luaopen_lure_forkedcall(lua_State *L);

#endif
