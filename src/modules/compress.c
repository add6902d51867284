#include "modules/compress.h"

#include "compress/packer.h"
#include "event/value.h"
#include "lua/budget.h"
#include "lua/garbage.h"
#include "lua/metatable.h"
#include "modules/options.h"

#include <lauxlib.h>
#include <stdint.h>

#define MODULE    "lure.compress."
#define METATABLE "lure.compress.packer"

/* Units of the time budget: of a byte that is packed or unpacked, and of what a call makes first. */
#define UNITS_OF_PACKED   30
#define UNITS_OF_UNPACKED 4
#define UNITS_OF_CALL     5000

#define DEFAULT_LEVEL 6

#define DEFAULT_LIMIT ((lua_Integer)16 << 20)
#define MOST_LIMIT    ((lua_Integer)1 << 30)

enum { AT_BYTES = 1, AT_OPTIONS, AT_PACKER };

/* A function of the module. */
struct function {
    const char *name, *full_name;
    enum packer_format format;
    bool unpacks;
};

static const struct function functions[] = {
    {"gzip", MODULE "gzip", PACKER_GZIP, false},
    {"gunzip", MODULE "gunzip", PACKER_GZIP, true},
    {"zlib", MODULE "zlib", PACKER_ZLIB, false},
    {"unzlib", MODULE "unzlib", PACKER_ZLIB, true},
};

static int close_lj(lua_State *L)
{
    packer_close(lua_touserdata(L, 1));
    return 0;
}

static void fill_metatable_lj(lua_State *L)
{
    lua_pushcfunction(L, close_lj); /* metatable, function */
    lua_setfield(L, -2, "__gc");    /* metatable */
}

static const char *check_bytes_lj(lua_State *L, const struct function *function, size_t *length)
{
    char got[96];

    if (lua_type(L, AT_BYTES) != LUA_TSTRING) {
        value_describe(L, AT_BYTES, got, sizeof(got));
        luaL_error(L, "%s: expected a text, got %s", function->full_name, got);
    }
    return lua_tolstring(L, AT_BYTES, length);
}

/* Stack: [bytes, options, packer] unchanged */
static bool open_packer(lua_State *L, const struct function *function, int level)
{
    struct memory_budget *budget = lua_touserdata(L, lua_upvalueindex(1));
    struct packer *packer = lua_touserdata(L, AT_PACKER);
    size_t length;
    const char *bytes = lua_tolstring(L, AT_BYTES, &length);

    return function->unpacks ? unpacker_open(packer, function->format, bytes, length, budget)
                             : packer_open(packer, function->format, level, bytes, length, budget);
}

/* The packer is a userdata before it has memory. Stack: [bytes, options] -> [bytes, options, packer] */
static struct packer *push_packer_lj(lua_State *L, const struct function *function, int level)
{
    struct packer *packer = lua_newuserdatauv(L, sizeof(*packer), 0); /* bytes, options, packer */

    *packer = (struct packer){.heap = NULL};
    luaL_setmetatable(L, METATABLE);
    budget_charge_lj(L, UNITS_OF_CALL);
    if (!GARBAGE_RETRY(L, open_packer(L, function, level))) {
        luaL_error(L, "%s: " TEXT_OVER_LIMIT, function->full_name);
    }
    return packer;
}

/* Stack: [...] -> [..., nil, text] */
static int push_problem_lj(lua_State *L, const struct function *function, enum packer_result result,
                           const struct packer *packer)
{
    const char *format = function->format == PACKER_GZIP ? "gzip" : "zlib";

    lua_pushnil(L); /* ..., nil */
    switch (result) {
    case PACKER_CUT:
        lua_pushfstring(L, "the %s data are cut short", format);
        break;
    case PACKER_BEHIND:
        lua_pushfstring(L, "there is something else behind the %s data", format);
        break;
    case PACKER_MEMORY:
        return luaL_error(L, "%s: " TEXT_OVER_LIMIT, function->full_name);
    case PACKER_MORE:
    case PACKER_DONE:
    case PACKER_BROKEN:
        lua_pushfstring(L, "these are no %s data: %s", format,
                        packer->stream.msg != NULL ? packer->stream.msg : "they need a dictionary");
        break;
    }
    return 2;
}

/* lure.compress.gzip(bytes [, options]), ...; upvalues: the budget, the function */
static int convert_lj(lua_State *L)
{
    static const char *const packs[] = {"level", NULL}, *const unpacks[] = {"limit", NULL};
    const struct function *function = lua_touserdata(L, lua_upvalueindex(2));
    const size_t units = function->unpacks ? UNITS_OF_UNPACKED : UNITS_OF_PACKED;
    size_t length, written, whole = 0;
    lua_Integer level = DEFAULT_LEVEL, limit = LUA_MAXINTEGER;
    enum packer_result result;
    struct packer *packer;
    luaL_Buffer buffer;

    check_bytes_lj(L, function, &length);
    lua_settop(L, AT_OPTIONS); /* bytes, options */
    options_check_lj(L, AT_OPTIONS, function->full_name, function->unpacks ? unpacks : packs);
    if (function->unpacks) {
        limit = options_integer_lj(L, AT_OPTIONS, function->full_name, "limit", DEFAULT_LIMIT, 1, MOST_LIMIT);
    } else {
        level = options_integer_lj(L, AT_OPTIONS, function->full_name, "level", DEFAULT_LEVEL, 0, 9);
    }
    packer = push_packer_lj(L, function, (int)level); /* bytes, options, packer */
    luaL_buffinit(L, &buffer);
    do {
        const size_t left = packer_left(packer);
        char *to = luaL_prepbuffsize(&buffer, PACKER_STEP);

        result = packer_step(packer, to, PACKER_STEP, &written);
        luaL_addsize(&buffer, written);
        whole += written;
        if (whole > (size_t)limit) {
            lua_pushnil(L);
            lua_pushfstring(L, "there are more than %I bytes (limit)", (LUAI_UACINT)limit);
            packer_close(packer);
            return 2;
        }
        budget_charge_lj(L, (written + left - packer_left(packer)) * units);
    } while (result == PACKER_MORE);
    if (result == PACKER_DONE) {
        luaL_pushresult(&buffer); /* ..., text */
    } else {
        push_problem_lj(L, function, result, packer); /* ..., nil, text */
    }
    packer_close(packer);
    return result == PACKER_DONE ? 1 : 2;
}

int luaopen_lure_compress(lua_State *L)
{
    metatable_push_lj(L, METATABLE, fill_metatable_lj);              /* metatable */
    lua_pop(L, 1);                                                   /* */
    lua_createtable(L, 0, sizeof(functions) / sizeof(functions[0])); /* module */
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        lua_pushvalue(L, lua_upvalueindex(2));                      /* module, budget */
        lua_pushlightuserdata(L, (void *)(uintptr_t)&functions[i]); /* module, budget, function */
        lua_pushcclosure(L, convert_lj, 2);                         /* module, closure */
        lua_setfield(L, -2, functions[i].name);                     /* module */
    }
    return 1;
}
