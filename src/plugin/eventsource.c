#include "plugin/eventsource.h"

#include "base/text.h"
#include "modules/cjson_lua.h"
#include "modules/file.h"
#include "plugin/instance.h"
#include "plugin/plugin.h"
#include "plugin/taskrun.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>

struct batch_writer *eventsource_writer(const struct instance *instance)
{
    return instance->batch;
}

/* Closes the iterator's closing value, as the generic `for` does. */
static int call_closing_lj(lua_State *L)
{
    const struct instance *instance = lua_touserdata(L, 1);

    lua_rawgeti(L, LUA_REGISTRYINDEX, instance->iterator); /* instance, iterator */
    lua_rawgeti(L, 2, ITERATOR_CLOSING);                   /* instance, iterator, value */
    if (luaL_getmetafield(L, 3, "__close") != LUA_TNIL) {  /* instance, iterator, value, function */
        lua_pushvalue(L, 3);                               /* instance, iterator, value, function, value */
        lua_pushnil(L);    /* instance, iterator, value, function, value, nil */
        lua_call(L, 2, 0); /* instance, iterator, value */
    }
    return 0;
}

void instance_close_iterator(struct instance *instance)
{
    struct plugin *plugin = instance->plugin;

    if (!instance->iterates || instance->closed) {
        return;
    }
    instance->closed = true;
    if (!plugin_call(plugin, KEY_CLOSE, call_closing_lj, instance)) {
        vm_log_error(&plugin->vm);
    }
}

struct open_call {
    struct instance *instance;
    const cJSON *params;
};

/* Keeps the four values of an iterator. Stack: [call, open, f, state, control, closing, ...] -> [call, open]
 * Values that may be nil get no references of their own: a nil would free the reference's number. */
static void take_iterator_lj(lua_State *L, struct instance *instance)
{
    char got[96];

    if (!lua_isfunction(L, 3) && luaL_getmetafield(L, 3, "__call") == LUA_TNIL) {
        value_describe(L, 3, got, sizeof(got));
        vm_fail_lj(L, 2,
                   "expected an iterator (a function, as io.lines returns), because the script has no next; "
                   "got %s",
                   got);
    }
    lua_settop(L, 6);
    if (file_tail_cursor_lj(L, 3)) { /* ..., closing, cursor: so that a start is known, whatever comes */
        delivery_stage_lj(L, instance, 7);
        lua_settop(L, 6);
    }
    lua_newtable(L);                     /* ..., closing, iterator */
    lua_insert(L, 4);                    /* call, open, f, iterator, state, control, closing */
    lua_rawseti(L, 4, ITERATOR_CLOSING); /* call, open, f, iterator, state, control */
    lua_rawseti(L, 4, ITERATOR_CONTROL); /* call, open, f, iterator, state */
    lua_rawseti(L, 4, ITERATOR_STATE);   /* call, open, f, iterator */
    instance->iterator = luaL_ref(L, LUA_REGISTRYINDEX); /* call, open, f */
    instance->self = luaL_ref(L, LUA_REGISTRYINDEX);     /* call, open */
    instance->iterates = true;
}

/* Undeclared, they are the host's text, which need not be JSON. Stack: [] -> [params] */
static void push_params_lj(lua_State *L, const cJSON *params)
{
    if (cJSON_IsString(params)) {
        lua_pushstring(L, params->valuestring);
    } else {
        cjson_push_lj(L, params);
    }
}

/* Keeps what `open` has returned. Stack: [call, open, instance, state, control, closing] */
static int opened_lj(lua_State *L, int status, lua_KContext context)
{
    struct open_call *call = lua_touserdata(L, 1);
    struct instance *instance = call->instance;

    (void)status;
    (void)context;
    plugin_check_failure_lj(L, 2, 3);
    if (instance->plugin->functions[KEY_NEXT] == LUA_NOREF) {
        take_iterator_lj(L, instance);
        return 0;
    }
    lua_settop(L, 3); /* call, open, instance */
    if (lua_isnil(L, 3)) {
        lua_newtable(L); /* call, open, nil, instance */
    }
    instance->self = luaL_ref(L, LUA_REGISTRYINDEX); /* call, open, ... */
    return 0;
}

static int call_open_lj(lua_State *L)
{
    struct open_call *call = lua_touserdata(L, 1);

    plugin_push_callback(L, call->instance->plugin, KEY_OPEN); /* call, open */
    if (call->instance->produces) {
        push_params_lj(L, call->params);                       /* call, nil, params */
        call->instance->self = luaL_ref(L, LUA_REGISTRYINDEX); /* call, nil */
        emit_open_lj(L, call->instance);
        return 0;
    }
    if (lua_isnil(L, 2)) {
        lua_newtable(L);                                       /* call, nil, instance */
        call->instance->self = luaL_ref(L, LUA_REGISTRYINDEX); /* call, nil */
        return 0;
    }
    lua_pushvalue(L, 2);              /* call, open, open */
    push_params_lj(L, call->params);  /* call, open, open, params */
    lua_callk(L, 1, 4, 0, opened_lj); /* call, open, instance, state, control, closing */
    return opened_lj(L, LUA_OK, 0);
}

