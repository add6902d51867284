#include "testhost/luaobjects.h"
#include "testhost/tableregistry.h"

#include <string.h>

enum { STATE_LIBRARY = 1, STATE_INSPECTOR }; /* uservalues of a state */

void push_log_lj(lua_State *L, struct state *state)
{
    size_t count;
    struct log_line *lines = plugin_owner_take_log(&state->owner, &count);

    lua_createtable(L, (int)count, 0); /* list */
    for (size_t i = 0; i < count; i++) {
        lua_createtable(L, 0, 3); /* list, line */
        lua_pushstring(L, lines[i].message);
        lua_setfield(L, -2, "message");
        lua_pushstring(L, lines[i].component);
        lua_setfield(L, -2, "component");
        lua_pushstring(L, severity_name(lines[i].severity));
        lua_setfield(L, -2, "severity");
        lua_rawseti(L, -2, (lua_Integer)i + 1); /* list */
    }
    log_lines_free(lines, count);
}

/* After an init that failed. Stack: [] -> [nil, message, log] */
static int push_failure_lj(lua_State *L, struct state *state, enum verdict verdict, const char *message)
{
    char rule[VIOLATION_TEXT];
    bool broken = state->inspector != NULL && violations_take(&state->inspector->violations, rule);

    lua_pushnil(L);                                                                   /* nil */
    lua_pushstring(L, verdict == VERDICT_FAILED ? state_last_error(state) : message); /* nil, message */
    push_log_lj(L, state);                                                            /* nil, message, log */
    state_destroy(state);
    state_release(state);
    if (broken)
        return broken_lj(L, rule);
    if (verdict == VERDICT_BROKEN)
        return broken_lj(L, message);
    return 3;
}

int state_new_lj(lua_State *L, int library, const char *config, int inspector)
{
    struct inspector *owner = inspector_check_lj(L, inspector);
    char message[HOST_MESSAGE] = "";
    struct state *state;
    enum verdict verdict;

    state = lua_newuserdatauv(L, sizeof *state, 2); /* state */
    memset(state, 0, sizeof *state);
    luaL_setmetatable(L, STATE_TYPE);
    lua_pushvalue(L, library); /* state, library */
    lua_setiuservalue(L, -2, STATE_LIBRARY);
    lua_pushvalue(L, inspector); /* state, inspector */
    lua_setiuservalue(L, -2, STATE_INSPECTOR);
    verdict = state_init(state, library_check_lj(L, library), owner, config, message);
    if (verdict != VERDICT_FINE)
        return push_failure_lj(L, state, verdict, message);
    violations_raise_lj(L, state->inspector);
    inspector_keep_lj(L, inspector, -1, true);
    return 1;
}

/* Destroys it, and its inspector lets it go. */
static void end_lj(lua_State *L, struct state *state)
{
    state_destroy(state);
    lua_getiuservalue(L, 1, STATE_INSPECTOR); /* …, inspector */
    inspector_keep_lj(L, -1, 1, false);
    lua_pop(L, 1); /* … */
}

static int gc_lj(lua_State *L)
{
    struct state *state = luaL_checkudata(L, 1, STATE_TYPE);

    if (state->library != NULL) {
        end_lj(L, state);
        state_release(state);
    }
    return 0;
}

static int destroy_lj(lua_State *L)
{
    struct state *state = luaL_checkudata(L, 1, STATE_TYPE);
    char rule[VIOLATION_TEXT];
    bool broken;

    if (state->inspector == NULL)
        return 0;
    luaL_argcheck(L, state->asked == 0, 1, "metrics are still asked for: join the job first");
    end_lj(L, state);
    broken = violations_take(&state->inspector->violations, rule);
    state_release(state);
    return broken ? broken_lj(L, rule) : 0;
}

static int inspector_lj(lua_State *L)
{
    state_check_lj(L, 1);
    lua_getiuservalue(L, 1, STATE_INSPECTOR); /* inspector */
    return 1;
}

static int open_lj(lua_State *L)
{
    state_check_lj(L, 1);
    return instance_new_lj(L, 1, text_check_lj(L, 2, ""));
}

