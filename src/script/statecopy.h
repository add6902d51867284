/*
 * statecopy: copies values from one Lua state into another, for hot reload.
 *
 * Copied are nil, booleans, numbers, strings, tables, and the sentinels of the modules `lure` and `json`.
 * Other values (functions, userdata, coroutines) are left out, in a table with their key or value, and so
 * are metatables, except the one that marks lists (modules/json.h). Shared and cyclic references between
 * tables are preserved.
 */
#ifndef LURE_SCRIPT_STATECOPY_H
#define LURE_SCRIPT_STATECOPY_H

#include <lua.h>

/*
 * Pushes onto `L` a copy of the value at the top of `from`, a state in which nothing runs. Throws, in `L`
 * only; then `from` has values left on its stack. Nothing in `from` is changed, and no code of its runs.
 * Stack of L: [] -> [copy]; of from: unchanged
 */
void state_copy_lj(lua_State *L, lua_State *from);

#endif
