#include "modules/httpserve.h"

#include "base/clock.h"
#include "event/value.h"
#include "http/client.h"
#include "modules/httpexchange.h"
#include "modules/httpmessage.h"
#include "modules/options.h"
#include "task/task.h"

#include <lauxlib.h>
#include <string.h>

#define FUNCTION "lure.http.serve"

#define MOST_BODY        (1024 * 1024)
#define MOST_CONNECTIONS 1000
#define IDLE             (60 * CLOCK_SECOND)

/* What serve keeps on its stack. */
enum { OPTIONS = 1, HANDLER, SERVING, LISTENER };

/* Stack: unchanged */
static void read_methods_lj(lua_State *L, struct http_serving *serving)
{
    char shown[100];
    size_t length;

    if (lua_getfield(L, OPTIONS, "methods") != LUA_TNIL) { /* methods */
        lua_Integer count = lua_istable(L, -1) ? (lua_Integer)lua_rawlen(L, -1) : 0;

        if (count < 1 || count > HTTP_METHODS) {
            luaL_error(L, FUNCTION ": methods: expected a list of 1 to %d methods, such as { \"POST\" }",
                       HTTP_METHODS);
        }
        for (lua_Integer i = 1; i <= count; i++) {
            lua_rawgeti(L, -1, i); /* methods, method */
            if (lua_type(L, -1) != LUA_TSTRING ||
                !httpmessage_is_token(lua_tolstring(L, -1, &length), lua_rawlen(L, -1)) ||
                lua_rawlen(L, -1) >= sizeof(serving->method[0])) {
                value_describe(L, -1, shown, sizeof(shown));
                luaL_error(L, FUNCTION ": methods: expected methods, such as \"POST\", got %s", shown);
            }
            strcpy(serving->method[serving->methods++], lua_tostring(L, -1));
            lua_pop(L, 1); /* methods */
        }
    }
    lua_pop(L, 1); /* */
}

/* Stack: [options, handler] -> [options, handler, serving] */
static void push_serving_lj(lua_State *L)
{
    const struct http_clients *clients = lua_touserdata(L, lua_upvalueindex(1));
    struct http_serving *serving = lua_newuserdatauv(L, sizeof(*serving), 0); /* ..., serving */

    memset(serving, 0, sizeof(*serving));
    serving->log = clients->log;
    serving->budget = clients->budget;
    serving->most = (size_t)options_integer_lj(L, OPTIONS, FUNCTION, "max_body", MOST_BODY, 0, INT32_MAX);
    serving->idle = options_seconds_lj(L, OPTIONS, FUNCTION, "idle", IDLE);
    read_methods_lj(L, serving);
}

/* The listener has been closed. */
static int served_k(lua_State *L, int status, lua_KContext context)
{
    (void)L;
    (void)status;
    (void)context;
    return 0;
}

/* lure.net.listen has returned. Stack: [options, handler, serving, listener] */
static int listening_k(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    lua_toclose(L, LISTENER);
    lua_getfield(L, LISTENER, "serve");          /* ..., serve */
    lua_pushvalue(L, LISTENER);                  /* ..., serve, listener */
    lua_pushvalue(L, SERVING);                   /* ..., serve, listener, serving */
    lua_pushvalue(L, HANDLER);                   /* ..., serve, listener, serving, handler */
    lua_pushcclosure(L, httpexchange_run_lj, 2); /* ..., serve, listener, function */
    lua_createtable(L, 0, 1);                    /* ..., serve, listener, function, options */
    lua_pushinteger(L, options_integer_lj(L, OPTIONS, FUNCTION, "connections", MOST_CONNECTIONS, 1, 1000000));
    lua_setfield(L, -2, "connections"); /* ..., serve, listener, function, options */
    lua_callk(L, 3, 0, 0, served_k);    /* ... */
    return served_k(L, LUA_OK, 0);
}

int httpserve_lj(lua_State *L)
{
    static const char *const known[] = {"listen", "max_body", "methods", "connections", "idle", "tls", NULL};

    task_check_lj(L, FUNCTION);
    lua_settop(L, 2); /* options, handler */
    luaL_checktype(L, OPTIONS, LUA_TTABLE);
    options_check_lj(L, OPTIONS, FUNCTION, known);
    luaL_checktype(L, HANDLER, LUA_TFUNCTION);
    httpexchange_prepare_lj(L);
    push_serving_lj(L);                                       /* options, handler, serving */
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE); /* ..., loaded */
    lua_getfield(L, -1, "lure");                              /* ..., loaded, lure */
    lua_getfield(L, -1, "net");                               /* ..., loaded, lure, net */
    lua_getfield(L, -1, "listen");                            /* ..., loaded, lure, net, listen */
    lua_replace(L, SERVING + 1);                              /* ..., listen, lure, net */
    lua_settop(L, SERVING + 1);                               /* ..., listen */
    lua_getfield(L, OPTIONS, "listen");                       /* ..., listen, address */
    lua_createtable(L, 0, 1);                                 /* ..., listen, address, options */
    lua_getfield(L, OPTIONS, "tls");                          /* ..., listen, address, options, tls */
    lua_setfield(L, -2, "tls");                               /* ..., listen, address, options */
    lua_callk(L, 2, 1, 0, listening_k);                       /* ..., listener */
    return listening_k(L, LUA_OK, 0);
}
