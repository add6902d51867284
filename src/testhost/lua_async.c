#include "testhost/luaobjects.h"

#include <stdlib.h>
#include <string.h>

/* Async events and dumps of state. */

/* A copy of the text options[key], or NULL. Stack: unchanged */
static char *text_option_lj(lua_State *L, int options, const char *key)
{
    char *copy = NULL;

    if (lua_istable(L, options)) {
        lua_getfield(L, options, key); /* text */
        copy = lua_isstring(L, -1) ? strdup(lua_tostring(L, -1)) : NULL;
        lua_pop(L, 1);
    }
    return copy;
}

int state_async_open_lj(lua_State *L)
{
    struct state *state = state_check_lj(L, 1);
    const struct driver *driver = state->library->driver;
    char message[HOST_MESSAGE];

    if (!driver_has_lj(L, state, driver->async_open != NULL, "set_async_event_handler"))
        return 2;
    if (state->async.open)
        return luaL_error(L, "must reset the async event handler before setting a new one");
    pthread_mutex_lock(&state->async.lock);
    free(state->async.refusal);
    free(state->async.source);
    state->async.refusal = text_option_lj(L, 2, "fail");
    state->async.source = text_option_lj(L, 2, "source");
    pthread_mutex_unlock(&state->async.lock);
    return verdict_lj(L, state, driver->async_open(state, message), message);
}

int state_async_close_lj(lua_State *L)
{
    struct state *state = state_check_lj(L, 1);
    const struct driver *driver = state->library->driver;
    char message[HOST_MESSAGE];

    if (!driver_has_lj(L, state, driver->async_close != NULL, "set_async_event_handler"))
        return 2;
    return verdict_lj(L, state, driver->async_close(state, message), message);
}

/* Stack: [] -> [list] */
static void push_events_lj(lua_State *L, const struct async_list *list)
{
    lua_createtable(L, (int)list->count, 0); /* list */
    for (size_t i = 0; i < list->count; i++) {
        const struct async_event *event = &list->items[i];
        lua_createtable(L, 0, 5); /* list, event */
        lua_pushstring(L, event->name);
        lua_setfield(L, -2, "name");
        lua_pushlstring(L, event->data, event->size);
        lua_setfield(L, -2, "data");
        push_uint64_lj(L, event->ts);
        lua_setfield(L, -2, "ts");
        lua_pushinteger(L, (lua_Integer)event->tid);
        lua_setfield(L, -2, "tid");
        lua_pushinteger(L, event->plugin_id);
        lua_setfield(L, -2, "plugin_id");
        lua_rawseti(L, -2, (lua_Integer)i + 1); /* list */
    }
}

int state_async_events_lj(lua_State *L)
{
    struct state *state = state_check_lj(L, 1);
    struct async_list list = async_take(&state->async);

    push_events_lj(L, &list); /* list */
    async_list_free(&list);
    return 1;
}

int state_async_wait_lj(lua_State *L)
{
    struct state *state = state_check_lj(L, 1);
    lua_Integer count = luaL_checkinteger(L, 2);
    bool enough = async_wait(&state->async, (uint64_t)count, luaL_optnumber(L, 3, 10));

    violations_raise_lj(L, state->inspector);
    lua_pushboolean(L, enough); /* enough */
    return 1;
}

int state_dump_state_lj(lua_State *L)
{
    struct state *state = state_check_lj(L, 1);
    const struct driver *driver = state->library->driver;
    struct async_list list = {0};
    char message[HOST_MESSAGE];
    enum verdict verdict;

    if (!driver_has_lj(L, state, driver->dump_state != NULL, "dump_state"))
        return 2;
    verdict = driver->dump_state(state, &list, message);
    push_events_lj(L, &list); /* list */
    async_list_free(&list);
    if (verdict != VERDICT_FINE)
        return verdict_lj(L, state, verdict, message);
    violations_raise_lj(L, state->inspector);
    return 1;
}
