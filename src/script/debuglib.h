/*
 * debuglib: the functions of `debug` that a script has.
 *
 * traceback takes any level. getinfo gives no C function, and getlocal only variables of Lua functions, by
 * name: lure's C functions rely on the arguments that they are called with, and on what they have in their
 * frames. Frames have values without a name, too, and in those stands what C functions have left there.
 */
#ifndef LURE_SCRIPT_DEBUGLIB_H
#define LURE_SCRIPT_DEBUGLIB_H

#include <lua.h>

/* Replaces those in the table `debug`, which may lack some. Stack: unchanged */
void debuglib_open_lj(lua_State *L);

#endif
