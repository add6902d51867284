#include "base/text.h"
#include "testhost/luaobjects.h"

#include <string.h>

/* uservalues of an event: the instance it is from, the name of its source */
enum { EVENT_INSTANCE = 1, EVENT_SOURCE };

/* What the header of an event without `id` says; hosts refuse 0. */
#define SOME_PLUGIN_ID 999

struct event *event_new_lj(lua_State *L, int keep)
{
    struct event *event;

    if (keep != 0)
        keep = lua_absindex(L, keep);
    event = lua_newuserdatauv(L, sizeof *event, 2); /* event */
    memset(event, 0, sizeof *event);
    luaL_setmetatable(L, EVENT_TYPE);
    if (keep != 0) {
        lua_pushvalue(L, keep); /* event, kept */
        lua_setiuservalue(L, -2, EVENT_INSTANCE);
    }
    return event;
}

static int gc_lj(lua_State *L)
{
    struct event *event = luaL_checkudata(L, 1, EVENT_TYPE);

    if (!event->gone)
        guard_free(&event->memory);
    event->gone = true;
    return 0;
}

/* Keeps the source's name (at `index`) with the event below the top. Stack: [event] -> [event] */
static void keep_source_lj(lua_State *L, struct event *event, int index)
{
    event->source = luaL_checkstring(L, index);
    lua_pushvalue(L, index); /* event, source */
    lua_setiuservalue(L, -2, EVENT_SOURCE);
}

/* A number of the options table at `options`, or `missing`. */
static uint64_t integer_option_lj(lua_State *L, int options, const char *key, uint64_t missing)
{
    uint64_t number = missing;

    if (lua_getfield(L, options, key) != LUA_TNIL) { /* value */
        int is_integer;
        number = (uint64_t)lua_tointegerx(L, -1, &is_integer);
        if (!is_integer)
            luaL_error(L, "%s: expected an integer, got a %s", key, luaL_typename(L, -1));
    }
    lua_pop(L, 1);
    return number;
}

static void check_options_lj(lua_State *L, int options, const char *const *names)
{
    luaL_checktype(L, options, LUA_TTABLE);
    lua_pushnil(L); /* key */
    while (lua_next(L, options)) {
        const char *name = luaL_tolstring(L, -2, NULL); /* key, value, name */
        size_t i = 0;
        while (names[i] != NULL && strcmp(names[i], name) != 0)
            i++;
        if (names[i] == NULL)
            luaL_error(L, "unknown key \"%s\" of an event", name);
        lua_pop(L, 2); /* key */
    }
}

/* Numbers, source and id from the options over what the event has. Stack: [event] -> [event] */
static void apply_options_lj(lua_State *L, struct event *event, int options)
{
    int top = lua_gettop(L);

    event->num = integer_option_lj(L, options, "num", event->num);
    event->ts = integer_option_lj(L, options, "ts", event->ts);
    event->tid = integer_option_lj(L, options, "tid", event->tid);
    if (lua_getfield(L, options, "id") != LUA_TNIL) /* event, id */
        event->any_plugin = false;
    lua_settop(L, top);
    event->plugin_id = (uint32_t)integer_option_lj(L, options, "id", event->plugin_id);
    if (lua_getfield(L, options, "source") != LUA_TNIL) { /* event, source */
        lua_insert(L, -2);                                /* source, event */
        keep_source_lj(L, event, lua_gettop(L) - 1);
        lua_remove(L, -2); /* event */
    } else {
        lua_settop(L, top); /* event */
    }
}

static void check_written_lj(lua_State *L, bool written)
{
    if (!written)
        luaL_error(L, TEXT_NO_MEMORY);
}

static int copy_lj(lua_State *L)
{
    static const char *const names[] = {"num", "ts", "tid", "data", "source", "id", NULL};
    const struct event *event = event_check_lj(L, 1);
    struct event changed = *event;
    struct event *copy;

    lua_settop(L, 2);
    if (lua_isnil(L, 2)) {
        lua_newtable(L);
        lua_replace(L, 2);
    }
    check_options_lj(L, 2, names);
    copy = event_new_lj(L, 0); /* event, options, copy */
    copy->instance = NULL;
    if (event->source != NULL) {
        lua_pushstring(L, event->source); /* event, options, copy, source */
        lua_insert(L, 3);                 /* event, options, source, copy */
        keep_source_lj(L, &changed, 3);
    }
    apply_options_lj(L, &changed, 2);
    if (lua_getfield(L, 2, "data") != LUA_TNIL) /* …, copy, data */
        changed.payload = (const unsigned char *)luaL_checklstring(L, -1, &changed.size);
    check_written_lj(L, event_copy(copy, &changed));
    lua_pop(L, 1); /* …, copy */
    return 1;
}

/* ---- host.event ---- */

/* Takes over the memory of options.buffer. Stack: unchanged */
static void take_buffer_lj(lua_State *L, struct event *event)
{
    if (lua_getfield(L, 1, "buffer") != LUA_TNIL) { /* buffer */
        struct event *buffer = event_check_lj(L, -1);
        if (buffer->memory.data == NULL)
            luaL_error(L, "buffer: expected an event of the host's own");
        event->memory = buffer->memory;
        memset(&buffer->memory, 0, sizeof buffer->memory);
        buffer->gone = true;
    }
    lua_pop(L, 1);
}

