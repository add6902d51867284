/*
 * eventparts: the event table and the decoding of parameters, as they are, for specs.
 *
 *   parts.types() -> { { code =, symbol =, name =, unused =, old =, wide =, parameters = "name:type …" }, … }
 *   parts.named(name) -> { code, … }
 *   parts.names() -> { name, … }
 *   parts.param(bytes, key) -> what event.param[key] is in the event that the bytes are, header included;
 *       they stand before memory that cannot be read
 */
#include "event/eventtable.h"
#include "event/parameters.h"

#include <ctype.h>
#include <lauxlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HEADER     26u
#define AT_TYPE    20u
#define AT_COUNT   22u
#define MOST_BYTES (1u << 20)

static const char *const type_names[] = {
#define NAME(name, bytes, form) #name,
    PARAMETER_TYPES(NAME)
#undef NAME
};

/* "name:type …", types in small letters. Stack: [] -> [text] */
static void push_parameters_lj(lua_State *L, const struct event_info *info)
{
    const char *name = info->names;
    luaL_Buffer text;

    luaL_buffinit(L, &text);
    for (uint8_t i = 0; i < info->count; i++, name += strlen(name) + 1) {
        luaL_addstring(&text, i > 0 ? " " : "");
        luaL_addstring(&text, name);
        luaL_addchar(&text, ':');
        for (const char *at = type_names[info->types[i]]; *at != '\0'; at++) {
            luaL_addchar(&text, (char)tolower(*at));
        }
    }
    luaL_pushresult(&text); /* text */
}

static int types_lj(lua_State *L)
{
    lua_newtable(L); /* list */
    for (uint32_t code = 0; code <= UINT16_MAX; code++) {
        struct event_info info;

        if (!event_info((uint16_t)code, &info)) {
            continue;
        }
        lua_newtable(L);                         /* list, type */
        lua_pushinteger(L, code);                /* list, type, code */
        lua_setfield(L, -2, "code");             /* list, type */
        lua_pushstring(L, info.symbol);          /* list, type, symbol */
        lua_setfield(L, -2, "symbol");           /* list, type */
        lua_pushstring(L, info.name);            /* list, type, name */
        lua_setfield(L, -2, "name");             /* list, type */
        lua_pushboolean(L, info.unused);         /* list, type, unused */
        lua_setfield(L, -2, "unused");           /* list, type */
        lua_pushboolean(L, info.old);            /* list, type, old */
        lua_setfield(L, -2, "old");              /* list, type */
        lua_pushboolean(L, info.wide);           /* list, type, wide */
        lua_setfield(L, -2, "wide");             /* list, type */
        push_parameters_lj(L, &info);            /* list, type, parameters */
        lua_setfield(L, -2, "parameters");       /* list, type */
        lua_rawseti(L, -2, luaL_len(L, -2) + 1); /* list */
    }
    return 1;
}

static int named_lj(lua_State *L)
{
    uint16_t types[64];
    size_t count = event_types_named(luaL_checkstring(L, 1), types, sizeof(types) / sizeof(types[0]));

    lua_newtable(L); /* list */
    for (size_t i = 0; i < count; i++) {
        lua_pushinteger(L, types[i]);           /* list, code */
        lua_rawseti(L, -2, (lua_Integer)i + 1); /* list */
    }
    return 1;
}

static int names_lj(lua_State *L)
{
    const char *names[EVENT_TYPES + 1];

    event_names(names);
    lua_newtable(L); /* list */
    for (const char *const *name = names; *name != NULL; name++) {
        lua_pushstring(L, *name);                /* list, name */
        lua_rawseti(L, -2, luaL_len(L, -2) + 1); /* list */
    }
    return 1;
}

/* The end of memory that can be written; NULL: there is none. */
static unsigned char *memory_end(void)
{
    static unsigned char *end;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *map;

    if (end == NULL) {
        map = mmap(NULL, MOST_BYTES + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (map != MAP_FAILED && mprotect(map + MOST_BYTES, page, PROT_NONE) == 0) {
            end = map + MOST_BYTES;
        }
    }
    return end;
}

static int param_lj(lua_State *L)
{
    struct event event = {0};
    size_t size;
    const char *bytes = luaL_checklstring(L, 1, &size);
    unsigned char *end = memory_end();

    luaL_argcheck(L, size >= HEADER && size <= MOST_BYTES && end != NULL, 1, "not an event");
    memcpy(end - size, bytes, size);
    event.raw = end - size;
    event.raw_size = size;
    memcpy(&event.type, event.raw + AT_TYPE, sizeof(event.type));
    memcpy(&event.parameters, event.raw + AT_COUNT, sizeof(event.parameters));
    parameter_push_named_lj(L, &event, 2); /* value */
    return 1;
}

__attribute__((visibility("default"))) int luaopen_eventparts(lua_State *L);

int luaopen_eventparts(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"types", types_lj}, {"named", named_lj}, {"names", names_lj}, {"param", param_lj}, {NULL, NULL}};

    luaL_newlib(L, functions); /* functions */
    return 1;
}
