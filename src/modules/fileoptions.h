/*
 * fileoptions: the arguments of lure.file's functions: a path, and a table of options.
 *
 * What is wrong throws "FUNCTION: expected …, got …". Callers hold the plugin state's lock, as for all Lua.
 */
#ifndef LURE_MODULES_FILEOPTIONS_H
#define LURE_MODULES_FILEOPTIONS_H

#include <lua.h>

/* The path at 1, or throws "FUNCTION: expected …". */
const char *file_check_path_lj(lua_State *L, const char *function);

/* The option of that name in the table at 2, an integer within bounds. Stack: unchanged */
lua_Integer file_check_option_lj(lua_State *L, const char *function, const char *name, lua_Integer otherwise,
                                 lua_Integer most);

/* Throws where the value at 2 is neither nil nor a table that has no other keys than these (ended by NULL);
 * nil is replaced by an empty table. Stack: [path, options, ...] -> [path, options] */
void file_check_options_lj(lua_State *L, const char *function, const char *const *known);

#endif
