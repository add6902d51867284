#include "modules/cjson_lua.h"

#include "base/memorybudget.h"
#include "base/text.h"
#include "event/value.h"
#include "json/cjson_integers.h"
#include "json/cjson_nuls.h"
#include "lua/budget.h"
#include "modules/json.h"

#include <lauxlib.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEEPEST 100

/* Units of the time budget that making a node takes. */
#define UNITS_OF_NODE 128

static void push_number(lua_State *L, const cJSON *number)
{
    int64_t integer;

    if (cjson_integer(number, &integer)) {
        lua_pushinteger(L, integer);
    } else if (number->valuestring != NULL) {
        lua_pushstring(L, number->valuestring); /* too large for Lua */
    } else {
        lua_pushnumber(L, number->valuedouble);
    }
}

/* A text of a tree. Stack: [] -> [string] */
static void push_text_lj(lua_State *L, const char *text)
{
    luaL_Buffer buffer;
    char *to = luaL_buffinitsize(L, &buffer, strlen(text)); /* ... */

    luaL_pushresultsize(&buffer, cjson_restore_nuls(to, text)); /* string */
}

/* Stack: [] -> [table] */
static void push_children_lj(lua_State *L, const cJSON *tree)
{
    const cJSON *child;
    lua_Integer number = 0;

    luaL_checkstack(L, 4, "a value is nested too deeply");
    lua_newtable(L); /* table */
    if (cJSON_IsArray(tree)) {
        json_push_list_mark_lj(L); /* table, mark */
        lua_setmetatable(L, -2);   /* table */
    }
    cJSON_ArrayForEach(child, tree)
    {
        if (cJSON_IsArray(tree)) {
            cjson_push_lj(L, child);      /* table, value */
            lua_rawseti(L, -2, ++number); /* table */
            continue;
        }
        push_text_lj(L, child->string);      /* table, key */
        if (lua_rawget(L, -2) == LUA_TNIL) { /* table, value: the first of equal keys counts */
            push_text_lj(L, child->string);  /* table, nil, key */
            cjson_push_lj(L, child);         /* table, nil, key, value */
            lua_rawset(L, -4);               /* table, nil */
        }
        lua_pop(L, 1); /* table */
    }
}

void cjson_push_lj(lua_State *L, const cJSON *tree)
{
    if (cJSON_IsString(tree)) {
        push_text_lj(L, tree->valuestring);
    } else if (cJSON_IsNumber(tree)) {
        push_number(L, tree);
    } else if (cJSON_IsBool(tree)) {
        lua_pushboolean(L, cJSON_IsTrue(tree));
    } else if (cJSON_IsArray(tree) || cJSON_IsObject(tree)) {
        push_children_lj(L, tree);
    } else {
        json_push_null_lj(L);
    }
}

static int delete_box(lua_State *L)
{
    cJSON **box = lua_touserdata(L, 1);

    cJSON_Delete(*box);
    *box = NULL;
    return 0;
}

/* A userdata that deletes its tree if Lua throws. Stack: [] -> [box] */
static cJSON **new_box_lj(lua_State *L)
{
    cJSON **box = lua_newuserdatauv(L, sizeof(*box), 0); /* box */

    *box = NULL;
    lua_createtable(L, 0, 1);         /* box, metatable */
    lua_pushcfunction(L, delete_box); /* box, metatable, function */
    lua_setfield(L, -2, "__gc");      /* box, metatable */
    lua_setmetatable(L, -2);          /* box */
    return box;
}

static cJSON *check_made_lj(lua_State *L, cJSON *item)
{
    if (item == NULL) {
        luaL_error(L, TEXT_NO_MEMORY);
    }
    return item;
}

/* The kind of the table at the top: cJSON_Array for a sequence, else cJSON_Object. */
static int kind_of_table_lj(lua_State *L, const char *what)
{
    size_t length = lua_rawlen(L, -1), integers = 0, strings = 0;

    lua_pushnil(L);                /* table, key */
    while (lua_next(L, -2) != 0) { /* table, key, value */
        lua_pop(L, 1);             /* table, key */
        if (value_name(L, -1) != NULL) {
            strings++;
        } else if (lua_type(L, -1) == LUA_TSTRING) {
            luaL_error(L, "%s: a key contains a NUL character", what);
        } else if (lua_isinteger(L, -1)) {
            integers++;
        } else {
            luaL_error(L, "%s: a key is a %s; expected names, or a list", what, luaL_typename(L, -1));
        }
    }
    if (strings > 0 && integers > 0) {
        luaL_error(L, "%s: names and numbers are mixed as keys", what);
    }
    if (integers != length) {
        luaL_error(L, "%s: a list with holes", what);
    }
    return integers > 0 ? cJSON_Array : cJSON_Object;
}

static cJSON *convert_lj(lua_State *L, const char *what, int depth, cJSON **box, cJSON *parent,
                         const char *key);

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The keys of the object at the top, sorted, so that the result is reproducible. Stack: [object] -> [object,
 * names] */
static const char **push_names_lj(lua_State *L, size_t *count)
{
    const char **names;
    size_t room = 0;

    lua_pushnil(L); /* object, key */
    while (lua_next(L, -2) != 0) {
        lua_pop(L, 1); /* object, key */
        room++;
    }
    names = lua_newuserdatauv(L, (room + 1) * sizeof(*names), 0); /* object, names */
    *count = 0;
    lua_pushnil(L); /* object, names, key */
    while (lua_next(L, -3) != 0) {
        lua_pop(L, 1);                           /* object, names, key */
        names[(*count)++] = lua_tostring(L, -1); /* the object keeps it alive */
    }
    qsort(names, *count, sizeof(*names), compare_names);
    return names;
}

