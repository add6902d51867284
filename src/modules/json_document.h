/*
 * json_document: lists and objects in a text, in which a value is looked for when a script asks for it.
 *
 * A document is a userdata that keeps the text. What it has found it remembers, so that all elements of a
 * list together take no longer than its text is, in whatever order they are asked for. Documents of what is
 * inside are kept, too: the last few of an object's, the last one of a list's.
 *
 * Owner: the Lua state. `at` is inside of the text, `end` is the text's.
 */
#ifndef LURE_MODULES_JSON_DOCUMENT_H
#define LURE_MODULES_JSON_DOCUMENT_H

#include "lua/getters.h"
#include "lua/stephook.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_memory;

/* The user value of a document that is its text. */
#define DOCUMENT_TEXT 1

/* Its user values are the text, and its memory: a userdata that is made when there is something to remember.
 */
struct document {
    const struct getter *getter;
    const char *at, *end;       /* its opening bracket; the text's end */
    struct json_memory *memory; /* or NULL */
};

/* `__index`. The registry has their metatable at its address. */
extern const struct getter document_getter;

/* The document of a whole text. Stack: [text] -> [text, document] */
void document_push_root_lj(lua_State *L, const char *at, const char *end);

/* What begins at `at`, if it is no list or object. `ends_text`: a number may end where the text does;
 * elsewhere it may have been cut off there. False: nothing that is a value, and anything may be on the stack.
 * Stack: [] -> [value] */
bool document_push_scalar_lj(lua_State *L, const char *at, const char *end, bool ends_text);

/* The same for any value in the document at the top. Stack: [document] -> [document, value] */
bool document_push_value_lj(lua_State *L, const char *at, const char *end);

/* Where element number `number` of a list, from 0; NULL: nowhere. Stack: [document]
 * unchanged */
const char *document_find_element_lj(lua_State *L, struct document *document, uint64_t number);

/* Elements of a list. Stack: [document] unchanged */
lua_Integer document_count_lj(lua_State *L, struct document *document);

/* Bytes of text that take about as long as a step of the script. */
#define BYTES_OF_STEP 4096

/* A huge text counts for the limit of time: a search in it went from `from` to `to`, or `end` if that is
 * NULL. */
static inline void document_take_time(lua_State *L, const char *from, const char *to, const char *end)
{
    size_t bytes = (size_t)((to != NULL ? to : end) - from);

    if (bytes >= BYTES_OF_STEP) {
        ticks_take(L, bytes / BYTES_OF_STEP);
    }
}

static inline bool is_container(const char *at)
{
    return *at == '{' || *at == '[';
}

#endif
