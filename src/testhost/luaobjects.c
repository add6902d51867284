#include "testhost/luaobjects.h"

#include "base/text.h"
#include "testhost/tableregistry.h"

void object_register_lj(lua_State *L, const char *type, const luaL_Reg *methods, lua_CFunction gc)
{
    luaL_newmetatable(L, type); /* metatable */
    if (methods != NULL) {
        lua_newtable(L);                /* metatable, methods */
        luaL_setfuncs(L, methods, 0);   /* metatable, methods */
        lua_setfield(L, -2, "__index"); /* metatable */
    }
    if (gc != NULL) {
        lua_pushcfunction(L, gc);       /* metatable, gc */
        lua_pushvalue(L, -1);           /* metatable, gc, gc */
        lua_setfield(L, -3, "__gc");    /* metatable, gc */
        lua_setfield(L, -2, "__close"); /* metatable */
    }
    lua_pop(L, 1); /* */
}

const char *text_check_lj(lua_State *L, int index, const char *missing)
{
    size_t length;
    const char *text =
        missing != NULL ? luaL_optlstring(L, index, missing, &length) : luaL_checklstring(L, index, &length);

    luaL_argcheck(L, !text_has_nul(text, length), index,
                  "the plugin API cannot pass a text with a NUL in it");
    return text;
}

void push_uint64_lj(lua_State *L, uint64_t number)
{
    char digits[24];
    char *at = digits + sizeof digits;
    uint64_t rest = number;

    if (number <= INT64_MAX) {
        lua_pushinteger(L, (lua_Integer)number); /* integer */
        return;
    }
    for (; rest > 0; rest /= 10)
        *--at = (char)('0' + rest % 10);
    lua_pushlstring(L, at, (size_t)(digits + sizeof digits - at)); /* digits */
}

void push_string_list_lj(lua_State *L, const struct string_list *texts)
{
    lua_createtable(L, (int)texts->count, 0); /* list */
    for (size_t i = 0; i < texts->count; i++) {
        lua_pushstring(L, texts->items[i]);     /* list, text */
        lua_rawseti(L, -2, (lua_Integer)i + 1); /* list */
    }
}

/* In the registry: the last error of broken_lj, as Lua sees it. */
static const char broken_key = 0;

int broken_lj(lua_State *L, const char *text)
{
    luaL_where(L, 1);                               /* place */
    lua_pushstring(L, text);                        /* place, text */
    lua_concat(L, 2);                               /* error */
    lua_pushvalue(L, -1);                           /* error, error */
    lua_rawsetp(L, LUA_REGISTRYINDEX, &broken_key); /* error */
    return lua_error(L);
}

int host_is_broken_lj(lua_State *L)
{
    lua_settop(L, 1);                               /* problem */
    lua_rawgetp(L, LUA_REGISTRYINDEX, &broken_key); /* problem, error */
    lua_pushboolean(L, !lua_isnil(L, -1) && lua_rawequal(L, 1, 2));
    return 1;
}

void violations_raise_lj(lua_State *L, struct inspector *inspector)
{
    char text[VIOLATION_TEXT];

    if (violations_take(&inspector->violations, text))
        broken_lj(L, text);
}

struct library *library_check_lj(lua_State *L, int index)
{
    struct library **object = luaL_checkudata(L, index, LIBRARY_TYPE);

    return *object;
}

struct inspector *inspector_check_lj(lua_State *L, int index)
{
    struct inspector **object = luaL_checkudata(L, index, INSPECTOR_TYPE);

    return *object;
}

struct state *state_check_lj(lua_State *L, int index)
{
    struct state *state = luaL_checkudata(L, index, STATE_TYPE);

    if (!state->initialised)
        luaL_argerror(L, index, "this plugin state is destroyed");
    violations_raise_lj(L, state->inspector);
    return state;
}

struct event *event_check_lj(lua_State *L, int index)
{
    struct event *event = luaL_checkudata(L, index, EVENT_TYPE);

    if (event->gone)
        luaL_argerror(L, index, "this event is gone: its memory was given to another one");
    if (!event_is_valid(event))
        luaL_argerror(L, index,
                      "this event is gone: it was in a batch before the present one (copy it to keep it)");
    return event;
}

int verdict_lj(lua_State *L, struct state *state, enum verdict verdict, const char *message)
{
    if (verdict == VERDICT_BROKEN)
        return broken_lj(L, message);
    violations_raise_lj(L, state->inspector);
    if (verdict == VERDICT_FINE) {
        lua_pushboolean(L, true); /* true */
        return 1;
    }
    lua_pushnil(L);                                                                   /* nil */
    lua_pushstring(L, verdict == VERDICT_FAILED ? state_last_error(state) : message); /* nil, message */
    return 2;
}

bool driver_has_lj(lua_State *L, const struct state *state, bool has, const char *symbol)
{
    if (has)
        return true;
    lua_pushnil(L); /* nil */
    lua_pushfstring(L, "plugin API %d does not know plugin_%s", state->library->driver->api,
                    symbol); /* nil, message */
    return false;
}
