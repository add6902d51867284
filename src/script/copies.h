/*
 * copies: charges what a script's declarations take outside of its Lua state to its memory budget.
 *
 * A manifest copies texts and tables of the script, and what hosts are shown is made of those copies. All of
 * it is charged while the script is read, so that a script whose Lua state is small cannot make large copies:
 * of one text that a thousand fields have in common.
 */
#ifndef LURE_SCRIPT_COPIES_H
#define LURE_SCRIPT_COPIES_H

#include "script/vm.h"

#include <cJSON.h>
#include <lua.h>
#include <stddef.h>

/* Charges copies of `size` bytes until the vm is closed. Throws where they exceed the limit. */
void copies_charge_lj(lua_State *L, size_t size);

/* cjson_from_lua_lj, charged. */
cJSON *copies_json_lj(lua_State *L, int index, const char *what);

/* Charges `size` bytes that are no copies. False: they exceed the limit. */
bool copies_charge_plainly(struct vm *vm, size_t size);

/* Takes back charges, up to what it was before them: vm.charged. */
void copies_release(struct vm *vm, size_t before);

#endif
