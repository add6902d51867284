/* The next_batch loop: fills a batch with payloads of `next`, or of an iterator. */
#include "base/clock.h"
#include "base/text.h"
#include "lua/fastapi.h"
#include "modules/lure.h"
#include "plugin/advance.h"
#include "plugin/instance.h"
#include "plugin/keptstate.h"
#include "plugin/payloads.h"
#include "plugin/plugin.h"
#include "plugin/taskrun.h"

#include <lauxlib.h>
#include <stdlib.h>

#define FIRST_PAUSE   (10 * CLOCK_MILLISECOND)
#define LONGEST_PAUSE CLOCK_SECOND

static int64_t now(void)
{
    return clock_now(CLOCK_MONOTONIC);
}

/* Up to a tick of the kernel (4 ms) ago, in a quarter of the time of now(): it is read after every call. */
static int64_t about_now(void)
{
    return clock_now(CLOCK_MONOTONIC_COARSE);
}

/* Stack: [calls, function, self, payload, time, cursor] */
static enum step take_result_lj(lua_State *L, struct next_calls *calls)
{
    int type = lua_type(L, PAYLOAD);

    if (type == LUA_TNIL) {
        calls->gave_up = lua_type(L, TIME) == LUA_TSTRING;
        plugin_check_failure_lj(L, FUNCTION, PAYLOAD);
        return STEP_END;
    }
    if (type == LUA_TLIGHTUSERDATA && lure_is_timeout(L, PAYLOAD)) {
        return STEP_TIMEOUT;
    }
    return payloads_add_lj(L, calls->instance, payloads_time_lj(L, calls->instance));
}

static int returned_lj(lua_State *L, int status, lua_KContext context);

/* Stack: [calls, function, self] -> [calls, function, self, payload, time, cursor] */
static void call_next_lj(lua_State *L)
{
    fastapi_push(L, FUNCTION); /* calls, function, self, function */
    fastapi_push(L, SELF);     /* calls, function, self, function, self */
    lua_callk(L, 1, 3, 0, returned_lj);
}

/* The generic `for` calls its function with the state and the last control value; self is the rest of the
 * iterator. Stack: as above */
static void call_iterator_lj(lua_State *L)
{
    lua_pushvalue(L, FUNCTION);             /* calls, function, self, function */
    lua_rawgeti(L, SELF, ITERATOR_STATE);   /* ..., function, state */
    lua_rawgeti(L, SELF, ITERATOR_CONTROL); /* ..., function, state, control */
    lua_callk(L, 2, 3, 0, returned_lj);     /* calls, function, self, value, time, cursor */
}

/* `next`, or the iterator, has returned. Stack: [calls, function, self, payload, time, cursor] unchanged, or
 * more */
static inline void take_returned_lj(lua_State *L, struct next_calls *calls)
{
    if (calls->instance->iterates) {
        lua_pushvalue(L, PAYLOAD);              /* calls, function, self, value, time, cursor, value */
        lua_rawseti(L, SELF, ITERATOR_CONTROL); /* calls, function, self, value, time, cursor */
    }
    calls->step = take_result_lj(L, calls);
}

/* Whether more is to be added to the batch after a call. */
static inline bool goes_on(struct next_calls *calls)
{
    struct instance *instance = calls->instance;

    instance->errors = 0;
    instance->pause = 0;
    pace_note(instance, about_now());
    return calls->step == STEP_PAYLOADS && instance_has_room(instance) && instance->began < calls->until;
}

/* Calls `next` until the batch ends. That it is one call from C saves a third of the time of a short one.
 * `returned`: it has just done so, after a wait. Stack: [calls, function, self, ...] */
static inline int fill_lj(lua_State *L, struct next_calls *calls, bool returned)
{
    struct instance *instance = calls->instance;

    do {
        if (!returned) {
            fastapi_drop(L, SELF); /* calls, function, self */
            if (instance->waiting != LUA_NOREF) {
                calls->step = payloads_add_waiting_lj(L, instance);
                calls->first = false;
                continue;
            }
            if ((!calls->tried && advance_is_tried(instance) && advance_lj(L, calls)) ||
                (pace_is_slow(instance) && instance->events > 0)) {
                return 0;
            }
            calls->tried = false;
            if (!calls->first) {
                plugin_call_again(instance->plugin, KEY_NEXT);
            }
            calls->first = false;
            (instance->iterates ? call_iterator_lj
                                : call_next_lj)(L); /* calls, function, self, payload, time, cursor */
        }
        returned = false;
        take_returned_lj(L, calls);
    } while (goes_on(calls));
    return 0;
}

/* The continuation of `next`, or the iterator, after a wait. */
static int returned_lj(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return fill_lj(L, lua_touserdata(L, 1), true);
}

