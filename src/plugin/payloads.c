#include "plugin/payloads.h"

#include "base/text.h"
#include "lua/budget.h"
#include "lua/fastapi.h"
#include "lua/integertext.h"
#include "plugin/instance.h"
#include "plugin/plugin.h"

#include <lauxlib.h>
#include <stdarg.h>
#include <stdio.h>

#define LARGEST_PAYLOAD (64u << 20)

/* Where a payload comes from: which of a list's elements it is; a count of 0: it is not in a list. */
struct place {
    lua_Integer element, count;
    bool emitted; /* it was given to emit, whose caller has a line */
};

static const struct place alone = {0, 0, false}, emitted = {0, 0, true};

/* Throws what is wrong with it. */
__attribute__((format(printf, 3, 4))) static void fail_lj(lua_State *L, const struct place *place,
                                                          const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (place->emitted) {
        luaL_error(L, "emit: %s", text);
    }
    vm_fail_lj(L, FUNCTION, "%s", text);
}

/* The bytes of the payload at `index`: of a string, or an integer in decimal. NULL: it is none. */
static const char *payload_bytes(lua_State *L, int index, char *buffer, size_t *size)
{
    int type, integral;
    lua_Integer integer;

    if (index > 0 && fastapi_integer(L, index, &integer)) {
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

/* " as element 2 of 3", or nothing. */
static void describe_place(const struct place *place, char *text, size_t size)
{
    text[0] = '\0';
    if (place->count > 0) {
        snprintf(text, size, " as element %lld of %lld", (long long)place->element, (long long)place->count);
    }
}

/* Throws what is wrong with the payload at `index`. */
static void refuse_payload_lj(lua_State *L, int index, const struct place *place)
{
    char got[96], where[64];
    size_t size = lua_rawlen(L, index);

    describe_place(place, where, sizeof(where));
    if (lua_type(L, index) == LUA_TSTRING) {
        fail_lj(L, place, "expected a payload of at most 64 MiB%s, got %zu bytes", where, size);
    }
    value_describe(L, index, got, sizeof(got));
    fail_lj(L, place, "expected a payload (a string or an integer)%s, got %s", where, got);
}

/* Throws that there is no memory for a payload, even if it is alone in its batch. */
static void refuse_memory_lj(lua_State *L, size_t size, const struct place *place)
{
    char where[64];

    describe_place(place, where, sizeof(where));
    fail_lj(L, place,
            "not enough memory for the payload%s: %zu bytes (limit: " MEMORY_LIMIT_NAME ", %zu bytes)", where,
            size, vm_of(L)->limits->memory);
}

static bool fits(const struct instance *instance, size_t size)
{
    const struct batch_limits *limits = &instance->plugin->script->batch;

    return instance->events == 0 || (instance->events < limits->events && instance->bytes < limits->bytes &&
                                     size <= limits->bytes - instance->bytes);
}

/* Copies a payload that fits into the batch. False: out of memory. */
static inline bool copy(struct instance *instance, const char *payload, size_t size, uint64_t ts)
{
    if (!instance->batch->add(instance->batch, payload, size, ts)) {
        return false;
    }
    instance->events++;
    instance->bytes += size;
    return true;
}

bool payloads_copy(struct instance *instance, const char *payload, size_t size, uint64_t ts)
{
    return size <= LARGEST_PAYLOAD && fits(instance, size) && copy(instance, payload, size, ts);
}

/* Adds the payload at `index`, or throws; see refuse_payload_lj. False: it does not fit any more, but has to
 * wait. Stack: unchanged */
static bool add_payload_lj(lua_State *L, struct instance *instance, int index, uint64_t ts,
                           const struct place *place)
{
    char buffer[INTEGER_TEXT];
    size_t size = 0;
    const char *payload = payload_bytes(L, index, buffer, &size);

    if (payload == NULL || size > LARGEST_PAYLOAD) {
        refuse_payload_lj(L, index, place);
    }
    if (!fits(instance, size)) {
        return false;
    }
    if (copy(instance, payload, size, ts)) {
        return true;
    }
    if (instance->events == 0) {
        refuse_memory_lj(L, size, place);
    }
    return false; /* it waits until the events before it are gone */
}

/* The time at `index`, which stands behind a payload, or `otherwise` where there is none. */
static uint64_t read_time_lj(lua_State *L, int index, uint64_t otherwise, const struct place *place,
                             const char *advice)
{
    char got[96], where[64];
    int integral = 0;
    lua_Integer time = 0;

    if (lua_isnoneornil(L, index)) {
        return otherwise;
    }
    if (lua_type(L, index) == LUA_TNUMBER) {
        time = lua_tointegerx(L, index, &integral);
    }
    if (!integral || time < 0) {
        describe_place(place, where, sizeof(where));
        value_describe(L, index, got, sizeof(got));
        fail_lj(L, place,
                "expected the time as an integer of nanoseconds from 0 behind the payload%s, got %s%s", where,
                got, advice);
    }
    return (uint64_t)time;
}

uint64_t payloads_time_lj(lua_State *L, const struct instance *instance)
{
    return read_time_lj(
        L, TIME, BATCH_NO_TIME, &alone,
        instance->iterates ? "; an iterator's second value is the time, return the first alone" : "");
}

/* Keeps the value at PAYLOAD until it is used up. Stack: unchanged */
static void keep_waiting_lj(lua_State *L, struct instance *instance, uint64_t ts)
{
    lua_pushvalue(L, PAYLOAD);                          /* value */
    instance->waiting = luaL_ref(L, LUA_REGISTRYINDEX); /* */
    instance->waiting_from = 1;
    instance->waiting_ts = ts;
}

static void drop_waiting(lua_State *L, struct instance *instance)
{
    luaL_unref(L, LUA_REGISTRYINDEX, instance->waiting);
    instance->waiting = LUA_NOREF;
}

/* Adds the element at the top, { payload, ns, cursor }. False: it does not fit any more. Stack: [element] ->
 * more */
static bool add_timed_lj(lua_State *L, struct instance *instance, const struct place *place)
{
    uint64_t ts;

    if (lua_rawlen(L, -1) < 1 || lua_rawlen(L, -1) > 3) {
        refuse_payload_lj(L, -1, place);
    }
    lua_rawgeti(L, -1, 2); /* element, ns */
    ts = read_time_lj(L, -1, instance->waiting_ts, place, "");
    lua_rawgeti(L, -2, 3); /* element, ns, cursor */
    delivery_check_lj(L, instance, -1);
    lua_rawgeti(L, -3, 1); /* element, ns, cursor, payload */
    if (!add_payload_lj(L, instance, -1, ts, place)) {
        return false;
    }
    delivery_stage_lj(L, instance, -2);
    return true;
}

/* Adds what fits of the list that waits, which is at PAYLOAD. Stack: unchanged, but where it is full */
static enum step add_list_lj(lua_State *L, struct instance *instance)
{
    lua_Integer length = (lua_Integer)lua_rawlen(L, PAYLOAD);

    while (instance->waiting_from <= length) {
        /* a bad payload is skipped, those behind it are not */
        const struct place place = {instance->waiting_from++, length, false};
        int top = lua_gettop(L);
        bool added;

        if (lua_rawgeti(L, PAYLOAD, place.element) == LUA_TTABLE) { /* element */
            added = add_timed_lj(L, instance, &place);
        } else {
            added = add_payload_lj(L, instance, -1, instance->waiting_ts, &place);
        }
        if (!added) {
            instance->waiting_from = place.element;
            return STEP_FULL;
        }
        lua_settop(L, top); /* */
    }
    drop_waiting(L, instance);
    return STEP_PAYLOADS;
}

/* Makes the value at the top { value, the time at TIME, the cursor at CURSOR }; a list's element keeps a time
 * of its own. Stack: [value] -> [element] */
static void add_cursor_lj(lua_State *L)
{
    lua_createtable(L, 3, 0); /* value, element */
    if (lua_istable(L, -2)) {
        lua_rawgeti(L, -2, 1); /* value, element, payload */
        lua_rawgeti(L, -3, 2); /* value, element, payload, ns */
    } else {
        lua_pushvalue(L, -2);   /* value, element, payload */
        lua_pushvalue(L, TIME); /* value, element, payload, ns */
    }
    lua_rawseti(L, -3, 2);    /* value, element, payload */
    lua_rawseti(L, -2, 1);    /* value, element */
    lua_pushvalue(L, CURSOR); /* value, element, cursor */
    lua_rawseti(L, -2, 3);    /* value, element */
    lua_remove(L, -2);        /* element */
}

/* Replaces what is at PAYLOAD by a list whose last element has the cursor at CURSOR. Stack: unchanged */
static void take_cursor_lj(lua_State *L, const struct instance *instance)
{
    lua_Integer length = lua_istable(L, PAYLOAD) ? (lua_Integer)lua_rawlen(L, PAYLOAD) : 0;

    delivery_check_lj(L, instance, CURSOR);
    lua_createtable(L, 1, 0); /* list */
    for (lua_Integer i = 1; i < length; i++) {
        budget_charge_lj(L, BUDGET_OF_STEP);
        lua_rawgeti(L, PAYLOAD, i); /* list, element */
        lua_rawseti(L, -2, i);      /* list */
    }
    if (length > 0) {
        lua_rawgeti(L, PAYLOAD, length); /* list, element */
    } else {
        lua_pushvalue(L, PAYLOAD); /* list, payload */
    }
    add_cursor_lj(L);                            /* list, element */
    lua_rawseti(L, -2, length > 0 ? length : 1); /* list */
    lua_replace(L, PAYLOAD);                     /* */
}

/* Throws where the table at PAYLOAD, which has no elements, has other keys: it is no list. */
static void check_empty_lj(lua_State *L)
{
    char got[96];

    lua_pushnil(L);                  /* nil */
    if (lua_next(L, PAYLOAD) != 0) { /* key, value */
        value_describe(L, -2, got, sizeof(got));
        vm_fail_lj(L, FUNCTION, "expected a list of payloads, got a table with the key %s", got);
    }
}

enum step payloads_add_lj(lua_State *L, struct instance *instance, uint64_t ts)
{
    if (__builtin_expect(!fastapi_is_nil(L, 1), 0) &&
        (lua_type(L, PAYLOAD) != LUA_TTABLE || lua_rawlen(L, PAYLOAD) > 0)) { /* the cursor */
        take_cursor_lj(L, instance);
    }
    if (lua_istable(L, PAYLOAD)) {
        if (lua_rawlen(L, PAYLOAD) == 0) {
            check_empty_lj(L);
            return STEP_TIMEOUT;
        }
        keep_waiting_lj(L, instance, ts);
        return add_list_lj(L, instance);
    }
    if (add_payload_lj(L, instance, PAYLOAD, ts, &alone)) {
        return STEP_PAYLOADS;
    }
    keep_waiting_lj(L, instance, ts);
    return STEP_FULL;
}

enum step payloads_add_waiting_lj(lua_State *L, struct instance *instance)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, instance->waiting); /* ..., value */
    if (lua_istable(L, PAYLOAD)) {
        return add_list_lj(L, instance);
    }
    if (!add_payload_lj(L, instance, PAYLOAD, instance->waiting_ts, &alone)) {
        return STEP_FULL;
    }
    drop_waiting(L, instance);
    return STEP_PAYLOADS;
}

bool payloads_emit_lj(lua_State *L, struct instance *instance)
{
    uint64_t ts = read_time_lj(L, 2, BATCH_NO_TIME, &emitted, "");

    delivery_check_lj(L, instance, 3);
    if (!add_payload_lj(L, instance, 1, ts, &emitted)) {
        return false;
    }
    delivery_stage_lj(L, instance, 3);
    return true;
}