/* Ends what is left when the script has closed it, or could not open it. */
static void end_task(struct instance *instance)
{
    if (instance->thread == LUA_NOREF) {
        return;
    }
    emit_close(instance);
    delivery_forget(instance);
    task_group_close(&instance->group);
    luaL_unref(instance->plugin->vm.L, LUA_REGISTRYINDEX, instance->thread);
    instance->thread = LUA_NOREF;
}

/* Makes the task that opens it and calls `next`. */
static bool prepare_task(struct instance *instance)
{
    lua_State *thread = taskrun_new_thread(instance->plugin, &instance->thread);

    if (thread == NULL) {
        return false;
    }
    task_group_open(&instance->group, instance->plugin->vm.tasks, NULL);
    instance->group.spawns = true;
    task_open(&instance->group, &instance->task, thread);
    return true;
}

bool instance_open(struct instance *instance, const cJSON *params)
{
    struct open_call call = {instance, params};

    instance->self = instance->iterator = instance->waiting = LUA_NOREF;
    instance->iterates = instance->closed = false;
    instance->produces = instance->plugin->functions[KEY_PRODUCE] != LUA_NOREF;
    instance->errors = 0;
    instance->history = (struct eval_history){0};
    instance->pause = instance->resume = 0;
    if (prepare_task(instance) &&
        taskrun_call(instance->plugin, &instance->task, KEY_OPEN, call_open_lj, &call)) {
        return true;
    }
    plugin_fail_from_lua(instance->plugin);
    taskrun_cancel_all(instance->plugin, &instance->group, NULL, script_keys[KEY_OPEN].name);
    end_task(instance);
    return false;
}

/* A new instance. NULL: out of memory. */
static struct instance *new_instance(struct plugin *plugin, struct batch_writer *batch, const char *text)
{
    struct instance *instance = calloc(1, sizeof(*instance));

    if (instance == NULL) {
        return NULL;
    }
    instance->params = text_copy(text != NULL ? text : "");
    if (instance->params == NULL) {
        free(instance);
        return NULL;
    }
    instance->plugin = plugin;
    instance->batch = batch;
    instance->thread = instance->emit = LUA_NOREF;
    instance->delivery.functions = instance->delivery.thread = LUA_NOREF;
    return instance;
}

static void free_instance(struct instance *instance)
{
    delivery_close(instance);
    instance->batch->free(instance->batch);
    free(instance->final_error);
    free(instance->params);
    free(instance);
}

struct instance *eventsource_open(struct plugin *plugin, struct batch_writer *batch, const cJSON *params,
                                  const char *text)
{
    struct instance *instance = new_instance(plugin, batch, text);
    bool done;

    extraction_forget(&plugin->extraction);
    if (instance == NULL) {
        plugin_fail(plugin, TEXT_NO_MEMORY);
        batch->free(batch);
        return NULL;
    }
    plugin->opening = instance;
    done = instance_open(instance, params);
    plugin->opening = NULL;
    if (!done) {
        free_instance(instance);
        return NULL;
    }
    instance->following = plugin->instances;
    plugin->instances = instance;
    return instance;
}

static int call_close_lj(lua_State *L)
{
    struct instance *instance = lua_touserdata(L, 1);

    plugin_push_callback(L, instance->plugin, KEY_CLOSE); /* instance, close */
    lua_pushvalue(L, 2);                                  /* instance, close, close */
    lua_rawgeti(L, LUA_REGISTRYINDEX, instance->self);    /* instance, close, close, instance */
    lua_call(L, 1, 2);                                    /* instance, close, result, message */
    plugin_check_failure_lj(L, 2, 3);
    return 0;
}

void instance_close(struct instance *instance)
{
    struct plugin *plugin = instance->plugin;

    if (instance->thread != LUA_NOREF && instance->self != LUA_NOREF) {
        delivery_finish(instance);
    }
    taskrun_cancel_all(plugin, &instance->group, NULL, script_keys[KEY_CLOSE].name);
    instance_close_iterator(instance);
    if (instance->self != LUA_NOREF && plugin->functions[KEY_CLOSE] != LUA_NOREF &&
        !plugin_call(plugin, KEY_CLOSE, call_close_lj, instance)) {
        vm_log_error(&plugin->vm);
    }
    end_task(instance);
    luaL_unref(plugin->vm.L, LUA_REGISTRYINDEX, instance->self);
    luaL_unref(plugin->vm.L, LUA_REGISTRYINDEX, instance->iterator);
    instance->self = instance->iterator = LUA_NOREF;
    instance->iterates = false;
}

