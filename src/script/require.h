/*
 * require: where `require` finds the modules of a script.
 *
 * Lua modules: packed with the script, beside it, in the directories of init_config.lure.path, and then,
 * unless the sandbox is "safe", in Lua's usual directories. C modules: in the same directories, only in the
 * "full" sandbox. They need the symbols lua_* of this library, which luaconflict.h makes visible; if another
 * Lua in the process prevents that, `require` reports it.
 *
 * In the "safe" sandbox `package` has neither path nor searchpath: the searchers have a path of their own, so
 * that a script reads, and finds out about, nothing but modules in the directories that it was given.
 */
#ifndef LURE_SCRIPT_REQUIRE_H
#define LURE_SCRIPT_REQUIRE_H

#include <lua.h>

/* Sets up `package` in the vm that `L` belongs to; sandbox_open_lj comes before. Stack: [] -> [] */
void require_open_lj(lua_State *L);

#endif
