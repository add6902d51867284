/*
 * require: where a script's modules come from.
 *
 * Pure Lua: packed with the script, beside it, in the folders of init_config.lure.path, then, unless the
 * sandbox is safe, in Lua's usual folders. C modules: the same folders, only in the full
 * sandbox; they need the symbols lua_* of this very library, which makes itself global
 * for the first of them. In a process that has another Lua that is not possible, and
 * `require` says so.
 */
#ifndef LURE_SCRIPT_REQUIRE_H
#define LURE_SCRIPT_REQUIRE_H

#include <lua.h>

/* Sets up `package` in the vm that `L` belongs to; sandbox_open_lj comes before. Stack: [] -> [] */
void require_open_lj(lua_State *L);

#endif
