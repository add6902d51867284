/*
 * luaconflict: makes our Lua visible to Lua modules written in C, unless another Lua in the process would
 * conflict with it.
 *
 * A C module needs the symbols lua_*, which the dynamic loader looks up in the global scope. So our library
 * joins the global scope before the first C module is loaded (and is never unloaded afterwards). That is
 * refused if the process has another Lua: one whose own calls go through the loader, as in Debian's liblua,
 * would use ours from then on.
 */
#ifndef LURE_SCRIPT_LUACONFLICT_H
#define LURE_SCRIPT_LUACONFLICT_H

/* Makes lua_* visible to C modules that are loaded afterwards. NULL: done; else the reason why not. */
const char *luaconflict_make_visible(void);

#endif
