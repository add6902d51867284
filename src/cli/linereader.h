/*
 * linereader: reads a file or a pipe line by line, with a timeout.
 *
 * The Lua module `lure.linereader`:
 *
 *   open(path) -> reader | nil, message            "-": standard input; a number: that descriptor, which it
 *                                                  closes
 *   reader:read(milliseconds) -> line
 *                                nil, "timeout"    no complete line in that time, or a signal came
 *                                nil, "end"
 *                                nil, "failure", message
 *   reader:close()
 *
 * A line ends with "\n" or "\r\n", which is not part of it, or with the file; it may contain any other
 * bytes. A byte order mark at the beginning of the file is skipped. A line of more than 64 MiB, the largest
 * event that hosts accept, is a failure.
 */
#ifndef LURE_CLI_LINEREADER_H
#define LURE_CLI_LINEREADER_H

#include <lua.h>

LUAMOD_API int luaopen_lure_linereader(lua_State *L);

#endif
