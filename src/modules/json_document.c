#include "modules/json_document.h"

#include "json/jsonlookup.h"
#include "json/jsonscalars.h"
#include "lua/stephook.h"
#include "modules/json.h"

#include <lauxlib.h>
#include <string.h>

/* Bytes of text that take about as long as a step of the script. */
#define BYTES_OF_STEP 4096

void document_take_time(lua_State *L, const char *from, const char *to, const char *end)
{
    size_t steps = (size_t)((to != NULL ? to : end) - from) / BYTES_OF_STEP;

    if (steps > 0) {
        ticks_take(L, steps);
    }
}

/* ---- memory ---- */

/* Keys that an object remembers: the last that took long or led to a document. */
#define KNOWN_KEYS 4u

/* Values that are so many bytes behind the begin of their object took long. */
#define FAR 256

/* A list remembers where each element of this number begins. */
#define STRIDE 8u

/* What a document has found. Its user values are documents: of known keys, or of one element; and what
 * `marks` are in.
 */
struct json_memory {
    /* of a list: */
    lua_Integer count;   /* its elements; -1: nobody asked yet */
    const char *child;   /* the element whose document is kept; NULL: none */
    uint64_t number;     /* the element that was found last, from 0; */
    const char *element; /* where that begins; NULL: none */
    size_t marked, room; /* so many of `marks` are known, and have room */
    const char **marks;  /* elements 0, STRIDE, and so on */
    /* of an object: */
    unsigned known; /* keys that were ever remembered; the latest KNOWN_KEYS are: */
    struct {
        struct json_key key;
        const char *value;
        bool has_child; /* its document is kept */
    } keys[KNOWN_KEYS];
};

enum { VALUE_MEMORY = DOCUMENT_TEXT + 1, DOCUMENT_VALUES = VALUE_MEMORY };
enum { VALUE_CHILD = 1, VALUE_MARKS, MEMORY_VALUES = KNOWN_KEYS };

/* The document's memory, made if it has none. Stack: [document] -> [document, memory] */
static struct json_memory *push_memory_lj(lua_State *L, struct document *document)
{
    struct json_memory *memory;

    if (document->memory != NULL) {
        lua_getiuservalue(L, -1, VALUE_MEMORY); /* document, memory */
        return document->memory;
    }
    memory = lua_newuserdatauv(L, sizeof(*memory), MEMORY_VALUES); /* document, memory */
    *memory = (struct json_memory){.count = -1};
    lua_pushvalue(L, -1);                   /* document, memory, memory */
    lua_setiuservalue(L, -3, VALUE_MEMORY); /* document, memory */
    document->memory = memory;
    return memory;
}

/* Room for one more mark. Stack: [memory] unchanged */
static void reserve_mark_lj(lua_State *L, struct json_memory *memory)
{
    size_t room = memory->room == 0 ? 16 : 2 * memory->room;
    const char **marks;

    if (memory->marked < memory->room) {
        return;
    }
    marks = lua_newuserdatauv(L, room * sizeof(*marks), 0); /* memory, marks */
    if (memory->marked > 0) {
        memcpy(marks, memory->marks, memory->marked * sizeof(*marks));
    }
    lua_setiuservalue(L, -2, VALUE_MARKS); /* memory */
    memory->marks = marks;
    memory->room = room;
}

/* ---- values ---- */

/* A document of what begins at `at`. Its text and its metatable are those of the document at index `holder`,
 * below 0. Stack: [] -> [document] */
static void push_document_lj(lua_State *L, int holder, const char *at, const char *end)
{
    struct document *document = lua_newuserdatauv(L, sizeof(*document), DOCUMENT_VALUES); /* document */

    *document = (struct document){&document_getter, at, end, NULL};
    lua_getiuservalue(L, holder - 1, DOCUMENT_TEXT); /* document, text */
    lua_setiuservalue(L, -2, DOCUMENT_TEXT);         /* document */
    lua_getmetatable(L, holder - 1);                 /* document, metatable */
    lua_setmetatable(L, -2);                         /* document */
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
    bool escaped;

    if (*at != '"') {
        return push_plain_lj(L, at, end, ends_text);
    }
    close = json_string_end(at + 1, end, &escaped);
    return close != NULL && json_push_string_lj(L, at + 1, close) == NULL;
}

