#include "plugin/delivery.h"

#include "base/clock.h"
#include "event/value.h"
#include "lua/garbage.h"
#include "modules/lure.h"
#include "plugin/instance.h"
#include "plugin/plugin.h"
#include "plugin/taskrun.h"

#include <lauxlib.h>
#include <stdarg.h>
#include <stddef.h>

/* Seconds that acknowledgements may take when a source is closed. */
#define TIME_TO_ACKNOWLEDGE 1

#define CALLBACK "acknowledgement"

/* Throws a text with the line of the call; for what a callback has returned, with that of its function, which
 * stands at 2 behind what the call is about, a light userdata. */
static void refuse_lj(lua_State *L, const char *format, ...)
{
    va_list arguments;
    const char *text;

    va_start(arguments, format);
    text = lua_pushvfstring(L, format, arguments); /* ..., text */
    va_end(arguments);
    if (lua_islightuserdata(L, 1)) {
        vm_fail_lj(L, 2, "%s", text);
    }
    luaL_error(L, "%s", text);
}

static void check_allowed_lj(lua_State *L, const struct instance *instance, const char *function)
{
    if (!limits_allow(&instance->plugin->limits, RESTRICTED_state)) {
        refuse_lj(L, "%s: not in the safe sandbox; list \"state\" in init_config.lure.allow", function);
    }
}

/* Unless it is open. False: there is no memory. */
static bool open_cursor(struct instance *instance)
{
    struct delivery *delivery = &instance->delivery;
    struct plugin *plugin = instance->plugin;

    delivery->open = delivery->open || cursor_open(&delivery->cursor, &plugin->place,
                                                   plugin->manifest->event_source, instance->params);
    return delivery->open;
}

/* Opens the cursor when it is first used. */
static struct cursor *cursor_lj(lua_State *L, struct instance *instance, const char *function)
{
    struct delivery *delivery = &instance->delivery;

    check_allowed_lj(L, instance, function);
    if (!GARBAGE_RETRY(L, open_cursor(instance))) {
        vm_no_memory_lj(L);
    }
    return &delivery->cursor;
}

/* lure.cursor(): the newest cursor of the event source, or nil; upvalue 1: the plugin state */
static int newest_lj(lua_State *L)
{
    const struct plugin *plugin = lua_touserdata(L, lua_upvalueindex(1));
    const struct task *task = task_current(L);
    struct instance *instance = task != NULL ? plugin->opening : NULL;
    const char *text;
    size_t size;

    for (struct instance *open = plugin->instances; task != NULL && open != NULL; open = open->following) {
        instance = task->group == &open->group ? open : instance;
    }
    if (instance == NULL || task->group != &instance->group) {
        return luaL_error(L, "lure.cursor: only in open, next, produce and tasks of an event source");
    }
    text = cursor_newest(cursor_lj(L, instance, "lure.cursor"), &size);
    if (text == NULL) {
        lua_pushnil(L); /* nil */
    } else {
        lua_pushlstring(L, text, size); /* text */
    }
    return 1;
}

void delivery_open_lj(lua_State *L, struct plugin *plugin)
{
    lua_pushlightuserdata(L, plugin);  /* plugin */
    lua_pushcclosure(L, newest_lj, 1); /* function */
    lure_provide_lj(L, "cursor");      /* */
}

void delivery_check_lj(lua_State *L, const struct instance *instance, int index)
{
    int type = lua_type(L, index);
    char got[96];

    if (type == LUA_TNIL || type == LUA_TNONE || type == LUA_TFUNCTION) {
        return;
    }
    if (type == LUA_TSTRING && lua_rawlen(L, index) <= CURSOR_MOST) {
        check_allowed_lj(L, instance, "a cursor"); /* before its event is delivered */
        return;
    }
    if (type == LUA_TSTRING) {
        refuse_lj(L, "expected a cursor of at most %d bytes behind the time, got %I", (int)CURSOR_MOST,
                  (LUAI_UACINT)lua_rawlen(L, index));
    }
    value_describe(L, index, got, sizeof(got));
    refuse_lj(L, "expected a cursor (a string) or an acknowledgement (a function) behind the time, got %s%s",
              got,
              instance->iterates ? "; an iterator's third value is the cursor, return the first alone" : "");
}

/* Makes the list and the coroutine of acknowledgements. Stack: unchanged */
static void prepare_lj(lua_State *L, struct instance *instance)
{
    struct delivery *delivery = &instance->delivery;
    lua_State *thread;

    if (delivery->thread == LUA_NOREF) {
        thread = lua_newthread(L);                         /* thread */
        delivery->thread = luaL_ref(L, LUA_REGISTRYINDEX); /* */
        task_open(&instance->group, &delivery->task, thread);
    }
    if (delivery->functions == LUA_NOREF) {
        lua_newtable(L);                                      /* list */
        delivery->functions = luaL_ref(L, LUA_REGISTRYINDEX); /* */
    }
}

