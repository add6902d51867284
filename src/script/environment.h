/*
 * environment: lure.env, the variables of the host's environment that a script may read.
 *
 * Those that init_config.lure.env lists. Without that list: in the full sandbox all, in the safe one none.
 */
#ifndef LURE_SCRIPT_ENVIRONMENT_H
#define LURE_SCRIPT_ENVIRONMENT_H

#include <lua.h>

/* Adds lure.env to the module `lure`, before the script runs. Stack: unchanged */
void environment_open_lj(lua_State *L);

#endif
