/*
 * httpexchange: requests and answers of one connection of lure.http.serve, one after the other.
 */
#ifndef LURE_MODULES_HTTPEXCHANGE_H
#define LURE_MODULES_HTTPEXCHANGE_H

#include "base/memorybudget.h"
#include "modules/log.h"

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

#define HTTP_METHODS 16

/* What lure.http.serve was given: a userdata, the first upvalue of the function below. */
struct http_serving {
    struct log *log;
    struct memory_budget *budget;
    size_t most;  /* bytes of a body */
    int64_t idle; /* ns between two requests */
    int methods;  /* 0: all */
    char method[HTTP_METHODS][24];
};

/* What lure.net's listener calls with each connection. Upvalues: serving, handler. Stack: [connection] */
int httpexchange_run_lj(lua_State *L);

/* Makes what it needs, once a state. Stack: [] -> [] */
void httpexchange_prepare_lj(lua_State *L);

#endif
