/*
 * sandbox: what of Lua's own libraries a script gets.
 *
 * Always: no bytecode, no os.exit and os.setlocale, of `debug` only traceback, getinfo
 * and getlocal, no __gc metamethods (they would run outside every limit), and what goes
 * to standard output, which is the host's, goes to the log instead.
 * With limits.safe also: no io, no file of any kind, of `os` only the time functions.
 */
#ifndef LURE_SCRIPT_SANDBOX_H
#define LURE_SCRIPT_SANDBOX_H

#include <lua.h>

/* Opens the libraries in the vm that `L` belongs to. Stack: [] -> [] */
void sandbox_open_lj(lua_State *L);

#endif
