/*
 * userdata: a faster lua_newuserdatauv for many userdata of one type (documents of lure.json).
 */
#ifndef LURE_LUA_USERDATA_H
#define LURE_LUA_USERDATA_H

#include <lua.h>
#include <stddef.h>

/*
 * lua_newuserdatauv, with the metatable, and the first user value, of the userdata that is so many below the
 * top, 1 is the last. Their metatable has no `__gc`. Stack: [] -> [userdata]
 */
void *userdata_new_like_lj(lua_State *L, int below, size_t size, int values);

/* The value becomes user value `place` of the userdata that is user value `holder` of the one below it.
 * Stack: [userdata, value] unchanged */
void userdata_keep(lua_State *L, int holder, int place);

#endif
