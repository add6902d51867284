/*
 * luafile: loads the Lua files that a script reads with require, dofile and loadfile.
 *
 * All of them are read by script_source_read, with its checks. The vm keeps each with its file status, so
 * that hot reload notices a change of it; a file that is read again replaces its earlier version. Their
 * total size is limited to the memory that the script may use (init_config.lure.memory).
 */
#ifndef LURE_SCRIPT_LUAFILE_H
#define LURE_SCRIPT_LUAFILE_H

#include <lua.h>

/* Loads the file as a Lua function, called by its name; throws for want of memory. Stack: [] -> [function or
 * message] */
int luafile_load_lj(lua_State *L, const char *path);

#endif
