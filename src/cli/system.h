/*
 * system: functions of the operating system that Lua does not have: files, terminals, signals, sleep.
 *
 * The Lua module `lure.system`:
 *
 *   version, lua_version       texts
 *   hidden                     list of ranges, { first, last }: the characters of utf8_hidden
 *   libraries                  the libraries that are compiled in, with Debian's versions: text
 *   executable() -> path       of this program; nil if it cannot be told
 *   absolute(path) -> path     relative to the working directory
 *   make_temporary() -> path   a new directory that only we may use, in $TMPDIR or /tmp; nil, message
 *   make_executable(path)      for its owner
 *   set_environment(name, value)        of this process, and so of what is started from it
 *   exists(path) -> boolean             also for a dangling link
 *   is_file(path) -> boolean            a regular file, or a link to one
 *   kind(path) -> "file", "directory", "link" or "device" (anything else); nil: it does not exist
 *   open_regular(path) -> file          for reading; nil, "PATH: reason": also if it is no regular file
 *   is_printable(text) -> boolean       one line of UTF-8 without control and invisible characters
 *   is_terminal(descriptor) -> boolean
 *   has_written() -> boolean            flushes standard output; false: it failed
 *   is_closed(descriptor) -> boolean    the reader of that pipe has closed it
 *   seconds() -> number        of a monotonic clock
 *   time() -> number           seconds since 1970
 *   sleep(seconds [, always])  until the time is up or a signal comes; always: also after one was noted
 *   stamp(path) -> text        changes when the file is changed or replaced; nil: no file
 *   names(directory) -> list   of its entries, unsorted; nil: it cannot be read
 *   columns(descriptor) -> columns, rows        of the terminal; nil: it is none
 *   restore_terminal(text), has_stopped(), is_foreground(descriptor)   see screensignals.h
 *   embedded(name) -> text     source of "lure.cli.inside", the embedded module that is a text
 *   catch_signals([always])    from now on Ctrl-C, SIGTERM and SIGHUP are only noted; always: also later ones
 *   signalled() -> number, again        the first signal noted; nil: none. again: another one came
 *   hold_errors()              captures standard error from now on
 *   release_errors() -> text   what was captured; standard error is restored
 *
 * A noted signal interrupts what scripts run, until signalled() has told of it, and blocking calls, and
 * captures standard error, since most errors after it only repeat it. A second signal, after the first one
 * could have been handled, ends the process at once, unless signals are noted always. A closed pipe is an
 * error of writing, not a signal; programs that are started from here get signals as usual.
 */
#ifndef LURE_CLI_SYSTEM_H
#define LURE_CLI_SYSTEM_H

#include <lua.h>

/* The first signal noted; 0: none. */
int process_signal(void);

LUAMOD_API int luaopen_lure_system(lua_State *L);

#endif
