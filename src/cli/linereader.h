/*
 * linereader: a file or a pipe, line by line, without ever waiting longer than one wants to.
 *
 * The Lua module `lure.linereader`:
 *
 *   open(path) -> reader | nil, message            "-": standard input
 *   reader:read(milliseconds) -> line
 *                                nil, "timeout"    nothing whole came in that time, or a signal did
 *                                nil, "end"
 *                                nil, "failure", message
 *   reader:close()
 *
 * A line ends with "\n" or "\r\n", which is not part of it, or with the file; it may hold any
 * other bytes. A byte order mark at the begin of the file is passed over. A line of more than 64 MiB, the
 * most that hosts take as an event, is a failure.
 */
#ifndef LURE_CLI_LINEREADER_H
#define LURE_CLI_LINEREADER_H

#include <lua.h>

LUAMOD_API int luaopen_lure_linereader(lua_State *L);

#endif
