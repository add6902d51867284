/*
 * filebytes: the bytes of a regular file by their position; those of a gzip file unpacked.
 *
 * The Lua module `lure.filebytes`:
 *
 *   open(path) -> file | nil, message
 *   file:read(position, count) -> bytes | nil, message   from 0; fewer before the end or a fault, "" at the
 * end file:close()
 *
 * Reading in order is quick; of a gzip file a step back unpacks it anew from its begin. Packed bytes that are
 * broken or cut off are a failure, once all before them were read.
 */
#ifndef LURE_CLI_FILEBYTES_H
#define LURE_CLI_FILEBYTES_H

#include <lua.h>

LUAMOD_API int luaopen_lure_filebytes(lua_State *L);

#endif
