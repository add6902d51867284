#include "testhost/luaobjects.h"

#include <cJSON.h>

/* state:open_params */

/* Stack: [parameter] -> [parameter] */
static void set_member_lj(lua_State *L, const cJSON *entry, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, key));

    if (text != NULL && text[0] != '\0') {
        lua_pushstring(L, text); /* parameter, text */
        lua_setfield(L, -2, key);
    }
}

/* The JSON of list_open_params as a list. It is parsed in a userdata that frees it. */
static int free_json_lj(lua_State *L)
{
    cJSON **json = lua_touserdata(L, 1);

    cJSON_Delete(*json);
    *json = NULL;
    return 0;
}

/* Stack: [] -> [userdata] */
static cJSON *parse_json_lj(lua_State *L, const char *text)
{
    cJSON **json = lua_newuserdatauv(L, sizeof *json, 0); /* userdata */

    *json = NULL;
    lua_createtable(L, 0, 1); /* userdata, metatable */
    lua_pushcfunction(L, free_json_lj);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2); /* userdata */
    *json = cJSON_Parse(text);
    return *json;
}

int state_open_params_lj(lua_State *L)
{
    struct state *state = state_check_lj(L, 1);
    const struct library *library = state->library;
    const char *text;
    const cJSON *json, *entry;
    lua_Integer count = 0;

    if (library->driver->open_params(state, &text) != VERDICT_FINE) {
        lua_pushnil(L);                             /* nil */
        lua_pushstring(L, state_last_error(state)); /* nil, message */
        return 2;
    }
    json = parse_json_lj(L, text != NULL && text[0] != '\0' ? text : "[]"); /* userdata */
    if (!cJSON_IsArray(json)) {
        lua_pushnil(L); /* nil */
        lua_pushfstring(L, "error in plugin %s: list_open_params returned a non-array JSON", library->name);
        return 2;
    }
    lua_newtable(L); /* userdata, list */
    cJSON_ArrayForEach(entry, json)
    {
        lua_newtable(L); /* userdata, list, parameter */
        set_member_lj(L, entry, "value");
        set_member_lj(L, entry, "desc");
        set_member_lj(L, entry, "separator");
        lua_getfield(L, -1, "value"); /* userdata, list, parameter, value */
        if (lua_rawlen(L, -1) == 0) { /* "" counts as none */
            lua_pushfstring(L, "error in plugin %s: list_open_params has entry with no value", library->name);
            return 2; /* nil, message */
        }
        lua_pop(L, 1);               /* userdata, list, parameter */
        lua_rawseti(L, -2, ++count); /* userdata, list */
    }
    return 1;
}
