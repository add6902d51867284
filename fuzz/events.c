/*
 * events: any bytes as an event that a host shows, at the end of a guard page: every key of the event and
 * every parameter is read as a script reads it. Lengths and counts may lie; what is inside of the event is
 * compared with a naive reading of it.
 */
#include "event/parameters.h"
#include "input.h"
#include "testhost/guardpage.h"
#include "v3/statehandle.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_NAMES 40

/* The event of this run, and what a script sees of it. */
static struct {
    lua_State *L;
    struct event_object *object;
    struct guard memory;
    struct event event;
    bool strangers; /* names that the event's type does not have are read, too */
} run;

static void fail(const char *what, uint32_t number)
{
    fprintf(stderr, "type %u, %u parameters, %zu bytes: %s %u\n", run.event.type, run.event.parameters,
            run.event.raw_size, what, number);
    abort();
}

/* The bytes of a parameter from 1, found without trust in any length. False: not all lengths fit. */
static bool find_naively(uint32_t number, const unsigned char **bytes, uint64_t *length)
{
    struct event_info info;
    uint64_t width, at, i;

    if (!event_info(run.event.type, &info)) {
        return false;
    }
    width = info.wide ? 4 : 2;
    at = sizeof(ss_plugin_event) + run.event.parameters * width;
    if (at > run.event.raw_size) {
        return false;
    }
    for (i = 0; i < run.event.parameters; i++) {
        uint64_t size = 0;

        memcpy(&size, run.event.raw + sizeof(ss_plugin_event) + i * width, width); /* little-endian */
        if (i + 1 == number) {
            *bytes = run.event.raw + at;
            *length = size;
        }
        at += size;
        if (at > run.event.raw_size) {
            return false;
        }
    }
    return number >= 1 && number <= run.event.parameters;
}

static bool is_inside(uint32_t number, const unsigned char **bytes, uint64_t *length)
{
    bool found = find_naively(number, bytes, length);

    return found && run.event.parameters > 0;
}

/* event.param[number] is what is there, or nil. Stack: [object, param] unchanged */
static void check_numbered_lj(lua_State *L, uint32_t number)
{
    const unsigned char *bytes = NULL;
    uint64_t expected = 0;
    size_t length = 0;
    const char *text;

    lua_pushinteger(L, number); /* object, param, number */
    lua_gettable(L, -2);        /* object, param, value */
    text = lua_tolstring(L, -1, &length);
    if (is_inside(number, &bytes, &expected) != (text != NULL)) {
        fail("one of the two has no parameter", number);
    }
    if (text != NULL && (length != expected || memcmp(text, bytes, length) != 0)) {
        fail("another parameter", number);
    }
    lua_pop(L, 1); /* object, param */
}

/* All texts and tables in the value at the top are read. Stack: [value] unchanged */
static size_t walk_lj(lua_State *L)
{
    size_t total = 0, length;

    if (lua_type(L, -1) == LUA_TSTRING) {
        const char *text = lua_tolstring(L, -1, &length);

        return length + (text[length] != '\0');
    }
    if (!lua_istable(L, -1)) {
        return 1;
    }
    luaL_checkstack(L, 4, NULL);
    lua_pushnil(L);                /* value, key */
    while (lua_next(L, -2) != 0) { /* value, key, element */
        total += walk_lj(L);
        lua_pop(L, 1); /* value, key */
    }
    return total;
}

/* event.param.NAME, by the parameter's number from 1. Stack: [object, param] unchanged */
static void check_named_lj(lua_State *L, const char *name, uint32_t number, enum parameter_type type)
{
    const unsigned char *bytes = NULL;
    uint64_t length = 0;
    bool inside = is_inside(number, &bytes, &length);

    lua_getfield(L, -1, name); /* object, param, value */
    if (!inside && !lua_isnil(L, -1)) {
        fail("a value of a parameter that is not there", number);
    }
    if (inside && type == PARAMETER_BYTEBUF &&
        (lua_type(L, -1) != LUA_TSTRING || lua_rawlen(L, -1) != length)) {
        fail("not all bytes of", number);
    }
    if (inside && type == PARAMETER_UINT64 && lua_isnil(L, -1) != (length != 8)) {
        fail("an integer of a wrong length is not nil, or a right one is", number);
    }
    if (inside && type != PARAMETER_UINT64 && walk_lj(L) > 64 * length + 64) {
        fail("more than is there of", number);
    }
    lua_pop(L, 1); /* object, param */
}

