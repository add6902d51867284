/*
 * streamlines: reads lines of C streams by copying them from the stream's buffer, not byte by byte.
 *
 * Lua's liolib.c reads a line with a getc for each byte. Here the end of the line is searched in the buffer
 * of the FILE, which glibc exposes for its getc macro. When the stream is read from, and what other readers
 * of it see, is as with getc: a terminal or a pipe gives each line as soon as it is there.
 */
#ifndef LURE_LUA_STREAMLINES_H
#define LURE_LUA_STREAMLINES_H

#include "lua/eval.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * As getc until `capacity` bytes are in `to`, or a line ends, which its '\n' is not part of. Returns the
 * number of bytes; `*last` is the last result of getc. The caller has locked the stream. For liolib.c
 * (cmake/patch-lua.cmake).
 */
size_t streamlines_read(FILE *stream, char *to, size_t capacity, int *last);

/* Lua's own iterator over lines, in a state where the script could not replace it yet; NULL: there is none.
 * Stack: unchanged */
lua_CFunction streamlines_iterator_lj(lua_State *L);

/*
 * The stream of which the function at `place` returns one line a call, without its '\n', and nothing else;
 * NULL: it is another function than `iterator` makes so, or the stream is closed. Stack: unchanged; takes two
 * slots
 */
FILE *streamlines_stream(lua_State *L, int place, lua_CFunction iterator);

/*
 * Passes to `take` the lines that are in the stream's buffer already: what such an iterator would return,
 * without making Lua strings. `take` neither uses the stream nor throws. True: it wants no more. False: the
 * iterator must be called for the next line. Any thread may call it.
 */
bool streamlines_advance(FILE *stream, enum eval_taken (*take)(void *to, const struct eval_value *line),
                         void *to);

#endif
