/*
 * foundvalue: makes Lua values of what the path of a field with a function has found.
 *
 * A text, an integer, a float or a boolean; of a list or an object a document (lure.json.parse), with a text
 * of its own. Where the path has a `*`, or the field `keys`, a table of them.
 */
#ifndef LURE_PLUGIN_FOUNDVALUE_H
#define LURE_PLUGIN_FOUNDVALUE_H

#include <lua.h>

/* Pushes field_call.found of the struct field_call, a light userdata. Charged to the time budget. Stack:
 * [call]
 * -> [call, value] */
int foundvalue_push_lj(lua_State *L);

#endif
