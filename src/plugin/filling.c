/* Batches: what `next`, or the iterator, has to say. */
#include "lua/calls.h"
#include "lua/integers.h"
#include "modules/lure.h"
#include "plugin/instance.h"
#include "plugin/plugin.h"
#include "script/text.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LARGEST_PAYLOAD (64u << 20)
#define MILLISECOND     INT64_C(1000000)
#define FIRST_PAUSE     (10 * MILLISECOND)
#define LONGEST_PAUSE   (1000 * MILLISECOND)

/* The clock is looked at behind so many small payloads of a short `next` that took no call: together they
 * take about a microsecond. */
#define UNTIMED_PAYLOADS 16u
#define SMALL_PAYLOAD    1024u
#define SHORT_NEXT       64 /* instructions */

/* What one call of `next` came to. */
enum step { STEP_PAYLOADS, STEP_FULL, STEP_TIMEOUT, STEP_END };

struct next_calls {
    struct instance *instance;
    int64_t until;  /* no call begins later; without calls, see UNTIMED_PAYLOADS */
    enum step step; /* of the last */
    bool gave_up;   /* it returned nil and a text: the source's end, not an accident */
    bool first;     /* none was made yet */

    uint64_t uncalled; /* payloads that it returned without being called, in a row */
    bool is_short;     /* each of them took no time worth mentioning */
};

/* Where the values are that the calls of `next` need and return. */
enum { FUNCTION = 2, SELF, PAYLOAD, TIME };

static int64_t clock_now(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000 * MILLISECOND + time.tv_nsec;
}

static int64_t now(void)
{
    return clock_now(CLOCK_MONOTONIC);
}

/* Up to a tick of the kernel (4 ms) ago, at a quarter of what now() takes: it is asked at every call. */
static int64_t about_now(void)
{
    return clock_now(CLOCK_MONOTONIC_COARSE);
}

/* Sleeps until `until`, or until a signal comes: hosts look for theirs between calls. */
static void sleep_until(int64_t until)
{
    int64_t left = until - now();
    struct timespec time = {left / (1000 * MILLISECOND), left % (1000 * MILLISECOND)};

    if (left > 0) {
        nanosleep(&time, NULL);
    }
}

/* The bytes of the payload at `index`: of a string, or an integer in decimal. NULL: it is none. */
static const char *payload_bytes(lua_State *L, int index, char *buffer, size_t *size)
{
    int type, integral;
    lua_Integer integer;

    if (index > 0 && calls_integer(L, index, &integer)) {
        return integer_text(integer, buffer, size);
    }
    type = lua_type(L, index);
    if (type == LUA_TSTRING) {
        return lua_tolstring(L, index, size);
    }
    if (type != LUA_TNUMBER) {
        return NULL;
    }
    integer = lua_tointegerx(L, index, &integral);
    return integral ? integer_text(integer, buffer, size) : NULL;
}

/* Throws what is wrong with the payload at `index`, which is element number `element` of `count`, or (0)
 * alone. */
static void refuse_payload_lj(lua_State *L, int index, lua_Integer element, lua_Integer count)
{
    char got[96], where[64] = "";
    size_t size = lua_rawlen(L, index);

    if (element > 0) {
        snprintf(where, sizeof(where), " as element %lld of %lld", (long long)element, (long long)count);
    }
    if (lua_type(L, index) == LUA_TSTRING) {
        vm_fail_lj(L, FUNCTION, "expected a payload of at most 64 MiB%s, got %zu bytes", where, size);
    }
    value_describe(L, index, got, sizeof(got));
    vm_fail_lj(L, FUNCTION, "expected a payload (a string or an integer)%s, got %s", where, got);
}

static bool fits(const struct instance *instance, size_t size)
{
    const struct batch_limits *limits = &instance->plugin->script->batch;

    return instance->events == 0 || (instance->events < limits->events && instance->bytes < limits->bytes &&
                                     size <= limits->bytes - instance->bytes);
}

/* Copies a payload that fits into the batch. False: out of memory. */
static inline bool copy_payload(struct instance *instance, const char *payload, size_t size, uint64_t ts)
{
    if (!instance->batch->add(instance->batch, payload, size, ts)) {
        return false;
    }
    instance->events++;
    instance->bytes += size;
    return true;
}

/* Adds the payload at `index`, or throws; see refuse_payload_lj. False: it does not fit any more. Stack:
 * unchanged
 */
static bool add_payload_lj(lua_State *L, struct instance *instance, int index, uint64_t ts,
                           lua_Integer element, lua_Integer count)
{
    char buffer[INTEGER_TEXT];
    size_t size = 0;
    const char *payload = payload_bytes(L, index, buffer, &size);

    if (payload == NULL || size > LARGEST_PAYLOAD) {
        refuse_payload_lj(L, index, element, count);
    }
    if (!fits(instance, size)) {
        return false;
    }
    if (!copy_payload(instance, payload, size, ts)) {
        luaL_error(L, TEXT_NO_MEMORY);
    }
    return true;
}

