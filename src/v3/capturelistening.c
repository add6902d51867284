#include "v3/capturelistening.h"

#include "event/value.h"
#include "v3/statehandle.h"

#include <lauxlib.h>

/* Seconds between two calls. */
#define SHORTEST_INTERVAL 0.001
#define LONGEST_INTERVAL  86400.0

/* One `every`. */
struct every {
    struct handle *handle;
    struct every *next;
    int self, function; /* references */
    double seconds;
    struct timer_task *task; /* NULL: not yet, or not any more */
    bool over;               /* cancelled, or its function has returned false */
    struct breaker breaker;
};

struct every_call {
    struct every *every;
    bool goes_on;
};

static int call_every_lj(lua_State *L)
{
    struct every_call *call = lua_touserdata(L, 1);

    lua_rawgeti(L, LUA_REGISTRYINDEX, call->every->function); /* call, function */
    lua_pushvalue(L, 2);                                      /* call, function, function */
    lua_call(L, 0, 2);                                        /* call, function, result, message */
    plugin_check_failure_lj(L, 2, 3);
    call->goes_on = lua_isnil(L, 3) || lua_toboolean(L, 3);
    return 0;
}

/* Calls the function on the timer thread. Errors are logged, and it is called again. */
static bool call_every(void *owner)
{
    struct every_call call = {.every = owner, .goes_on = true};
    struct plugin *plugin = handle_plugin(call.every->handle);

    fairlock_enter(&plugin->lock);
    if (call.every->over || !call.every->handle->listening.open) {
        call.goes_on = false;
    } else if (!breaker_is_open(&call.every->breaker) &&
               !breaker_note(&call.every->breaker, &plugin->vm, "every",
                             plugin_call_named(plugin, "every", USE_OF_EVERY, call_every_lj, &call))) {
        vm_log_error(&plugin->vm);
    }
    call.every->over = call.every->over || !call.goes_on;
    fairlock_leave(&plugin->lock);
    return call.goes_on;
}

/* False: no memory, or no thread. */
static bool start_task(struct every *every)
{
    every->task =
        timer_add(&handle_plugin(every->handle)->timer, every->seconds, every->seconds, call_every, every);
    return every->task != NULL;
}

/* The function that `every` returned: cancels the task. */
static int cancel_lj(lua_State *L)
{
    struct every *every = lua_touserdata(L, lua_upvalueindex(1));

    every->over = true;
    return 0;
}

