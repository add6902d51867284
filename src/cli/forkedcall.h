/*
 * forkedcall: calls a function in a forked child process, for work that may crash or never end.
 *
 * The Lua module `lure.forkedcall`:
 *
 *   start(f) -> call                              calls f(say) in a child, and does not wait for it;
 *                                                 nil and why: the system has no room for one
 *   call:finish(seconds) -> text, ended, signal   waits for it, once
 *
 * `text` is what f passed to `say(text)` until it returned, or until so many seconds after its start the
 * child was killed, with all processes that it started. `ended`: f returned. An error of f is an error here;
 * `signal` is the signal that ended the child. A call that is collected unfinished is killed. Say little:
 * what the pipe does not hold waits for finish.
 */
#ifndef LURE_CLI_FORKEDCALL_H
#define LURE_CLI_FORKEDCALL_H

#include <lua.h>

LUAMOD_API int luaopen_lure_forkedcall(lua_State *L);

#endif
