#include "cli/filebytes.h"

#include "file/filesource.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_TYPE "lure.filebytes.file"

#define MOST_AT_ONCE (64u << 20)

static int fail_lj(lua_State *L, const char *message)
{
    luaL_pushfail(L);           /* nil */
    lua_pushstring(L, message); /* nil, message */
    return 2;
}

static int open_lj(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    struct filesource *source = lua_newuserdatauv(L, sizeof(*source), 0); /* path, file */
    struct stat status;
    int file;

    *source = (struct filesource){.file = -1};
    luaL_setmetatable(L, FILE_TYPE);
    file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe that nobody writes to does not keep us */
    if (file < 0) {
        return fail_lj(L, strerror(errno));
    }
    source->file = file; /* it is closed with the object */
    if (fstat(file, &status) != 0) {
        return fail_lj(L, strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return fail_lj(L, "is no regular file");
    }
    if (!filesource_open(source, file, filesource_is_gzip(file), NULL)) {
        return fail_lj(L, strerror(ENOMEM));
    }
    return 1;
}

static int read_lj(lua_State *L)
{
    struct filesource *source = luaL_checkudata(L, 1, FILE_TYPE);
    const lua_Integer position = luaL_checkinteger(L, 2);
    const lua_Integer count = luaL_checkinteger(L, 3);
    luaL_Buffer bytes;
    ssize_t got;

    luaL_argcheck(L, source->file >= 0, 1, "the file is closed");
    luaL_argcheck(L, position >= 0, 2, "a position is not negative");
    luaL_argcheck(L, count > 0 && count <= (lua_Integer)MOST_AT_ONCE, 3, "expected 1 to 64 MiB");
    got = filesource_read(source, luaL_buffinitsize(L, &bytes, (size_t)count), (size_t)count,
                          (uint64_t)position);
    if (got < 0) {
        return fail_lj(L, errno == EPIPE    ? "the packed bytes are cut off"
                          : errno == EILSEQ ? "the packed bytes are broken"
                                            : strerror(errno));
    }
    luaL_pushresultsize(&bytes, (size_t)got); /* …, bytes */
    return 1;
}

static int close_lj(lua_State *L)
{
    filesource_close(luaL_checkudata(L, 1, FILE_TYPE));
    return 0;
}

int luaopen_lure_filebytes(lua_State *L)
{
    static const luaL_Reg functions[] = {{"open", open_lj}, {NULL, NULL}};
    static const luaL_Reg methods[] = {
        {"read", read_lj}, {"close", close_lj}, {"__gc", close_lj}, {NULL, NULL}};

    luaL_newmetatable(L, FILE_TYPE); /* metatable */
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);           /* metatable, metatable */
    lua_setfield(L, -2, "__index"); /* metatable */
    luaL_newlib(L, functions);      /* metatable, module */
    return 1;
}
