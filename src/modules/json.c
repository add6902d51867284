#include "modules/json.h"

#include <lauxlib.h>

/* Registry keys: the addresses of these. */
static const char null_key = 'n';
static const char list_key = 'l';

void json_push_null_lj(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &null_key);
}

void json_push_list_mark_lj(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &list_key);
}

static int null_text_lj(lua_State *L)
{
    lua_pushliteral(L, "null");
    return 1;
}

/* A value of its own that equals nothing else, and the mark of lists. */
static void make_marks_lj(lua_State *L)
{
    lua_newuserdatauv(L, 0, 0);                   /* null */
    lua_createtable(L, 0, 2);                     /* null, metatable */
    lua_pushcfunction(L, null_text_lj);           /* null, metatable, function */
    lua_setfield(L, -2, "__tostring");            /* null, metatable */
    lua_pushliteral(L, "null");                   /* null, metatable, text */
    lua_setfield(L, -2, "__name");                /* null, metatable */
    lua_setmetatable(L, -2);                      /* null */
    lua_rawsetp(L, LUA_REGISTRYINDEX, &null_key); /* */
    lua_createtable(L, 0, 1);                     /* metatable */
    lua_pushliteral(L, "list");                   /* metatable, text */
    lua_setfield(L, -2, "__name");                /* metatable */
    lua_rawsetp(L, LUA_REGISTRYINDEX, &list_key); /* */
}

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
    static const luaL_Reg functions[] = {{"decode", json_decode_lj},
                                         {"encode", json_encode_lj},
                                         {"kind", json_kind_lj},
                                         {"parse", json_parse_lj},
                                         {NULL, NULL}};

    make_marks_lj(L);
    json_document_open_lj(L);
    luaL_newlib(L, functions); /* table */
    json_push_null_lj(L);      /* table, null */
    lua_setfield(L, -2, "null");
}
