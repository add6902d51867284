#include "script/statecopy.h"

#include "lua/budget.h"
#include "modules/json.h"

#include <lauxlib.h>
#include <stdbool.h>

/* Free slots that the stack of `from` needs: an original, a key, a value, one more. */
#define ROOM 8

/* Units of the time budget that copying a pair takes. */
#define UNITS_OF_PAIR 128

/* Tables are copied breadth-first, not recursively, since they may be nested deeply. */
struct state_copy {
    lua_State *from;
    int originals;    /* index in `from` of the first original; the others stand behind it */
    int count;        /* of them */
    int seen, copies; /* indices in L: of the table of copies by the original's address, and of their list */
};

/* Copies lure.json.null, which is a different userdata in each state. Stack of L: [] -> [null], or unchanged
 */
static bool copy_null_lj(lua_State *L, lua_State *from, int index)
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

/* Copies the metatable that marks lists. Stack of L: [copy] unchanged */
static void copy_mark_lj(lua_State *L, lua_State *from, int index)
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
static void copy_table_lj(lua_State *L, struct state_copy *copy, int index, int above)
{
    lua_State *from = copy->from;
    const void *address = lua_topointer(from, index);

    if (lua_rawgetp(L, copy->seen, address) != LUA_TNIL) { /* copy */
        return;
    }
    lua_pop(L, 1);                               /* */
    lua_newtable(L);                             /* copy */
    copy_mark_lj(L, from, index);                /* copy */
    lua_pushvalue(L, -1);                        /* copy, copy */
    lua_rawsetp(L, copy->seen, address);         /* copy */
    lua_pushvalue(L, -1);                        /* copy, copy */
    lua_rawseti(L, copy->copies, ++copy->count); /* copy */
    if (!lua_checkstack(from, ROOM)) {
        luaL_error(L, "too much to copy: %d tables, or not enough memory", copy->count);
    }
    lua_pushvalue(from, index);
    lua_insert(from, -1 - above);
}

/* A copy of the value at `index` of `from`, with `above` values at the top that are to stay there. False: it
 * is left out. Stack of L: [] -> [copy], or unchanged */
static bool copy_value_lj(lua_State *L, struct state_copy *copy, int index, int above)
{
    lua_State *from = copy->from;
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
        return copy_null_lj(L, from, index);
    case LUA_TTABLE:
        copy_table_lj(L, copy, index, above);
        return true;
    default:
        return false;
    }
}

/* Copies the pair at the top of `from`. Stack of L: [..., table] unchanged; of from: [key, value] unchanged
 */
static void copy_pair_lj(lua_State *L, struct state_copy *copy)
{
    int table = lua_gettop(L);

    if (copy_value_lj(L, copy, -2, 2) && copy_value_lj(L, copy, -1, 2)) { /* table, key, value */
        lua_rawset(L, table);                                             /* table */
    }
    lua_settop(L, table);
}

/* The next pair of the table at `index` of `from`. The time is `L`'s: where that of `from` is up, lua_next
 * would throw there, where nothing is protected. Stack of from: [key] -> [key, value], or [] at the end */
static bool next_pair_lj(lua_State *L, lua_State *from, int index)
{
    budget_charge_lj(L, UNITS_OF_PAIR);
    budget_fill(from);
    return lua_next(from, index) != 0;
}

void state_copy_lj(lua_State *L, lua_State *from)
{
    struct state_copy copy = {.from = from, .originals = lua_gettop(from) + 1};

    luaL_checkstack(L, ROOM, NULL);
    lua_newtable(L); /* seen */
    copy.seen = lua_gettop(L);
    lua_newtable(L); /* seen, copies */
    copy.copies = lua_gettop(L);
    if (!lua_checkstack(from, ROOM)) {
        luaL_error(L, "not enough memory to copy anything");
    }
    if (!copy_value_lj(L, &copy, -1, 0)) { /* seen, copies, copy */
        lua_pushnil(L);
    }
    for (int i = 0; i < copy.count; i++) {
        lua_rawgeti(L, copy.copies, i + 1); /* seen, copies, copy, table */
        lua_pushnil(from);                  /* from: originals, key */
        while (next_pair_lj(L, from, copy.originals + i)) {
            copy_pair_lj(L, &copy);
            lua_pop(from, 1); /* from: originals, key */
        }
        lua_pop(L, 1); /* seen, copies, copy */
    }
    lua_settop(from, copy.originals - 1);
    lua_replace(L, copy.seen); /* copy, copies */
    lua_settop(L, copy.seen);  /* copy */
}
