#include "modules/json.h"

#include <lauxlib.h>

/* The kind of the table at 1. */
static const char *kind_of_table_lj(lua_State *L)
{
    return json_is_marked_lj(L) || lua_rawlen(L, 1) > 0 ? "list" : "object";
}

/* Of a userdata: a document, null, or neither. */
static const char *kind_of_userdata_lj(lua_State *L)
{
    const char *end, *at = json_document_text(L, 1, &end);
    bool is_null;

    if (at != NULL) {
        return *at == '{' ? "object" : "list";
    }
    json_push_null_lj(L); /* value, null */
    is_null = lua_rawequal(L, 1, 2);
    return is_null ? "null" : NULL;
}

int json_kind_lj(lua_State *L)
{
    int type;

    luaL_checkany(L, 1);
    lua_settop(L, 1);
    type = lua_type(L, 1);
    if (type == LUA_TTABLE) {
        lua_pushstring(L, kind_of_table_lj(L));
    } else if (type == LUA_TUSERDATA) {
        lua_pushstring(L, kind_of_userdata_lj(L)); /* nil for NULL */
    } else if (type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TBOOLEAN) {
        lua_pushstring(L, lua_typename(L, type));
    } else {
        lua_pushnil(L);
    }
    return 1;
}

void json_open_lj(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"decode", json_decode_lj}, {"kind", json_kind_lj}, {"parse", json_parse_lj}, {NULL, NULL}};

    json_make_marks_lj(L);
    json_document_open_lj(L);
    luaL_newlib(L, functions);              /* sort, table */
    lua_insert(L, -2);                      /* table, sort */
    lua_pushcclosure(L, json_encode_lj, 1); /* table, encode */
    lua_setfield(L, -2, "encode");          /* table */
    json_push_null_lj(L);                   /* table, null */
    lua_setfield(L, -2, "null");
}