void eventsource_close(struct instance *instance)
{
    struct plugin *plugin = instance->plugin;
    struct instance **link;

    extraction_forget(&plugin->extraction);
    instance_close(instance);
    luaL_unref(plugin->vm.L, LUA_REGISTRYINDEX, instance->waiting);
    for (link = &plugin->instances; *link != instance; link = &(*link)->following) {
    }
    *link = instance->following;
    free_instance(instance);
}

void eventsource_abandon(struct plugin *plugin)
{
    for (struct instance *instance = plugin->instances; instance != NULL; instance = instance->following) {
        instance->iterates = instance->filling = false;
        instance->self = LUA_NOREF;
        instance->emitter = NULL;
        instance->group.tasks = NULL; /* they are half way through */
    }
}

bool eventsource_is_filling(const struct plugin *plugin)
{
    const struct instance *instance = plugin->instances;

    if (plugin->lock.paused > 0) {
        return true;
    }
    while (instance != NULL && !instance->filling) {
        instance = instance->following;
    }
    return instance != NULL;
}

struct instance *eventsource_find(struct plugin *plugin, const void *pointer)
{
    for (struct instance *instance = plugin->instances; instance != NULL; instance = instance->following) {
        if (instance == pointer) {
            return instance;
        }
    }
    plugin_fail(plugin,
                "the event source is not open: the host names none of this plugin, or one that it has "
                "closed");
    return NULL;
}

void eventsource_close_found(struct plugin *plugin, const void *pointer)
{
    struct instance *instance = eventsource_find(plugin, pointer);

    if (instance == NULL) {
        return;
    }
    if (instance->filling) {
        plugin_fail(plugin,
                    "close: the host has not returned from next_batch of this event source; it stays open");
        return;
    }
    eventsource_close(instance);
}

struct progress_call {
    struct instance *instance;
    uint32_t hundredths;
};

static int call_progress_lj(lua_State *L)
{
    struct progress_call *call = lua_touserdata(L, 1);
    struct plugin *plugin = call->instance->plugin;
    char text[16], got[96];
    const char *shown = text;
    size_t length;
    lua_Number part;

    plugin_push_callback(L, plugin, KEY_PROGRESS);           /* call, progress */
    lua_pushvalue(L, 2);                                     /* call, progress, progress */
    lua_rawgeti(L, LUA_REGISTRYINDEX, call->instance->self); /* call, progress, progress, instance */
    lua_call(L, 1, 2);                                       /* call, progress, part, text */
    plugin_check_failure_lj(L, 2, 3);
    part = lua_tonumber(L, 3) + 0.0; /* no -0 */
    if (lua_type(L, 3) != LUA_TNUMBER || !(part >= 0 && part <= 1)) {
        value_describe(L, 3, got, sizeof(got));
        vm_fail_lj(L, 2, "expected a number from 0 to 1, got %s", got);
    }
    if (!lua_isnil(L, 4) && lua_type(L, 4) != LUA_TSTRING) {
        value_describe(L, 4, got, sizeof(got));
        vm_fail_lj(L, 2, "expected a string behind the number, got %s", got);
    }
    call->hundredths = (uint32_t)(part * 10000 + 0.5);
    length = (size_t)snprintf(text, sizeof(text), "%.2f%%", part * 100);
    if (!lua_isnil(L, 4)) {
        shown = lua_tolstring(L, 4, &length);
        value_charge_text_lj(L, shown, length);
    }
    if (owned_text_set(&plugin->progress, shown, length) == NULL) {
        vm_no_memory_lj(L);
    }
    return 0;
}

const char *eventsource_progress(struct instance *instance, uint32_t *hundredths)
{
    struct plugin *plugin = instance->plugin;
    struct progress_call call = {instance, 0};

    *hundredths = 0;
    if (plugin->functions[KEY_PROGRESS] == LUA_NOREF || instance->self == LUA_NOREF ||
        breaker_is_open(&plugin->breakers[KEY_PROGRESS])) {
        return "";
    }
    if (!breaker_note(&plugin->breakers[KEY_PROGRESS], &plugin->vm, script_keys[KEY_PROGRESS].name,
                      plugin_call(plugin, KEY_PROGRESS, call_progress_lj, &call))) {
        plugin_fail_from_lua(plugin);
        return "";
    }
    *hundredths = call.hundredths;
    return plugin->progress.text;
}
