/*
 * json: the module `lure.json` of scripts: decode, encode, parse, kind, null.
 *
 * A strict parser (RFC 8259): invalid texts are refused, except that parse checks only the parts that are
 * read. Integers of 64 bits are exact in both directions; one above 2^63-1 becomes a string of its digits, a
 * larger one a float. A decoded list has a metatable that marks it as a list, so that it is encoded as one
 * even when it is empty. Nothing recurses in C; nesting is limited to 10,000.
 */
#ifndef LURE_MODULES_JSON_H
#define LURE_MODULES_JSON_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* Deepest nesting of lists and objects. */
#define JSON_DEEPEST 10000

/* Pushes the module's table. `sort`: table.sort. Stack: [sort] -> [table] */
void json_open_lj(lua_State *L);

/* lure.json.decode(text): the value. Throws with the byte, from 1, where the text is no JSON. Of equal keys
 * the first counts; \u escapes that are no character become U+FFFD. */
int json_decode_lj(lua_State *L);

/*
 * The value that begins at `at`, whatever stands behind it; `end` is the text's, `begin` that from which a
 * message counts bytes. Else as json_decode_lj. Stack: [anchor of the text] -> [anchor, ..., value]
 */
void json_decode_part_lj(lua_State *L, const char *begin, const char *at, const char *end);

/*
 * lure.json.parse(text): of a list or an object a document, else the value itself. Throws where the text
 * does not begin with a value.
 *
 * A document keeps the text, and finds in it what a script reads: document.key, document[1], #document,
 * document:get(pointer), document:raw(key), document:table(), pairs and ipairs. What is no value there is
 * nil.
 */
int json_parse_lj(lua_State *L);

/* What documents need. Stack: unchanged */
void json_document_open_lj(lua_State *L);

/* Pushes what the inside of a string stands for. Returns NULL; or the fault, with nothing pushed.
 * Stack: [] -> [string] */
const char *json_push_string_lj(lua_State *L, const char *begin, const char *close);

/* Pushes what json_number_length found. Stack: [] -> [number, or string of digits] */
void json_push_number_lj(lua_State *L, const char *text, size_t length, bool integer);

/* lure.json.encode(value): the text, keys in order. Throws for what JSON cannot say: NaN, infinities,
 * functions, mixed keys, holes, cycles. Bytes that are no UTF-8 become U+FFFD. A document is written as it
 * stands, without white space. */
int json_encode_lj(lua_State *L);

/* lure.json.kind(value): "object", "list", "string", "number", "boolean", "null"; nil for what is no JSON. */
int json_kind_lj(lua_State *L);

/* True if the table at the top has the metatable that marks lists. Stack: unchanged */
bool json_is_marked_lj(lua_State *L);

/* The text of the document at `index`, up to `*end` (NULL: it has none). NULL: it is no document. */
const char *json_document_text(lua_State *L, int index, const char **end);

/* Decodes the document at `index`; throws where its text is no JSON. Stack: [] -> [value] */
void json_push_decoded_lj(lua_State *L, int index);

/* Makes the value lure.json.null, which equals nothing else, and the mark of lists. Stack: [] -> [] */
void json_make_marks_lj(lua_State *L);

/* Pushes lure.json.null. Stack: [] -> [null] */
void json_push_null_lj(lua_State *L);

/* Pushes the metatable that marks a list. Stack: [] -> [metatable] */
void json_push_list_mark_lj(lua_State *L);

#endif
