/*
 * httpmessage: a request as the table that a handler of lure.http.serve gets, and what it returns as bytes.
 */
#ifndef LURE_MODULES_HTTPMESSAGE_H
#define LURE_MODULES_HTTPMESSAGE_H

#include "http/requestparser.h"

#include <lua.h>
#include <stdbool.h>

/* Pushes { method, target, path, query, headers, body, peer }. `connection`: the index of lure.net's. NULL,
 * or why the address is none, and nothing is pushed. Stack: [] -> [request] */
const char *httpmessage_push_request_lj(lua_State *L, const struct requestparser *parser, int connection);

/* Pushes the answer that the handler's three values at `index` stand for, status, headers and body. NULL, or
 * what is wrong with them, and nothing is pushed. Stack: [] -> [text] */
const char *httpmessage_push_answer_lj(lua_State *L, int index, const struct requestparser *parser,
                                       bool keeps_on);

/* Pushes an answer of our own, with a line of text. `extra`: a header line, or "". Stack: [] -> [text] */
void httpmessage_push_plain_lj(lua_State *L, int status, const char *text, const char *extra, bool keeps_on);

/* Letters that a method or the name of a header has. */
bool httpmessage_is_token(const char *text, size_t length);

/* No control characters. */
bool httpmessage_is_header_value(const char *text, size_t length);

#endif
