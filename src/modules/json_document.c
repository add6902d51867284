/* lure.json.parse: documents, in whose text a value is looked for when a script asks for it. */
#include "json/json.h"
#include "json/jsonfind.h"
#include "json/pointer.h"
#include "lua/ticks.h"
#include "modules/json.h"

#include <lauxlib.h>
#include <stdint.h>
#include <string.h>

/* A key that was found in an object, and where its value is. */
struct known_key {
    struct json_key key;
    const char *value;
};

/* How many of them an object remembers. */
#define KNOWN_KEYS 4

/*
 * A list or an object. Its first user value is the text. What it was asked for before it finds again at once,
 * so that a loop over the elements of a list takes no longer than their text is, however each is asked for:
 * a list knows its last element, an object the last keys that took long or led to a document. Documents that
 * were made of these are in the user values behind the first.
 */
struct document {
    const char *kind;     /* &document_kind: this userdata is a document */
    const char *at, *end; /* its opening bracket; the text's end */
    uint64_t number;      /* of a list: the element that was found last, from 1; 0: none */
    const char *element;  /* where that begins */
    const char *child;    /* of a list: the element whose document is kept; NULL: none */
    lua_Integer count;    /* of a list: its elements; -1: nobody asked yet */
    unsigned known;       /* keys that were ever remembered; the latest KNOWN_KEYS are: */
    struct known_key keys[];
};

/* Values that are so many bytes behind the begin of their object are remembered. */
#define FAR 256

/* Registry key of the metatable, and what a document begins with: its address. */
static const char document_kind = 'd';

/* Bytes of text that take about as long as a step of the script. */
#define BYTES_OF_STEP 4096

/* A huge text counts for the limit of time: a search in it went from `from` to `to`, or `end` if that is
 * NULL.
 */
static void take_time(lua_State *L, const char *from, const char *to, const char *end)
{
    size_t steps = (size_t)((to != NULL ? to : end) - from) / BYTES_OF_STEP;

    if (steps > 0) {
        ticks_take(L, steps);
    }
}

/* The document that a method was called with. */
static struct document *check_document_lj(lua_State *L)
{
    struct document *document = lua_type(L, 1) == LUA_TUSERDATA ? lua_touserdata(L, 1) : NULL;

    if (document == NULL || lua_rawlen(L, 1) < sizeof(*document) || document->kind != &document_kind) {
        luaL_typeerror(L, 1, "JSON document");
    }
    return document;
}

/* ---- values ---- */

/* A document of what begins at `at`. `holder`: the index of the text, or of a document in it. Stack: [] ->
 * [document] */
static void push_document_lj(lua_State *L, int holder, const char *at, const char *end)
{
    int keys = *at == '{' ? KNOWN_KEYS : 0;
    size_t size = sizeof(struct document) + (size_t)keys * sizeof(struct known_key);
    struct document *document = lua_newuserdatauv(L, size, keys > 0 ? 1 + keys : 2); /* document */

    *document = (struct document){.kind = &document_kind, .at = at, .end = end, .count = -1};
    if (lua_type(L, holder) == LUA_TSTRING) {
        lua_pushvalue(L, holder); /* document, text */
    } else {
        lua_getiuservalue(L, holder, 1); /* document, text */
    }
    lua_setiuservalue(L, -2, 1);                       /* document */
    lua_rawgetp(L, LUA_REGISTRYINDEX, &document_kind); /* document, metatable */
    lua_setmetatable(L, -2);                           /* document */
}

static bool is_word(const char *at, const char *end, const char *word, size_t length)
{
    return (size_t)(end - at) >= length && memcmp(at, word, length) == 0 && json_ends_word(at + length, end);
}

/* A word or a number. `ends_text`: a number may end where the text does; elsewhere it may have been cut off
 * there. Stack: [] -> [value], or unchanged */
static bool push_plain_lj(lua_State *L, const char *at, const char *end, bool ends_text)
{
    bool integer;
    size_t length;

    if (*at == 't' || *at == 'f') {
        lua_pushboolean(L, *at == 't');
        return is_word(at, end, "true", 4) || is_word(at, end, "false", 5);
    }
    if (*at == 'n') {
        json_push_null_lj(L);
        return is_word(at, end, "null", 4);
    }
    length = json_number_length(at, end, &integer);
    if (length == 0 || !json_ends_word(at + length, end) || (at + length == end && !ends_text)) {
        return false;
    }
    json_push_number_lj(L, at, length, integer);
    return true;
}

/* What begins at `at`; `holder` as above. False: nothing that is a value, and anything may be on the stack.
 * Stack: [] -> [value] */
