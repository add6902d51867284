#include "host/objects.h"

#include <cJSON.h>
#include <string.h>

enum { STATE_LIBRARY = 1 }; /* uservalue of a state */

static const char *const severities[] = {"none",   "fatal", "critical", "error", "warning",
                                         "notice", "info",  "debug",    "trace"};

struct state *state_check_lj(lua_State *L, int index)
{
    struct state *state = luaL_checkudata(L, index, STATE_TYPE);

    if (!state->initialised)
        luaL_argerror(L, index, "this plugin state is destroyed");
    return state;
}

void push_log_lj(lua_State *L, struct state *state)
{
    size_t count;
    struct log_line *lines = owner_take_log(&state->owner, &count);

    lua_createtable(L, (int)count, 0); /* list */
    for (size_t i = 0; i < count; i++) {
        int severity = lines[i].severity;
        lua_createtable(L, 0, 3); /* list, line */
        lua_pushstring(L, lines[i].message);
        lua_setfield(L, -2, "message");
        lua_pushstring(L, lines[i].component);
        lua_setfield(L, -2, "component");
        lua_pushstring(L, severity >= 1 && severity <= 8 ? severities[severity] : severities[0]);
        lua_setfield(L, -2, "severity");
        lua_rawseti(L, -2, (lua_Integer)i + 1); /* list */
    }
    log_lines_free(lines, count);
}

int state_new_lj(lua_State *L, int library, const char *config)
{
    char message[HOST_MESSAGE] = "";
    struct state *state;
    enum verdict verdict;

    state = lua_newuserdatauv(L, sizeof *state, 1); /* state */
    memset(state, 0, sizeof *state);
    luaL_setmetatable(L, STATE_TYPE);
    lua_pushvalue(L, library); /* state, library */
    lua_setiuservalue(L, -2, STATE_LIBRARY);
    verdict = state_init(state, library_check_lj(L, library), config, message);
    if (verdict == VERDICT_FINE)
        return 1;
    lua_pushnil(L); /* state, nil */
    lua_pushstring(L,
                   verdict == VERDICT_FAILED ? state_last_error(state) : message); /* state, nil, message */
    push_log_lj(L, state); /* state, nil, message, log */
    state_destroy(state);
    state_release(state);
    if (verdict == VERDICT_BROKEN)
        return luaL_error(L, "%s", message);
    return 3;
}

static int destroy_lj(lua_State *L)
{
    struct state *state = luaL_checkudata(L, 1, STATE_TYPE);

    if (state->library != NULL) {
        state_destroy(state);
        state_release(state);
    }
    return 0;
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
        return luaL_error(L, "%s", message);
    if (text != NULL && text[0] != '\0')
        lua_pushstring(L, text); /* text */
    else if (state->library->driver->api == 0)
        lua_pushliteral(L, ""); /* text */
    else
        push_payload_lj(L, event); /* text */
    return 1;
}

/* Stack: [parameter] -> [parameter] */
static void set_member_lj(lua_State *L, const cJSON *entry, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, key));

    if (text != NULL && text[0] != '\0') {
        lua_pushstring(L, text); /* parameter, text */
        lua_setfield(L, -2, key);
    }
}

/* The JSON of list_open_params as a list. It is parsed in a userdata that frees it. */
static int free_json_lj(lua_State *L)
{
    cJSON **json = lua_touserdata(L, 1);

    cJSON_Delete(*json);
    *json = NULL;
    return 0;
}

/* Stack: [] -> [userdata] */
static cJSON *parse_json_lj(lua_State *L, const char *text)
{
    cJSON **json = lua_newuserdatauv(L, sizeof *json, 0); /* userdata */

    *json = NULL;
    lua_createtable(L, 0, 1); /* userdata, metatable */
    lua_pushcfunction(L, free_json_lj);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2); /* userdata */
    *json = cJSON_Parse(text);
    return *json;
}

static int open_params_lj(lua_State *L)
{
    struct state *state = state_check_lj(L, 1);
    const struct library *library = state->library;
    const char *text;
    const cJSON *json, *entry;
    lua_Integer count = 0;

    if (library->driver->open_params(state, &text) != VERDICT_FINE) {
        lua_pushnil(L);                             /* nil */
        lua_pushstring(L, state_last_error(state)); /* nil, message */
        return 2;
    }
    json = parse_json_lj(L, text != NULL && text[0] != '\0' ? text : "[]"); /* userdata */
    if (!cJSON_IsArray(json)) {
        lua_pushnil(L); /* nil */
        lua_pushfstring(L, "error in plugin %s: list_open_params returned a non-array JSON", library->name);
        return 2;
    }
    lua_newtable(L); /* userdata, list */
    cJSON_ArrayForEach(entry, json)
    {
        lua_newtable(L); /* userdata, list, parameter */
        set_member_lj(L, entry, "value");
        set_member_lj(L, entry, "desc");
        set_member_lj(L, entry, "separator");
        if (lua_getfield(L, -1, "value") == LUA_TNIL) { /* userdata, list, parameter, value */
            lua_pushfstring(L, "error in plugin %s: list_open_params has entry with no value", library->name);
            return 2; /* nil, message */
        }
        lua_pop(L, 1);               /* userdata, list, parameter */
        lua_rawseti(L, -2, ++count); /* userdata, list */
    }
    return 1;
}

static int extract_event_types_lj(lua_State *L)
{
    const struct state *state = state_check_lj(L, 1);
    const struct event_types *types =
        state->extract_types.items != NULL ? &state->extract_types : &state->library->extract_types;

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

void state_register_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {{"open", open_lj},
                                       {"open_params", open_params_lj},
                                       {"extract", state_extract_lj},
                                       {"extract_raw", state_extract_raw_lj},
                                       {"extract_event_types", extract_event_types_lj},
                                       {"to_string", to_string_lj},
                                       {"last_error", last_error_lj},
                                       {"log", log_lj},
                                       {"destroy", destroy_lj},
                                       {NULL, NULL}};

    object_register_lj(L, STATE_TYPE, methods, destroy_lj);
}
