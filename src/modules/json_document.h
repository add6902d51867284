/*
 * json_document: the documents of lure.json.parse: lists and objects whose values are searched for in the
 * text only when a script reads them.
 *
 * A document is a userdata that keeps the text. It caches the positions that it has found, so that reading
 * all elements of a list, or all members of an object, takes time linear in its text, in any order. Documents
 * of nested lists and objects are cached, too: the last few of an object, the last one of a list.
 *
 * Owner: the Lua state. In all functions `at` is a position in the text, and `end` the end of the text.
 */
#ifndef LURE_MODULES_JSON_DOCUMENT_H
#define LURE_MODULES_JSON_DOCUMENT_H

#include "json/jsonlookup.h"
#include "lua/budget.h"
#include "lua/getters.h"

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

/* Pushes the value that begins at `at`, if it is no list or object. `ends_text`: a number may end with the
 * text; otherwise it may be truncated there. False: it is no value; there may be anything on the stack then.
 * Stack: [] -> [value] */
bool document_push_scalar_lj(lua_State *L, const char *at, const char *end, bool ends_text);

/* Pushes any value in the document at the top. Stack: [document] -> [document, value] */
bool document_push_value_lj(lua_State *L, const char *at, const char *end);

/* The position of the value of a key of an object; `*found` is the key. NULL: it does not exist.
 * Stack: [document] unchanged */
const char *document_find_member_lj(lua_State *L, struct document *document, const char *key, size_t length,
                                    struct json_key *found);

/* The position of an element of a list, from 0; NULL: it does not exist. Stack: [document] unchanged */
const char *document_find_element_lj(lua_State *L, struct document *document, uint64_t number);

/* The number of elements of a list. Stack: [document] unchanged */
lua_Integer document_count_lj(lua_State *L, struct document *document);

/* Bytes of text that take about as long as so many units of the time budget, which is charged from there on.
 */
#define SHORT_SEARCH 4096

/* Counts a search in a huge text for the time limit: it went from `from` to `to`, or `end` if that is NULL.
 */
static inline void document_take_time(lua_State *L, const char *from, const char *to, const char *end)
{
    size_t bytes = (size_t)((to != NULL ? to : end) - from);

    if (bytes >= SHORT_SEARCH) {
        budget_count(L, bytes / 8);
    }
}

static inline bool is_container(const char *at)
{
    return *at == '{' || *at == '[';
}

#endif
