/*
 * getters: `__index` of a userdata, answered without a call.
 *
 * What getters_push_lj pushes is a C function like any other. But Lua's own loop knows it
 * (src/lua/getdirect.h, by cmake/patch-lua.cmake), and asks the getter itself: without the function's place
 * on the stack, its arguments and its result, which take longer than to find a value.
 *
 * The userdata begins with the address of its `struct getter`; what does not is refused.
 */
#ifndef LURE_LUA_GETTERS_H
#define LURE_LUA_GETTERS_H

#include <lua.h>
#include <stddef.h>

/* What stands behind the dot, or in the brackets. */
struct getter_key {
    const char *text; /* NULL: it is no string */
    size_t length;
    lua_Integer number; /* of an integer; else 0 */
};

struct getter {
    const char *name; /* of the type, for messages */
    /*
     * Pushes one value; as little as a metamethod may it yield. It may run in the frame of a Lua function:
     * the stack has LUA_MINSTACK places, but those below [object] are not its own, and it has no upvalues.
     * luaL_Buffer is not for here: where it is full it marks the frame (lua_toclose), which then returns
     * other results than were asked for.
     * Stack: [object] -> [object, value]
     */
    void (*get_lj)(lua_State *L, void *object, const struct getter_key *key);
};

/* Stack: [] -> [function] */
void getters_push_lj(lua_State *L, const struct getter *getter);

/* That function. */
int getters_index_lj(lua_State *L);

/* The object of this kind at `index`; throws for anything else. */
void *getters_check_lj(lua_State *L, int index, const struct getter *getter);

/* The same; NULL for anything else. */
void *getters_object(lua_State *L, int index, const struct getter *getter);

#endif
