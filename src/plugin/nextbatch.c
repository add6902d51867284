/* The next_batch loop: fills a batch with payloads of `next`, or of an iterator. */
#include "base/clock.h"
#include "base/text.h"
#include "lua/fastapi.h"
#include "lua/integertext.h"
#include "lua/streamlines.h"
#include "modules/lure.h"
#include "plugin/instance.h"
#include "plugin/payloads.h"
#include "plugin/plugin.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <time.h>

#define FIRST_PAUSE   (10 * CLOCK_MILLISECOND)
#define LONGEST_PAUSE CLOCK_SECOND

/* The clock is read after so many small payloads of a short `next` that was evaluated directly: together they
 * take about a microsecond. */
#define UNTIMED_PAYLOADS 16u
#define SMALL_PAYLOAD    1024u
#define SHORT_NEXT       64 /* instructions */

struct next_calls {
    struct instance *instance;
    int64_t until;  /* no call begins later; without calls, see UNTIMED_PAYLOADS */
    enum step step; /* of the last */
    bool gave_up;   /* it returned nil and a text: the source's end, not an accident */
    bool first;     /* none was made yet */

    uint64_t evaluated; /* payloads that it returned without being called, in a row */
    bool is_short;      /* each of them took no time worth mentioning */
};

static int64_t now(void)
{
    return clock_now(CLOCK_MONOTONIC);
}

/* Up to a tick of the kernel (4 ms) ago, in a quarter of the time of now(): it is read after every call. */
static int64_t about_now(void)
{
    return clock_now(CLOCK_MONOTONIC_COARSE);
}

/* Sleeps until `until`, or until a signal comes: hosts look for theirs between calls. */
static void sleep_until(int64_t until)
{
    int64_t left = until - now();
    struct timespec time = clock_timespec(left);

    if (left > 0) {
        nanosleep(&time, NULL);
    }
}

/* Stack: [calls, function, self, payload, time] */
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

/* Stack: [calls, function, self] -> [calls, function, self, payload, time] */
static void call_next_lj(lua_State *L)
{
    fastapi_push(L, FUNCTION); /* calls, function, self, function */
    fastapi_push(L, SELF);     /* calls, function, self, function, self */
    lua_call(L, 1, 2);
}

/* The generic `for` calls its function with the state and the last control value; self is the rest of the
 * iterator. Stack: as above */
static void call_iterator_lj(lua_State *L)
{
    lua_pushvalue(L, FUNCTION);             /* calls, function, self, function */
    lua_rawgeti(L, SELF, ITERATOR_STATE);   /* ..., function, state */
    lua_rawgeti(L, SELF, ITERATOR_CONTROL); /* ..., function, state, control */
    lua_call(L, 2, 2);                      /* calls, function, self, value, time */
    lua_pushvalue(L, PAYLOAD);              /* calls, function, self, value, time, value */
    lua_rawseti(L, SELF, ITERATOR_CONTROL); /* calls, function, self, value, time */
}

static bool has_room(const struct instance *instance)
{
    const struct batch_limits *limits = &instance->plugin->script->batch;

    return instance->events < limits->events && instance->bytes < limits->bytes;
}

/* Is the batch's time up? Checked after a payload of `size` bytes, but not after each small one. */
static bool is_late(const struct next_calls *calls, size_t size)
{
    bool quick = calls->is_short && size <= SMALL_PAYLOAD && calls->evaluated % UNTIMED_PAYLOADS != 0;

    return !quick && about_now() >= calls->until;
}

/* Adds a result of direct evaluation. What does not fit, or is no payload, `next` returns again when called.
 */
static enum eval_taken take_evaluated(void *to, const struct eval_value *payload)
{
    struct next_calls *calls = to;
    struct instance *instance = calls->instance;
    char buffer[INTEGER_TEXT];
    struct eval_text text = payload->text;

    if (payload->kind == EVAL_INTEGER) {
        text.data = integer_text(payload->integer, buffer, &text.size);
    }
    if (!payloads_copy(instance, text.data, text.size, BATCH_NO_TIME)) {
        return EVAL_REFUSED;
    }
    calls->evaluated++;
    return has_room(instance) && !is_late(calls, text.size) ? EVAL_MORE : EVAL_ENOUGH;
}

