/*
 * http: the module `lure.http` of scripts: get, post, request.
 *
 * A request suspends its task (task/task.h) until the answer is there. Redirects and repetitions are decided
 * here, a transfer at a time (http/client.h). Whatever is made for a request lies in a value to be closed.
 */
#ifndef LURE_MODULES_HTTP_H
#define LURE_MODULES_HTTP_H

#include <lua.h>

/* Pushes the module's table. Upvalues: the state's log, its memory budget. Stack: [] -> [table] */
int luaopen_lure_http(lua_State *L);

#endif
