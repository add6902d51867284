#include "lua/userdata.h"

void *userdata_new_like_lj(lua_State *L, int below, size_t size, int values)
{
    void *made = lua_newuserdatauv(L, size, values); /* userdata */

    lua_getiuservalue(L, -below - 1, 1); /* userdata, value */
    lua_setiuservalue(L, -2, 1);         /* userdata */
    lua_getmetatable(L, -below - 1);     /* userdata, metatable */
    lua_setmetatable(L, -2);             /* userdata */
    return made;
}

void userdata_keep(lua_State *L, int holder, int place)
{
    lua_getiuservalue(L, -2, holder); /* userdata, value, keeper */
    lua_pushvalue(L, -2);             /* userdata, value, keeper, value */
    lua_setiuservalue(L, -2, place);  /* userdata, value, keeper */
    lua_pop(L, 1);                    /* userdata, value */
}
