/*
 * streambuffer: the buffers of C streams that a script opens, in Lua's memory.
 *
 * Each stream of `io` takes some kilobytes of the C library, and a process may have a million of them. Here
 * its buffer is taken from Lua's allocator, with as much more as the FILE takes, so that it counts against
 * the script's memory limit and makes the collector close forgotten files.
 *
 * For liolib.c (cmake/patch-lua.cmake). Owner: the stream's userdata; the buffer outlives the FILE.
 */
#ifndef LURE_LUA_STREAMBUFFER_H
#define LURE_LUA_STREAMBUFFER_H

#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>

/* What liolib's streams are; those of other modules are a luaL_Stream alone. */
struct buffered_stream {
    luaL_Stream stream;
    void *buffer; /* NULL: the C library's, or none */
};

/* Gives a stream that was just opened, `file` (NULL: it was not), its buffer. Throws where memory is out,
 * when `close` has closed it. Returns `file`; errno stays. */
FILE *streambuffer_begin_lj(lua_State *L, luaL_Stream *stream, FILE *file, int (*close)(FILE *file));

/* The stream was closed. Returns `result`; errno stays. */
int streambuffer_end(lua_State *L, luaL_Stream *stream, int result);

#endif
