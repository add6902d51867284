#include "plugin/keptstate.h"

#include "base/text.h"
#include "event/value.h"
#include "lua/garbage.h"
#include "modules/lure.h"
#include "plugin/plugin.h"
#include "state/statefolder.h"

#include <lauxlib.h>
#include <stdlib.h>

static void log_problem(void *owner, bool grave, const char *text)
{
    log_both(&((struct plugin *)owner)->log, grave ? LOG_LEVEL_ERROR : LOG_LEVEL_NOTICE, text);
}

bool keptstate_prepare(struct plugin *plugin)
{
    bool none = plugin->limits.keeps_nothing;
    char *folder = none ? NULL : statefolder_path(plugin->limits.state, &none);

    plugin->place = (struct state_place){
        .folder = folder,
        .plugin = plugin->manifest->name,
        .teller = {.tell = log_problem, .owner = plugin},
        .budget = &plugin->memory,
    };
    return folder != NULL || none;
}

/* The plugin state whose values are used; throws where they may not be, and reads them when they are first
 * used. Upvalue 1: the plugin state. */
static struct plugin *check_use_lj(lua_State *L, const char *function)
{
    struct plugin *plugin = lua_touserdata(L, lua_upvalueindex(1));

    if (!limits_allow(&plugin->limits, RESTRICTED_state)) {
        luaL_error(L, "%s: not in the safe sandbox; list \"state\" in init_config.lure.allow", function);
    }
    if (plugin->vm.declaring) {
        luaL_error(
            L,
            "%s: not at the script's top level, which also runs when the library is loaded; call it in "
            "init or later",
            function);
    }
    if (!GARBAGE_RETRY(L, plugin->kept.open || keptvalues_open(&plugin->kept, &plugin->place))) {
        vm_no_memory_lj(L);
    }
    return plugin;
}

static const char *check_key_lj(lua_State *L, const char *function, size_t *length)
{
    char got[96];

    if (lua_type(L, 1) != LUA_TSTRING) {
        value_describe(L, 1, got, sizeof(got));
        luaL_error(L, "%s: expected a string as key, got %s", function, got);
    }
    if (lua_rawlen(L, 1) > KEPTVALUES_LONGEST_KEY) {
        luaL_error(L, "%s: expected a key of at most %d bytes, got %I", function, (int)KEPTVALUES_LONGEST_KEY,
                   (lua_Integer)lua_rawlen(L, 1));
    }
    return lua_tolstring(L, 1, length);
}

/* lure.state.get(key): the value, or nil */
static int get_lj(lua_State *L)
{
    static const char name[] = "lure.state.get";
    struct plugin *plugin = check_use_lj(L, name);
    size_t length;
    const char *key = check_key_lj(L, name, &length);
    struct kept_value value = keptvalues_get(&plugin->kept, key, length);

    switch (value.kind) {
    case KEPT_TEXT:
        lua_pushlstring(L, value.text, value.size); /* ..., text */
        return 1;
    case KEPT_INTEGER:
        lua_pushinteger(L, value.integer); /* ..., integer */
        return 1;
    case KEPT_FLOAT:
        lua_pushnumber(L, value.number); /* ..., number */
        return 1;
    case KEPT_BOOLEAN:
        lua_pushboolean(L, value.boolean); /* ..., boolean */
        return 1;
    case KEPT_NOTHING:
        break;
    }
    lua_pushnil(L); /* ..., nil */
    return 1;
}

/* The value at 2, or throws. */
static struct kept_value check_value_lj(lua_State *L, const char *function)
{
    struct kept_value value = {.kind = KEPT_NOTHING};
    char got[96];

    switch (lua_type(L, 2)) {
    case LUA_TNIL:
        break;
    case LUA_TSTRING:
        value.kind = KEPT_TEXT;
        value.text = lua_tolstring(L, 2, &value.size);
        break;
    case LUA_TBOOLEAN:
        value.kind = KEPT_BOOLEAN;
        value.boolean = lua_toboolean(L, 2);
        break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, 2)) {
            value.kind = KEPT_INTEGER;
            value.integer = lua_tointeger(L, 2);
        } else {
            value.kind = KEPT_FLOAT;
            value.number = lua_tonumber(L, 2);
        }
        break;
    default:
        value_describe(L, 2, got, sizeof(got));
        luaL_error(
            L,
            "%s: expected a string, a number, a boolean or nil, got %s; lure.json.encode makes a string "
            "of a table",
            function, got);
    }
    return value;
}

/* lure.state.set(key, value) */
static int set_lj(lua_State *L)
{
    static const char name[] = "lure.state.set";
    struct plugin *plugin = check_use_lj(L, name);
    size_t length;
    const char *key = check_key_lj(L, name, &length);
    struct kept_value value;
    enum kept_outcome outcome;

    lua_settop(L, 2); /* key, value */
    value = check_value_lj(L, name);
    if (!GARBAGE_RETRY(L, (outcome = keptvalues_set(&plugin->kept, key, length, &value)) != KEPT_NO_MEMORY)) {
        return vm_no_memory_lj(L);
    }
    if (outcome == KEPT_TOO_MUCH) {
        return luaL_error(L, "%s: all keys and values together may have %d bytes; this would be more", name,
                          (int)KEPTVALUES_MOST);
    }
    if (plugin->instances == NULL) {
        keptstate_commit(plugin);
    }
    return 0;
}

void keptstate_open_lj(lua_State *L, struct plugin *plugin)
{
    static const luaL_Reg functions[] = {{"get", get_lj}, {"set", set_lj}, {NULL, NULL}};

    luaL_newlibtable(L, functions);   /* state */
    lua_pushlightuserdata(L, plugin); /* state, plugin */
    luaL_setfuncs(L, functions, 1);   /* state */
    lure_provide_lj(L, "state");      /* */
}

void keptstate_commit(struct plugin *plugin)
{
    if (plugin->kept.open && !keptvalues_commit(&plugin->kept)) {
        log_limited(&plugin->log, LOG_LEVEL_ERROR, "lure.state: not written: " TEXT_OVER_LIMIT);
    }
}

void keptstate_close(struct plugin *plugin)
{
    keptvalues_close(&plugin->kept);
    free((char *)(uintptr_t)plugin->place.folder);
    plugin->place.folder = NULL;
}
