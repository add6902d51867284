/*
 * serve: the method `serve` of listeners: accepts connections, and runs a function for each as a task of its
 * own.
 */
#ifndef LURE_MODULES_SERVE_H
#define LURE_MODULES_SERVE_H

#include <lua.h>

/* listener:serve(f [, options]); returns when the listener is closed. Stack: [listener, f, options] -> [] */
int serve_lj(lua_State *L);

#endif
