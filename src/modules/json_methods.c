/* lure.json.parse, and what scripts do with documents (json_document.h). */
#include "json/jsonlookup.h"
#include "json/jsonpointer.h"
#include "json/jsonscalars.h"
#include "modules/json.h"
#include "modules/json_document.h"

#include <lauxlib.h>
#include <string.h>

/* ---- methods ---- */

/* The document that a method was called with. */
static struct document *check_document_lj(lua_State *L)
{
    return getters_check_lj(L, 1, &document_getter);
}

/* Where what a key or a number names is; NULL: nowhere. Stack: [document, key, document] unchanged */
static const char *find_child_lj(lua_State *L, struct document *document)
{
    struct json_key found;
    size_t length;
    const char *key, *at = NULL;
    lua_Integer number;

    if (lua_type(L, 2) == LUA_TSTRING) {
        key = lua_tolstring(L, 2, &length);
        if (*document->at == '{') {
            at = document_find_member_lj(L, document, key, length, &found);
        }
        return at;
    }
    number = lua_tointeger(L, 2); /* 0, which is none, for what is no integer */
    return number >= 1 && *document->at == '[' ? document_find_element_lj(L, document, (uint64_t)number - 1)
                                               : NULL;
}

/* document:raw(key): a value as it is written */
static int raw_lj(lua_State *L)
{
    struct document *document = check_document_lj(L);
    const char *at, *end;

    luaL_checkany(L, 2);
    lua_settop(L, 2);
    lua_pushvalue(L, 1); /* document, key, document */
    at = find_child_lj(L, document);
    if (at == NULL || (!is_container(at) && !document_push_scalar_lj(L, at, document->end, false))) {
        lua_pushnil(L);
        return 1;
    }
    end = json_skip_value(at, document->end);
    lua_pushlstring(L, at, (size_t)((end != NULL ? end : document->end) - at));
    return 1;
}

static int newindex_lj(lua_State *L)
{
    return luaL_error(L, "a JSON document cannot be changed; its table() makes a table, which can");
}

/* #document: of a list */
static int length_lj(lua_State *L)
{
    struct document *document = check_document_lj(L);

    lua_settop(L, 1); /* document */
    lua_pushinteger(L, *document->at == '[' ? document_count_lj(L, document) : 0);
    return 1;
}

/* The text as it stands. */
static int tostring_lj(lua_State *L)
{
    const struct document *document = check_document_lj(L);
    const char *end = json_container_end(document->at, document->end);

    lua_pushlstring(L, document->at, (size_t)((end != NULL ? end : document->end) - document->at));
    return 1;
}

/* The value that a part of a pointer names in the value at `at`, which may be the document.
 * Stack: [document, ...] unchanged */
static const char *find_part_lj(lua_State *L, struct document *document, const char *at,
                                const struct pointer_part *part)
{
    struct json_key found;

    if (at != document->at || *at != '{') {
        return json_find_part(at, document->end, part);
    }
    lua_pushvalue(L, 1); /* document, ..., document */
    at = document_find_member_lj(L, document, part->text, part->length, &found);
    lua_pop(L, 1); /* document, ... */
    return at;
}

/* document:get(pointer) */
static int get_pointer_lj(lua_State *L)
{
    struct document *document = check_document_lj(L);
    const char *at = document->at, *from = luaL_checkstring(L, 2), *pointer = from;
    size_t left = lua_rawlen(L, 2);
    struct pointer_part part;
    char small[256], *room = small;

    if (left > 0 && *from != '/') {
        return luaL_error(L, "\"%s\" is no JSON Pointer: " POINTER_BEGIN, pointer);
    }
    if (left >= sizeof(small)) {
        room = lua_newuserdatauv(L, left, 0); /* document, pointer, room */
    }
    while (left > 0) {
        const char *slash = memchr(from + 1, '/', left - 1);
        size_t length = slash != NULL ? (size_t)(slash - from) : left;

        if (!pointer_read_part(&part, room, from + 1, length - 1)) {
            return luaL_error(L, "\"%s\" is no JSON Pointer: " POINTER_ESCAPES, pointer);
        }
        at = at != NULL ? find_part_lj(L, document, at, &part) : NULL;
        from += length;
        left -= length;
    }
    document_take_time(L, document->at, at, document->end);
    lua_settop(L, 1);                                                  /* document */
    if (at == NULL || !document_push_value_lj(L, at, document->end)) { /* document, value */
        lua_pushnil(L);                                                /* document, ..., nil */
    }
    return 1;
}

/* document:table() */
static int table_lj(lua_State *L)
{
    const struct document *document = check_document_lj(L);

    lua_settop(L, 1);                                                        /* document */
    lua_getiuservalue(L, 1, DOCUMENT_TEXT);                                  /* document, text */
    lua_replace(L, 1);                                                       /* text */
    json_decode_part_lj(L, lua_tostring(L, 1), document->at, document->end); /* text, ..., value */
    return 1;
}

/* ---- iteration ---- */

