/*
 * httpserve: lure.http.serve: a web server on a listener of lure.net's.
 */
#ifndef LURE_MODULES_HTTPSERVE_H
#define LURE_MODULES_HTTPSERVE_H

#include <lua.h>

/* lure.http.serve(options, handler); upvalue 1: the struct http_clients */
int httpserve_lj(lua_State *L);

#endif
