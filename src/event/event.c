#include "event/event.h"

#include "event/eventtable.h"
#include "event/parameters.h"
#include "lua/calls.h"

#include <lauxlib.h>
#include <string.h>

/* Where the object keeps `event.param`. */
#define PARAM_VALUE 1

/* Pushes the type's name, or its number where the table does not know it. Stack: [] -> [type] */
static void push_type(lua_State *L, uint16_t type)
{
    struct event_info info;

    if (event_info(type, &info)) {
        lua_pushstring(L, info.name); /* name */
    } else {
        lua_pushinteger(L, type); /* number */
    }
}

/* Pushes the payload as a string, made once per event; nil where there is none. Stack: [] -> [payload] */
static void push_data_lj(lua_State *L, struct event_object *object)
{
    const struct event *event = object->event;

    if (!event->has_payload) {
        lua_pushnil(L); /* nil */
    } else if (object->text == object->shown) {
        calls_push_kept(L, object->place); /* string */
    } else {
        lua_pushlstring(L, event->data, event->size); /* string */
        calls_keep(L, object->place);
        object->text = object->shown;
    }
}

/* Keys of the object that need no more than a look at the event. */
static int push_key_lj(lua_State *L, struct event_object *object, const char *key)
{
    const struct event *event = object->event;

    if (strcmp(key, "data") == 0) {
        push_data_lj(L, object);
    } else if (strcmp(key, "num") == 0) {
        lua_pushinteger(L, (lua_Integer)event->num);
    } else if (strcmp(key, "ts") == 0) {
        lua_pushinteger(L, (lua_Integer)event->ts);
    } else if (strcmp(key, "tid") == 0) {
        lua_pushinteger(L, (lua_Integer)event->tid);
    } else if (strcmp(key, "type") == 0) {
        push_type(L, event->type);
    } else if (strcmp(key, "param") == 0) {
        lua_getiuservalue(L, 1, PARAM_VALUE);
    } else if (strcmp(key, "source") == 0) {
        lua_pushstring(L, event->source);
    } else {
        return luaL_error(L, "an event has no \"%s\"; it has data, num, ts, source, type, tid and param",
                          key);
    }
    return 1;
}

static int object_index_lj(lua_State *L)
{
    struct event_object *object = lua_touserdata(L, 1);

    if (object->event == NULL) {
        return luaL_error(L, "this event is gone: it is valid only inside the call that was given it");
    }
    return push_key_lj(L, object, luaL_checkstring(L, 2));
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
