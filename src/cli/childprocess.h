/*
 * childprocess: starts and stops another program.
 *
 * The Lua module `lure.childprocess`:
 *
 *   start(words, output) -> pid         runs words[1], looked for on PATH, with the other words; both its
 *                                       outputs go to the file `output`. nil, message, errno: it cannot be
 *                                       run
 *   start_piped(words) -> pid, output, error   the same; its outputs are the other ends of two pipes, which
 *                                       are the caller's to close (lure.linereader)
 *   status(pid) -> integer              its exit status, or 128 and its signal; nil: it is running
 *   stop(pid, signal)                   sends "TERM" or "KILL" to it and to what it has started
 *
 * The program leads a process group of its own, so a terminal's Ctrl-C reaches only us, and gets SIGTERM
 * when the thread that started it ends. status returns a result once for each pid.
 */
#ifndef LURE_CLI_CHILDPROCESS_H
#define LURE_CLI_CHILDPROCESS_H

#include <lua.h>

LUAMOD_API int luaopen_lure_childprocess(lua_State *L);

#endif
