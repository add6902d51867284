/*
 * unfinished: files and directories that this process is making under temporary names.
 *
 * They are removed when the process ends, whether by exit or by a signal: SIGINT, SIGTERM, SIGHUP and SIGQUIT
 * remove them unless somebody else handles these. The Lua module `lure.unfinished` (outfile.lua is what
 * commands use) has
 *
 *   new_name()                    that no file has, for one
 *   create(path)                  a new file, which only its owner may use; never one that is there, nor a
 * link make_folder(path)             true complete(file, mode_of, executable) writes what is buffered and
 * waits until it is on the disk. The permissions become those of the file `mode_of`, if there is one, else
 * those that new files have publish(path, to, replaces)   renames what was made, with what is in it, which is
 * finished then remove(path)                  removes what was made
 *
 * Paths are absolute. Each function returns nil, "PATH: reason" and errno where it fails.
 *
 * Threads: one makes files; a signal may arrive on any. The list has a fixed size and is never locked, so
 * that a signal handler can read it.
 */
#ifndef LURE_CLI_UNFINISHED_H
#define LURE_CLI_UNFINISHED_H

#include <lua.h>

LUAMOD_API int luaopen_lure_unfinished(lua_State *L);

/* Removes all that this process is making. Async-signal-safe. */
void unfinished_remove_all(void);

#endif
