#include "lua/streambuffer.h"

#include "lprefix.h"

#include "ldo.h"
#include "lmem.h"

#include <errno.h>

#define BUFFER_SIZE ((size_t)4096)

/* A FILE of glibc's, with its lock. */
#define FILE_SIZE ((size_t)560)

FILE *streambuffer_begin_lj(lua_State *L, luaL_Stream *stream, FILE *file, int (*close)(FILE *file))
{
    struct buffered_stream *buffered = (struct buffered_stream *)stream;
    const int problem = errno;

    if (file == NULL) {
        return NULL;
    }
    buffered->buffer = luaM_realloc_(L, NULL, 0, BUFFER_SIZE + FILE_SIZE);
    if (buffered->buffer == NULL) {
        close(file);
        luaM_error(L);
    }
    setvbuf(file, buffered->buffer, _IOFBF, BUFFER_SIZE);
    errno = problem;
    return file;
}

int streambuffer_end(lua_State *L, luaL_Stream *stream, int result)
{
    struct buffered_stream *buffered = (struct buffered_stream *)stream;
    const int problem = errno;

    luaM_free_(L, buffered->buffer, buffered->buffer != NULL ? BUFFER_SIZE + FILE_SIZE : 0);
    buffered->buffer = NULL;
    errno = problem;
    return result;
}
