#include "lua/streamlines.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

/* Bytes that getc would return without reading from the file. */
static size_t buffered(const FILE *stream)
{
    return (size_t)(stream->_IO_read_end - stream->_IO_read_ptr);
}

size_t streamlines_read(FILE *stream, char *to, size_t capacity, int *last)
{
    size_t length = 0;

    while (length < capacity) {
        size_t most = buffered(stream) < capacity - length ? buffered(stream) : capacity - length;
        char *begin = to + length, *end;

        if (most == 0) {
            *last = getc_unlocked(stream); /* fills the buffer */
            if (*last == EOF || *last == '\n') {
                return length;
            }
            to[length++] = (char)*last;
            continue;
        }
        end = memccpy(begin, stream->_IO_read_ptr, '\n', most);
        if (end != NULL) {
            stream->_IO_read_ptr += end - begin;
            *last = '\n';
            return length + (size_t)(end - begin) - 1;
        }
        stream->_IO_read_ptr += most;
        length += most;
        *last = (unsigned char)to[length - 1];
    }
    return length;
}

lua_CFunction streamlines_iterator_lj(lua_State *L)
{
    lua_CFunction iterator = NULL;

    if (lua_getglobal(L, LUA_IOLIBNAME) == LUA_TTABLE) { /* io */
        lua_getfield(L, -1, "lines");                    /* io, lines */
        lua_call(L, 0, 1);                               /* io, iterator (over standard input) */
        iterator = lua_tocfunction(L, -1);
        lua_pop(L, 1); /* io */
    }
    lua_pop(L, 1); /* */
    return iterator;
}

/* What io.lines and file:lines give the iterator: the file, how many formats, whether to close it. */
enum { ITERATOR_FILE = 1, ITERATOR_FORMATS };

FILE *streamlines_stream(lua_State *L, int place, lua_CFunction iterator)
{
    const luaL_Stream *file;
    bool whole;

    if (iterator == NULL || lua_tocfunction(L, place) != iterator) {
        return NULL;
    }
    lua_getupvalue(L, place, ITERATOR_FILE);    /* file */
    lua_getupvalue(L, place, ITERATOR_FORMATS); /* file, count */
    file = luaL_testudata(L, -2, LUA_FILEHANDLE);
    whole = lua_isinteger(L, -1) && lua_tointeger(L, -1) == 0;
    lua_pop(L, 2); /* */
    return file != NULL && file->closef != NULL && whole ? file->f : NULL;
}

bool streamlines_advance(FILE *stream, enum eval_taken (*take)(void *to, const struct eval_value *line),
                         void *to)
{
    enum eval_taken taken = EVAL_MORE;
    const char *end;

    flockfile(stream);
    while (taken == EVAL_MORE && buffered(stream) > 0 &&
           (end = memchr(stream->_IO_read_ptr, '\n', buffered(stream))) != NULL) {
        struct eval_value line = {.kind = EVAL_TEXT};

        line.text.data = stream->_IO_read_ptr;
        line.text.size = (size_t)(end - stream->_IO_read_ptr);
        taken = take(to, &line);
        if (taken != EVAL_REFUSED) {
            stream->_IO_read_ptr += line.text.size + 1;
        }
    }
    funlockfile(stream);
    return taken == EVAL_ENOUGH;
}
