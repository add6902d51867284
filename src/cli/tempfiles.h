/*
 * tempfiles: output files and directories under temporary names, which are removed if the program ends
 * before they are complete, by exit or by a signal.
 *
 * SIGINT, SIGTERM, SIGHUP and SIGQUIT remove them, unless somebody else handles these signals. The Lua
 * module `lure.tempfiles` (commands use it through outfile.lua) has
 *
 *   new_name()              a temporary name that no file has
 *   create(path)            makes a new file, which only its owner may use; fails if the path exists. Those
 * that a process of this user has left in the directory, an hour ago, are removed make_directory(path) true
 *   complete(file, mode_of, executable)
 *                           writes what is buffered and waits until it is on the disk. The permissions
 *                           become those of the file `mode_of`, if it exists, else those of new files
 *   publish(path, to, replaces)
 *                           renames it, with its contents, to its final name
 *   hold_signals(held)      true: the signals wait, so that several files are renamed, or none; false: no
 * more remove(path)            removes it
 *
 * Paths are absolute. Each function returns nil, "PATH: reason" and errno if it fails.
 *
 * Threads: one makes files; a signal may arrive on any. The list has a fixed size and is never locked, so
 * that a signal handler can read it.
 */
#ifndef LURE_CLI_TEMPFILES_H
#define LURE_CLI_TEMPFILES_H

#include <lua.h>

LUAMOD_API int luaopen_lure_tempfiles(lua_State *L);

/* Removes all that this process is making. Async-signal-safe. */
void tempfiles_remove_all(void);

#endif
