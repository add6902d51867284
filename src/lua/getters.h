/*
 * getters: a fast `__index` for userdata: Lua's VM calls the getter in C, without a Lua call frame.
 *
 * getters_push_lj pushes an ordinary C function, for `__index`. Lua's VM recognizes it
 * (src/lua/vmshortcuts.h, by cmake/patch-lua.cmake) and calls the getter itself: making a call frame,
 * and copying arguments and result, takes longer than to find a value.
 *
 * The userdata begins with the address of its `struct getter`; other userdata is refused.
 */
#ifndef LURE_LUA_GETTERS_H
#define LURE_LUA_GETTERS_H

#include <lua.h>
#include <stddef.h>

/* The key: behind the dot, or in the brackets. */
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
     * It must not use luaL_Buffer: a full one marks the frame (lua_toclose), which then returns wrong
     * results. Stack: [object] -> [object, value]
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
