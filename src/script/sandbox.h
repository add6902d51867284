/*
 * sandbox: which parts of Lua's standard libraries a script can use.
 *
 * Never available: bytecode, os.exit, os.setlocale, `debug` except traceback, getinfo and getlocal, and __gc
 * metamethods (they would run outside of all limits). Standard output belongs to the host, so writes to it
 * go to the log. With limits.safe also unavailable: io, all access to files, and `os` except its time
 * functions.
 */
#ifndef LURE_SCRIPT_SANDBOX_H
#define LURE_SCRIPT_SANDBOX_H

#include <lua.h>

/* Opens the libraries in the vm that `L` belongs to. Stack: [] -> [] */
void sandbox_open_lj(lua_State *L);

#endif