static int last_error_lj(lua_State *L)
{
    lua_pushstring(L, state_last_error(state_check_lj(L, 1))); /* text */
    return 1;
}

static int log_lj(lua_State *L)
{
    push_log_lj(L, state_check_lj(L, 1)); /* list */
    return 1;
}

/* What libsinsp prints where a plugin has no text for an event: the beginning of its payload. */
static void push_payload_lj(lua_State *L, const struct event *event)
{
    enum { SHOWN = 50 };
    size_t size = event->size < SHOWN ? event->size : SHOWN;
    luaL_Buffer buffer;

    luaL_buffinit(L, &buffer);
    lua_pushfstring(L, "datalen=%d data=", (int)event->size); /* text */
    luaL_addvalue(&buffer);
    for (size_t i = 0; i < size; i++)
        if (event->payload[i] < ' ' || event->payload[i] > '~') {
            luaL_addstring(&buffer, "<binary>");
            luaL_pushresult(&buffer); /* text */
            return;
        }
    luaL_addlstring(&buffer, (const char *)event->payload, size);
    if (event->size > SHOWN)
        luaL_addstring(&buffer, "...");
    luaL_pushresult(&buffer); /* text */
}

static int to_string_lj(lua_State *L)
{
    struct state *state = state_check_lj(L, 1);
    const struct event *event = event_check_lj(L, 2);
    char message[HOST_MESSAGE];
    const char *text;

    if (state->library->driver->to_string(state, event, &text, message) != VERDICT_FINE)
        return broken_lj(L, message);
    if (text != NULL && text[0] != '\0')
        lua_pushstring(L, text); /* text */
    else if (state->library->driver->api == 0)
        lua_pushliteral(L, ""); /* text */
    else
        push_payload_lj(L, event); /* text */
    return 1;
}

/* Stack: [] -> [list or "all"] */
static int push_event_types_lj(lua_State *L, const struct event_types *types)
{
    if (types->all) {
        lua_pushliteral(L, "all"); /* text */
        return 1;
    }
    lua_createtable(L, (int)types->count, 0); /* list */
    for (size_t i = 0; i < types->count; i++) {
        lua_pushinteger(L, types->items[i]);    /* list, type */
        lua_rawseti(L, -2, (lua_Integer)i + 1); /* list */
    }
    return 1;
}

static int extract_event_types_lj(lua_State *L)
{
    const struct state *state = state_check_lj(L, 1);

    return push_event_types_lj(L, state->extract_types.items != NULL ? &state->extract_types
                                                                     : &state->library->extract_types);
}

static int parse_event_types_lj(lua_State *L)
{
    const struct state *state = state_check_lj(L, 1);

    return push_event_types_lj(L, state->parse_types.items != NULL ? &state->parse_types
                                                                   : &state->library->parse_types);
}

void state_register_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {{"open", open_lj},
                                       {"open_params", state_open_params_lj},
                                       {"extract", state_extract_lj},
                                       {"extract_raw", state_extract_raw_lj},
                                       {"extract_event_types", extract_event_types_lj},
                                       {"parse", state_parse_lj},
                                       {"parse_event_types", parse_event_types_lj},
                                       {"async_open", state_async_open_lj},
                                       {"async_events", state_async_events_lj},
                                       {"async_wait", state_async_wait_lj},
                                       {"async_close", state_async_close_lj},
                                       {"dump_state", state_dump_state_lj},
                                       {"kernel_open", state_kernel_open_lj},
                                       {"capture_open", state_capture_open_lj},
                                       {"capture_close", state_capture_close_lj},
                                       {"routines", state_routines_lj},
                                       {"metrics", state_metrics_lj},
                                       {"ask_metrics", state_ask_metrics_lj},
                                       {"set_config", state_set_config_lj},
                                       {"console", state_console_lj},
                                       {"inspector", inspector_lj},
                                       {"to_string", to_string_lj},
                                       {"last_error", last_error_lj},
                                       {"log", log_lj},
                                       {"destroy", destroy_lj},
                                       {NULL, NULL}};

    object_register_lj(L, STATE_TYPE, methods, gc_lj);
}
