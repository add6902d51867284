#include "event/event.h"

#include "base/text.h"
#include "event/eventtable.h"
#include "event/parameters.h"
#include "lua/fastapi.h"

#include <lauxlib.h>
#include <string.h>

/* The user value of the object that holds `event.param`. */
#define PARAM_VALUE 1

/* Pushes the payload as a string, which is made once per event; nil if there is none. Stack: [] -> [payload]
 */
static void push_data_lj(lua_State *L, struct event_object *object)
{
    const struct event *event = object->event;

    if (!event->has_payload) {
        lua_pushnil(L); /* nil */
    } else if (object->text == object->shown) {
        fastapi_push_kept(L, object->place); /* string */
    } else {
        lua_pushlstring(L, event->data, event->size); /* string */
        fastapi_keep(L, object->place);
        object->text = object->shown;
    }
}

/* A text, or nil where `data` is NULL. */
static struct eval_value text_value(const char *data, size_t size)
{
    return (struct eval_value){.kind = data != NULL ? EVAL_TEXT : EVAL_NIL, .text = {data, size}};
}

static struct eval_value number_value(int64_t number)
{
    return (struct eval_value){.kind = EVAL_INTEGER, .integer = number};
}

/* The type's name, or its number if the table does not have it. */
static struct eval_value type_value(uint16_t type)
{
    struct event_info info;

    return event_info(type, &info) ? text_value(info.name, strlen(info.name)) : number_value(type);
}

bool event_get(const void *of, const char *key, struct eval_value *value)
{
    const struct event *event = of;

    if (strcmp(key, "data") == 0) {
        *value = text_value(event->has_payload ? event->data : NULL, event->size);
    } else if (strcmp(key, "num") == 0) {
        *value = number_value((int64_t)event->num);
    } else if (strcmp(key, "ts") == 0) {
        *value = number_value((int64_t)event->ts);
    } else if (strcmp(key, "tid") == 0) {
        *value = number_value(event->tid);
    } else if (strcmp(key, "type") == 0) {
        *value = type_value(event->type);
    } else if (strcmp(key, "source") == 0) {
        *value = text_value(event->source, event->source != NULL ? strlen(event->source) : 0);
    } else {
        return false;
    }
    return true;
}

/* Pushes the event's value for the key. Stack: [object, key] -> [object, key, value] */
static int push_key_lj(lua_State *L, struct event_object *object, const char *key)
{
    struct eval_value value;

    if (strcmp(key, "data") == 0) {
        push_data_lj(L, object);
    } else if (strcmp(key, "param") == 0) {
        lua_getiuservalue(L, 1, PARAM_VALUE);
    } else if (!event_get(object->event, key, &value)) {
        return luaL_error(L, "an event has no \"%s\"; it has data, num, ts, source, type, tid and param",
                          key);
    } else if (value.kind == EVAL_INTEGER) {
        lua_pushinteger(L, value.integer);
    } else if (value.kind == EVAL_TEXT) {
        lua_pushlstring(L, value.text.data, value.text.size);
    } else {
        lua_pushnil(L);
    }
    return 1;
}

static int object_index_lj(lua_State *L)
{
    struct event_object *object = lua_touserdata(L, 1);
    const char *key;
    size_t length;

    if (object->event == NULL) {
        return luaL_error(L, "this event is gone: it is valid only inside the call that was given it");
    }
    key = luaL_checklstring(L, 2, &length);
    luaL_argcheck(L, !text_has_nul(key, length), 2, "string contains a NUL character");
    return push_key_lj(L, object, key);
}

/* event.param.NAME, event.param[1] */
static int param_index_lj(lua_State *L)
{
    const struct event_object *object = lua_touserdata(L, lua_upvalueindex(1));

    if (object->event == NULL) {
        return luaL_error(L, "this event is gone: it is valid only inside the call that was given it");
    }
    parameter_push_named_lj(L, object->event, 2);
    return 1;
}

static int object_newindex_lj(lua_State *L)
{
    return luaL_error(L, "an event cannot be changed");
}

/* Gives the userdata at the top a metatable of its own, called `name`. Stack: [userdata, index] -> [userdata]
 */
static void seal_lj(lua_State *L, const char *name)
{
    lua_newtable(L);                          /* userdata, index, metatable */
    lua_insert(L, -2);                        /* userdata, metatable, index */
    lua_setfield(L, -2, "__index");           /* userdata, metatable */
    lua_pushcfunction(L, object_newindex_lj); /* userdata, metatable, newindex */
    lua_setfield(L, -2, "__newindex");        /* userdata, metatable */
    lua_pushstring(L, name);                  /* userdata, metatable, name */
    lua_setfield(L, -2, "__name");            /* userdata, metatable */
    lua_pushboolean(L, 0);                    /* userdata, metatable, false */
    lua_setfield(L, -2, "__metatable");       /* userdata, metatable */
    lua_setmetatable(L, -2);                  /* userdata */
}

struct event_object *event_object_new_lj(lua_State *L)
{
    struct event_object *object = lua_newuserdatauv(L, sizeof(*object), PARAM_VALUE); /* object */

    memset(object, 0, sizeof(*object));
    lua_pushcfunction(L, object_index_lj);  /* object, index */
    seal_lj(L, "event");                    /* object */
    lua_newuserdatauv(L, 0, 0);             /* object, param */
    lua_pushvalue(L, -2);                   /* object, param, object */
    lua_pushcclosure(L, param_index_lj, 1); /* object, param, index */
    seal_lj(L, "event.param");              /* object, param */
    lua_setiuservalue(L, -2, PARAM_VALUE);  /* object */
    return object;
}
