#include "modules/json_document.h"

#include "json/jsonlookup.h"
#include "json/jsonscalars.h"
#include "lua/userdata.h"
#include "modules/json.h"

#include <lauxlib.h>
#include <string.h>

/* ---- memory ---- */

/* Keys that an object remembers: the last that took long or led to a document. */
#define KNOWN_KEYS 4u

/* Values that are so many bytes behind the begin of their object took long. */
#define FAR 256

/* An object whose keys were searched for through so many bytes, and through so many times the bytes up to the
 * farthest key, gets an index of all keys. */
#define SEARCHED_BYTES 32768u
#define SEARCHED_TIMES 8u

/* A list remembers where each element of this number begins. */
#define STRIDE 8u

/* What a document has found. Its user values are documents: of known keys, or of one element; what `marks`
 * are in; and the index of keys, a table: by key how many bytes behind the begin of the object it stands. */
struct json_memory {
    /* of a list: */
    lua_Integer count;   /* its elements; -1: not counted yet */
    const char *child;   /* the element whose document is kept; NULL: none */
    uint64_t number;     /* the element that was found last, from 0; */
    const char *element; /* where that begins; NULL: none */
    size_t marked, room; /* so many of `marks` are known, and have room */
    const char **marks;  /* elements 0, STRIDE, and so on */
    /* of an object: */
    size_t searched, farthest; /* bytes */
    bool indexed;
    unsigned known; /* keys that were ever remembered; the latest KNOWN_KEYS are: */
    struct {
        struct json_key key;
        const char *value;
        bool has_child; /* its document is kept */
    } keys[KNOWN_KEYS];
};

enum { VALUE_MEMORY = DOCUMENT_TEXT + 1, DOCUMENT_VALUES = VALUE_MEMORY };
enum { VALUE_CHILD = 1, VALUE_MARKS, VALUE_INDEX = VALUE_CHILD + KNOWN_KEYS, MEMORY_VALUES = VALUE_INDEX };

/* The document's memory, made if it has none. Stack: [document] unchanged */
static struct json_memory *need_memory_lj(lua_State *L, struct document *document)
{
    struct json_memory *memory = document->memory;

    if (memory == NULL) {
        memory = lua_newuserdatauv(L, sizeof(*memory), MEMORY_VALUES); /* document, memory */
        *memory = (struct json_memory){.count = -1};
        lua_setiuservalue(L, -2, VALUE_MEMORY); /* document */
        document->memory = memory;
    }
    return memory;
}

/* What the memory keeps as its user value `place`. Stack: [document] -> [document, value] */
static void push_kept(lua_State *L, int place)
{
    lua_getiuservalue(L, -1, VALUE_MEMORY); /* document, memory */
    lua_getiuservalue(L, -1, place);        /* document, memory, value */
    lua_replace(L, -2);                     /* document, value */
}

/* Room for one more mark. Stack: [document] unchanged */
static void reserve_mark_lj(lua_State *L, struct json_memory *memory)
{
    size_t room = memory->room == 0 ? 16 : 2 * memory->room;
    const char **marks;

    if (memory->marked < memory->room) {
        return;
    }
    marks = lua_newuserdatauv(L, room * sizeof(*marks), 0); /* document, marks */
    if (memory->marked > 0) {
        memcpy(marks, memory->marks, memory->marked * sizeof(*marks));
    }
    userdata_keep(L, VALUE_MEMORY, VALUE_MARKS);
    lua_pop(L, 1); /* document */
    memory->marks = marks;
    memory->room = room;
}

/* ---- values ---- */

/* A document of what begins at `at`. Its text and its metatable are those of the document at the top.
 * Stack: [document] -> [document, child] */
static void push_document_lj(lua_State *L, const char *at, const char *end)
{
    struct document *document = userdata_new_like_lj(L, 1, sizeof(*document), DOCUMENT_VALUES);

    *document = (struct document){&document_getter, at, end, NULL};
}

