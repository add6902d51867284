/*
 * scriptmodules: the modules of lure's that are opened when they are first used: lure.net, lure.process, ...
 *
 * The full sandbox has all, the safe one those that reach nothing outside of the script, and what
 * init_config.lure.allow lists. Where one is not there, its first use throws a text that says so.
 */
#ifndef LURE_SCRIPT_SCRIPTMODULES_H
#define LURE_SCRIPT_SCRIPTMODULES_H

#include "script/limits.h"

#include <lua.h>

/* Makes them available, before the script runs. Stack: [] -> [] */
void scriptmodules_open_lj(lua_State *L, const struct limits *limits);

#endif