/* Keeps the value at `index` until it is used up. Stack: unchanged */
static void keep_waiting_lj(lua_State *L, struct instance *instance, int index, uint64_t ts)
{
    lua_pushvalue(L, index);                            /* value */
    instance->waiting = luaL_ref(L, LUA_REGISTRYINDEX); /* */
    instance->waiting_from = 1;
    instance->waiting_ts = ts;
}

static void drop_waiting(lua_State *L, struct instance *instance)
{
    luaL_unref(L, LUA_REGISTRYINDEX, instance->waiting);
    instance->waiting = LUA_NOREF;
}

/* Adds what fits of the list that waits, which is at `index`. Stack: unchanged, but where it is full */
static enum step add_list_lj(lua_State *L, struct instance *instance, int index)
{
    lua_Integer length = (lua_Integer)lua_rawlen(L, index);

    while (instance->waiting_from <= length) {
        lua_Integer i = instance->waiting_from++; /* a bad payload is skipped, those behind it are not */

        lua_rawgeti(L, index, i); /* payload */
        if (!add_payload_lj(L, instance, -1, instance->waiting_ts, i, length)) {
            instance->waiting_from = i;
            return STEP_FULL;
        }
        lua_pop(L, 1); /* */
    }
    drop_waiting(L, instance);
    return STEP_PAYLOADS;
}

/* Throws where the table at `index`, which has no elements, has other keys: it is no list. */
static void check_empty_lj(lua_State *L, int index)
{
    char got[96];

    lua_pushnil(L);                /* nil */
    if (lua_next(L, index) != 0) { /* key, value */
        value_describe(L, -2, got, sizeof(got));
        vm_fail_lj(L, FUNCTION, "expected a list of payloads, got a table with the key %s", got);
    }
}

/* Adds the payload, or the list of them, at `index`. */
static enum step add_lj(lua_State *L, struct instance *instance, int index, uint64_t ts)
{
    if (lua_istable(L, index)) {
        if (lua_rawlen(L, index) == 0) {
            check_empty_lj(L, index);
            return STEP_TIMEOUT;
        }
        keep_waiting_lj(L, instance, index, ts);
        return add_list_lj(L, instance, index);
    }
    if (add_payload_lj(L, instance, index, ts, 0, 0)) {
        return STEP_PAYLOADS;
    }
    keep_waiting_lj(L, instance, index, ts);
    return STEP_FULL;
}

/* Goes on with what had no room in the last batch. Stack: [calls, function, self] -> [..., value] */
static enum step add_waiting_lj(lua_State *L, struct instance *instance)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, instance->waiting); /* ..., value */
    if (lua_istable(L, PAYLOAD)) {
        return add_list_lj(L, instance, PAYLOAD);
    }
    if (!add_payload_lj(L, instance, PAYLOAD, instance->waiting_ts, 0, 0)) {
        return STEP_FULL;
    }
    drop_waiting(L, instance);
    return STEP_PAYLOADS;
}

/* The time that `next` returned beside the payload. */
static uint64_t read_time_lj(lua_State *L)
{
    char got[96];
    int integral = 0;
    lua_Integer time = 0;

    if (lua_isnoneornil(L, TIME)) {
        return SOURCING_NO_TIME;
    }
    if (lua_type(L, TIME) == LUA_TNUMBER) {
        time = lua_tointegerx(L, TIME, &integral);
    }
    if (!integral || time < 0) {
        value_describe(L, TIME, got, sizeof(got));
        vm_fail_lj(L, FUNCTION,
                   "expected the time as an integer of nanoseconds from 0 behind the payload, got %s", got);
    }
    return (uint64_t)time;
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
    return add_lj(L, calls->instance, PAYLOAD, read_time_lj(L));
}

/* Stack: [calls, function, self] -> [calls, function, self, payload, time] */
static void call_next_lj(lua_State *L)
{
    calls_push(L, FUNCTION); /* calls, function, self, function */
    calls_push(L, SELF);     /* calls, function, self, function, self */
    lua_call(L, 1, 2);
}

/* The generic `for` calls its function with the state and the last control value; self is the rest of the
 * iterator. Stack: as above, without the time */
