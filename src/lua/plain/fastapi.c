/*
 * fastapi by Lua's public API; each argument that is made a string takes a protected call of its own.
 *
 * Nothing but the function that runs can reach the bottom of the stack, so what is kept there for use inside
 * of calls is in a table of the registry.
 */
#include "lua/fastapi.h"

/* Key in the registry of that table. Its values, by their places, are newer than those on the stack. */
static const char kept_key = 0;

/* Stack: [] -> [value], or unchanged: nothing is kept there */
static bool push_kept(lua_State *L, int place)
{
    int top = lua_gettop(L);

    lua_rawgetp(L, LUA_REGISTRYINDEX, &kept_key);                       /* table or nil */
    if (!lua_istable(L, -1) || lua_rawgeti(L, -1, place) == LUA_TNIL) { /* table, value */
        lua_settop(L, top);
        return false;
    }
    lua_remove(L, -2); /* value */
    return true;
}

void fastapi_push(lua_State *L, int place)
{
    lua_Debug info;
    bool outside = lua_getstack(L, 0, &info) == 0; /* no function runs */

    if (!outside || !push_kept(L, place)) {
        lua_pushvalue(L, place);
    }
}

void fastapi_push_all(lua_State *L, int place, int count)
{
    for (int i = 0; i < count; i++) {
        fastapi_push(L, place + i);
    }
}

void fastapi_put(lua_State *L, int below, int place)
{
    fastapi_push(L, place);
    lua_replace(L, -below - 1);
}

void fastapi_put_integer(lua_State *L, int below, lua_Integer integer)
{
    lua_pushinteger(L, integer);
    lua_replace(L, -below - 1);
}

void fastapi_put_boolean(lua_State *L, int below, bool truth)
{
    lua_pushboolean(L, truth);
    lua_replace(L, -below - 1);
}

int fastapi_parameters(lua_State *L, int place, int most)
{
    lua_Debug info;

    lua_pushvalue(L, place); /* function */
    if (!lua_isfunction(L, -1) || lua_iscfunction(L, -1)) {
        lua_pop(L, 1);
        return most;
    }
    lua_getinfo(L, ">u", &info); /* */
    return !info.isvararg && info.nparams < most ? info.nparams : most;
}

void fastapi_replace(lua_State *L, int place)
{
    lua_replace(L, place);
}

void fastapi_drop(lua_State *L, int count)
{
    lua_settop(L, count);
}

void fastapi_push_kept(lua_State *L, int place)
{
    if (!push_kept(L, place)) {
        lua_pushnil(L); /* nil */
    }
}

void fastapi_keep(lua_State *L, int place)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &kept_key) == LUA_TNIL) { /* value, nil */
        lua_pop(L, 1);                                              /* value */
        lua_newtable(L);                                            /* value, table */
        lua_pushvalue(L, -1);                                       /* value, table, table */
        lua_rawsetp(L, LUA_REGISTRYINDEX, &kept_key);               /* value, table */
    }
    lua_pushvalue(L, -2);      /* value, table, value */
    lua_rawseti(L, -2, place); /* value, table */
    lua_pop(L, 1);             /* value */
}

/* Stack: [text] -> [string] */
static int make_text_lj(lua_State *L)
{
    const struct call_text *text = lua_touserdata(L, 1);

    lua_pushlstring(L, text->data, text->size); /* text, string */
    if (text->place != 0) {
        fastapi_keep(L, text->place);
    }
    return 1;
}

int fastapi_pcall(lua_State *L, int arguments, int results, int handler, const struct call_text *texts,
                  int count)
{
    int function = lua_gettop(L) - arguments, status;

    for (int i = 0; i < count; i++) {
        lua_pushcfunction(L, make_text_lj);          /* function, arguments..., make */
        lua_pushlightuserdata(L, (void *)&texts[i]); /* function, arguments..., make, text */
        status = lua_pcall(L, 1, 1, handler);        /* function, arguments..., string or error */
        if (status != LUA_OK) {
            lua_replace(L, function); /* error, arguments... */
            lua_settop(L, function);  /* error */
            return status;
        }
        lua_replace(L, function + texts[i].argument); /* function, arguments... */
    }
    return lua_pcall(L, arguments, results, handler);
}

bool fastapi_is_nil(lua_State *L, int below)
{
    return lua_isnil(L, -below);
}

const char *fastapi_text(lua_State *L, int below, size_t *length)
{
    return lua_type(L, -below) == LUA_TSTRING ? lua_tolstring(L, -below, length) : NULL;
}

bool fastapi_natural(lua_State *L, int below, uint64_t *number)
{
    lua_Integer integer = lua_isinteger(L, -below) ? lua_tointeger(L, -below) : -1;

    *number = (uint64_t)integer;
    return integer >= 0;
}

bool fastapi_integer(lua_State *L, int place, lua_Integer *integer)
{
    *integer = lua_isinteger(L, place) ? lua_tointeger(L, place) : 0;
    return lua_isinteger(L, place);
}

void *fastapi_argument_userdata(lua_State *L, int place, size_t size)
{
    return lua_type(L, place) == LUA_TUSERDATA && lua_rawlen(L, place) == size ? lua_touserdata(L, place)
                                                                               : NULL;
}

const char *fastapi_argument_text(lua_State *L, int place, size_t *length)
{
    return lua_type(L, place) == LUA_TSTRING ? lua_tolstring(L, place, length) : NULL;
}

bool fastapi_argument_integer(lua_State *L, int place, lua_Integer *integer)
{
    if (!lua_isinteger(L, place)) {
        return false;
    }
    *integer = lua_tointeger(L, place);
    return true;
}

bool fastapi_sequence(lua_State *L, int place, size_t *count)
{
    (void)L;
    (void)place;
    *count = 0;
    return false;
}

const char *fastapi_element_text(lua_State *L, int place, size_t number, size_t *length)
{
    (void)L;
    (void)place;
    (void)number;
    *length = 0;
    return NULL;
}
