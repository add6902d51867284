/*
 * sandbox: which parts of Lua's standard libraries a script can use.
 *
 * Never available: bytecode, os.exit, os.setlocale, `debug` except traceback, getinfo and getlocal
 * (debuglib.h), metatables of C's objects, and __gc metamethods, which would run outside of all limits.
 * Standard output belongs to the host, so writes to it go to the log. With limits.safe also unavailable: io,
 * all access to files, `os` except its time functions, debug.getlocal, and the metatable of strings.
 */
#ifndef LURE_SCRIPT_SANDBOX_H
#define LURE_SCRIPT_SANDBOX_H

#include <lua.h>

/* Opens the libraries in the vm that `L` belongs to. Stack: [] -> [] */
void sandbox_open_lj(lua_State *L);

#endif
