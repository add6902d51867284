#include "testhost/luaobjects.h"

#include <string.h>

enum { INSTANCE_STATE = 1 }; /* uservalue of an instance */

static struct instance *instance_check_lj(lua_State *L, int index)
{
    struct instance *instance = luaL_checkudata(L, index, INSTANCE_TYPE);

    if (!instance->open)
        luaL_argerror(L, index, "this instance is closed");
    violations_raise_lj(L, instance->state->inspector);
    return instance;
}

int instance_new_lj(lua_State *L, int state, const char *params)
{
    char message[HOST_MESSAGE] = "";
    struct state *owner = state_check_lj(L, state);
    struct instance *instance;
    enum verdict verdict;

    if (!(owner->library->capabilities & CAPABILITY_SOURCING))
        return luaL_error(L, "plugin %s has no events of its own to open", owner->library->name);
    instance = lua_newuserdatauv(L, sizeof *instance, 1); /* instance */
    memset(instance, 0, sizeof *instance);
    luaL_setmetatable(L, INSTANCE_TYPE);
    lua_pushvalue(L, state); /* instance, state */
    lua_setiuservalue(L, -2, INSTANCE_STATE);
    verdict = instance_open(instance, owner, params, message);
    if (verdict == VERDICT_FINE)
        return 1;
    lua_pushnil(L); /* instance, nil */
    lua_pushstring(L, verdict == VERDICT_FAILED ? state_last_error(owner)
                                                : message); /* instance, nil, message */
    instance_close(instance);
    if (verdict == VERDICT_BROKEN)
        return broken_lj(L, message);
    return 2;
}

static int close_lj(lua_State *L)
{
    struct instance *instance = luaL_checkudata(L, 1, INSTANCE_TYPE);

    if (instance->open)
        instance_close(instance);
    return 0;
}

static const char *result_name(enum batch_result result)
{
    switch (result) {
    case BATCH_SUCCESS:
        return "success";
    case BATCH_TIMEOUT:
        return "timeout";
    case BATCH_EOF:
        return "eof";
    case BATCH_NOT_SUPPORTED:
        return "not supported";
    case BATCH_FAILURE:
        break;
    }
    return "failure";
}

static int next_batch_lj(lua_State *L)
{
    struct instance *instance = instance_check_lj(L, 1);
    const struct driver *driver = instance->state->library->driver;
    char message[HOST_MESSAGE];

    instance->batch++; /* events of the last one are gone from here on */
    if (driver->next_batch(instance, message) != VERDICT_FINE)
        return broken_lj(L, message);
    lua_settop(L, 1);                                 /* instance */
    lua_pushstring(L, result_name(instance->result)); /* instance, rc */
    lua_createtable(L, (int)instance->count, 0);      /* instance, rc, events */
    for (uint32_t i = 0; i < instance->count; i++) {
        struct event *event = event_new_lj(L, 1); /* instance, rc, events, event */
        if (driver->event_at(instance, i, event, message) != VERDICT_FINE)
            return broken_lj(L, message);
        lua_rawseti(L, 3, (lua_Integer)i + 1); /* instance, rc, events */
    }
    if (instance->count > 0 || instance->result == BATCH_TIMEOUT || instance->result == BATCH_EOF)
        return 2;
    lua_pushstring(L, state_last_error(instance->state)); /* instance, rc, events, message */
    return 3;
}

static int progress_lj(lua_State *L)
{
    struct instance *instance = instance_check_lj(L, 1);
    uint32_t percent;
    const char *text = instance->state->library->driver->progress(instance, &percent);

    lua_pushnumber(L, (lua_Number)percent / 10000); /* number */
    lua_pushstring(L, text);                        /* number, text */
    return 2;
}

void instance_register_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"next_batch", next_batch_lj}, {"progress", progress_lj}, {"close", close_lj}, {NULL, NULL}};

    object_register_lj(L, INSTANCE_TYPE, methods, close_lj);
}
