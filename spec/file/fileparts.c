/*
 * fileparts: tails (file/tail.h) in a Lua module, without tasks and plugins around them.
 */
#include "file/tail.h"

#include "base/clock.h"

#include <lauxlib.h>
#include <lua.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define METATABLE "lure.tail"

struct object {
    struct tail *tail;
    struct memory_budget budget;
    char said[8192]; /* what was told since said() was called, one a line */
};

static void hear(void *owner, bool grave, const char *text)
{
    struct object *object = owner;
    const size_t used = strlen(object->said);

    snprintf(object->said + used, sizeof(object->said) - used, "%s%s\n", grave ? "error: " : "", text);
}

static struct object *check(lua_State *L)
{
    struct object *object = luaL_checkudata(L, 1, METATABLE);

    luaL_argcheck(L, object->tail != NULL, 1, "it is closed");
    return object;
}

/* open(pattern [, cursor [, from_end [, max_line [, memory]]]]): a tail; nil and a text */
static int open_lj(lua_State *L)
{
    struct object *object = (lua_settop(L, 5), lua_newuserdata(L, sizeof(*object))); /* ..., object */
    struct tail_options options = {.pattern = luaL_checkstring(L, 1),
                                   .cursor = luaL_optlstring(L, 2, NULL, &options.cursor_size),
                                   .from_end = lua_toboolean(L, 3),
                                   .max_line = (size_t)luaL_optinteger(L, 4, 1 << 20),
                                   .teller = {.tell = hear, .owner = object},
                                   .budget = &object->budget};
    char *problem;

    *object = (struct object){.budget = {.limit = (size_t)luaL_optinteger(L, 5, 1 << 26)}};
    options.cursor = lua_tolstring(L, 2, &options.cursor_size);
    object->tail = tail_open(&options, &problem);
    if (object->tail == NULL) {
        lua_pushnil(L);
        lua_pushstring(L, problem != NULL ? problem : "out of memory");
        free(problem);
        return 2;
    }
    luaL_setmetatable(L, METATABLE);
    return 1;
}

/* tail:next(): a line; nil: there is none now; false: out of memory */
static int next_lj(lua_State *L)
{
    const char *line;
    size_t size;

    switch (tail_next(check(L)->tail, &line, &size)) {
    case TAIL_LINE:
        lua_pushlstring(L, line, size);
        break;
    case TAIL_BUSY:
    case TAIL_NOTHING:
        lua_pushnil(L);
        break;
    case TAIL_NO_MEMORY:
        lua_pushboolean(L, 0);
    }
    return 1;
}

/* tail:wait(): until something may have changed, at most 0.1 s */
static int wait_lj(lua_State *L)
{
    struct tail *tail = check(L)->tail;
    struct pollfd watch = {.fd = tail_watch(tail), .events = POLLIN};
    int64_t left = (tail_due(tail) - clock_now(CLOCK_MONOTONIC)) / CLOCK_MILLISECOND + 1;

    poll(&watch, 1, left < 0 ? 0 : left > 100 ? 100 : (int)left);
    tail_look(tail);
    return 0;
}

static int cursor_lj(lua_State *L)
{
    size_t size;
    const char *cursor = tail_cursor(check(L)->tail, &size);

    lua_pushlstring(L, cursor, size);
    return 1;
}

static int said_lj(lua_State *L)
{
    struct object *object = luaL_checkudata(L, 1, METATABLE);

    lua_pushstring(L, object->said);
    object->said[0] = '\0';
    return 1;
}

/* tail:close(): the bytes that stay charged */
static int close_lj(lua_State *L)
{
    struct object *object = luaL_checkudata(L, 1, METATABLE);

    if (object->tail != NULL) {
        tail_close(object->tail);
        object->tail = NULL;
    }
    lua_pushinteger(L, (lua_Integer)object->budget.used);
    return 1;
}

int luaopen_fileparts(lua_State *L);

int luaopen_fileparts(lua_State *L)
{
    static const luaL_Reg methods[] = {{"next", next_lj}, {"wait", wait_lj},   {"cursor", cursor_lj},
                                       {"said", said_lj}, {"close", close_lj}, {"__gc", close_lj},
                                       {NULL, NULL}};

    luaL_newmetatable(L, METATABLE); /* metatable */
    luaL_setfuncs(L, methods, 0);    /* metatable */
    lua_pushvalue(L, -1);            /* metatable, metatable */
    lua_setfield(L, -2, "__index");  /* metatable */
    lua_pop(L, 1);                   /* */
    lua_createtable(L, 0, 1);        /* module */
    lua_pushcfunction(L, open_lj);   /* module, open */
    lua_setfield(L, -2, "open");     /* module */
    return 1;
}
