#include "testhost/luaobjects.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum { POINTER_STATE = 1 }; /* uservalue of a pointer */

/* Fields asked for in one call; the arguments are freed by requests_free. */
struct requests {
    struct field_request *items;
    uint32_t count;
};

static void requests_free(struct requests *requests)
{
    for (uint32_t i = 0; i < requests->count; i++)
        free(requests->items[i].argument);
    requests->count = 0;
}

/* The field at `place` of a list, or the only one. The stack's value at `index` keeps the text. Stack:
 * unchanged */
static const char *text_at_lj(lua_State *L, int index, lua_Integer place)
{
    const char *text;

    if (!lua_istable(L, index))
        return luaL_checkstring(L, index);
    if (lua_geti(L, index, place) != LUA_TSTRING) /* field */
        luaL_error(L, "field %d: expected a text as in a filter, got a %s", (int)place, luaL_typename(L, -1));
    text = lua_tostring(L, -1);
    lua_pop(L, 1); /* */
    return text;
}

/* Reads a field or a list of them at `index`. Stack: [] -> [memory] */
static void requests_read_lj(lua_State *L, int index, const struct library *library,
                             struct requests *requests)
{
    lua_Integer count = lua_istable(L, index) ? luaL_len(L, index) : 1;
    char message[HOST_MESSAGE];

    requests->count = 0;
    requests->items = lua_newuserdatauv(L, ((size_t)count + 1) * sizeof *requests->items, 0); /* memory */
    for (lua_Integer i = 1; i <= count; i++)
        text_at_lj(L, index, i); /* throws before anything is allocated */
    for (lua_Integer i = 1; i <= count; i++) {
        if (!field_request_read(&requests->items[requests->count], &library->fields, library->driver->api,
                                text_at_lj(L, index, i), message)) {
            requests_free(requests);
            luaL_error(L, "%s", message);
        }
        requests->count++;
    }
}

/* ---- values ---- */

/* Stack: [] -> [text] */
static void push_address_lj(lua_State *L, const struct bytes *address)
{
    char text[INET6_ADDRSTRLEN];

    inet_ntop(address->length == 4 ? AF_INET : AF_INET6, address->data, text, sizeof text);
    lua_pushstring(L, text); /* text */
}

/* Value `i` of a result, read out of the plugin's memory. Stack: [] -> [value] */
static void push_value_lj(lua_State *L, const struct result *result, uint64_t i)
{
    const void *values = result->values;

    switch (result->field->cell) {
    case FIELD_TEXT:
        lua_pushstring(L, result->is_inline ? result->text : ((const char *const *)values)[i]);
        break;
    case FIELD_BOOL:
        lua_pushboolean(L, ((const uint32_t *)values)[i] != 0);
        break;
    case FIELD_ADDRESS:
        push_address_lj(L, &((const struct bytes *)values)[i]);
        break;
    case FIELD_NATURAL:
        push_uint64_lj(L, result->is_inline ? result->number : ((const uint64_t *)values)[i]);
        break;
    }
}

/* Stack: [] -> [value, table or nil] */
static void push_result_lj(lua_State *L, const struct result *result)
{
    if (result->count == 0) {
        lua_pushnil(L); /* nil */
    } else if (!result->field->list) {
        push_value_lj(L, result, 0); /* value */
    } else {
        lua_createtable(L, (int)result->count, 0); /* list */
        for (uint64_t i = 0; i < result->count; i++) {
            push_value_lj(L, result, i);            /* list, value */
            lua_rawseti(L, -2, (lua_Integer)i + 1); /* list */
        }
    }
}

/* Where the values stand. Stack: [] -> [list or nil] */
static void push_offsets_lj(lua_State *L, const struct result *result)
{
    if (!result->has_offsets) {
        lua_pushnil(L); /* nil */
        return;
    }
    lua_createtable(L, (int)result->count, 0); /* list */
    for (uint64_t i = 0; i < result->count; i++) {
        lua_createtable(L, 2, 0);               /* list, place */
        lua_pushinteger(L, result->starts[i]);  /* list, place, start */
        lua_rawseti(L, -2, 1);                  /* list, place */
        lua_pushinteger(L, result->lengths[i]); /* list, place, length */
        lua_rawseti(L, -2, 2);                  /* list, place */
        lua_rawseti(L, -2, (lua_Integer)i + 1); /* list */
    }
}

