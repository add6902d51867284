/*
 * statecopy: data that goes from one Lua state into another.
 *
 * nil, booleans, numbers, strings, tables, and the marks of the modules `lure` and `json`.
 * What is none of it (functions, userdata, coroutines) is left out, and so are metatables,
 * except for the mark of lists (modules/json.h); in a table the pair goes. A table that stands
 * in many places, or in itself, does so in the copy.
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
