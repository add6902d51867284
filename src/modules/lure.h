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

/* Adds a function (`table`, `env`, `emit`) to the module, which has an `emit` of its own that only throws.
 * Before the script runs. Stack: [function] -> [] */
void lure_provide_lj(lua_State *L, const char *name);

/* True if the value at `index` is lure.TIMEOUT. */
bool lure_is_timeout(lua_State *L, int index);

/* True if the value at `index` is lure.ARG. */
bool lure_is_arg(lua_State *L, int index);

#endif