static bool push_value_lj(lua_State *L, int holder, const char *at, const char *end, bool ends_text)
{
    const char *close;
    bool escaped;

    switch (*at) {
    case '{':
    case '[':
        push_document_lj(L, holder, at, end);
        return true;
    case '"':
        close = json_string_end(at + 1, end, &escaped);
        return close != NULL && json_push_string_lj(L, at + 1, close) == NULL;
    default:
        return push_plain_lj(L, at, end, ends_text);
    }
}

/* The result of a function of the document at 1: what was found in it. */
static int answer_lj(lua_State *L, const char *at, const char *end)
{
    if (at == NULL || !push_value_lj(L, 1, at, end, false)) { /* ..., value */
        lua_pushnil(L);                                       /* ..., nil */
    }
    return 1;
}

/* ---- the script's ---- */

/* Element number `number` of the list, from 1; NULL: there is none. */
static const char *find_element(struct document *document, uint64_t number)
{
    const char *at;

    if (document->number > 0 && document->number <= number) {
        at = json_find_element(document->element, document->end, number - document->number);
    } else {
        at = json_find_element(json_first_element(document->at, document->end), document->end, number - 1);
    }
    if (at != NULL) {
        document->number = number;
        document->element = at;
    }
    return at;
}

/* The same for a script. */
static const char *find_element_lj(lua_State *L, struct document *document, lua_Integer number)
{
    const char *from = document->element != NULL ? document->element : document->at, *at;

    if (number < 1 || *document->at != '[') {
        return NULL;
    }
    at = find_element(document, (uint64_t)number);
    take_time(L, at == NULL || at >= from ? from : document->at, at, document->end);
    return at;
}

/* Where the value of a key is, NULL: nowhere. `*slot` is the user value for its document; 0: none. */
static const char *find_value_lj(lua_State *L, struct document *document, const char *key, size_t length,
                                 int *slot)
{
    unsigned known = document->known < KNOWN_KEYS ? document->known : KNOWN_KEYS;
    struct known_key found;

    *slot = 0;
    for (unsigned i = 0; i < known; i++) {
        if (json_is_key(&document->keys[i].key, key, length)) {
            *slot = 2 + (int)i;
            return document->keys[i].value;
        }
    }
    found.value = json_find_key(document->at, document->end, key, length, &found.key);
    take_time(L, document->at, found.value, document->end);
    if (found.value != NULL &&
        (*found.value == '{' || *found.value == '[' || found.value - document->at > FAR)) {
        *slot = 2 + (int)(document->known % KNOWN_KEYS);
        document->keys[document->known++ % KNOWN_KEYS] = found;
        lua_pushnil(L);                 /* ..., nil */
        lua_setiuservalue(L, 1, *slot); /* ... */
    }
    return found.value;
}

/* The result of an index: the document that user value `slot` keeps, or a new one. */
static int answer_child_lj(lua_State *L, const char *at, const char *end, int slot)
{
    if (lua_getiuservalue(L, 1, slot) == LUA_TUSERDATA) { /* ..., document */
        return 1;
    }
    push_document_lj(L, 1, at, end); /* ..., nil, document */
    lua_pushvalue(L, -1);            /* ..., nil, document, document */
    lua_setiuservalue(L, 1, slot);   /* ..., nil, document */
    return 1;
}

/* Where what a key or a number names is; NULL: nowhere. `*slot`: see above. */
static const char *find_child_lj(lua_State *L, struct document *document, int *slot)
{
    size_t length;
    const char *at, *key;

    *slot = 0;
    if (lua_type(L, 2) == LUA_TSTRING) {
        key = lua_tolstring(L, 2, &length);
        return *document->at == '{' ? find_value_lj(L, document, key, length, slot) : NULL;
    }
    at = find_element_lj(L, document, lua_tointeger(L, 2)); /* 0, which is none, for what is no integer */
    if (at != NULL && (*at == '{' || *at == '[')) {
        *slot = 2;
        if (document->child != at) {
            document->child = at;
            lua_pushnil(L);             /* ..., nil */
            lua_setiuservalue(L, 1, 2); /* ... */
        }
    }
    return at;
}

/* The methods, which are the upvalues of index_lj in this order. */
static const struct {
    const char *name;
    size_t length;
} methods[] = {{"get", 3}, {"table", 5}, {"raw", 3}};

/* document.key, document[number] */
static int index_lj(lua_State *L)
{
    struct document *document = lua_touserdata(L, 1);
    const char *at;
    int slot;

    for (int i = 0; lua_type(L, 2) == LUA_TSTRING && i < 3; i++) {
        if (lua_rawlen(L, 2) == methods[i].length &&
            memcmp(lua_tostring(L, 2), methods[i].name, methods[i].length) == 0) {
            lua_pushvalue(L, lua_upvalueindex(1 + i));
            return 1;
        }
    }
    at = find_child_lj(L, document, &slot);
    if (slot > 0 && (*at == '{' || *at == '[')) {
        return answer_child_lj(L, at, document->end, slot);
    }
    return answer_lj(L, at, document->end);
}

