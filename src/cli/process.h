/*
 * process: what the commands need of the operating system and Lua does not have.
 *
 * The Lua module `lure.process`:
 *
 *   version, lua_version       texts
 *   executable() -> path       of this program; nil if it cannot be told
 *   absolute(path) -> path     relative to the working directory
 *   make_executable(path) -> true; nil, message
 *   make_folder(path) -> true; nil, message
 *   exists(path) -> boolean             also a link to nothing
 *   is_terminal(descriptor) -> boolean
 *   is_closed(descriptor) -> boolean    nobody reads what is written there
 *   catch_signals()            from now on Ctrl-C and SIGTERM are only noted
 *   signalled() -> number      of the first signal noted; nil: none
 *   hold_errors()              from now on standard error is kept back
 *   release_errors() -> text   what was kept back; standard error is as before
 *
 * A noted signal interrupts what waits, and holds errors, since most that come then say just
 * that. One that comes when the first had time to be acted upon ends the process at once. A
 * closed pipe is an error of writing, not a signal; programs that are started from here get
 * the signals as ever.
 */
#ifndef LURE_CLI_PROCESS_H
#define LURE_CLI_PROCESS_H

#include <lua.h>

LUAMOD_API int luaopen_lure_process(lua_State *L);

#endif
