/*
 * window: the function lure.window, which makes windows of event time (window/window.h).
 *
 *   lure.window(seconds [, { keys = 100000, events = 1000000 }]) -> window
 *   window:add(key, ns [, value]), window:count(key), window:sum(key), window:distinct(key), window:dropped()
 */
#ifndef LURE_MODULES_WINDOW_H
#define LURE_MODULES_WINDOW_H

#include <lua.h>

/* Opens the module, which is a function; upvalues, light userdata: the log and the memory budget of the
 * state. Stack: [...] -> [..., function] */
int luaopen_lure_window(lua_State *L);

#endif
