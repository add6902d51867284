#include "script/statecopy.h"

#include "modules/json.h"

#include <lauxlib.h>
#include <stdbool.h>

/* What must be free on the stack of `from`: an original, a key, a value, one more. */
#define ROOM 8

/* Tables are copied in the order in which they are met, not within one another: nesting may be deep. */
struct carrying {
    lua_State *from;
    int originals;    /* index in `from` of the first original; the others stand behind it */
    int count;        /* of them */
    int seen, copies; /* indices in L: of the table of copies by the original's address, and of their list */
};

/* Both nulls are one of their state. Stack of L: [] -> [null], or unchanged */
static bool carry_null_lj(lua_State *L, lua_State *from, int index)
{
    bool is_null;

    index = lua_absindex(from, index);
    json_push_null_lj(from); /* from: null, or nil where the script does not use the module */
    is_null = lua_rawequal(from, index, -1);
    lua_pop(from, 1); /* from: */
    if (is_null) {
        json_push_null_lj(L); /* null */
    }
    return is_null;
}

/* A list that lure.json has marked stays one, also when it is empty. Stack of L: [copy] unchanged */
static void carry_mark_lj(lua_State *L, lua_State *from, int index)
{
    bool is_marked;

    lua_pushvalue(from, index); /* from: original */
    is_marked = json_is_marked_lj(from);
    lua_pop(from, 1); /* from: */
    if (is_marked) {
        json_push_list_mark_lj(L); /* copy, mark, or nil where the script does not use the module */
        lua_setmetatable(L, -2);   /* copy */
    }
}

/* Stack of L: [] -> [copy]; of from: the original goes below `above` values at its top, where it is new */
static void carry_table_lj(lua_State *L, struct carrying *carrying, int index, int above)
{
    lua_State *from = carrying->from;
    const void *address = lua_topointer(from, index);

    if (lua_rawgetp(L, carrying->seen, address) != LUA_TNIL) { /* copy */
        return;
    }
    lua_pop(L, 1);                                       /* */
    lua_newtable(L);                                     /* copy */
    carry_mark_lj(L, from, index);                       /* copy */
    lua_pushvalue(L, -1);                                /* copy, copy */
    lua_rawsetp(L, carrying->seen, address);             /* copy */
    lua_pushvalue(L, -1);                                /* copy, copy */
    lua_rawseti(L, carrying->copies, ++carrying->count); /* copy */
    if (!lua_checkstack(from, ROOM)) {
        luaL_error(L, "too much to carry over: %d tables, or not enough memory", carrying->count);
    }
    lua_pushvalue(from, index);
    lua_insert(from, -1 - above);
}

/* A copy of the value at `index` of `from`, with `above` values at the top that are to stay there. False: it
 * is left out. Stack of L: [] -> [copy], or unchanged */
static bool carry_value_lj(lua_State *L, struct carrying *carrying, int index, int above)
{
    lua_State *from = carrying->from;
    const char *text;
    size_t length;

    switch (lua_type(from, index)) {
    case LUA_TNIL:
        lua_pushnil(L);
        return true;
    case LUA_TBOOLEAN:
        lua_pushboolean(L, lua_toboolean(from, index));
        return true;
    case LUA_TNUMBER:
        if (lua_isinteger(from, index)) {
            lua_pushinteger(L, lua_tointeger(from, index));
        } else {
            lua_pushnumber(L, lua_tonumber(from, index));
        }
        return true;
    case LUA_TSTRING:
        text = lua_tolstring(from, index, &length);
        lua_pushlstring(L, text, length);
        return true;
    case LUA_TLIGHTUSERDATA: /* lure.TIMEOUT, lure.ARG: the same in all states */
        lua_pushlightuserdata(L, lua_touserdata(from, index));
        return true;
    case LUA_TUSERDATA:
        return carry_null_lj(L, from, index);
    case LUA_TTABLE:
        carry_table_lj(L, carrying, index, above);
        return true;
    default:
        return false;
    }
}

/* Copies the pair at the top of `from`. Stack of L: [..., table] unchanged; of from: [key, value] unchanged
 */
static void carry_pair_lj(lua_State *L, struct carrying *carrying)
{
    int table = lua_gettop(L);

    if (carry_value_lj(L, carrying, -2, 2) && carry_value_lj(L, carrying, -1, 2)) { /* table, key, value */
        lua_rawset(L, table);                                                       /* table */
    }
    lua_settop(L, table);
}

void carry_lj(lua_State *L, lua_State *from)
{
    struct carrying carrying = {.from = from, .originals = lua_gettop(from) + 1};

    luaL_checkstack(L, ROOM, NULL);
    lua_newtable(L); /* seen */
    carrying.seen = lua_gettop(L);
    lua_newtable(L); /* seen, copies */
    carrying.copies = lua_gettop(L);
    if (!lua_checkstack(from, ROOM)) {
        luaL_error(L, "not enough memory to carry anything over");
    }
    if (!carry_value_lj(L, &carrying, -1, 0)) { /* seen, copies, copy */
        lua_pushnil(L);
    }
    for (int i = 0; i < carrying.count; i++) {
        lua_rawgeti(L, carrying.copies, i + 1); /* seen, copies, copy, table */
        lua_pushnil(from);                      /* from: originals, key */
        while (lua_next(from, carrying.originals + i) != 0) {
            carry_pair_lj(L, &carrying);
            lua_pop(from, 1); /* from: originals, key */
        }
        lua_pop(L, 1); /* seen, copies, copy */
    }
    lua_settop(from, carrying.originals - 1);
    lua_replace(L, carrying.seen); /* copy, copies */
    lua_settop(L, carrying.seen);  /* copy */
}
