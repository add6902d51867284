#include "v3/capturelistening.h"

#include "event/value.h"
#include "plugin/repeated.h"
#include "v3/statehandle.h"

#include <lauxlib.h>
#include <stddef.h>

/* Seconds between two calls. */
#define SHORTEST_INTERVAL 0.001
#define LONGEST_INTERVAL  86400.0

/* How many may run at once. */
#define MOST_CALLS 10000

/* One `every`. */
struct every {
    struct handle *handle;
    struct every *next, **link;
    int self, function; /* references */
    struct repeated calls;
    struct breaker breaker;
};

static struct every *of_calls(struct repeated *calls)
{
    return (struct every *)(void *)((char *)calls - offsetof(struct every, calls));
}

/* Stack: [calls, function, result, message] */
static int returned_lj(lua_State *L, int status, lua_KContext context)
{
    struct repeated *calls = lua_touserdata(L, 1);

    (void)status;
    (void)context;
    plugin_check_failure_lj(L, 2, 3);
    calls->goes_on = (lua_isnil(L, 3) || lua_toboolean(L, 3)) && calls->goes_on;
    return 0;
}

static int call_every_lj(lua_State *L)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, of_calls(lua_touserdata(L, 1))->function); /* calls, function */
    lua_pushvalue(L, 2);                /* calls, function, function */
    lua_callk(L, 0, 2, 0, returned_lj); /* calls, function, result, message */
    return returned_lj(L, LUA_OK, 0);
}

/* It is over: its memory is the collector's from here on. */
static void release(struct every *every)
{
    lua_State *L = handle_plugin(every->handle)->vm.L;

    *every->link = every->next;
    if (every->next != NULL) {
        every->next->link = every->link;
    }
    every->link = NULL;
    every->handle->listening.count--;
    luaL_unref(L, LUA_REGISTRYINDEX, every->function);
    luaL_unref(L, LUA_REGISTRYINDEX, every->self);
}

static void is_over(struct repeated *calls)
{
    release(of_calls(calls));
}

/* The function that `every` returned: it is not called any more; a call that waits goes on to its end. */
static int cancel_lj(lua_State *L)
{
    struct every *every = lua_touserdata(L, lua_upvalueindex(1));

    if (every->link != NULL && repeated_stop(&every->calls)) {
        repeated_close(&every->calls, handle_plugin(every->handle));
        release(every);
    }
    return 0;
}

static void start_calls(struct every *every, double seconds)
{
    struct listening *listening = &every->handle->listening;

    every->next = listening->calls;
    every->link = &listening->calls;
    if (every->next != NULL) {
        every->next->link = &every->next;
    }
    listening->calls = every;
    listening->count++;
    listening->begun = true;
    every->calls = (struct repeated){.name = {"every", USE_OF_EVERY},
                                     .breaker = &every->breaker,
                                     .call_lj = call_every_lj,
                                     .ended = is_over};
    repeated_start(&every->calls, handle_plugin(every->handle), BACKGROUND_EVERY, seconds, seconds);
}

/* capture:every(seconds, function): a function that ends it */
static int every_lj(lua_State *L)
{
    struct handle *handle = lua_touserdata(L, lua_upvalueindex(1));
    struct listening *listening = &handle->listening;
    lua_Number seconds = lua_tonumber(L, 2);
    struct every *every;
    char got[96];

    if (!listening->open) {
        return luaL_error(L, "every: the capture is closed; call it from capture_open on, until it closes");
    }
    if (lua_type(L, 2) != LUA_TNUMBER || !(seconds >= SHORTEST_INTERVAL && seconds <= LONGEST_INTERVAL)) {
        value_describe(L, 2, got, sizeof(got));
        return luaL_error(L, "every: expected seconds from %f to %f, got %s", SHORTEST_INTERVAL,
                          LONGEST_INTERVAL, got);
    }
    luaL_checktype(L, 3, LUA_TFUNCTION);
    if (listening->count >= MOST_CALLS) {
        return luaL_error(L, "every: %d calls at intervals are running; cancel some", MOST_CALLS);
    }
    lua_settop(L, 3);                                /* capture, seconds, function */
    every = lua_newuserdatauv(L, sizeof(*every), 0); /* capture, seconds, function, every */
    *every = (struct every){.handle = handle, .function = LUA_NOREF, .self = LUA_NOREF};
    lua_pushvalue(L, 4);                              /* ..., function, every, every */
    lua_pushcclosure(L, cancel_lj, 1);                /* ..., function, every, cancel */
    lua_insert(L, 3);                                 /* capture, seconds, cancel, function, every */
    every->self = luaL_ref(L, LUA_REGISTRYINDEX);     /* capture, seconds, cancel, function */
    every->function = luaL_ref(L, LUA_REGISTRYINDEX); /* capture, seconds, cancel */
    start_calls(every, seconds);
    if (!background_start(handle_plugin(handle))) {
        return luaL_error(L, "every: no memory, or no thread");
    }
    return 1;
}

