#include "script/debuglib.h"

#include <lauxlib.h>
#include <limits.h>
#include <lualib.h>
#include <string.h>

/* The thread that is asked about: argument 1, or `L`. `*first`: the index of the argument behind it. */
static lua_State *find_thread(lua_State *L, int *first)
{
    lua_State *thread = lua_tothread(L, 1);

    *first = thread != NULL ? 2 : 1;
    return thread != NULL ? thread : L;
}

/* debug.getinfo([thread,] function or level [, what]); upvalue 1: the original */
static int getinfo_lj(lua_State *L)
{
    int first;
    lua_State *thread = find_thread(L, &first);

    if (!lua_isfunction(L, first)) {
        lua_Integer level = luaL_checkinteger(L, first);

        if (level < 0 || level >= INT_MAX) { /* Lua would cut it down to an int */
            lua_pushnil(L);
            return 1;
        }
        lua_pushinteger(L, level + (thread == L)); /* arguments, level: this function stands between */
        lua_replace(L, first);                     /* arguments */
    }
    lua_pushvalue(L, lua_upvalueindex(1)); /* arguments, getinfo */
    lua_insert(L, 1);                      /* getinfo, arguments */
    lua_call(L, lua_gettop(L) - 1, 1);     /* info */
    if (lua_istable(L, 1)) {
        lua_getfield(L, 1, "func"); /* info, function */
        if (lua_iscfunction(L, -1)) {
            lua_pushnil(L);             /* info, function, nil */
            lua_setfield(L, 1, "func"); /* info, function */
        }
        lua_pop(L, 1); /* info */
    }
    return 1;
}

/* The argument as an int. */
static int check_int_lj(lua_State *L, int index)
{
    lua_Integer number = luaL_checkinteger(L, index);

    luaL_argcheck(L, number > INT_MIN && number < INT_MAX, index, "number out of range");
    return (int)number;
}

/* Moves the variable of a frame, if it has one of that number with a name. Stack: [] -> [name, value], or []
 */
static int push_variable_lj(lua_State *L, lua_State *thread, const lua_Debug *frame, int number)
{
    const char *name;

    if (!lua_checkstack(thread, 1)) {
        return luaL_error(L, "stack overflow");
    }
    name = lua_getlocal(thread, frame, number); /* of the thread: value, or nothing */
    if (name == NULL) {
        return 0;
    }
    lua_xmove(thread, L, 1); /* value */
    if (*name == '(' && strcmp(name, "(vararg)") != 0) {
        lua_pop(L, 1); /* */
        return 0;
    }
    lua_pushstring(L, name); /* value, name */
    lua_insert(L, -2);       /* name, value */
    return 2;
}

/* debug.getlocal([thread,] function or level, number): nil for what a script must not see, too. */
static int getlocal_lj(lua_State *L)
{
    int first, number, count = 0;
    lua_State *thread = find_thread(L, &first);
    lua_Debug frame;

    number = check_int_lj(L, first + 1);
    if (lua_isfunction(L, first)) {
        lua_pushvalue(L, first);                          /* ..., function */
        lua_pushstring(L, lua_getlocal(L, NULL, number)); /* ..., function, name of a parameter */
        return 1;
    }
    if (!lua_getstack(thread, check_int_lj(L, first), &frame)) {
        return luaL_argerror(L, first, "level out of range");
    }
    lua_getinfo(thread, "S", &frame);
    if (*frame.what != 'C') {
        count = push_variable_lj(L, thread, &frame, number); /* ..., name, value */
    }
    if (count == 0) {
        lua_pushnil(L); /* ..., nil */
    }
    return count > 0 ? count : 1;
}

/* The level of a traceback: beyond these there are no frames, and Lua adds to it. */
#define LEAST_LEVEL (-1)
#define MOST_LEVEL  (INT_MAX / 2)

/* debug.traceback([thread,] [message [, level]]): the message itself if it is neither a string nor nil. */
static int traceback_lj(lua_State *L)
{
    int first;
    lua_State *thread = find_thread(L, &first);
    const char *message = lua_tostring(L, first);
    lua_Integer level;

    if (message == NULL && !lua_isnoneornil(L, first)) {
        lua_pushvalue(L, first); /* ..., message */
        return 1;
    }
    level = luaL_optinteger(L, first + 1, thread == L ? 1 : 0);
    level = level < LEAST_LEVEL ? LEAST_LEVEL : level > MOST_LEVEL ? MOST_LEVEL : level;
    luaL_traceback(L, thread, message, (int)level); /* ..., traceback */
    return 1;
}

/* Replaces a function, which becomes upvalue 1, if it is there. Stack: [debug] -> [debug] */
static void replace_lj(lua_State *L, const char *name, lua_CFunction function_lj)
{
    if (lua_getfield(L, -1, name) == LUA_TNIL) { /* debug, original */
        lua_pop(L, 1);                           /* debug */
        return;
    }
    lua_pushcclosure(L, function_lj, 1); /* debug, function */
    lua_setfield(L, -2, name);           /* debug */
}

void debuglib_open_lj(lua_State *L)
{
    lua_getglobal(L, LUA_DBLIBNAME); /* debug */
    replace_lj(L, "getinfo", getinfo_lj);
    replace_lj(L, "getlocal", getlocal_lj);
    replace_lj(L, "traceback", traceback_lj);
    lua_pop(L, 1); /* */
}
