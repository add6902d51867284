/*
 * streamlines: lines of C streams, copied out of the stream's buffer at once.
 *
 * Lua's liolib.c reads a line byte by byte. The C library shows in a FILE what it has read ahead, because its
 * own getc is a macro over that; a line's end is searched there. When the stream is read from, and what then
 * is in it for others, is as with getc: a terminal or a pipe gives each line as soon as it is there.
 */
#ifndef LURE_LUA_STREAMLINES_H
#define LURE_LUA_STREAMLINES_H

#include "lua/eval.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * As getc until `room` bytes are in `to`, or a line ends, which its '\n' is not part of. Answers the number
 * of bytes; `*last` is what getc said last. The caller has locked the stream. For liolib.c
 * (cmake/patch-lua.cmake).
 */
size_t lines_read(FILE *stream, char *to, size_t room, int *last);

/* Lua's own iterator over lines, in a state where the script could not replace it yet; NULL: there is none.
 * Stack: unchanged */
lua_CFunction lines_iterator_lj(lua_State *L);

/*
 * The stream of which the function at `place` returns one line a call, without its '\n', and nothing else;
 * NULL: it is another function than `iterator` makes so, or the stream is closed. Stack: unchanged; takes two
 * slots
 */
FILE *lines_stream(lua_State *L, int place, lua_CFunction iterator);

/*
 * Hands the lines to `take` that are in the stream's buffer already: what such an iterator would return, in
 * no string of Lua's. `take` neither touches the stream nor throws. True: it had enough. False: the iterator
 * has to be called for what comes next. Any thread may call it.
 */
bool lines_advance(FILE *stream, enum eval_taken (*take)(void *to, const struct eval_value *line), void *to);

#endif