static void write_plugin_event_lj(lua_State *L, struct event *event)
{
    struct event_parameter parameters[2] = {{&event->plugin_id, sizeof event->plugin_id}, {"", 0}};

    if (lua_getfield(L, 1, "data") != LUA_TNIL) /* data */
        parameters[1].data = luaL_checklstring(L, -1, &parameters[1].size);
    check_written_lj(L, event_write(event, parameters, 2, true));
    lua_pop(L, 1);
}

static void write_other_event_lj(lua_State *L, struct event *event)
{
    struct event_parameter *parameters;
    lua_Integer count;
    bool wide;

    lua_getfield(L, 1, "wide"); /* wide */
    wide = lua_toboolean(L, -1);
    if (lua_getfield(L, 1, "params") != LUA_TTABLE) /* wide, params */
        luaL_error(L, "params: expected a list of strings, got a %s", luaL_typename(L, -1));
    count = luaL_len(L, -1);
    parameters = lua_newuserdatauv(L, ((size_t)count + 1) * sizeof *parameters, 0); /* wide, params, memory */
    for (lua_Integer i = 0; i < count; i++) {
        if (lua_geti(L, -2, i + 1) != LUA_TSTRING) /* wide, params, memory, parameter */
            luaL_error(L, "params: expected a list of strings");
        parameters[i].data = lua_tolstring(L, -1, &parameters[i].size); /* the list keeps it */
        if (!wide && parameters[i].size > UINT16_MAX)
            luaL_error(L, "params: %d is longer than 65535 bytes; is the event wide?", (int)i + 1);
        lua_pop(L, 1); /* wide, params, memory */
    }
    check_written_lj(L, event_write(event, parameters, (uint32_t)count, wide));
    lua_pop(L, 3);
}

/* The whole event is options.bytes. Stack: [bytes] -> [bytes] */
static void write_bytes_lj(lua_State *L, struct event *event)
{
    size_t length;
    const char *bytes = luaL_checklstring(L, -1, &length);

    event->any_plugin = false;
    if (!event_write_bytes(event, bytes, length))
        luaL_error(L, "bytes: %d bytes are no event in libscap's layout", (int)length);
}

int host_event_lj(lua_State *L)
{
    static const char *const names[] = {"data",   "num",  "ts",     "tid",  "id",    "source",
                                        "buffer", "type", "params", "wide", "bytes", NULL};
    struct event *event;

    lua_settop(L, 1);
    check_options_lj(L, 1, names);
    event = event_new_lj(L, 0); /* options, event */
    event->num = 1;
    event->ts = event_now();
    event->tid = UINT64_MAX;
    event->plugin_id = SOME_PLUGIN_ID;
    event->any_plugin = true;
    event->type = (uint16_t)integer_option_lj(L, 1, "type", EVENT_TYPE_PLUGIN);
    apply_options_lj(L, event, 1);
    take_buffer_lj(L, event);
    if (lua_getfield(L, 1, "bytes") != LUA_TNIL) { /* options, event, bytes */
        write_bytes_lj(L, event);
        lua_pop(L, 1); /* options, event */
        return 1;
    }
    lua_pop(L, 1); /* options, event */
    if (event->type == EVENT_TYPE_PLUGIN)
        write_plugin_event_lj(L, event);
    else
        write_other_event_lj(L, event);
    return 1;
}

/* ---- members ---- */

static int index_lj(lua_State *L)
{
    const struct event *event = event_check_lj(L, 1);
    const char *key = luaL_checkstring(L, 2);

    if (strcmp(key, "data") == 0)
        lua_pushlstring(L, (const char *)event->payload, event->size);
    else if (strcmp(key, "size") == 0)
        lua_pushinteger(L, (lua_Integer)event->size);
    else if (strcmp(key, "ts") == 0)
        push_uint64_lj(L, event->ts);
    else if (strcmp(key, "num") == 0)
        push_uint64_lj(L, event->num);
    else if (strcmp(key, "tid") == 0)
        lua_pushinteger(L, (lua_Integer)event->tid);
    else if (strcmp(key, "type") == 0)
        lua_pushinteger(L, event->type);
    else if (strcmp(key, "plugin_id") == 0)
        lua_pushinteger(L, event->plugin_id);
    else if (strcmp(key, "source") == 0)
        lua_pushstring(L, event->source);
    else if (strcmp(key, "copy") == 0)
        lua_pushcfunction(L, copy_lj);
    else
        return luaL_error(L, "an event has no \"%s\"", key);
    return 1;
}

void event_register_lj(lua_State *L)
{
    object_register_lj(L, EVENT_TYPE, NULL, gc_lj);
    luaL_getmetatable(L, EVENT_TYPE); /* metatable */
    lua_pushcfunction(L, index_lj);   /* metatable, index */
    lua_setfield(L, -2, "__index");   /* metatable */
    lua_pop(L, 1);                    /* */
}
