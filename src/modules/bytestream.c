#include "modules/bytestream.h"

#include "base/memorybudget.h"
#include "lua/budget.h"
#include "lua/garbage.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdint.h>
#include <string.h>

#define SMALLEST_BUFFER 4096
#define LARGEST_STEP    ((size_t)64 * 1024)

/* What is read next; another number is that many bytes. */
enum { WANT_LINE = -1, WANT_ALL = -2 };

void bytestream_open(struct bytestream *stream, const struct bytestream_class *class, size_t longest)
{
    *stream = (struct bytestream){.class = class, .longest = longest};
}

static void *resize(lua_State *L, void *block, size_t before, size_t size)
{
    void *owner;
    lua_Alloc allocate = lua_getallocf(L, &owner);

    return allocate(owner, block, before, size);
}

void bytestream_close(lua_State *L, struct bytestream *stream)
{
    if (stream->bytes != NULL) {
        resize(L, stream->bytes, stream->size, 0);
    }
    stream->bytes = NULL;
    stream->begin = stream->end = stream->size = stream->searched = 0;
}

/* Makes room behind the bytes that are there: by moving them to the front, or in a larger buffer. False:
 * there is no memory. */
static bool make_room(lua_State *L, struct bytestream *stream)
{
    size_t used = stream->end - stream->begin;
    size_t size = stream->size < SMALLEST_BUFFER ? SMALLEST_BUFFER : 2 * stream->size;
    void *bytes;

    if (stream->begin > 0) {
        memmove(stream->bytes, stream->bytes + stream->begin, used);
        stream->begin = 0;
        stream->end = used;
    }
    /* a buffer that was filled at once is too small, up to LARGEST_STEP; later ones grow with what has to
     * stay */
    if (stream->size == 0 || stream->size < LARGEST_STEP || used > stream->size / 2) {
        bytes = resize(L, stream->bytes, stream->size, size);
        if (bytes == NULL) {
            return false;
        }
        stream->bytes = bytes;
        stream->size = size;
    }
    return true;
}

/* As the class's fill, into the buffer. */
static ssize_t fill_lj(lua_State *L, struct bytestream *stream)
{
    ssize_t got;

    if (stream->begin == stream->end) {
        stream->begin = stream->end = 0;
    }
    if (stream->end == stream->size && !GARBAGE_RETRY(L, make_room(L, stream))) {
        luaL_error(L, "%s", TEXT_OVER_LIMIT);
    }
    got = stream->class->fill(stream, stream->bytes + stream->end, stream->size - stream->end);
    if (got > 0) {
        stream->end += (size_t)got;
        budget_count(L, (size_t)got / 8 + 512);
    } else if (got == 0) {
        stream->ended = true;
    }
    return got;
}

/* Takes so many bytes off the front, of which `skipped` at their end are not given out. Stack: [...] -> [...,
 * text] */
static bool push_front_lj(lua_State *L, struct bytestream *stream, size_t size, size_t skipped)
{
    lua_pushlstring(L, size > 0 ? stream->bytes + stream->begin : "", size - skipped); /* ..., text */
    stream->begin += size;
    stream->searched = 0;
    return true;
}

static bool fail_length_lj(lua_State *L, const struct bytestream *stream)
{
    return luaL_error(L, "%s: a line is longer than %I bytes (max_line)", stream->class->name,
                      (LUAI_UACINT)stream->longest) != 0;
}

/* How many of the last bytes in front of `end` are a carriage return. */
static size_t count_return(const struct bytestream *stream, size_t size)
{
    return stream->class->carriage_returns && size > 0 && stream->bytes[stream->begin + size - 1] == '\r';
}

static bool take_line_lj(lua_State *L, struct bytestream *stream)
{
    size_t there = stream->end - stream->begin, size;
    const char *from = there > 0 ? stream->bytes + stream->begin : NULL;
    const char *end =
        there > stream->searched ? memchr(from + stream->searched, '\n', there - stream->searched) : NULL;

    if (end == NULL) {
        stream->searched = there;
        if (there > stream->longest + 1) { /* a carriage return may be the last */
            return fail_length_lj(L, stream);
        }
        return stream->ended && there > 0 && push_front_lj(L, stream, there, 0);
    }
    size = (size_t)(end - from);
    if (size - count_return(stream, size) > stream->longest) {
        return fail_length_lj(L, stream);
    }
    return push_front_lj(L, stream, size + 1, 1 + count_return(stream, size));
}

/* True: what is wanted was there. Stack: [...] -> [..., text] */
static bool take_lj(lua_State *L, struct bytestream *stream, lua_KContext want)
{
    size_t there = stream->end - stream->begin;

    if (want == WANT_LINE) {
        return take_line_lj(L, stream);
    }
    if (want == WANT_ALL) {
        return false; /* only at the end */
    }
    if (there >= (size_t)want || (stream->ended && there > 0)) {
        return push_front_lj(L, stream, there < (size_t)want ? there : (size_t)want, 0);
    }
    return false;
}

/* All is read. Stack: [...] -> [..., text or nil] */
static int push_end_lj(lua_State *L, struct bytestream *stream, lua_KContext want)
{
    if (want == WANT_ALL) {
        lua_pushlstring(L, stream->bytes != NULL ? stream->bytes + stream->begin : "",
                        stream->end - stream->begin); /* ..., text */
    } else {
        lua_pushnil(L); /* ..., nil */
    }
    bytestream_close(L, stream);
    return 1;
}

static int read_k(lua_State *L, int status, lua_KContext want)
{
    struct bytestream *stream = lua_touserdata(L, 1);

    (void)status;
    while (!take_lj(L, stream, want)) {
        ssize_t got = stream->ended ? 0 : fill_lj(L, stream);
        bool waits = got < 0 && errno == EAGAIN;

        if (got < 0 && !waits) {
            return luaL_error(L, "%s: %s", stream->class->name,
                              stream->class->problem != NULL ? stream->class->problem(stream)
                                                             : strerror(errno));
        }
        if (waits && stream->begin == stream->end) {
            bytestream_close(L, stream); /* the buffer: thousands of connections may wait */
        }
        if (stream->ended && (stream->begin == stream->end || want == WANT_ALL)) {
            if (stream->class->finish_lj(L, stream)) {
                return push_end_lj(L, stream, want);
            }
            waits = true;
        }
        if (waits) {
            return stream->class->wait_lj(L, stream, want, read_k);
        }
        budget_charge_lj(L, BUDGET_OF_STEP);
    }
    return 1;
}

int bytestream_line_lj(lua_State *L)
{
    budget_charge_lj(L, 2 * BUDGET_OF_STEP);
    return read_k(L, LUA_OK, WANT_LINE);
}

int bytestream_read_lj(lua_State *L)
{
    lua_Integer count;

    if (lua_isinteger(L, 2)) {
        count = lua_tointeger(L, 2);
        luaL_argcheck(L, count >= 0 && (uint64_t)count < SIZE_MAX / 2, 2,
                      "expected a number of bytes from 0");
        return read_k(L, LUA_OK, (lua_KContext)count);
    }
    switch (*luaL_optstring(L, 2, "l")) {
    case 'l':
        return bytestream_line_lj(L);
    case 'a':
        return read_k(L, LUA_OK, WANT_ALL);
    }
    return luaL_argerror(L, 2, "expected \"l\", \"a\" or a number of bytes");
}
