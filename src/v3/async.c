#include "v3/async.h"

#include "base/text.h"
#include "event/value.h"
#include "modules/lure.h"
#include "v3/statehandle.h"

#include <cJSON.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARAMETERS 3u /* plugin id, name, data */
#define ID_SIZE    4u

/* A longer event's memory is not kept for the next. */
#define KEPT_BYTES (1u << 20)

/* Longest data, as for the payloads of sources. */
#define MOST_DATA (64u << 20)

/* What a call of emit is about. */
struct emission {
    const char *name, *data;
    size_t given; /* bytes of the data, without a NUL at its end, which texts of C programs have */
    size_t clean; /* the same, sanitized for hosts (UTF8_TEXT) */
    size_t size;  /* with that NUL */
    uint64_t ts, tid;
};

static void free_event(struct emitter *emitter)
{
    memory_give(&handle_plugin(emitter->handle)->memory, emitter->event, emitter->room);
    emitter->event = NULL;
    emitter->room = 0;
}

/* Writes the event. NULL: out of memory, or over the limit. */
static const ss_plugin_event *write_event(struct emitter *emitter, const struct emission *emission)
{
    const uint32_t id = handle_plugin(emitter->handle)->manifest->id;
    const uint32_t lengths[PARAMETERS] = {ID_SIZE, (uint32_t)strlen(emission->name) + 1,
                                          (uint32_t)emission->size};
    size_t length = sizeof(ss_plugin_event) + sizeof(lengths) + lengths[0] + lengths[1] + lengths[2];
    const ss_plugin_event header = {.ts = emission->ts,
                                    .tid = emission->tid,
                                    .len = (uint32_t)length,
                                    .type = PPME_ASYNCEVENT_E,
                                    .nparams = PARAMETERS};
    unsigned char *at = emitter->event;

    if (length + 1 > emitter->room ||
        emitter->room > KEPT_BYTES) { /* with a NUL behind the data in any case */
        free_event(emitter);
        at = memory_take(&handle_plugin(emitter->handle)->memory, length + 1);
        if (at == NULL) {
            return NULL;
        }
        emitter->event = at;
        emitter->room = length + 1;
    }
    memcpy(at, &header, sizeof(header));
    memcpy(at + sizeof(header), lengths, sizeof(lengths));
    at += sizeof(header) + sizeof(lengths);
    memcpy(at, &id, sizeof(id));
    memcpy(at + sizeof(id), emission->name, lengths[1]);
    utf8_write((char *)at + sizeof(id) + lengths[1], emission->clean + 1, emission->data, emission->given,
               UTF8_TEXT);
    return (const ss_plugin_event *)(const void *)emitter->event;
}

/* True if the name is in async_events. Hosts refuse others. */
static void check_name_lj(lua_State *L, const struct emitter *emitter, const char *name)
{
    const struct manifest *script = handle_plugin(emitter->handle)->script;
    const cJSON *item, *names = handle_plugin(emitter->handle)->manifest->async_events;

    cJSON_ArrayForEach(item, names)
    {
        if (strcmp(item->valuestring, name) == 0) {
            return;
        }
    }
    luaL_error(L, "emit: \"%s\" is not among async_events; add it there%s", name,
               script->has[KEY_PRODUCE]
                   ? ", or, for an event of the source, call what produce gets as its second "
                     "parameter: produce = function(params, emit)"
                   : "");
}

/* The number under `key` of the options at 3, or `otherwise`. Stack: unchanged */
static uint64_t read_option_lj(lua_State *L, const char *key, uint64_t otherwise)
{
    int integral = 1;
    lua_Integer number = 0;
    char got[96];

    if (lua_isnoneornil(L, 3)) {
        return otherwise;
    }
    lua_pushstring(L, key);             /* key */
    if (lua_rawget(L, 3) != LUA_TNIL) { /* value */
        number = lua_tointegerx(L, -1, &integral);
        if (!integral || lua_type(L, -1) != LUA_TNUMBER || number < 0) {
            value_describe(L, -1, got, sizeof(got));
            luaL_error(L, "emit: expected %s to be an integer from 0, got %s", key, got);
        }
        otherwise = (uint64_t)number;
    }
    lua_pop(L, 1); /* */
    return otherwise;
}

/* Only `ts` and `tid` mean something. */
static void check_options_lj(lua_State *L)
{
    char got[96];

    if (lua_isnoneornil(L, 3)) {
        return;
    }
    luaL_checktype(L, 3, LUA_TTABLE);
    lua_pushnil(L);               /* key */
    while (lua_next(L, 3) != 0) { /* key, value */
        const char *name = value_name(L, -2);

        lua_pop(L, 1); /* key */
        if (name == NULL || (strcmp(name, "ts") != 0 && strcmp(name, "tid") != 0)) {
            value_describe(L, -1, got, sizeof(got));
            luaL_error(L, "emit: the options are ts and tid, got the key %s", got);
        }
    }
}

