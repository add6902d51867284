/*
 * lure: the module that a script gets from `require "lure"`.
 *
 * lure.TIMEOUT and lure.ARG are sentinels: unique values that equal nothing else.
 */
#ifndef LURE_MODULES_LURE_H
#define LURE_MODULES_LURE_H

#include "modules/log.h"

#include <lua.h>
#include <stdbool.h>

/* Makes the module available to `require "lure"`; `log` must live as long as the state. Stack: [] -> [] */
void lure_open_lj(lua_State *L, struct log *log);

/* What `require "lure"` does: documents (json_document.h) need it, also in a script that never says it.
 * Stack: unchanged */
void lure_require_lj(lua_State *L);

/* Adds a value (`table`, `env`, `emit`, `state`) to the module, whose own `emit` and `state` only throw.
 * Before the script runs. Stack: [value] -> [] */
void lure_provide_lj(lua_State *L, const char *name);

/* Adds the module lure.NAME, which `require "lure.NAME"` and the field NAME open when they are first used.
 * Before the script runs. Stack: [function that returns it] -> [] */
void lure_provide_module_lj(lua_State *L, const char *name);

/* Pushes what lure_provide_lj has added under that name, whatever the script has put into the module; or nil.
 * Stack: [] -> [value] */
void lure_push_provided_lj(lua_State *L, const char *name);

/* True if the value at `index` is lure.TIMEOUT. */
bool lure_is_timeout(lua_State *L, int index);

/* True if the value at `index` is lure.ARG. */
bool lure_is_arg(lua_State *L, int index);

/* True if the value at `index` is what lure.path has returned. */
bool lure_is_path(lua_State *L, int index);

/* Pushes the two arguments that lure.path had. Stack: [] -> [pointer, constant or nil] */
void lure_push_path_lj(lua_State *L, int index);

#endif