/* document:raw(key): a value as it is written */
static int raw_lj(lua_State *L)
{
    struct document *document = check_document_lj(L);
    const char *at, *end;
    int slot;

    luaL_checkany(L, 2);
    lua_settop(L, 2);
    at = find_child_lj(L, document, &slot);
    if (at == NULL || !push_value_lj(L, 1, at, document->end, false)) {
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
    struct document *document = lua_touserdata(L, 1);
    const char *at = *document->at == '[' ? json_first_element(document->at, document->end) : NULL;
    lua_Integer count = 0;

    if (document->count >= 0) {
        lua_pushinteger(L, document->count);
        return 1;
    }

    for (; at != NULL && *at != ']'; count++) {
        at = json_next_element(json_skip_value(at, document->end), document->end, ']');
    }
    take_time(L, document->at, at, document->end);
    document->count = count;
    lua_pushinteger(L, count);
    return 1;
}

/* The text as it stands. */
static int tostring_lj(lua_State *L)
{
    const struct document *document = lua_touserdata(L, 1);
    const char *end = json_container_end(document->at, document->end);

    lua_pushlstring(L, document->at, (size_t)((end != NULL ? end : document->end) - document->at));
    return 1;
}

/* document:get(pointer) */
static int get_lj(lua_State *L)
{
    const struct document *document = check_document_lj(L);
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
        at = at != NULL ? json_find_part(at, document->end, &part) : NULL;
        from += length;
        left -= length;
    }
    take_time(L, document->at, at, document->end);
    return answer_lj(L, at, document->end);
}

/* document:table() */
static int table_lj(lua_State *L)
{
    const struct document *document = check_document_lj(L);

    lua_settop(L, 1);                                                        /* document */
    lua_getiuservalue(L, 1, 1);                                              /* document, text */
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

    do {
        lua_settop(L, 1);
        number = number < 0 ? 1 : number + 1;
        at = find_element_lj(L, document, number);
        if (at == NULL) {
            return 0;
        }
        lua_pushinteger(L, number);                           /* document, number */
    } while (!push_value_lj(L, 1, at, document->end, false)); /* document, number, value */
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
        lua_pushvalue(L, 1);                                              /* key, nil, key */
        lua_pushboolean(L, 1);                                            /* key, nil, key, true */
        lua_rawset(L, lua_upvalueindex(3));                               /* key, nil */
        lua_settop(L, 1);                                                 /* key */
        found = push_value_lj(L, lua_upvalueindex(1), value, end, false); /* key, value */
    }
    take_time(L, begin, at, end);
    lua_pushinteger(L, (at != NULL ? at : end) - document->at); /* ..., place */
    lua_replace(L, lua_upvalueindex(2));                        /* ... */
    return found ? 2 : 0;
}

/* pairs(document) */
static int pairs_lj(lua_State *L)
{
    const struct document *document = lua_touserdata(L, 1);
    const char *at = json_skip_space(document->at + 1, document->end);

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
    const struct document *document = lua_type(L, index) == LUA_TUSERDATA ? lua_touserdata(L, index) : NULL;

    if (document == NULL || lua_rawlen(L, index) < sizeof(*document) || document->kind != &document_kind) {
        return NULL;
    }
    *end = json_container_end(document->at, document->end);
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
    if (at == end || !push_value_lj(L, 1, at, end, true)) { /* text, value */
        return luaL_error(L, "no JSON: expected a value at byte %I", (lua_Integer)(at - text) + 1);
    }
    return 1;
}

void json_document_open_lj(lua_State *L)
{
    static const luaL_Reg events[] = {{"__newindex", newindex_lj},
                                      {"__len", length_lj},
                                      {"__tostring", tostring_lj},
                                      {"__pairs", pairs_lj},
                                      {NULL, NULL}};

    luaL_newlib(L, events);           /* metatable */
    lua_pushcfunction(L, get_lj);     /* metatable, get */
    lua_pushcfunction(L, table_lj);   /* metatable, get, table */
    lua_pushcfunction(L, raw_lj);     /* metatable, get, table, raw */
    lua_pushcclosure(L, index_lj, 3); /* metatable, index */
    lua_setfield(L, -2, "__index");   /* metatable */
    lua_pushliteral(L, "JSON document");
    lua_setfield(L, -2, "__name");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &document_kind); /* */
}