static int call_next_often_lj(lua_State *L)
{
    struct next_calls *calls = lua_touserdata(L, 1);
    struct instance *instance = calls->instance;

    if (instance->iterates) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, instance->self); /* calls, function */
    } else {
        plugin_push_callback(L, instance->plugin, KEY_NEXT); /* calls, function */
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, instance->iterates ? instance->iterator : instance->self);
    return fill_lj(L, calls, false); /* calls, function, self */
}

/* `produce` has returned. Stack: [calls, produce, result, message] */
static int produced_lj(lua_State *L, int status, lua_KContext context)
{
    struct next_calls *calls = lua_touserdata(L, 1);

    (void)status;
    (void)context;
    calls->gave_up = lua_isnil(L, 3) && lua_type(L, 4) == LUA_TSTRING;
    plugin_check_failure_lj(L, FUNCTION, 3);
    calls->step = STEP_END;
    return 0;
}

static int call_produce_lj(lua_State *L)
{
    const struct next_calls *calls = lua_touserdata(L, 1);
    struct instance *instance = calls->instance;

    plugin_push_callback(L, instance->plugin, KEY_PRODUCE); /* calls, produce */
    lua_pushvalue(L, FUNCTION);                             /* calls, produce, produce */
    lua_rawgeti(L, LUA_REGISTRYINDEX, instance->self);      /* ..., produce, params */
    lua_rawgeti(L, LUA_REGISTRYINDEX, instance->emit);      /* ..., produce, params, emit */
    lua_callk(L, 2, 2, 0, produced_lj);                     /* calls, produce, result, message */
    return produced_lj(L, LUA_OK, 0);
}

/* From now on every batch has this outcome. `error`: why the source failed, or NULL. */
static void finish_source(struct instance *instance, enum source_outcome outcome, const char *error)
{
    instance->over = true;
    instance->final = outcome;
    instance->final_error = text_copy(error);
    taskrun_cancel_all(instance->plugin, &instance->group, &instance->delivery.task,
                       script_keys[KEY_CLOSE].name);
    instance_close_iterator(instance);
}

/* Counts an error of `next`; after too many in a row it is the source's end. */
static void count_error(struct instance *instance)
{
    struct plugin *plugin = instance->plugin;
    unsigned most = plugin->limits.max_errors;
    char *error;

    vm_log_error(&plugin->vm);
    instance->errors++;
    if (most == 0 || instance->errors < most) {
        instance->pause = instance->pause == 0 ? FIRST_PAUSE : 2 * instance->pause;
        instance->pause = instance->pause > LONGEST_PAUSE ? LONGEST_PAUSE : instance->pause;
        instance->resume = now() + instance->pause;
        return;
    }
    error = instance->errors == 1 ? text_copy(vm_error(&plugin->vm))
                                  : text_format("%s (error %u in a row; limit: init_config.lure.max_errors)",
                                                vm_error(&plugin->vm), instance->errors);
    finish_source(instance, SOURCE_FAILED, error);
    free(error);
}

/* The task that calls `next` or `produce` is over, or a spawned one has failed. */
static void take_end(struct instance *instance, enum slice slice)
{
    struct plugin *plugin = instance->plugin;

    if (slice == SLICE_DONE) {
        if (instance->calls.step == STEP_END) {
            finish_source(instance, SOURCE_END, NULL);
        }
    } else if (instance->calls.gave_up) {
        vm_log_error(&plugin->vm);
        finish_source(instance, SOURCE_FAILED, vm_error(&plugin->vm));
    } else {
        count_error(instance);
        if (instance->produces) { /* it begins anew */
            taskrun_cancel_all(plugin, &instance->group, &instance->delivery.task,
                               script_keys[KEY_PRODUCE].name);
            task_group_end_resources(&instance->group);
        }
    }
}

static void begin_calls(struct instance *instance)
{
    instance->calls = (struct next_calls){
        .instance = instance, .until = instance->calls.until, .step = STEP_TIMEOUT, .first = true};
}

/* Puts the calls of `next`, or that of `produce`, on the coroutine, after begin_calls. */
static void push_main(struct instance *instance)
{
    lua_State *thread;

    if (instance->errors > 0) {
        taskrun_renew_thread(instance->plugin, &instance->task, &instance->thread);
    }
    instance->calls.first = true;
    thread = instance->task.thread;
    lua_pushcfunction(thread, instance->produces ? call_produce_lj : call_next_often_lj); /* function */
    lua_pushlightuserdata(thread, &instance->calls); /* function, calls */
    instance->task.arguments = 1;
}

/* Begins to call `next` or `produce`, or goes on with it. */
static enum slice resume_main(struct instance *instance)
{
    static const struct task_name next = {"next", KEY_NEXT}, produce = {"produce", KEY_PRODUCE};

    if (instance->task.status == TASK_OVER) {
        push_main(instance);
    }
    instance->began = about_now();
    return taskrun_resume(instance->plugin, &instance->task, instance->produces ? produce : next);
}