/* Pushes the object that callbacks get. Stack: [] -> [capture] */
static void push_capture_lj(lua_State *L, struct handle *handle)
{
    lua_newtable(L);                  /* capture */
    lua_pushlightuserdata(L, handle); /* capture, handle */
    lua_pushcclosure(L, every_lj, 1); /* capture, every */
    lua_setfield(L, -2, "every");     /* capture */
}

struct capture_call {
    struct handle *handle;
    enum script_key callback;
};

static int call_capture_lj(lua_State *L)
{
    struct capture_call *call = lua_touserdata(L, 1);

    plugin_push_callback(L, handle_plugin(call->handle), call->callback); /* call, function */
    lua_pushvalue(L, 2);                                                  /* call, function, function */
    push_capture_lj(L, call->handle); /* call, function, function, capture */
    lua_call(L, 1, 2);                /* call, function, result, message */
    plugin_check_failure_lj(L, 2, 3);
    return 0;
}

/* Calls a callback with access to the host's tables; NULL: without. */
static bool call_capture(struct handle *handle, enum script_key callback,
                         const ss_plugin_capture_listen_input *in)
{
    struct plugin *plugin = handle_plugin(handle);
    struct capture_call call = {handle, callback};
    bool done;

    tables_begin(handle, in != NULL ? in->table_reader_ext : NULL, in != NULL ? in->table_writer_ext : NULL);
    done = plugin_call(plugin, callback, call_capture_lj, &call);
    tables_end(handle);
    return done;
}

/* Ends what `every` has begun, in the script that runs. */
static void end_calls(struct handle *handle)
{
    struct plugin *plugin = handle_plugin(handle);

    if (!handle->listening.begun) {
        return;
    }
    handle->listening.begun = false;
    for (struct every *every = handle->listening.calls; every != NULL; every = every->next) {
        repeated_stop(&every->calls);
    }
    background_cancel(plugin, BACKGROUND_EVERY, "every");
    while (handle->listening.calls != NULL) { /* also one that a `<close>` variable has begun */
        repeated_stop(&handle->listening.calls->calls);
        repeated_close(&handle->listening.calls->calls, plugin);
        release(handle->listening.calls);
    }
}

/* The same at the end of a capture. Called without the lock. */
static void stop_calls(struct handle *handle)
{
    struct plugin *plugin = handle_plugin(handle);

    fairlock_enter(&plugin->lock);
    handle->listening.open = handle->listening.told = false;
    end_calls(handle);
    fairlock_leave(&plugin->lock);
    background_rest(plugin);
}

ss_plugin_rc entry_capture_open(ss_plugin_t *s, const ss_plugin_capture_listen_input *i)
{
    struct handle *handle = s;
    struct plugin *plugin = handle_usable(handle);
    bool done;

    if (plugin == NULL) {
        return SS_PLUGIN_FAILURE;
    }
    stop_calls(handle);
    handle_enter(handle);
    handle->listening.open = true;
    handle->listening.told = done = call_capture(handle, KEY_CAPTURE_OPEN, i);
    if (!done) {
        plugin_fail_from_lua(plugin);
    }
    handle_leave(handle);
    if (!done) {
        stop_calls(handle);
    }
    return done ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
}

/* Never fails, but where it is called from a function that we have called: hosts would throw in a destructor.
 */
ss_plugin_rc entry_capture_close(ss_plugin_t *s, const ss_plugin_capture_listen_input *i)
{
    struct handle *handle = s;
    struct plugin *plugin = handle_usable(handle);

    if (plugin == NULL) {
        return handle == NULL || handle_is_calling(handle) ? SS_PLUGIN_FAILURE : SS_PLUGIN_SUCCESS;
    }
    stop_calls(handle);
    if (plugin->functions[KEY_CAPTURE_CLOSE] != LUA_NOREF) {
        handle_enter(handle);
        if (!call_capture(handle, KEY_CAPTURE_CLOSE, i)) {
            vm_log_error(&plugin->vm);
        }
        handle_leave(handle);
    }
    return SS_PLUGIN_SUCCESS;
}

size_t listening_suspended(const struct handle *handle)
{
    size_t count = 0;

    for (const struct every *every = handle->listening.calls; every != NULL; every = every->next) {
        count += breaker_is_open(&every->breaker);
    }
    return count;
}

void listening_close(struct handle *handle)
{
    struct plugin *plugin = handle_plugin(handle);
    bool closes = handle->listening.told && plugin->functions[KEY_CAPTURE_CLOSE] != LUA_NOREF;

    handle->listening.told = false;
    if (closes && !call_capture(handle, KEY_CAPTURE_CLOSE, NULL)) {
        vm_log_error(&plugin->vm);
    }
    end_calls(handle);
}

bool listening_open(struct handle *handle)
{
    struct listening *listening = &handle->listening;

    listening->told = listening->open && call_capture(handle, KEY_CAPTURE_OPEN, NULL);
    if (listening->open && !listening->told) {
        plugin_fail_from_lua(handle_plugin(handle));
    }
    return listening->told || !listening->open;
}

void listening_stop(struct handle *handle)
{
    stop_calls(handle);
}
