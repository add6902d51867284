/*
 * luafile: the Lua files that a script reads: with require, dofile, loadfile.
 *
 * All of them go through script_source_read, with its checks. The vm keeps each with the status that it had,
 * so that a change of it is a change of the script; one that is read again takes the place of what it was.
 * Together they may have as many bytes as the script may hold (init_config.lure.memory).
 */
#ifndef LURE_SCRIPT_LUAFILE_H
#define LURE_SCRIPT_LUAFILE_H

#include <lua.h>

/* Loads the file as a Lua function, called by its name; throws for want of memory. Stack: [] -> [function or
 * message] */
int luafile_load_lj(lua_State *L, const char *path);

#endif