bool document_push_value_lj(lua_State *L, const char *at, const char *end)
{
    if (is_container(at)) {
        push_document_lj(L, -1, at, end); /* document, value */
        return true;
    }
    return document_push_scalar_lj(L, at, end, false);
}

/* A new document of a child that begins at `at`, which the memory's user value `place` keeps.
 * Stack: [document, memory] -> [document, child] */
static void push_child_lj(lua_State *L, int place, const char *at, const char *end)
{
    push_document_lj(L, -2, at, end); /* document, memory, child */
    lua_pushvalue(L, -1);             /* document, memory, child, child */
    lua_setiuservalue(L, -3, place);  /* document, memory, child */
    lua_replace(L, -2);               /* document, child */
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

    *place = memory->number;
    if (memory->element != NULL && memory->number <= number && number - memory->number < STRIDE) {
        return memory->element;
    }
    *place = 0;
    if (memory->marked == 0) {
        return json_first_element(document->at, document->end);
    }
    *place = mark * STRIDE;
    return memory->marks[mark];
}

/* Element number `number`; on the way from the nearest that is known new ones are marked.
 * Stack: [memory] unchanged */
static const char *find_element_lj(lua_State *L, const struct document *document, struct json_memory *memory,
                                   uint64_t number)
{
    uint64_t place;
    const char *from = nearest_element(document, memory, number, &place), *at = from;

    while (at != NULL) {
        if (place == memory->marked * STRIDE) {
            reserve_mark_lj(L, memory);
            memory->marks[memory->marked++] = at;
        }
        if (place == number) {
            memory->number = place;
            memory->element = at;
            break;
        }
        at = json_find_element(at, document->end, 1);
        place++;
    }
    if (from != NULL) {
        document_take_time(L, from, at, document->end);
    }
    return at;
}

const char *document_find_element_lj(lua_State *L, struct document *document, uint64_t number)
{
    struct json_memory *memory = push_memory_lj(L, document); /* document, memory */
    const char *at = find_element_lj(L, document, memory, number);

    lua_pop(L, 1); /* document */
    return at;
}

/* Element number `number`, from 0. Stack: [list] -> [list, value or nil] */
static void push_element_lj(lua_State *L, struct document *document, uint64_t number)
{
    struct json_memory *memory = push_memory_lj(L, document); /* list, memory */
    const char *at = find_element_lj(L, document, memory, number);

    if (at == NULL || !is_container(at)) {
        lua_pop(L, 1); /* list */
        push_found_lj(L, at, document->end);
    } else if (memory->child == at) {
        lua_getiuservalue(L, -1, VALUE_CHILD); /* list, memory, child */
        lua_replace(L, -2);                    /* list, child */
    } else {
        push_child_lj(L, VALUE_CHILD, at, document->end); /* list, child */
        memory->child = at;
    }
}

lua_Integer document_count_lj(lua_State *L, struct document *document)
{
    const char *at = json_first_element(document->at, document->end);
    struct json_memory *memory = push_memory_lj(L, document); /* document, memory */

    lua_pop(L, 1); /* document */
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

/* Remembers the value of a key: the user value of its number is for its document. Answers the number. */
static unsigned remember(struct json_memory *memory, const struct json_key *key, const char *value)
{
    unsigned number = memory->known++ % KNOWN_KEYS;

    memory->keys[number].key = *key;
    memory->keys[number].value = value;
    memory->keys[number].has_child = false;
    return number;
}

/* The value of known key `number`. Stack: [object, memory] -> [object, value or nil] */
static void push_known_lj(lua_State *L, const struct document *document, unsigned number)
{
    const char *value = document->memory->keys[number].value;

    if (!is_container(value)) {
        lua_pop(L, 1); /* object */
        push_found_lj(L, value, document->end);
    } else if (document->memory->keys[number].has_child) {
        lua_getiuservalue(L, -1, VALUE_CHILD + (int)number); /* object, memory, child */
        lua_replace(L, -2);                                  /* object, child */
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
            push_memory_lj(L, document); /* object, memory */
            push_known_lj(L, document, i);
            return;
        }
    }
    value = json_find_key(document->at, document->end, key, length, &found);
    document_take_time(L, document->at, value, document->end);
    if (value == NULL || (!is_container(value) && value - document->at <= FAR)) {
        push_found_lj(L, value, document->end);
        return;
    }
    memory = push_memory_lj(L, document); /* object, memory */
    push_known_lj(L, document, remember(memory, &found, value));
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
