#include "modules/fileoptions.h"

#include "base/text.h"
#include "event/value.h"

#include <lauxlib.h>

const char *file_check_path_lj(lua_State *L, const char *function)
{
    char got[96];

    if (lua_type(L, 1) != LUA_TSTRING || lua_rawlen(L, 1) == 0) {
        value_describe(L, 1, got, sizeof(got));
        luaL_error(L, "%s: expected a path, got %s", function, got);
    }
    return value_check_name_lj(L, 1);
}

void file_check_options_lj(lua_State *L, const char *function, const char *const *known)
{
    char got[96];

    lua_settop(L, 2); /* path, options */
    if (lua_isnil(L, 2)) {
        lua_newtable(L);
        lua_replace(L, 2);
    }
    if (!lua_istable(L, 2)) {
        value_describe(L, 2, got, sizeof(got));
        luaL_error(L, "%s: expected a table of options, got %s", function, got);
    }
    lua_pushnil(L);               /* path, options, key */
    while (lua_next(L, 2) != 0) { /* path, options, key, value */
        if (lua_type(L, 3) != LUA_TSTRING || !text_is_among(lua_tostring(L, 3), known)) {
            const char *nearest =
                lua_type(L, 3) == LUA_TSTRING ? text_nearest(lua_tostring(L, 3), known) : NULL;

            value_describe(L, 3, got, sizeof(got));
            luaL_error(L, "%s: unknown option %s; %s \"%s\"%s", function, got,
                       nearest != NULL ? "did you mean" : "there is", nearest != NULL ? nearest : known[0],
                       nearest != NULL ? "?" : "");
        }
        lua_pop(L, 1); /* path, options, key */
    }
}

lua_Integer file_check_option_lj(lua_State *L, const char *function, const char *name, lua_Integer otherwise,
                                 lua_Integer most)
{
    lua_Integer value = otherwise;
    int integral = 1;
    char got[96];

    if (lua_getfield(L, 2, name) != LUA_TNIL) { /* path, options, value */
        value = lua_type(L, -1) == LUA_TNUMBER ? lua_tointegerx(L, -1, &integral) : 0;
        if (!integral || value < 1 || value > most) {
            value_describe(L, -1, got, sizeof(got));
            luaL_error(L, "%s: %s: expected an integer from 1 to %I, got %s", function, name, most, got);
        }
    }
    lua_pop(L, 1); /* path, options */
    return value;
}
