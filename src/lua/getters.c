#include "lua/getters.h"

#include <lauxlib.h>

void *getters_object(lua_State *L, int index, const struct getter *getter)
{
    const struct getter **object = lua_type(L, index) == LUA_TUSERDATA ? lua_touserdata(L, index) : NULL;

    return object != NULL && lua_rawlen(L, index) >= sizeof(*object) && *object == getter ? object : NULL;
}

void *getters_check_lj(lua_State *L, int index, const struct getter *getter)
{
    void *object = getters_object(L, index, getter);

    if (object == NULL) {
        luaL_typeerror(L, index, getter->name);
    }
    return object;
}

int getters_index_lj(lua_State *L)
{
    const struct getter *getter = lua_touserdata(L, lua_upvalueindex(1));
    void *object = getters_check_lj(L, 1, getter);
    struct getter_key key = {0};

    lua_settop(L, 2);
    if (lua_type(L, 2) == LUA_TSTRING) {
        key.text = lua_tolstring(L, 2, &key.length);
    } else {
        key.number = lua_tointeger(L, 2);
    }
    lua_pushvalue(L, 1); /* object, key, object */
    getter->get_lj(L, object, &key);
    return 1;
}

void getters_push_lj(lua_State *L, const struct getter *getter)
{
    lua_pushlightuserdata(L, (void *)getter); /* getter */
    lua_pushcclosure(L, getters_index_lj, 1); /* function */
}
