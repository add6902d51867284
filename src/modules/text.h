/*
 * text: the module lure.text: texts taken apart, and checked.
 *
 * All of it is linear in the text but `glob`, and charged to the time budget. What a text is never throws:
 * nil and a message say what is wrong with it.
 */
#ifndef LURE_MODULES_TEXT_H
#define LURE_MODULES_TEXT_H

#include "text/csv.h"

#include <lua.h>

/* Opens the module. Stack: [...] -> [..., module] */
int luaopen_lure_text(lua_State *L);

/* Pushes a value. Stack: [] -> [text] */
void text_push_csv_lj(lua_State *L, const struct csv_value *value);

/* Pushes the parameters of a query, decoded. Of equal names the first counts. Stack: [] -> [table] */
void text_push_query_lj(lua_State *L, const char *at, const char *end);

#endif