/* Frees finished tasks, so that they do not accumulate in a capture of months. */
static void reap_lj(lua_State *L, struct handle *handle)
{
    struct every **link = &handle->listening.calls;

    while (*link != NULL) {
        struct every *every = *link;

        if (every->over && every->task != NULL &&
            timer_try_remove(&handle_plugin(handle)->timer, every->task)) {
            *link = every->next;
            every->task = NULL;
            luaL_unref(L, LUA_REGISTRYINDEX, every->function);
            luaL_unref(L, LUA_REGISTRYINDEX, every->self);
        } else {
            link = &every->next;
        }
    }
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
    reap_lj(L, handle);
    lua_settop(L, 3);                                /* capture, seconds, function */
    every = lua_newuserdatauv(L, sizeof(*every), 0); /* capture, seconds, function, every */
    *every = (struct every){.handle = handle, .seconds = seconds};
    lua_pushvalue(L, 4);                          /* ..., function, every, every */
    lua_pushcclosure(L, cancel_lj, 1);            /* ..., function, every, cancel */
    lua_insert(L, 3);                             /* capture, seconds, cancel, function, every */
    every->self = luaL_ref(L, LUA_REGISTRYINDEX); /* capture, seconds, cancel, function */
    every->next = listening->calls;
    listening->calls = every;
    every->function = LUA_NOREF;
    every->function = luaL_ref(L, LUA_REGISTRYINDEX); /* capture, seconds, cancel */
    if (!listening->paused && !start_task(every)) {
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

/* Frees all tasks of `every`, none of which is in the timer any more. */
static void free_tasks(struct handle *handle)
{
    lua_State *L = handle_plugin(handle)->vm.L;

    while (handle->listening.calls != NULL) {
        struct every *every = handle->listening.calls;

        handle->listening.calls = every->next;
        luaL_unref(L, LUA_REGISTRYINDEX, every->function);
        luaL_unref(L, LUA_REGISTRYINDEX, every->self); /* its memory is Lua's from here on */
    }
}

/* Ends all tasks of `every`, and waits for them. Called without the lock. */
static void stop_tasks(struct handle *handle)
{
    struct plugin *plugin = handle_plugin(handle);

    fairlock_enter(&plugin->lock);
    handle->listening.open = handle->listening.told = false;
    fairlock_leave(&plugin->lock);
    for (struct every *every = handle->listening.calls; every != NULL; every = every->next) {
        timer_remove(&plugin->timer, every->task);
    }
    fairlock_enter(&plugin->lock);
    free_tasks(handle);
    fairlock_leave(&plugin->lock);
}

ss_plugin_rc entry_capture_open(ss_plugin_t *s, const ss_plugin_capture_listen_input *i)
{
    struct handle *handle = s;
    struct plugin *plugin = handle_usable(handle);
    bool done;

    if (plugin == NULL) {
        return SS_PLUGIN_FAILURE;
    }
    stop_tasks(handle);
    handle_enter(handle);
    handle->listening.open = true;
    handle->listening.told = done = call_capture(handle, KEY_CAPTURE_OPEN, i);
    if (!done) {
        plugin_fail_from_lua(plugin);
    }
    handle_leave(handle);
    if (!done) {
        stop_tasks(handle);
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
    stop_tasks(handle);
    if (plugin->functions[KEY_CAPTURE_CLOSE] != LUA_NOREF) {
        handle_enter(handle);
        if (!call_capture(handle, KEY_CAPTURE_CLOSE, i)) {
            vm_log_error(&plugin->vm);
        }
        handle_leave(handle);
    }
    return SS_PLUGIN_SUCCESS;
}

/* Takes a task to be paused out of its `every`; NULL: none is left. */
static struct timer_task *next_task(struct handle *handle)
{
    struct fair_lock *lock = &handle_plugin(handle)->lock;
    struct timer_task *task = NULL;

    fairlock_enter(lock);
    handle->listening.paused = true;
    for (struct every *every = handle->listening.calls; every != NULL && task == NULL; every = every->next) {
        task = every->task;
        every->task = NULL;
    }
    fairlock_leave(lock);
    return task;
}

size_t listening_suspended(const struct handle *handle)
{
    size_t count = 0;

    for (const struct every *every = handle->listening.calls; every != NULL; every = every->next) {
        count += breaker_is_open(&every->breaker);
    }
    return count;
}

void listening_pause(struct handle *handle)
{
    struct timer_task *task;

    while ((task = next_task(handle)) != NULL) {
        timer_remove(&handle_plugin(handle)->timer, task);
    }
}

void listening_go_on(struct handle *handle)
{
    handle->listening.paused = false;
    for (struct every *every = handle->listening.calls; every != NULL; every = every->next) {
        if (!every->over && every->task == NULL && !start_task(every)) {
            every->over = true;
            log_both(&handle_plugin(handle)->log, LOG_LEVEL_ERROR,
                     "reload: no memory, or no thread, for capture:every: it has stopped");
        }
    }
}

void listening_close(struct handle *handle)
{
    struct plugin *plugin = handle_plugin(handle);
    bool closes = handle->listening.told && plugin->functions[KEY_CAPTURE_CLOSE] != LUA_NOREF;

    handle->listening.told = false;
    if (closes && !call_capture(handle, KEY_CAPTURE_CLOSE, NULL)) {
        vm_log_error(&plugin->vm);
    }
    free_tasks(handle);
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
    if (handle->state->started) {
        stop_tasks(handle);
    }
}
