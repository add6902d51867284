/*
 * fieldlist: reads a script's list `fields` into C: each field (script/field.h), and that no two have the
 * same name.
 *
 * Owner: the manifest.
 */
#ifndef LURE_SCRIPT_FIELDLIST_H
#define LURE_SCRIPT_FIELDLIST_H

#include "script/field.h"

/*
 * Reads the list at `index` into `*fields`, which is complete as far as `*count` says at any
 * moment, so that it can be freed if Lua throws. What is wrong goes to `findings`.
 * `for_all`: the script has an `extract` for fields without one.
 */
void fields_read_lj(lua_State *L, int index, enum abi api, bool for_all, struct field **fields, size_t *count,
                    struct findings *findings);

void fields_free(struct field *fields, size_t count);

#endif
