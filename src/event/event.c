#include "event/event.h"

#include <lauxlib.h>
#include <string.h>

/* Keys of the object that need no more than a look at the event. */
static int push_key_lj(lua_State *L, struct event_object *object, const char *key)
{
    const struct event *event = object->event;

    if (strcmp(key, "data") == 0) {
        event_object_push_data_lj(L, 1, object);
    } else if (strcmp(key, "num") == 0) {
        lua_pushinteger(L, (lua_Integer)event->num);
    } else if (strcmp(key, "ts") == 0) {
        lua_pushinteger(L, (lua_Integer)event->ts);
    } else if (strcmp(key, "tid") == 0) {
        lua_pushinteger(L, (lua_Integer)event->tid);
    } else if (strcmp(key, "type") == 0) {
        lua_pushliteral(L, EVENT_TYPE_PLUGIN_NAME);
    } else if (strcmp(key, "source") == 0) {
        lua_pushstring(L, event->source);
    } else {
        return luaL_error(L, "an event has no \"%s\"; it has data, num, ts, source, type and tid", key);
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

static int object_newindex_lj(lua_State *L)
{
    return luaL_error(L, "an event cannot be changed");
}

struct event_object *event_object_new_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"__index", object_index_lj},
        {"__newindex", object_newindex_lj},
        {NULL, NULL},
    };
    struct event_object *object = lua_newuserdatauv(L, sizeof(*object), 1); /* object */

    memset(object, 0, sizeof(*object));
    luaL_newlib(L, methods);            /* object, metatable */
    lua_pushliteral(L, "event");        /* object, metatable, name */
    lua_setfield(L, -2, "__name");      /* object, metatable */
    lua_pushboolean(L, 0);              /* object, metatable, false */
    lua_setfield(L, -2, "__metatable"); /* object, metatable */
    lua_setmetatable(L, -2);            /* object */
    return object;
}

void event_object_push_data_lj(lua_State *L, int index, struct event_object *object)
{
    if (object->text == object->shown) {
        lua_getiuservalue(L, index, 1); /* string */
        return;
    }
    index = lua_absindex(L, index);
    lua_pushlstring(L, object->event->data, object->event->size); /* string */
    lua_pushvalue(L, -1);                                         /* string, string */
    lua_setiuservalue(L, index, 1);                               /* string */
    object->text = object->shown;
}
