#include "stock.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What stands on the stack all the time; what an event needs stands behind the functions of the fields. */
enum { OPEN = 1, NEXT, INSTANCE, DECODE, EVENT, FIELDS };

struct stock {
    lua_State *L;
    char params[4096];
    bool iterates; /* the instance is an iterator */
    bool decodes;
    bool *texts; /* of fields: their values are texts, else numbers */
    int value;   /* where that of the event stands */
};

static _Noreturn void fail(const struct stock *stock)
{
    fprintf(stderr, "bench: stock Lua: %s\n", lua_tostring(stock->L, -1));
    exit(1);
}

static void call(const struct stock *stock, int arguments)
{
    if (lua_pcall(stock->L, arguments, 1, 0) != LUA_OK) {
        fail(stock);
    }
}

static int env_lj(lua_State *L)
{
    lua_pushstring(L, getenv(luaL_checkstring(L, 1)));
    return 1;
}

/* Stack: [] -> [module] */
static int open_lure_lj(lua_State *L)
{
    const luaL_Reg functions[] = {{"env", env_lj}, {NULL, NULL}};

    luaL_newlib(L, functions);
    return 1;
}

static void open_source(struct stock *stock)
{
    lua_State *L = stock->L;

    lua_pushvalue(L, OPEN);
    lua_pushstring(L, stock->params);
    call(stock, 1);
    lua_replace(L, INSTANCE);
}

/* Stack: [plugin] -> [open, next, instance, decode, event, functions of fields...] */
static void lay_out(struct stock *stock)
{
    lua_State *L = stock->L;
    int fields;

    lua_settop(L, FIELDS - 1);
    lua_getfield(L, 1, "fields");
    fields = lua_istable(L, FIELDS) ? (int)lua_rawlen(L, FIELDS) : 0;
    stock->texts = calloc((size_t)fields + 1, sizeof(*stock->texts));
    if (stock->texts == NULL || !lua_checkstack(L, fields + LUA_MINSTACK)) {
        exit(1);
    }
    for (int i = 0; i < fields; i++) {
        lua_rawgeti(L, FIELDS, i + 1);
        lua_getfield(L, -1, "type");
        stock->texts[i] = strcmp(lua_tostring(L, -1), "string") == 0;
        lua_getfield(L, -2, "extract");
        lua_replace(L, -3);
        lua_pop(L, 1);
    }
    lua_remove(L, FIELDS);
    lua_newtable(L);
    lua_replace(L, EVENT);
    stock->decodes = lua_getfield(L, 1, "decode") != LUA_TNIL;
    lua_replace(L, DECODE);
    stock->iterates = lua_getfield(L, 1, "next") == LUA_TNIL;
    lua_replace(L, NEXT);
    lua_getfield(L, 1, "open");
    lua_replace(L, OPEN);
    stock->value = FIELDS + fields;
    lua_pushnil(L); /* the value */
}

struct stock *stock_open(const char *script, const char *params)
{
    struct stock *stock = calloc(1, sizeof(*stock));
    lua_State *L = luaL_newstate();

    if (stock == NULL || L == NULL) {
        exit(1);
    }
    stock->L = L;
    snprintf(stock->params, sizeof(stock->params), "%s", params);
    luaL_openlibs(L);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_pushcfunction(L, open_lure_lj);
    lua_setfield(L, -2, "lure");
    lua_settop(L, 0);
    if (luaL_loadfile(L, script) != LUA_OK) {
        fail(stock);
    }
    call(stock, 0);
    lay_out(stock);
    open_source(stock);
    return stock;
}

void stock_close(struct stock *stock)
{
    lua_close(stock->L);
    free(stock->texts);
    free(stock);
}

/* Stack: [..., value] -> the same */
static struct stock_value read_value(lua_State *L, bool as_text)
{
    struct stock_value value = {.length = 0};
    int is_number;

    if (as_text) {
        value.text = lua_tolstring(L, -1, &value.length);
        value.exists = value.text != NULL;
    } else {
        value.number = (uint64_t)lua_tointegerx(L, -1, &is_number);
        value.exists = is_number != 0;
    }
    return value;
}

/* Stack: [...] -> [..., what is next] */
static void advance(const struct stock *stock)
{
    lua_State *L = stock->L;

    lua_settop(L, stock->value);
    if (stock->iterates) {
        lua_pushvalue(L, INSTANCE);
        call(stock, 0);
    } else {
        lua_pushvalue(L, NEXT);
        lua_pushvalue(L, INSTANCE);
        call(stock, 1);
    }
}

struct stock_value stock_next(struct stock *stock)
{
    advance(stock);
    if (lua_isnil(stock->L, -1)) {
        open_source(stock);
        advance(stock);
    }
    return read_value(stock->L, true);
}

void stock_turn_to(struct stock *stock, const char *payload, size_t length)
{
    lua_State *L = stock->L;

    lua_settop(L, stock->value - 1);
    if (!stock->decodes) {
        lua_pushlstring(L, payload, length);
        return;
    }
    lua_pushvalue(L, DECODE);
    lua_pushvalue(L, EVENT);
    lua_pushlstring(L, payload, length);
    lua_setfield(L, EVENT, "data");
    call(stock, 1);
}

struct stock_value stock_ask(struct stock *stock, uint32_t field)
{
    lua_State *L = stock->L;

    lua_settop(L, stock->value);
    lua_pushvalue(L, FIELDS + (int)field);
    lua_pushvalue(L, stock->value);
    call(stock, 1);
    return read_value(L, stock->texts[field]);
}
