/*
 * yamlvalues: YAML as Lua values, by libyaml, for files of lure.file.lookup.
 *
 * Maps and lists become tables, keys texts. A plain value that is a number, true, false or null in JSON is
 * that; all else is text. The tags !!int, !!float, !!bool and !!null make it that, or throw, !!str and those
 * of others make it text; tags of maps and lists are ignored. An alias is the same value as its anchor, which
 * must be complete: so nothing is copied, and no value is inside of itself. "<<" is a key like any other, of
 * equal keys the last counts, and only the first document counts.
 *
 * Texts over YAML_LARGEST bytes and values nested deeper than YAML_DEEPEST_VALUE are refused. What libyaml
 * itself takes is charged to the budget. The rest is Lua's memory and time.
 */
#ifndef LURE_MODULES_YAMLVALUES_H
#define LURE_MODULES_YAMLVALUES_H

#include <lua.h>

#define YAML_LARGEST       (16 * 1024 * 1024)
#define YAML_DEEPEST_VALUE 200

/* Throws "line N: why". Upvalue: the budget. Stack: [text] -> [value] */
int yaml_values_lj(lua_State *L);

#endif
