/*
 * foundvalue: makes Lua values of what the path of a field with a function has found.
 *
 * A text, an integer, a float or a boolean; of a list or an object a document (lure.json.parse), with a text
 * of its own. Where the path has a `*`, or the field `keys`, a table of them.
 */
#ifndef LURE_PLUGIN_FOUNDVALUE_H
#define LURE_PLUGIN_FOUNDVALUE_H

#include "event/fieldtypes.h"
#include "lua/eval.h"

#include <lua.h>
#include <stdbool.h>

/* Pushes field_call.found of the struct field_call, a light userdata; nil: it is broken inside. Charged to
 * the time budget. Stack: [call] -> [call, value] */
int foundvalue_push_lj(lua_State *L);

/* The same of one value for direct evaluation: a text without escapes, an integer, a boolean, or a short
 * document. `json`: its text, which must be valid for as long as `value`. False: it is another. */
bool foundvalue_eval(const struct bytes *json, const struct eval_documents *documents,
                     struct eval_value *value);

#endif
