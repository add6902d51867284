#include "cli/linereader.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READER_TYPE "lure.linereader.reader"

#define LONGEST_LINE  (64u << 20)
#define FIRST_ROOM    65536u
#define ROOM_FOR_READ 4096u /* less is not worth a call */

struct reader {
    int file; /* -1: closed */
    bool ended;
    char *buffer;
    size_t room;
    size_t begin, end; /* what was read and not yet given out */
    size_t searched;   /* how much of it is known to have no line end */
    lua_Integer line;  /* number of the last one given out */
};

static struct reader *check_lj(lua_State *L)
{
    struct reader *reader = luaL_checkudata(L, 1, READER_TYPE);

    luaL_argcheck(L, reader->file >= 0, 1, "the reader is closed");
    return reader;
}

static int open_lj(lua_State *L)
{
    const int number = lua_isinteger(L, 1) ? (int)lua_tointeger(L, 1) : -1;
    const char *path = luaL_checkstring(L, 1);
    struct reader *reader = lua_newuserdatauv(L, sizeof(*reader), 0); /* path, reader */

    *reader = (struct reader){.file = -1};
    luaL_setmetatable(L, READER_TYPE);
    reader->file = number >= 0              ? number
                   : strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
                                            : open(path, O_RDONLY | O_CLOEXEC);
    if (reader->file < 0) {
        luaL_pushfail(L);                   /* path, reader, nil */
        lua_pushstring(L, strerror(errno)); /* path, reader, nil, message */
        return 2;
    }
    return 1;
}

static int close_lj(lua_State *L)
{
    struct reader *reader = luaL_checkudata(L, 1, READER_TYPE);

    if (reader->file >= 0) {
        close(reader->file);
    }
    free(reader->buffer);
    *reader = (struct reader){.file = -1};
    return 0;
}

static int fail_lj(lua_State *L, const char *message)
{
    luaL_pushfail(L);              /* nil */
    lua_pushliteral(L, "failure"); /* nil, "failure" */
    lua_pushstring(L, message);    /* nil, "failure", message */
    return 3;
}

/* Drops a byte order mark at the beginning of the file. Returns the length of the rest of the first line. */
static size_t drop_mark(struct reader *reader, size_t length)
{
    static const char mark[] = "\xEF\xBB\xBF";
    const size_t size = sizeof(mark) - 1;

    if (reader->line > 0 || length < size || memcmp(reader->buffer + reader->begin, mark, size) != 0) {
        return length;
    }
    reader->begin += size;
    return length - size;
}

/* Pushes so many bytes, and drops `behind` more. Stack: [] -> [line] */
static int push_bytes_lj(lua_State *L, struct reader *reader, size_t length, size_t behind)
{
    const char *line;

    length = drop_mark(reader, length);
    line = reader->buffer + reader->begin;
    lua_pushlstring(L, line, length > 0 && line[length - 1] == '\r' ? length - 1 : length); /* line */
    reader->begin += length + behind;
    reader->searched = 0;
    reader->line++;
    return 1;
}

static int fail_long_lj(lua_State *L, const struct reader *reader)
{
    lua_pushfstring(L, "line %I has more than 64 MiB: no host takes an event as large", reader->line + 1);
    return fail_lj(L, lua_tostring(L, -1)); /* ..., message */
}

/* Pushes the first line, or at the end of the file the rest. Returns 0 if there is none. */
static int take_line_lj(lua_State *L, struct reader *reader)
{
    const char *begin = reader->buffer + reader->begin;
    size_t length = reader->end - reader->begin;
    const char *end = length > 0 ? memchr(begin + reader->searched, '\n', length - reader->searched) : NULL;
    size_t line = end != NULL ? (size_t)(end - begin) : length;

    if (line > LONGEST_LINE) {
        return fail_long_lj(L, reader);
    }
    reader->searched = line;
    if (end != NULL) {
        return push_bytes_lj(L, reader, line, 1);
    }
    return reader->ended && line > 0 ? push_bytes_lj(L, reader, line, 0) : 0;
}

/* Makes room in the buffer. False: out of memory. */
static bool make_room(struct reader *reader)
{
    size_t length = reader->end - reader->begin;
    size_t room = reader->room > 0 ? reader->room : FIRST_ROOM;
    char *larger;

    if (reader->begin > 0) {
        memmove(reader->buffer, reader->buffer + reader->begin, length);
        reader->begin = 0;
        reader->end = length;
    }
    if (room - length < ROOM_FOR_READ) {
        room *= 2;
    }
    if (room == reader->room) {
        return true;
    }
    larger = realloc(reader->buffer, room);
    if (larger == NULL) {
        return false;
    }
    reader->buffer = larger;
    reader->room = room;
    return true;
}

static int say_lj(lua_State *L, const char *what)
{
    luaL_pushfail(L);        /* nil */
    lua_pushstring(L, what); /* nil, what */
    return 2;
}

/* Reads once, waiting for at most that time. Returns errno, or 0. `*waited`: nothing came. */
static int read_more(struct reader *reader, int milliseconds, bool *waited)
{
    struct pollfd file = {.fd = reader->file, .events = POLLIN};
    ssize_t got;
    int ready = poll(&file, 1, milliseconds);

    *waited = ready == 0 || (ready < 0 && errno == EINTR);
    if (*waited) {
        return 0;
    }
    got = read(reader->file, reader->buffer + reader->end, reader->room - reader->end);
    if (got < 0) {
        *waited = errno == EINTR || errno == EAGAIN;
        return *waited ? 0 : errno;
    }
    reader->ended = got == 0;
    reader->end += (size_t)got;
    return 0;
}

static int read_lj(lua_State *L)
{
    struct reader *reader = check_lj(L);
    int milliseconds = (int)luaL_checkinteger(L, 2);
    bool waited;
    int results, error;

    while ((results = take_line_lj(L, reader)) == 0) {
        if (reader->ended) {
            return say_lj(L, "end");
        }
        if (!make_room(reader)) {
            return fail_lj(L, TEXT_NO_MEMORY);
        }
        error = read_more(reader, milliseconds, &waited);
        if (error != 0) {
            return fail_lj(L, strerror(error));
        }
        if (waited) {
            return say_lj(L, "timeout");
        }
    }
    return results;
}

LUAMOD_API int luaopen_lure_linereader(lua_State *L)
{
    static const luaL_Reg functions[] = {{"open", open_lj}, {NULL, NULL}};
    static const luaL_Reg methods[] = {{"read", read_lj}, {"close", close_lj}, {NULL, NULL}};

    luaL_newmetatable(L, READER_TYPE); /* metatable */
    luaL_newlib(L, methods);           /* metatable, methods */
    lua_setfield(L, -2, "__index");    /* metatable */
    lua_pushcfunction(L, close_lj);    /* metatable, close */
    lua_setfield(L, -2, "__gc");       /* metatable */
    luaL_newlib(L, functions);         /* metatable, module */
    return 1;
}
