#include "testhost/luaobjects.h"

/* state:parse, listening, state:set_config */

int state_parse_lj(lua_State *L)
{
    struct state *state = state_check_lj(L, 1);
    const struct event *event = event_check_lj(L, 2);
    const struct driver *driver = state->library->driver;
    char message[HOST_MESSAGE];
    bool unasked = false, shown;
    enum verdict verdict;

    if (lua_istable(L, 3)) {
        lua_getfield(L, 3, "unasked"); /* …, unasked */
        unasked = lua_toboolean(L, -1);
    }
    if (!driver_has_lj(L, state, driver->parse != NULL, "parse_event"))
        return 2;
    verdict = driver->parse(state, event, unasked, &shown, message);
    if (verdict != VERDICT_FINE || shown)
        return verdict_lj(L, state, verdict, message);
    lua_pushboolean(L, false); /* false */
    return 1;
}

int state_kernel_open_lj(lua_State *L)
{
    struct state *state = state_check_lj(L, 1);
    const struct driver *driver = state->library->driver;
    char message[HOST_MESSAGE];
    enum verdict verdict = driver->kernel_open != NULL ? driver->kernel_open(state, message) : VERDICT_FINE;

    return verdict_lj(L, state, verdict, message);
}

int state_capture_open_lj(lua_State *L)
{
    struct state *state = state_check_lj(L, 1);
    const struct driver *driver = state->library->driver;
    char message[HOST_MESSAGE];

    if (!driver_has_lj(L, state, driver->capture_open != NULL, "capture_open"))
        return 2;
    if (state->listening)
        return luaL_error(L, "the capture is open already");
    return verdict_lj(L, state, driver->capture_open(state, message), message);
}

int state_capture_close_lj(lua_State *L)
{
    struct state *state = state_check_lj(L, 1);
    const struct driver *driver = state->library->driver;
    char message[HOST_MESSAGE];

    if (!driver_has_lj(L, state, driver->capture_close != NULL, "capture_close"))
        return 2;
    return verdict_lj(L, state, driver->capture_close(state, message), message);
}

int state_routines_lj(lua_State *L)
{
    struct state *state = state_check_lj(L, 1);

    lua_pushinteger(L,
                    state->routines.ready ? (lua_Integer)thread_pool_count(&state->routines) : 0); /* count */
    return 1;
}

int state_set_config_lj(lua_State *L)
{
    struct state *state = state_check_lj(L, 1);
    const struct driver *driver = state->library->driver;
    const char *config = text_check_lj(L, 2, NULL);
    char message[HOST_MESSAGE];

    if (!driver_has_lj(L, state, driver->set_config != NULL, "set_config"))
        return 2;
    return verdict_lj(L, state, driver->set_config(state, config, message), message);
}