/* Calls `next` or `produce` from its beginning. False: the batch ends with that. */
static bool call_main(struct instance *instance)
{
    enum slice slice;

    begin_calls(instance);
    if (advance_outside(instance)) {
        return false;
    }
    slice = resume_main(instance);
    if (slice == SLICE_FAILED || (slice == SLICE_DONE && instance->calls.step == STEP_END)) {
        take_end(instance, slice);
    }
    return slice == SLICE_WAITS;
}

/* Polls until a task is ready, but not longer than until then. False: the batch is to be handed over: the
 * time is up, there are events, or a signal has come, for which hosts look between calls. */
static bool wait_for_tasks(struct instance *instance, int64_t until)
{
    while (!task_is_ready(&instance->group)) {
        bool hurries = instance->events > 0;

        if (emit_waits(instance) || !taskrun_poll(instance->plugin, &instance->group, hurries ? 0 : until) ||
            (!task_is_ready(&instance->group) && (hurries || now() >= until))) {
            return false;
        }
    }
    return now() < until;
}

/* Runs the next task that is ready. False: the batch ends with that. */
static bool run_ready(struct instance *instance)
{
    struct task *task = task_take_ready(&instance->group);
    bool is_main = task == &instance->task;
    enum slice slice;

    if (task == &instance->delivery.task) {
        delivery_resume(instance);
        return true;
    }
    instance->began = about_now();
    slice = is_main ? resume_main(instance) : taskrun_resume_spawned(instance->plugin, task);

    if (slice == SLICE_FAILED) {
        instance->calls.gave_up = instance->calls.gave_up && is_main;
    }
    if (slice == SLICE_FAILED || (slice == SLICE_DONE && is_main)) {
        take_end(instance, slice);
        return false;
    }
    return true;
}

/* Fills the batch, if the script has something now. */
static void take_payloads(struct instance *instance, int64_t until)
{
    bool goes_on = true;

    instance->calls.until = until;
    if (instance->group.tasks != NULL) {
        task_wake_all(&instance->blocked);
        if (instance->task.status == TASK_OVER ||
            task_is_ready(&instance->group)) { /* else it is polled below */
            poller_run(instance->group.poller, 0);
        }
    }
    while (goes_on && task_is_ready(&instance->group) && now() < until) {
        goes_on = run_ready(instance);
    }
    if (goes_on && instance->task.status == TASK_OVER) {
        goes_on = call_main(instance);
    }
    while (goes_on && wait_for_tasks(instance, until)) {
        goes_on = run_ready(instance);
    }
}

static enum source_outcome outcome_of(struct instance *instance)
{
    if (instance->events > 0) {
        return SOURCE_EVENTS;
    }
    if (!instance->over) {
        return SOURCE_TIMEOUT;
    }
    if (instance->final == SOURCE_FAILED) {
        plugin_fail(instance->plugin, instance->final_error != NULL ? instance->final_error : TEXT_NO_MEMORY);
    }
    return instance->final;
}

/* There is nothing to do for `next`. */
static void wait_outside(struct instance *instance, int64_t until)
{
    do {
        while (instance->task.status == TASK_OVER && task_is_ready(&instance->group) && now() < until) {
            if (!run_ready(instance)) {
                return;
            }
        }
    } while (now() < until && taskrun_poll(instance->plugin, &instance->group, until));
}

static enum source_outcome fill(struct instance *instance)
{
    int64_t until;

    instance->slow = instance->plugin->script->batch.milliseconds * CLOCK_MILLISECOND;
    until = now() + instance->slow;
    extraction_forget(&instance->plugin->extraction);
    instance->batch->reset(instance->batch);
    instance->events = 0;
    instance->bytes = 0;
    if (!instance->over && instance->resume > 0) {
        wait_outside(instance, instance->resume < until ? instance->resume : until);
        if (now() < instance->resume) {
            return SOURCE_TIMEOUT;
        }
        instance->resume = 0;
    }
    if (!instance->over) {
        take_payloads(instance, until);
    }
    if (!instance->over && instance->events == 0 && instance->task.status == TASK_OVER) {
        wait_outside(instance, instance->resume > 0 && instance->resume < until ? instance->resume : until);
    }
    return outcome_of(instance);
}

enum source_outcome eventsource_fill(struct instance *instance)
{
    enum source_outcome outcome;

    if (instance->filling) {
        plugin_fail(instance->plugin,
                    "next_batch: the host has not returned from the last call for this source");
        return SOURCE_FAILED;
    }
    instance->filling = true;
    keptstate_commit(instance->plugin); /* the host has taken the last batch */
    if (instance->delivery.open || instance->delivery.given > instance->delivery.called) {
        delivery_commit(instance);
    }
    outcome = fill(instance);
    instance->filling = false;
    return outcome;
}