/* Stack: [object, param] unchanged */
static void check_parameters_lj(lua_State *L)
{
    struct event_info info;
    const char *name;

    for (uint32_t number = 0; number <= run.event.parameters && number < MOST_NAMES; number++) {
        check_numbered_lj(L, number);
    }
    check_numbered_lj(L, run.event.parameters);
    check_numbered_lj(L, run.event.parameters + 1);
    if (!event_info(run.event.type, &info)) {
        return;
    }
    name = info.names;
    for (uint8_t i = 0; i < info.count; i++, name += strlen(name) + 1) {
        uint8_t first = 0;

        for (const char *other = info.names; strcmp(other, name) != 0; other += strlen(other) + 1) {
            first++;
        }
        check_named_lj(L, name, first + 1u, (enum parameter_type)info.types[first]);
    }
}

/* Reads a key that may be an error. Stack: [] -> [] */
static int read_key_lj(lua_State *L)
{
    lua_gettable(L, 1);
    return 0;
}

static void read_any(lua_State *L, int table, const char *key)
{
    lua_pushcfunction(L, read_key_lj);
    lua_pushvalue(L, table);
    lua_pushstring(L, key);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK) {
        lua_pop(L, 1);
    }
}

static int check_lj(lua_State *L)
{
    static const char *const keys[] = {"num", "ts", "tid", "type", "source", "data", "param", "", "data\0"};
    size_t length;
    const char *data;

    lua_pushvalue(L, lua_upvalueindex(1)); /* object */
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        read_any(L, 1, keys[i]);
    }
    lua_getfield(L, 1, "data"); /* object, data */
    data = lua_tolstring(L, -1, &length);
    if (run.event.has_payload != (data != NULL) ||
        (data != NULL && (length != run.event.size || memcmp(data, run.event.data, length) != 0))) {
        fail("another payload", 0);
    }
    lua_pop(L, 1);               /* object */
    lua_getfield(L, 1, "param"); /* object, param */
    check_parameters_lj(L);
    if (run.strangers) {
        read_any(L, 2, "fd"); /* others of the same name may have it */
        read_any(L, 2, "no such parameter");
    }
    return 0;
}

static void start(void)
{
    run.L = luaL_newstate();
    run.object = event_object_new_lj(run.L); /* object */
    run.object->place = 2;
    lua_pushnil(run.L);                   /* object, kept payload */
    lua_pushvalue(run.L, 1);              /* object, kept payload, object */
    lua_pushcclosure(run.L, check_lj, 1); /* object, kept payload, check */
}

/* How many parameters the header says: what the type has, fewer, more, or any number. */
static uint32_t make_count(uint16_t type)
{
    struct event_info info;
    uint32_t count;

    event_info(type, &info);
    switch (input_below(8)) {
    case 0:
        return input_below(256);
    case 1:
        count = input_below(UINT32_MAX);
        return count;
    default:
        return type == PPME_ASYNCEVENT_E ? 3 : info.count;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t own[] = {PPME_PLUGINEVENT_E, PPME_ASYNCEVENT_E, EVENT_TYPES, UINT16_MAX};
    ss_plugin_event header = {.ts = UINT64_MAX, .tid = 1};
    ss_plugin_event_input shown;
    unsigned char *bytes;
    const char *body;
    size_t length, hidden;

    if (run.L == NULL) {
        start();
    }
    input_begin(data, size);
    header.type =
        input_once_in(8) ? INPUT_PICK(own) : (uint16_t)(input_below(EVENT_TYPES + 300) % EVENT_TYPES);
    header.nparams = make_count(header.type);
    hidden = input_once_in(8) ? input_below(64) : 0; /* bytes that the header's length denies */
    shown.evtnum = input_below(3);
    shown.evtsrc = input_once_in(4) ? NULL : "syscall";
    run.strangers = input_once_in(16);
    body = input_bytes(SIZE_MAX, &length);
    hidden = hidden > length + sizeof(header) ? length + sizeof(header) : hidden;
    header.len = (uint32_t)(sizeof(header) + length - hidden);
    bytes = guard_take(&run.memory, header.len > sizeof(header) ? header.len : sizeof(header));
    if (bytes == NULL) {
        return 0;
    }
    memcpy(bytes, &header, sizeof(header));
    memcpy(bytes + sizeof(header), body, header.len > sizeof(header) ? header.len - sizeof(header) : 0);
    shown.evt = (const ss_plugin_event *)(const void *)bytes;
    if (handle_read_event(&shown, &run.event)) {
        run.object->event = &run.event;
        run.object->shown++;
        lua_pushvalue(run.L, 3); /* object, kept payload, check, check */
        if (lua_pcall(run.L, 0, 0, 0) != LUA_OK) {
            fail(lua_tostring(run.L, -1), 0);
        }
        run.object->event = NULL;
        lua_gc(run.L, LUA_GCCOLLECT); /* so that the next input finds nothing of this one */
    }
    return 0;
}