static void read_emission_lj(lua_State *L, const struct emitter *emitter, struct emission *emission)
{
    size_t length;
    char got[96];

    emission->name = luaL_checklstring(L, 1, &length);
    luaL_argcheck(L, length > 0 && !text_has_nul(emission->name, length), 1,
                  "expected the name of an async event");
    check_name_lj(L, emitter, emission->name);
    if (lua_type(L, 2) != LUA_TSTRING && !lua_isinteger(L, 2)) {
        value_describe(L, 2, got, sizeof(got));
        luaL_error(L, "emit: expected the data as a string or an integer, got %s", got);
    }
    emission->data = lua_tolstring(L, 2, &length);
    emission->given = length - (length > 0 && emission->data[length - 1] == '\0');
    emission->clean = utf8_write(NULL, 0, emission->data, emission->given, UTF8_TEXT);
    emission->size = emission->clean + (length - emission->given);
    if (emission->size > MOST_DATA) {
        luaL_error(L, "emit: the data has %I bytes, more than the %d that an event may have",
                   (LUAI_UACINT)emission->size, (int)MOST_DATA);
    }
    check_options_lj(L);
    emission->ts = read_option_lj(L, "ts", UINT64_MAX);
    emission->tid = read_option_lj(L, "tid", UINT64_MAX);
}

/* Passes the event to the host's handler. NULL: done; else the error. `error` has room for PLUGIN_MAX_ERRLEN
 * bytes. */
static const char *call_handler(struct emitter *emitter, const struct emission *emission, char *error)
{
    const ss_plugin_event *event;
    struct host_call call;
    ss_plugin_rc rc;

    if (emitter->handler == NULL) {
        return "nobody takes async events now: the host has set no handler, or none any more";
    }
    event = write_event(emitter, emission);
    if (event == NULL) {
        return TEXT_OVER_LIMIT;
    }
    snprintf(error, PLUGIN_MAX_ERRLEN, "the host refused the event");
    call = handle_call_host(emitter->handle);
    rc = emitter->handler(emitter->owner, event, error);
    handle_return(emitter->handle, call);
    return rc == SS_PLUGIN_SUCCESS ? NULL : error;
}

/* emit(name, data [, { ts = ns, tid = number }]): true, or nil and why it was not taken */
static int emit_lj(lua_State *L)
{
    struct emitter *emitter = lua_touserdata(L, lua_upvalueindex(1));
    struct emission emission;
    char error[PLUGIN_MAX_ERRLEN], line[PLUGIN_MAX_ERRLEN + 128];
    const char *why;

    if (emitter->handle->in_init) {
        return luaL_error(L, "emit: nobody takes async events before init is over");
    }
    read_emission_lj(L, emitter, &emission);
    why = call_handler(emitter, &emission, error);
    if (why == NULL) {
        lua_pushboolean(L, 1); /* true */
        return 1;
    }
    error[PLUGIN_MAX_ERRLEN - 1] = '\0';
    snprintf(line, sizeof(line), "emit: \"%.100s\" is lost: %s", emission.name, why);
    log_limited(&handle_plugin(emitter->handle)->log, LOG_LEVEL_ERROR, line);
    lua_pushnil(L);         /* nil */
    lua_pushstring(L, why); /* nil, why */
    return 2;
}

void async_open_lj(lua_State *L, struct handle *handle)
{
    handle->async.emitter.handle = handle;
    handle->async.dumper.handle = handle;
    lua_pushlightuserdata(L, &handle->async.emitter); /* emitter */
    lua_pushcclosure(L, emit_lj, 1);                  /* emit */
    lure_provide_lj(L, "emit");                       /* */
}

/* A callback with an emit function has returned; whether it wants to be called again. Stack: [call, function,
 * result, message] */
static bool take_returned_lj(lua_State *L)
{
    plugin_check_failure_lj(L, 2, 3);
    return lua_isnil(L, 3) || lua_toboolean(L, 3);
}

/* Pushes such a callback twice, and its argument. Stack: [call] -> [call, function, function, emit] */
static void push_emitting_lj(lua_State *L, enum script_key callback, struct emitter *emitter)
{
    plugin_push_callback(L, handle_plugin(emitter->handle), callback); /* call, function */
    lua_pushvalue(L, 2);                                               /* call, function, function */
    lua_pushlightuserdata(L, emitter);                                 /* call, function, function, emitter */
    lua_pushcclosure(L, emit_lj, 1);                                   /* call, function, function, emit */
}

/* Stack: [calls, function, result, message] */
static int async_returned_lj(lua_State *L, int status, lua_KContext context)
{
    struct repeated *calls = lua_touserdata(L, 1);

    (void)status;
    (void)context;
    calls->goes_on = take_returned_lj(L) && calls->goes_on;
    return 0;
}

static struct async *of_calls(struct repeated *calls)
{
    return (struct async *)(void *)((char *)calls - offsetof(struct async, calls));
}