void delivery_stage_lj(lua_State *L, struct instance *instance, int index)
{
    struct delivery *delivery = &instance->delivery;
    struct cursor *cursor;
    const char *text;
    size_t size;

    index = lua_absindex(L, index);
    if (lua_isnoneornil(L, index)) {
        return;
    }
    delivery_check_lj(L, instance, index);
    if (lua_type(L, index) == LUA_TSTRING) {
        text = lua_tolstring(L, index, &size);
        cursor = cursor_lj(L, instance, "a cursor");
        if (!GARBAGE_RETRY(L, cursor_stage(cursor, text, size))) {
            vm_no_memory_lj(L);
        }
        return;
    }
    prepare_lj(L, instance);
    lua_rawgeti(L, LUA_REGISTRYINDEX, delivery->functions); /* list */
    lua_pushvalue(L, index);                                /* list, function */
    lua_rawseti(L, -2, delivery->given + 1);                /* list */
    delivery->given++;
    lua_pop(L, 1); /* */
}

/* Calls those that are due. Stack: [delivery] */
static int call_due_k(lua_State *L, int status, lua_KContext context)
{
    struct delivery *delivery = lua_touserdata(L, 1);

    (void)status;
    (void)context;
    while (delivery->called < delivery->due) {
        lua_settop(L, 1);
        lua_rawgeti(L, LUA_REGISTRYINDEX, delivery->functions); /* delivery, list */
        delivery->called++;
        lua_rawgeti(L, 2, delivery->called); /* delivery, list, function */
        lua_pushnil(L);                      /* delivery, list, function, nil */
        lua_rawseti(L, 2, delivery->called); /* delivery, list, function */
        lua_callk(L, 0, 0, 0, call_due_k);   /* delivery, list */
    }
    return 0;
}

static int call_due_lj(lua_State *L)
{
    return call_due_k(L, LUA_OK, 0);
}

/* Makes their task ready, if some are due. */
static void start(struct delivery *delivery)
{
    if (delivery->called < delivery->due && delivery->task.status == TASK_OVER) {
        lua_pushcfunction(delivery->task.thread, call_due_lj);  /* thread: function */
        lua_pushlightuserdata(delivery->task.thread, delivery); /* thread: function, delivery */
        delivery->task.arguments = 1;
        task_start(&delivery->task);
    }
}

void delivery_commit(struct instance *instance)
{
    struct delivery *delivery = &instance->delivery;

    if (delivery->open) {
        cursor_commit(&delivery->cursor);
    }
    delivery->due = delivery->given;
    start(delivery);
}

void delivery_resume(struct instance *instance)
{
    static const struct task_name name = {CALLBACK, KEY_NEXT};

    if (taskrun_resume(instance->plugin, &instance->delivery.task, name) == SLICE_FAILED) {
        vm_log_error(&instance->plugin->vm);
        taskrun_renew_thread(instance->plugin, &instance->delivery.task, &instance->delivery.thread);
        start(&instance->delivery); /* those behind it */
    }
}

void delivery_finish(struct instance *instance)
{
    static const struct task_name name = {CALLBACK, KEY_NEXT};
    struct delivery *delivery = &instance->delivery;
    const int64_t until = clock_now(CLOCK_MONOTONIC) + TIME_TO_ACKNOWLEDGE * CLOCK_SECOND;

    while (delivery->task.status != TASK_OVER && clock_now(CLOCK_MONOTONIC) < until) {
        if (!taskrun_finish(instance->plugin, &delivery->task, name, TIME_TO_ACKNOWLEDGE,
                            "when a source is closed")) {
            vm_log_error(&instance->plugin->vm);
            taskrun_renew_thread(instance->plugin, &delivery->task, &delivery->thread);
        }
        start(delivery); /* those behind one that has failed */
    }
}

void delivery_forget(struct instance *instance)
{
    struct delivery *delivery = &instance->delivery;
    lua_State *L = instance->plugin->vm.L;

    luaL_unref(L, LUA_REGISTRYINDEX, delivery->functions);
    luaL_unref(L, LUA_REGISTRYINDEX, delivery->thread);
    delivery->functions = delivery->thread = LUA_NOREF;
    delivery->given = delivery->due = delivery->called = 0;
}

void delivery_close(struct instance *instance)
{
    if (instance->delivery.open) {
        cursor_close(&instance->delivery.cursor);
        instance->delivery.open = false;
    }
}