/* Evaluates `next` directly, as often as possible. True: the batch ends with that. */
static bool advance_function(lua_State *L, struct next_calls *calls)
{
    struct instance *instance = calls->instance;
    const struct eval_function *next = instance->plugin->extraction.fields->next;
    bool ends;

    if (next == NULL || !eval_is_tried(&instance->history) || eval_parameters(next) > 1) {
        return false;
    }
    calls->is_short = eval_length(next) <= SHORT_NEXT;
    ends = eval_advance(L, next, &instance->plugin->vm.known, SELF, take_evaluated, calls);
    if (calls->evaluated > 0) {
        eval_succeeded(&instance->history, calls->evaluated);
    }
    if (!ends) {
        eval_failed(&instance->history);
    }
    return ends;
}

/* Adds the lines that are in the file's buffer already. True: the batch ends with that. */
static bool advance_lines(lua_State *L, struct next_calls *calls)
{
    FILE *stream = streamlines_stream(L, FUNCTION, calls->instance->plugin->vm.lines);

    calls->is_short = true;
    return stream != NULL && streamlines_advance(stream, take_evaluated, calls);
}

/* Goes on for as long as `next`, or the iterator, need not be called (lua/eval.h, lua/streamlines.h). True:
 * the batch ends with that. Stack: unchanged */
static bool advance_lj(lua_State *L, struct next_calls *calls)
{
    struct instance *instance = calls->instance;
    bool ends;

    if (!instance->plugin->limits.optimize.direct_evaluation) {
        return false;
    }
    calls->evaluated = 0;
    ends = (instance->iterates ? advance_lines : advance_function)(L, calls);
    if (calls->evaluated > 0) {
        plugin_count_calls(instance->plugin, KEY_NEXT, calls->evaluated - calls->first);
        calls->first = false;
        calls->step = STEP_PAYLOADS;
        instance->errors = 0;
        instance->pause = 0;
    }
    return ends;
}

/* Calls `next`, or the iterator, or goes on with what waits. Stack: [calls, function, self] -> [..., payload,
 * time] or less */
static void take_next_lj(lua_State *L, struct next_calls *calls)
{
    struct instance *instance = calls->instance;

    if (instance->waiting != LUA_NOREF) {
        calls->step = payloads_add_waiting_lj(L, instance);
    } else {
        if (!calls->first) {
            plugin_call_again(instance->plugin, KEY_NEXT);
        }
        (instance->iterates ? call_iterator_lj : call_next_lj)(L);
        calls->step = take_result_lj(L, calls);
    }
    calls->first = false;
    instance->errors = 0;
    instance->pause = 0;
}

/* Calls `next` until the batch ends. That it is one protected call saves a third of the time of a short one.
 */
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
    for (;;) { /* calls, function, self */
        if (instance->waiting == LUA_NOREF && advance_lj(L, calls)) {
            return 0;
        }
        take_next_lj(L, calls);
        if (calls->step != STEP_PAYLOADS || !has_room(instance) || about_now() >= calls->until) {
            return 0;
        }
        fastapi_drop(L, SELF);
    }
}

/* From now on every batch has this outcome. `error`: why the source failed, or NULL. */
static void finish_source(struct instance *instance, enum source_outcome outcome, const char *error)
{
    instance->over = true;
    instance->final = outcome;
    instance->final_error = text_copy(error);
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

/* Fills the batch, if the script has something now. */
static void take_payloads(struct instance *instance, int64_t until)
{
    struct plugin *plugin = instance->plugin;
    struct next_calls calls = {.instance = instance, .until = until, .step = STEP_TIMEOUT, .first = true};

    if (plugin_call(plugin, KEY_NEXT, call_next_often_lj, &calls)) {
        if (calls.step == STEP_END) {
            finish_source(instance, SOURCE_END, NULL);
        }
    } else if (calls.gave_up) {
        vm_log_error(&plugin->vm);
        finish_source(instance, SOURCE_FAILED, vm_error(&plugin->vm));
    } else {
        count_error(instance);
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

/* Releases the lock while there is nothing to do. */
static void wait_outside(struct instance *instance, int64_t until)
{
    struct fair_lock *lock = &instance->plugin->lock;

    fairlock_leave(lock);
    sleep_until(until);
    fairlock_enter(lock);
}

static enum source_outcome fill(struct instance *instance)
{
    int64_t until = now() + instance->plugin->script->batch.milliseconds * CLOCK_MILLISECOND;

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
    if (!instance->over && instance->events == 0) {
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
    outcome = fill(instance);
    instance->filling = false;
    return outcome;
}
