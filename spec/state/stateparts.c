/*
 * stateparts: cursors (state/cursor.h) in a Lua module, without a plugin around them.
 */
#include "state/cursor.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <string.h>

#define METATABLE "lure.cursor"

struct object {
    struct cursor cursor;
    struct memory_budget budget;
    char said[4096]; /* what was told since said() was called, one a line */
};

static void hear(void *owner, bool grave, const char *text)
{
    struct object *object = owner;
    const size_t used = strlen(object->said);

    snprintf(object->said + used, sizeof(object->said) - used, "%s%s\n", grave ? "error: " : "", text);
}

static struct object *check(lua_State *L)
{
    return luaL_checkudata(L, 1, METATABLE);
}

/* open(folder, plugin, source, params): a cursor; nil: out of memory */
static int open_lj(lua_State *L)
{
    struct object *object = (lua_settop(L, 5), lua_newuserdata(L, sizeof(*object))); /* ..., object */
    struct state_place place = {.folder = luaL_optstring(L, 1, NULL),
                                .plugin = luaL_checkstring(L, 2),
                                .teller = {.tell = hear, .owner = object},
                                .budget = &object->budget};

    *object = (struct object){.budget = {.limit = (size_t)luaL_optinteger(L, 5, 1 << 26)}};
    if (!cursor_open(&object->cursor, &place, luaL_checkstring(L, 3), luaL_checkstring(L, 4))) {
        return 0;
    }
    luaL_setmetatable(L, METATABLE);
    return 1;
}

/* cursor:newest(): the text, or nil */
static int newest_lj(lua_State *L)
{
    size_t size;
    const char *text = cursor_newest(&check(L)->cursor, &size);

    if (text == NULL) {
        lua_pushnil(L); /* cursor, nil */
    } else {
        lua_pushlstring(L, text, size); /* cursor, text */
    }
    return 1;
}

/* cursor:stage(text): whether it was taken */
static int stage_lj(lua_State *L)
{
    size_t size;
    const char *text = luaL_checklstring(L, 2, &size);

    lua_pushboolean(L, cursor_stage(&check(L)->cursor, text, size)); /* cursor, text, taken */
    return 1;
}

static int commit_lj(lua_State *L)
{
    cursor_commit(&check(L)->cursor);
    return 0;
}

/* cursor:close(): the bytes that stay charged */
static int close_lj(lua_State *L)
{
    struct object *object = check(L);

    cursor_close(&object->cursor);
    lua_pushinteger(L, (lua_Integer)object->budget.used); /* cursor, bytes */
    return 1;
}

static int said_lj(lua_State *L)
{
    struct object *object = check(L);

    lua_pushstring(L, object->said); /* cursor, text */
    object->said[0] = '\0';
    return 1;
}

int luaopen_stateparts(lua_State *L);

int luaopen_stateparts(lua_State *L)
{
    static const luaL_Reg methods[] = {{"newest", newest_lj}, {"stage", stage_lj}, {"commit", commit_lj},
                                       {"close", close_lj},   {"said", said_lj},   {NULL, NULL}};

    luaL_newmetatable(L, METATABLE); /* metatable */
    luaL_newlib(L, methods);         /* metatable, methods */
    lua_setfield(L, -2, "__index");  /* metatable */
    lua_pop(L, 1);                   /* */
    lua_createtable(L, 0, 1);        /* module */
    lua_pushcfunction(L, open_lj);   /* module, open */
    lua_setfield(L, -2, "open");     /* module */
    return 1;
}