void document_push_root_lj(lua_State *L, const char *at, const char *end)
{
    struct document *document = lua_newuserdatauv(L, sizeof(*document), DOCUMENT_VALUES); /* text, document */

    *document = (struct document){&document_getter, at, end, NULL};
    lua_pushvalue(L, -2);                                /* text, document, text */
    lua_setiuservalue(L, -2, DOCUMENT_TEXT);             /* text, document */
    lua_rawgetp(L, LUA_REGISTRYINDEX, &document_getter); /* text, document, metatable */
    lua_setmetatable(L, -2);                             /* text, document */
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

bool document_push_scalar_lj(lua_State *L, const char *at, const char *end, bool ends_text)
{
    const char *close;
    bool is_plain;

    if (*at != '"') {
        return push_plain_lj(L, at, end, ends_text);
    }
    close = json_plain_string_end(at + 1, end, &is_plain);
    if (is_plain) {
        lua_pushlstring(L, at + 1, (size_t)(close - at - 1)); /* string */
        return true;
    }
    return close != NULL && json_push_string_lj(L, at + 1, close) == NULL;
}

bool document_push_value_lj(lua_State *L, const char *at, const char *end)
{
    if (is_container(at)) {
        push_document_lj(L, at, end); /* document, value */
        return true;
    }
    return document_push_scalar_lj(L, at, end, false);
}

/* A new document of a child that begins at `at`, which the memory's user value `place` keeps.
 * Stack: [document] -> [document, child] */
static void push_child_lj(lua_State *L, int place, const char *at, const char *end)
{
    push_document_lj(L, at, end); /* document, child */
    userdata_keep(L, VALUE_MEMORY, place);
}

/* What was found, if it is no list or object. Stack: [] -> [value or nil] */
static void push_found_lj(lua_State *L, const char *at, const char *end)
{
    if (at == NULL || !document_push_scalar_lj(L, at, end, false)) { /* value */
        lua_pushnil(L);                                              /* nil */
    }
}

/* ---- elements ---- */

/* The known element that is nearest before number `number`, or the first; NULL: there is none. `*place` is
 * its number. */
static const char *nearest_element(const struct document *document, const struct json_memory *memory,
                                   uint64_t number, uint64_t *place)
{
    size_t mark = number / STRIDE < memory->marked ? (size_t)(number / STRIDE) : memory->marked - 1;

    if (memory->element != NULL && number - memory->number < STRIDE) { /* not below it */
        *place = memory->number;
        return memory->element;
    }
    if (memory->marked == 0) {
        *place = 0;
        return json_first_element(document->at, document->end);
    }
    *place = mark * STRIDE;
    return memory->marks[mark];
}

/* Element number `number`; on the way from the nearest that is known new ones are marked.
 * Stack: [document] unchanged */
static const char *find_element_lj(lua_State *L, const struct document *document, struct json_memory *memory,
                                   uint64_t number)
{
    uint64_t place;
    const char *from = nearest_element(document, memory, number, &place), *at = from;

    for (; at != NULL; at = json_element_behind(at, document->end), place++) {
        if (place == memory->marked * STRIDE) {
            reserve_mark_lj(L, memory);
            memory->marks[memory->marked++] = at;
        }
        if (place == number) {
            memory->number = place;
            memory->element = at;
            break;
        }
    }
    if (from != NULL) {
        document_take_time(L, from, at, document->end);
    }
    return at;
}

const char *document_find_element_lj(lua_State *L, struct document *document, uint64_t number)
{
    return find_element_lj(L, document, need_memory_lj(L, document), number);
}

/* Element number `number`, from 0. Stack: [list] -> [list, value or nil] */
static void push_element_lj(lua_State *L, struct document *document, uint64_t number)
{
    struct json_memory *memory = need_memory_lj(L, document);
    const char *at = find_element_lj(L, document, memory, number);

    if (at == NULL || !is_container(at)) {
        push_found_lj(L, at, document->end); /* list, value */
    } else if (memory->child == at) {
        push_kept(L, VALUE_CHILD); /* list, child */
    } else {
        push_child_lj(L, VALUE_CHILD, at, document->end); /* list, child */
        memory->child = at;
    }
}

lua_Integer document_count_lj(lua_State *L, struct document *document)
{
    const char *at = json_first_element(document->at, document->end);
    struct json_memory *memory = need_memory_lj(L, document);

    if (memory->count >= 0) {
        return memory->count;
    }
    memory->count = 0;
    for (; at != NULL && *at != ']'; memory->count++) {
        at = json_next_element(json_skip_value(at, document->end), document->end, ']');
    }
    document_take_time(L, document->at, at, document->end);
    return memory->count;
}

/* ---- members ---- */

/* Makes the index: of equal keys the first counts. Stack: [object] unchanged */
static void make_index_lj(lua_State *L, const struct document *document, struct json_memory *memory)
{
    const char *begin = document->at, *end = document->end, *at = json_skip_space(begin + 1, end);

    lua_newtable(L); /* object, index */
    while (at != NULL && at < end && *at != '}') {
        struct json_key key;
        const char *value = json_read_key(at, end, &key);

        if (value == NULL) {
            break;
        }
        if (json_push_string_lj(L, key.begin, key.close) == NULL) { /* object, index, key */
            lua_pushvalue(L, -1);                                   /* object, index, key, key */
            if (lua_rawget(L, -3) == LUA_TNIL) {                    /* object, index, key, place or nil */
                lua_pop(L, 1);                                      /* object, index, key */
                lua_pushinteger(L, at - begin);                     /* object, index, key, place */
                lua_rawset(L, -3);                                  /* object, index */
            } else {
                lua_pop(L, 2); /* object, index */
            }
        }
        at = json_next_element(json_skip_value(value, end), end, '}');
    }
    document_take_time(L, begin, at, end);
    userdata_keep(L, VALUE_MEMORY, VALUE_INDEX);
    lua_pop(L, 1); /* object */
    memory->indexed = true;
}

/* The value of a key by the index. Stack: [object] unchanged */
static const char *find_indexed_lj(lua_State *L, const struct document *document, const char *key,
                                   size_t length, struct json_key *found)
{
    const char *value = NULL;

    push_kept(L, VALUE_INDEX);              /* object, index */
    lua_pushlstring(L, key, length);        /* object, index, key */
    if (lua_rawget(L, -2) == LUA_TNUMBER) { /* object, index, place or nil */
        value = json_read_key(document->at + lua_tointeger(L, -1), document->end, found);
    }
    lua_pop(L, 2); /* object */
    return value;
}

const char *document_find_member_lj(lua_State *L, struct document *document, const char *key, size_t length,
                                    struct json_key *found)
{
    struct json_memory *memory = document->memory;
    const char *value;
    size_t bytes;

    if (memory != NULL && memory->searched >= SEARCHED_BYTES &&
        memory->searched >= SEARCHED_TIMES * memory->farthest && !memory->indexed) {
        make_index_lj(L, document, memory);
    }
    if (memory != NULL && memory->indexed) {
        return find_indexed_lj(L, document, key, length, found);
    }
    value = json_find_key(document->at, document->end, key, length, found);
    document_take_time(L, document->at, value, document->end);
    bytes = (size_t)((value != NULL ? value : document->end) - document->at);
    if (bytes > FAR) {
        memory = need_memory_lj(L, document);
        memory->searched += bytes;
        memory->farthest = memory->farthest > bytes ? memory->farthest : bytes;
    }
    return value;
}

/* Remembers the value of a key: the user value of its number is for its document. Returns the number. */
static unsigned remember(struct json_memory *memory, const struct json_key *key, const char *value)
{
    unsigned number = memory->known++ % KNOWN_KEYS;

    memory->keys[number].key = *key;
    memory->keys[number].value = value;
    memory->keys[number].has_child = false;
    return number;
}

/* The value of known key `number`. Stack: [object] -> [object, value or nil] */
static void push_known_lj(lua_State *L, const struct document *document, unsigned number)
{
    const char *value = document->memory->keys[number].value;

    if (!is_container(value)) {
        push_found_lj(L, value, document->end); /* object, value */
    } else if (document->memory->keys[number].has_child) {
        push_kept(L, VALUE_CHILD + (int)number); /* object, child */
    } else {
        push_child_lj(L, VALUE_CHILD + (int)number, value, document->end); /* object, child */
        document->memory->keys[number].has_child = true;
    }
}

/* The value of a key. Stack: [object] -> [object, value or nil] */
static void push_member_lj(lua_State *L, struct document *document, const char *key, size_t length)
{
    struct json_memory *memory = document->memory;
    unsigned known = memory == NULL ? 0 : memory->known < KNOWN_KEYS ? memory->known : KNOWN_KEYS;
    struct json_key found;
    const char *value;

    for (unsigned i = 0; i < known; i++) {
        if (json_is_key(&memory->keys[i].key, key, length)) {
            push_known_lj(L, document, i); /* object, value */
            return;
        }
    }
    value = document_find_member_lj(L, document, key, length, &found);
    if (value == NULL || (!is_container(value) && value - document->at <= FAR)) {
        push_found_lj(L, value, document->end);
        return;
    }
    memory = need_memory_lj(L, document);
    push_known_lj(L, document, remember(memory, &found, value)); /* object, value */
}

/* ---- __index ---- */

/* Pushes the method of this name. False: there is none. Stack: [document] -> [document, function] */
static bool push_method_lj(lua_State *L, const struct getter_key *key)
{
    bool is_method = key->length == 3 ? memcmp(key->text, "get", 3) == 0 || memcmp(key->text, "raw", 3) == 0
                                      : key->length == 5 && memcmp(key->text, "table", 5) == 0;

    return is_method && luaL_getmetafield(L, -1, key->text) != LUA_TNIL; /* document, function */
}

/* document.key, document[number] */
static void get_lj(lua_State *L, void *object, const struct getter_key *key)
{
    struct document *document = object;

    if (key->text != NULL && push_method_lj(L, key)) { /* document, function */
        return;
    }
    if (key->text != NULL && *document->at == '{') {
        push_member_lj(L, document, key->text, key->length); /* document, value */
    } else if (key->text == NULL && key->number >= 1 && *document->at == '[') {
        push_element_lj(L, document, (uint64_t)key->number - 1); /* document, value */
    } else {
        lua_pushnil(L); /* document, nil */
    }
}

const struct getter document_getter = {"JSON document", get_lj};