/* ---- extraction ---- */

/* Asks the plugin for the fields at index 3 of the event at 2. NULL: nil and a message are pushed.
 * Stack: [state, event, fields, …] -> [state, event, fields, …, memory, memory] */
static struct result *extract_lj(lua_State *L, bool offsets, bool unasked, uint32_t *count)
{
    struct state *state = state_check_lj(L, 1);
    const struct event *event = event_check_lj(L, 2);
    struct requests requests;
    struct result *results;
    char message[HOST_MESSAGE];
    enum verdict verdict;

    luaL_checkany(L, 3);
    if (!(state->library->capabilities & CAPABILITY_EXTRACTION))
        luaL_error(L, "plugin %s has no fields", state->library->name);
    results =
        lua_newuserdatauv(L, ((size_t)(lua_istable(L, 3) ? luaL_len(L, 3) : 1) + 1) * sizeof *results, 0);
    requests_read_lj(L, 3, state->library, &requests);
    *count = requests.count;
    verdict = state->library->driver->extract(state, event, requests.items, requests.count, offsets, unasked,
                                              results, message);
    requests_free(&requests);
    if (verdict == VERDICT_BROKEN)
        broken_lj(L, message);
    violations_raise_lj(L, state->inspector);
    if (verdict == VERDICT_FINE)
        return results;
    lua_pushnil(L);                             /* …, nil */
    lua_pushstring(L, state_last_error(state)); /* …, nil, message */
    return NULL;
}

int state_extract_lj(lua_State *L)
{
    const struct result *results;
    bool many = lua_istable(L, 3);
    bool offsets = false, unasked = false;
    uint32_t count;

    lua_settop(L, 4);
    if (lua_istable(L, 4)) {
        lua_getfield(L, 4, "offsets"); /* state, event, fields, options, offsets */
        offsets = lua_toboolean(L, -1);
        lua_getfield(L, 4, "unasked"); /* state, event, fields, options, offsets, unasked */
        unasked = lua_toboolean(L, -1);
        luaL_argcheck(L, !(offsets && many), 4, "hosts ask for offsets with one field a call");
    }
    results = extract_lj(L, offsets, unasked, &count);
    if (results == NULL)
        return 2;
    if (!many) {
        push_result_lj(L, &results[0]); /* value */
        if (!offsets)
            return 1;
        push_offsets_lj(L, &results[0]); /* value, offsets */
        return 2;
    }
    lua_createtable(L, (int)count, 1); /* values */
    for (uint32_t i = 0; i < count; i++) {
        push_result_lj(L, &results[i]);         /* values, value */
        lua_rawseti(L, -2, (lua_Integer)i + 1); /* values */
    }
    lua_pushinteger(L, count); /* values, count */
    lua_setfield(L, -2, "n");  /* values */
    return 1;
}

int state_extract_raw_lj(lua_State *L)
{
    const struct result *results;
    struct result *pointer;
    uint32_t count;

    luaL_checktype(L, 3, LUA_TSTRING);
    lua_settop(L, 3);
    results = extract_lj(L, false, false, &count);
    if (results == NULL)
        return 2;
    pointer = lua_newuserdatauv(L, sizeof *pointer, 1); /* pointer */
    *pointer = results[0];
    luaL_setmetatable(L, POINTER_TYPE);
    lua_pushvalue(L, 1); /* pointer, state */
    lua_setiuservalue(L, -2, POINTER_STATE);
    return 1;
}

static int read_lj(lua_State *L)
{
    const struct result *result = luaL_checkudata(L, 1, POINTER_TYPE);

    lua_settop(L, 1);
    lua_getiuservalue(L, 1, POINTER_STATE); /* pointer, state */
    state_check_lj(L, 2);
    push_result_lj(L, result); /* pointer, state, value */
    return 1;
}

static int address_lj(lua_State *L)
{
    const struct result *result = luaL_checkudata(L, 1, POINTER_TYPE);

    lua_pushinteger(L, (lua_Integer)(uintptr_t)result->values);
    return 1;
}

void pointer_register_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {{"read", read_lj}, {"address", address_lj}, {NULL, NULL}};

    object_register_lj(L, POINTER_TYPE, methods, NULL);
}
