#include "cli/eventtypes.h"

#include "event/eventtable.h"
#include "event/parameters.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <lauxlib.h>
#include <string.h>

static const struct {
    const char *name;
    uint8_t size;
} parameter_types[] = {
#define ROW(name, bytes, form) {#name, bytes},
    PARAMETER_TYPES(ROW)
#undef ROW
};

static void push_small_letters_lj(lua_State *L, const char *name)
{
    luaL_Buffer text;

    luaL_buffinit(L, &text);
    for (; *name != '\0'; name++) {
        luaL_addchar(&text, (char)tolower(*name));
    }
    luaL_pushresult(&text); /* text */
}

/* Stack: [] -> [list] */
static void push_parameters_lj(lua_State *L, const struct event_info *info)
{
    const char *name = info->names;

    lua_createtable(L, info->count, 0); /* list */
    for (uint8_t i = 0; i < info->count; i++, name += strlen(name) + 1) {
        lua_createtable(L, 0, 3);                                       /* list, parameter */
        lua_pushstring(L, name);                                        /* list, parameter, name */
        lua_setfield(L, -2, "name");                                    /* list, parameter */
        push_small_letters_lj(L, parameter_types[info->types[i]].name); /* list, parameter, type */
        lua_setfield(L, -2, "type");                                    /* list, parameter */
        lua_pushinteger(L, parameter_types[info->types[i]].size);       /* list, parameter, size */
        lua_setfield(L, -2, "size");                                    /* list, parameter */
        lua_rawseti(L, -2, i + 1);                                      /* list */
    }
}

static void set_boolean_lj(lua_State *L, const char *key, bool value)
{
    lua_pushboolean(L, value); /* table, value */
    lua_setfield(L, -2, key);  /* table */
}

static int list_lj(lua_State *L)
{
    struct event_info info;

    lua_createtable(L, EVENT_TYPES, 0); /* list */
    for (uint16_t code = 0; event_info(code, &info); code++) {
        lua_createtable(L, 0, 8);       /* list, type */
        lua_pushinteger(L, code);       /* list, type, code */
        lua_setfield(L, -2, "code");    /* list, type */
        lua_pushstring(L, info.symbol); /* list, type, symbol */
        lua_setfield(L, -2, "symbol");  /* list, type */
        lua_pushstring(L, info.name);   /* list, type, name */
        lua_setfield(L, -2, "name");    /* list, type */
        set_boolean_lj(L, "unused", info.unused);
        set_boolean_lj(L, "old", info.old);
        set_boolean_lj(L, "wide", info.wide);
        push_parameters_lj(L, &info);      /* list, type, parameters */
        lua_setfield(L, -2, "parameters"); /* list, type */
        lua_rawseti(L, -2, code + 1);      /* list */
    }
    return 1;
}

static int value_lj(lua_State *L)
{
    const lua_Integer code = luaL_checkinteger(L, 1), number = luaL_checkinteger(L, 2);
    size_t length;
    const char *bytes = luaL_checklstring(L, 3, &length);
    struct event_info info;

    luaL_argcheck(L, code >= 0 && code < EVENT_TYPES && event_info((uint16_t)code, &info), 1,
                  "no such event type");
    luaL_argcheck(L, number >= 1 && number <= info.count, 2, "no such parameter");
    parameter_push_lj(L, (enum parameter_type)info.types[number - 1], (const unsigned char *)bytes, length);
    return 1; /* …, value */
}

static int address_lj(lua_State *L)
{
    const char *text = luaL_checkstring(L, 1);
    unsigned char bytes[sizeof(struct in6_addr)];

    if (inet_pton(AF_INET, text, bytes) == 1) {
        lua_pushlstring(L, (const char *)bytes, sizeof(struct in_addr)); /* …, bytes */
    } else if (inet_pton(AF_INET6, text, bytes) == 1) {
        lua_pushlstring(L, (const char *)bytes, sizeof(struct in6_addr)); /* …, bytes */
    } else {
        luaL_pushfail(L); /* …, nil */
    }
    return 1;
}

static int address_text_lj(lua_State *L)
{
    size_t length;
    const char *bytes = luaL_checklstring(L, 1, &length);
    char text[INET6_ADDRSTRLEN];

    luaL_argcheck(L, length == sizeof(struct in_addr) || length == sizeof(struct in6_addr), 1,
                  "expected 4 or 16 bytes");
    lua_pushstring(
        L, inet_ntop(length == sizeof(struct in_addr) ? AF_INET : AF_INET6, bytes, text, sizeof text));
    return 1; /* …, text */
}

int luaopen_lure_eventtypes(lua_State *L)
{
    static const luaL_Reg functions[] = {{"list", list_lj},
                                         {"value", value_lj},
                                         {"address", address_lj},
                                         {"address_text", address_text_lj},
                                         {NULL, NULL}};

    luaL_newlib(L, functions); /* module */
    return 1;
}