static void convert_list_lj(lua_State *L, const char *what, int depth, cJSON *list)
{
    for (lua_Integer i = 1; i <= (lua_Integer)lua_rawlen(L, -1); i++) {
        lua_rawgeti(L, -1, i); /* table, value */
        convert_lj(L, what, depth + 1, NULL, list, NULL);
        lua_pop(L, 1); /* table */
    }
}

static void convert_object_lj(lua_State *L, const char *what, int depth, cJSON *object)
{
    char name[160];
    size_t count;
    const char **names = push_names_lj(L, &count); /* table, names */

    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "%s.%s", what, names[i]);
        lua_pushstring(L, names[i]); /* table, names, key */
        lua_rawget(L, -3);           /* table, names, value */
        convert_lj(L, name, depth + 1, NULL, object, names[i]);
        lua_pop(L, 1); /* table, names */
    }
    lua_pop(L, 1); /* table */
}

/* Converts the table at the top. The node is attached to its parent first, so that it is deleted if Lua
 * throws. */
static void convert_children_lj(lua_State *L, const char *what, int depth, cJSON *item)
{
    if (depth > DEEPEST) {
        luaL_error(L, "%s: nested too deeply", what);
    }
    luaL_checkstack(L, 8, "a value is nested too deeply");
    if (cJSON_IsArray(item)) {
        convert_list_lj(L, what, depth, item);
    } else {
        convert_object_lj(L, what, depth, item);
    }
}

/* A node for a value that is no table. */
static cJSON *make_item_lj(lua_State *L, const char *what)
{
    const char *text;
    size_t length;

    switch (lua_type(L, -1)) {
    case LUA_TSTRING:
        text = lua_tolstring(L, -1, &length);
        return cjson_create_text(text, length);
    case LUA_TNUMBER:
        if (!isfinite(lua_tonumber(L, -1))) {
            luaL_error(L, "%s: %f is no number in JSON", what, lua_tonumber(L, -1));
        }
        return lua_isinteger(L, -1) ? cjson_create_integer(lua_tointeger(L, -1))
                                    : cJSON_CreateNumber(lua_tonumber(L, -1));
    case LUA_TBOOLEAN:
        return cJSON_CreateBool(lua_toboolean(L, -1));
    case LUA_TTABLE:
        return kind_of_table_lj(L, what) == cJSON_Array ? cJSON_CreateArray() : cJSON_CreateObject();
    default:
        luaL_error(L, "%s: a %s cannot be JSON", what, luaL_typename(L, -1));
        return NULL;
    }
}

/* Converts the value at the top, and adds it to `parent` (as `key`, if that is an object), or puts it into
 * `box`. */
static cJSON *convert_lj(lua_State *L, const char *what, int depth, cJSON **box, cJSON *parent,
                         const char *key)
{
    cJSON *item;
    bool added = true;

    budget_charge_lj(L, UNITS_OF_NODE);
    item = check_made_lj(L, make_item_lj(L, what));
    if (parent == NULL) {
        *box = item;
    } else {
        added = key != NULL ? cJSON_AddItemToObject(parent, key, item) : cJSON_AddItemToArray(parent, item);
    }
    if (!added) {
        cJSON_Delete(item);
        luaL_error(L, TEXT_NO_MEMORY);
    }
    if (lua_istable(L, -1)) {
        convert_children_lj(L, what, depth, item);
    }
    return item;
}

cJSON *cjson_from_lua_lj(lua_State *L, int index, const char *what)
{
    cJSON **box, *tree;

    index = lua_absindex(L, index);
    box = new_box_lj(L);     /* box */
    lua_pushvalue(L, index); /* box, value */
    tree = convert_lj(L, what, 0, box, NULL, NULL);
    *box = NULL;
    lua_pop(L, 2); /* */
    return tree;
}

/* Adds what the value at the top takes. Stack: unchanged */
static void add_size_lj(lua_State *L, int depth, size_t most, size_t *size)
{
    int top = lua_gettop(L);

    budget_charge_lj(L, UNITS_OF_NODE);
    *size += memory_cost(sizeof(cJSON));
    if (lua_type(L, -1) == LUA_TSTRING) {
        *size += memory_cost(lua_rawlen(L, -1) + 1);
    }
    if (!lua_istable(L, -1) || depth > DEEPEST) {
        return;
    }
    luaL_checkstack(L, 8, "a value is nested too deeply");
    lua_pushnil(L);                                  /* table, key */
    while (*size <= most && lua_next(L, top) != 0) { /* table, key, value */
        add_size_lj(L, depth + 1, most, size);
        lua_pop(L, 1); /* table, key */
        *size += lua_type(L, -1) == LUA_TSTRING ? memory_cost(lua_rawlen(L, -1) + 1) : 0;
    }
    lua_settop(L, top); /* table */
}

size_t cjson_size_lj(lua_State *L, int index, size_t most)
{
    int top = lua_gettop(L);
    size_t size = 0;

    lua_pushvalue(L, index); /* value */
    add_size_lj(L, 0, most, &size);
    lua_settop(L, top); /* */
    return size;
}