static int call_async_lj(lua_State *L)
{
    push_emitting_lj(L, KEY_ASYNC, &of_calls(lua_touserdata(L, 1))->emitter);
    lua_callk(L, 1, 2, 0, async_returned_lj); /* calls, function, result, message */
    return async_returned_lj(L, LUA_OK, 0);
}

/* Stack: [emitter] */
static int call_dump_state_lj(lua_State *L)
{
    push_emitting_lj(L, KEY_DUMP_STATE, lua_touserdata(L, 1));
    lua_call(L, 1, 2); /* emitter, function, result, message */
    take_returned_lj(L);
    return 0;
}

static void set_handler(struct handle *handle, ss_plugin_owner_t *owner,
                        ss_plugin_async_event_handler_t handler)
{
    handle->async.emitter.owner = owner;
    handle->async.emitter.handler = handler;
}

/* `async` has returned false. */
static void is_over(struct repeated *calls)
{
    of_calls(calls)->over = true;
}

void async_close(struct handle *handle)
{
    struct plugin *plugin = handle_plugin(handle);
    struct async *async = &handle->async;

    if (async->open) {
        async->open = false;
        repeated_stop(&async->calls);
        background_cancel(plugin, BACKGROUND_ASYNC, script_keys[KEY_ASYNC].name);
        repeated_close(&async->calls, plugin);
    }
}

/* Removes the handler, so that what is cancelled then can emit nothing more, and ends `async`. Called without
 * the lock. */
static void remove_handler(struct handle *handle)
{
    struct plugin *plugin = handle_plugin(handle);

    fairlock_enter(&plugin->lock);
    set_handler(handle, NULL, NULL);
    async_close(handle);
    fairlock_leave(&plugin->lock);
    background_rest(plugin);
}

/* Begins to call the script's `async`, if it has one. False: no memory, or no thread. */
static bool start_calls(struct handle *handle, double delay)
{
    struct plugin *plugin = handle_plugin(handle);
    struct async *async = &handle->async;

    async->over = false;
    if (plugin->functions[KEY_ASYNC] == LUA_NOREF) {
        return true;
    }
    async->calls = (struct repeated){.name = {script_keys[KEY_ASYNC].name, KEY_ASYNC},
                                     .breaker = &plugin->breakers[KEY_ASYNC],
                                     .call_lj = call_async_lj,
                                     .ended = is_over};
    async->open = true;
    repeated_start(&async->calls, plugin, BACKGROUND_ASYNC, delay, plugin->manifest->async_interval);
    return background_start(plugin);
}

void async_go_on(struct handle *handle, bool swapped)
{
    struct async *async = &handle->async;

    if (async->emitter.handler != NULL && !async->open && (!async->over || swapped)) {
        start_calls(handle, swapped ? 0 : handle_plugin(handle)->manifest->async_interval);
    }
}

ss_plugin_rc entry_set_async_event_handler(ss_plugin_t *s, ss_plugin_owner_t *owner,
                                           const ss_plugin_async_event_handler_t handler)
{
    struct handle *handle = s;
    struct plugin *plugin = handle_usable(handle);
    bool started;

    if (plugin == NULL) { /* where init has failed nothing is to be stopped, and hosts throw if that fails */
        return handler == NULL && handle != NULL && !handle_is_calling(handle) ? SS_PLUGIN_SUCCESS
                                                                               : SS_PLUGIN_FAILURE;
    }
    remove_handler(handle);
    if (handler == NULL) {
        return SS_PLUGIN_SUCCESS;
    }
    handle_enter(handle);
    set_handler(handle, owner, handler);
    started = start_calls(handle, 0);
    handle_leave(handle);
    if (!started) {
        remove_handler(handle);
        plugin_fail(plugin, "set_async_event_handler: no memory, or no thread, for async");
        return SS_PLUGIN_FAILURE;
    }
    return SS_PLUGIN_SUCCESS;
}

ss_plugin_rc entry_dump_state(ss_plugin_t *s, ss_plugin_owner_t *owner,
                              const ss_plugin_async_event_handler_t handler)
{
    struct handle *handle = s;
    struct plugin *plugin = handle_enter(handle);
    bool done;

    if (plugin == NULL) {
        return SS_PLUGIN_FAILURE;
    }
    handle->async.dumper.owner = owner;
    handle->async.dumper.handler = handler;
    done = plugin_call(plugin, KEY_DUMP_STATE, call_dump_state_lj, &handle->async.dumper);
    handle->async.dumper.handler = NULL;
    if (!done) {
        plugin_fail_from_lua(plugin);
    }
    handle_leave(handle);
    return done ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
}

void async_stop(struct handle *handle)
{
    remove_handler(handle);
    if (handle->async.emitter.handle != NULL) {
        free_event(&handle->async.emitter);
        free_event(&handle->async.dumper);
    }
}
