#include "plugin/payloads.h"

#include "base/text.h"
#include "lua/fastapi.h"
#include "lua/integertext.h"
#include "plugin/instance.h"
#include "plugin/plugin.h"

#include <lauxlib.h>
#include <stdio.h>

#define LARGEST_PAYLOAD (64u << 20)

/* Which of a list's elements a payload is; a count of 0: it is not in a list. */
struct place {
    lua_Integer element, count;
};

static const struct place alone = {0, 0};

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

/* Adds the payload at `index`, or throws; see refuse_payload_lj. False: it does not fit any more. Stack:
 * unchanged
 */
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
    if (!copy(instance, payload, size, ts)) {
        luaL_error(L, TEXT_NO_MEMORY);
    }
    return true;
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
        vm_fail_lj(L, FUNCTION,
                   "expected the time as an integer of nanoseconds from 0 behind the payload%s, got %s%s",
                   where, got, advice);
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

/* Adds the element at the top, { payload, ns }. False: it does not fit any more. Stack: [element] -> more */
static bool add_timed_lj(lua_State *L, struct instance *instance, const struct place *place)
{
    uint64_t ts;

    if (lua_rawlen(L, -1) < 1 || lua_rawlen(L, -1) > 2) {
        refuse_payload_lj(L, -1, place);
    }
    lua_rawgeti(L, -1, 2); /* element, ns */
    ts = read_time_lj(L, -1, instance->waiting_ts, place, "");
    lua_rawgeti(L, -2, 1); /* element, ns, payload */
    return add_payload_lj(L, instance, -1, ts, place);
}

/* Adds what fits of the list that waits, which is at PAYLOAD. Stack: unchanged, but where it is full */
static enum step add_list_lj(lua_State *L, struct instance *instance)
{
    lua_Integer length = (lua_Integer)lua_rawlen(L, PAYLOAD);

    while (instance->waiting_from <= length) {
        /* a bad payload is skipped, those behind it are not */
        const struct place place = {instance->waiting_from++, length};
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