/* The next of pairs(list): of the values, their numbers in front. Stack: [document, number] */
static int next_element_lj(lua_State *L)
{
    struct document *document = check_document_lj(L);
    lua_Integer number = luaL_checkinteger(L, 2);
    const char *at;

    number = number < 0 ? 0 : number;
    do {
        lua_settop(L, 1); /* document */
        at = *document->at == '[' ? document_find_element_lj(L, document, (uint64_t)number) : NULL;
        if (at == NULL) {
            return 0;
        }
        number++;
    } while (!document_push_value_lj(L, at, document->end)); /* document, value */
    lua_pushinteger(L, number);                              /* document, value, number */
    lua_insert(L, -2);                                       /* document, number, value */
    return 2;
}

/* The next of pairs(object); upvalues: the document, how far behind its begin the next key is, the keys so
 * far. */
static int next_pair_lj(lua_State *L)
{
    const struct document *document = lua_touserdata(L, lua_upvalueindex(1));
    const char *begin = document->at + lua_tointeger(L, lua_upvalueindex(2)), *end = document->end;
    const char *at = begin, *value;
    struct json_key key;
    bool found = false;

    while (!found && at != NULL && at < end && *at != '}') {
        value = json_read_key(at, end, &key);
        at = value != NULL ? json_next_element(json_skip_value(value, end), end, '}') : NULL;
        lua_settop(L, 0);
        if (value == NULL || json_push_string_lj(L, key.begin, key.close) != NULL) { /* key */
            continue;
        }
        lua_pushvalue(L, 1);                                  /* key, key */
        if (lua_rawget(L, lua_upvalueindex(3)) != LUA_TNIL) { /* key, seen */
            continue;
        }
        lua_pushvalue(L, 1);                           /* key, nil, key */
        lua_pushboolean(L, 1);                         /* key, nil, key, true */
        lua_rawset(L, lua_upvalueindex(3));            /* key, nil */
        lua_settop(L, 1);                              /* key */
        lua_pushvalue(L, lua_upvalueindex(1));         /* key, document */
        found = document_push_value_lj(L, value, end); /* key, document, value */
        if (found) {
            lua_remove(L, 2); /* key, value */
        }
    }
    document_take_time(L, begin, at, end);
    lua_pushinteger(L, (at != NULL ? at : end) - document->at); /* ..., place */
    lua_replace(L, lua_upvalueindex(2));                        /* ... */
    return found ? 2 : 0;
}

/* pairs(document) */
static int pairs_lj(lua_State *L)
{
    const struct document *document = check_document_lj(L);
    const char *at = json_skip_space(document->at + 1, document->end);

    document_take_time(L, document->at, at, document->end);
    lua_settop(L, 1); /* document */
    if (*document->at == '[') {
        lua_pushcfunction(L, next_element_lj); /* document, next */
        lua_insert(L, 1);                      /* next, document */
        lua_pushinteger(L, 0);                 /* next, document, 0 */
        return 3;
    }
    lua_pushinteger(L, at - document->at); /* document, place */
    lua_newtable(L);                       /* document, place, keys */
    lua_pushcclosure(L, next_pair_lj, 3);  /* next */
    return 1;
}

/* ---- the module's ---- */

const char *json_document_text(lua_State *L, int index, const char **end)
{
    const struct document *document = getters_object(L, index, &document_getter);

    if (document == NULL) {
        return NULL;
    }
    *end = json_container_end(document->at, document->end);
    document_take_time(L, document->at, *end, document->end);
    return document->at;
}

void json_push_decoded_lj(lua_State *L, int index)
{
    lua_pushvalue(L, index);        /* document */
    lua_pushcfunction(L, table_lj); /* document, table */
    lua_insert(L, -2);              /* table, document */
    lua_call(L, 1, 1);              /* value */
}

int json_parse_lj(lua_State *L)
{
    const char *text, *at, *end;
    size_t length;

    luaL_checktype(L, 1, LUA_TSTRING);
    text = lua_tolstring(L, 1, &length);
    end = text + length;
    at = json_begin(text, end);
    document_take_time(L, text, at, end);
    if (at < end && is_container(at)) {
        document_push_root_lj(L, at, end); /* text, document */
        return 1;
    }
    if (at == end || !document_push_scalar_lj(L, at, end, true)) { /* text, value */
        return luaL_error(L, "no JSON: expected a value at byte %I", (lua_Integer)(at - text) + 1);
    }
    return 1;
}

void json_document_open_lj(lua_State *L)
{
    static const luaL_Reg functions[] = {{"__newindex", newindex_lj},
                                         {"__len", length_lj},
                                         {"__tostring", tostring_lj},
                                         {"__pairs", pairs_lj},
                                         {"get", get_pointer_lj},
                                         {"table", table_lj},
                                         {"raw", raw_lj},
                                         {NULL, NULL}};

    luaL_newlib(L, functions);            /* metatable */
    getters_push_lj(L, &document_getter); /* metatable, index */
    lua_setfield(L, -2, "__index");       /* metatable */
    lua_pushstring(L, document_getter.name);
    lua_setfield(L, -2, "__name");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &document_getter); /* */
}
