/*
 * process: what the commands need of the operating system and Lua does not have.
 *
 * The Lua module `lure.process`:
 *
 *   version, lua_version       texts
 *   hidden                     list of ranges, { first, last }: the characters of utf8_hidden
 *   libraries                  what is compiled in, with Debian's versions: text
 *   executable() -> path       of this program; nil if it cannot be told
 *   absolute(path) -> path     relative to the working directory
 *   make_temporary() -> path   a new folder that only we may use, in $TMPDIR or /tmp; nil, message
 *   exists(path) -> boolean             also a link to nothing
 *   is_file(path) -> boolean            a regular file, or a link to one
 *   kind(path) -> "file", "folder", "link" or "device" (anything else); nil: there is nothing
 *   open_regular(path) -> file          to read; nil, "PATH: reason": also where it is no regular file
 *   is_printable(text) -> boolean       one line of UTF-8 without control and invisible characters
 *   is_terminal(descriptor) -> boolean
 *   has_written() -> boolean           all that was for standard output is there
 *   is_closed(descriptor) -> boolean    nobody reads what is written there
 *   seconds() -> number        of a clock that only goes forward
 *   sleep(seconds [, always])  or until a signal comes; always: also where one was noted
 *   stamp(path) -> text        is another one when the file was changed or replaced; nil: no file
 *   names(folder) -> list      of what is in the folder, in no order; nil: it cannot be read
 *   columns(descriptor) -> integer    how wide the terminal is; nil: it is none
 *   embedded(name) -> text     of the part of lure of that module name
 *   catch_signals([always])    from now on Ctrl-C, SIGTERM and SIGHUP are only noted; always: also later ones
 *   signalled() -> number, again    of the first signal noted; nil: none. again: another one came
 *   hold_errors()              from now on standard error is kept back
 *   release_errors() -> text   what was kept back; standard error is as before
 *
 * A noted signal interrupts what waits, and holds errors, since most that come then say just
 * that. One that comes when the first had time to be acted upon ends the process at once, unless
 * such are noted always. A closed pipe is an error of writing, not a signal; programs that are
 * started from here get the signals as ever.
 */
#ifndef LURE_CLI_PROCESS_H
#define LURE_CLI_PROCESS_H

#include <lua.h>

/* The first signal noted; 0: none. */
int process_signal(void);

LUAMOD_API int luaopen_lure_process(lua_State *L);

#endif