static void call_iterator_lj(lua_State *L)
{
    lua_pushvalue(L, FUNCTION);             /* calls, function, self, function */
    lua_rawgeti(L, SELF, ITERATOR_STATE);   /* ..., function, state */
    lua_rawgeti(L, SELF, ITERATOR_CONTROL); /* ..., function, state, control */
    lua_call(L, 2, 1);                      /* calls, function, self, value */
    lua_pushvalue(L, PAYLOAD);              /* calls, function, self, value, value */
    lua_rawseti(L, SELF, ITERATOR_CONTROL); /* calls, function, self, value */
}

static bool has_room(const struct instance *instance)
{
    const struct batch_limits *limits = &instance->plugin->script->batch;

    return instance->events < limits->events && instance->bytes < limits->bytes;
}

/* Is the batch's time up? Looked at behind a payload of `size` bytes, but not behind each small one. */
static bool is_late(const struct next_calls *calls, size_t size)
{
    bool quick = calls->is_short && size <= SMALL_PAYLOAD && calls->uncalled % UNTIMED_PAYLOADS != 0;

    return !quick && about_now() >= calls->until;
}

/* Takes what `next` returned without a call. What does not fit, or is no payload, it returns when called. */
static enum pure_taken take_uncalled(void *to, const struct pure_value *payload)
{
    struct next_calls *calls = to;
    struct instance *instance = calls->instance;
    char buffer[INTEGER_TEXT];
    struct pure_text text = payload->text;

    if (payload->kind == PURE_INTEGER) {
        text.data = integer_text(payload->integer, buffer, &text.size);
    }
    if (text.size > LARGEST_PAYLOAD || !fits(instance, text.size) ||
        !copy_payload(instance, text.data, text.size, SOURCING_NO_TIME)) {
        return PURE_REFUSED;
    }
    calls->uncalled++;
    return has_room(instance) && !is_late(calls, text.size) ? PURE_MORE : PURE_ENOUGH;
}

/* Carries `next` out for as long as it need not be called (lua/pure.h). True: the batch ends with that.
 * Stack: unchanged */
static bool advance_lj(lua_State *L, struct next_calls *calls)
{
    struct instance *instance = calls->instance;
    const struct LClosure *next =
        !instance->iterates && pure_tries_on(&instance->tries) ? pure_function(L, FUNCTION) : NULL;
    bool ends;

    if (next == NULL || pure_parameters(next) > 1) {
        return false;
    }
    calls->uncalled = 0;
    calls->is_short = pure_length(next) <= SHORT_NEXT;
    ends = pure_advance(L, next, &instance->plugin->vm.known, SELF, take_uncalled, calls);
    if (calls->uncalled > 0) {
        plugin_count_calls(instance->plugin, KEY_NEXT, calls->uncalled - calls->first);
        calls->first = false;
        calls->step = STEP_PAYLOADS;
        instance->errors = 0;
        instance->pause = 0;
        pure_answered(&instance->tries, calls->uncalled);
    }
    if (!ends) {
        pure_missed(&instance->tries);
    }
    return ends;
}

/* Calls `next`, or the iterator, or goes on with what waits. Stack: [calls, function, self] -> [..., payload,
 * time] or less */
static void take_next_lj(lua_State *L, struct next_calls *calls)
{
    struct instance *instance = calls->instance;

    if (instance->waiting != LUA_NOREF) {
        calls->step = add_waiting_lj(L, instance);
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
        calls_drop(L, SELF);
    }
}

/* From now on every batch says the same. `error`: why the source failed, or NULL. */
static void finish(struct instance *instance, enum source_outcome outcome, const char *error)
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
    finish(instance, SOURCE_FAILED, error);
    free(error);
}

/* Fills the batch, if the script has something now. */
static void take_payloads(struct instance *instance, int64_t until)
{
    struct plugin *plugin = instance->plugin;
    struct next_calls calls = {.instance = instance, .until = until, .step = STEP_TIMEOUT, .first = true};

    if (plugin_call(plugin, KEY_NEXT, call_next_often_lj, &calls)) {
        if (calls.step == STEP_END) {
            finish(instance, SOURCE_END, NULL);
        }
    } else if (calls.gave_up) {
        vm_log_error(&plugin->vm);
        finish(instance, SOURCE_FAILED, vm_error(&plugin->vm));
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

/* While there is nothing to do, others have their turn. */
static void wait_outside(struct instance *instance, int64_t until)
{
    struct turns *turns = &instance->plugin->turns;

    turns_leave(turns);
    sleep_until(until);
    turns_enter(turns);
}

static enum source_outcome fill(struct instance *instance)
{
    int64_t until = now() + instance->plugin->script->batch.milliseconds * MILLISECOND;

    extraction_forget(instance->plugin);
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

enum source_outcome sourcing_fill(struct instance *instance)
{
    enum source_outcome outcome;

    instance->filling = true;
    outcome = fill(instance);
    instance->filling = false;
    return outcome;
}
