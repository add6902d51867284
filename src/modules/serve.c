#include "modules/serve.h"

#include "base/clock.h"
#include "lua/budget.h"
#include "modules/connection.h"
#include "modules/listener.h"
#include "modules/options.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define FUNCTION "lure.net: listener:serve"

#define MOST_CONNECTIONS 1000
#define IDLE             (60 * CLOCK_SECOND)

/* Descriptors or memory of the system are out: how long nothing is accepted. */
#define PAUSE (100 * CLOCK_MILLISECOND)

/* What serve keeps on its stack. */
enum { LISTENER = 1, HANDLER, OPTIONS, SERVING, SPARE };

/* A userdata at SERVING. */
struct serving {
    int most;
    int64_t idle;
    size_t longest;
};

static void log_problem(struct log *log, const char *what, const char *problem)
{
    char text[256];

    snprintf(text, sizeof(text), FUNCTION ": %s: %s", what, problem);
    log_limited(log, LOG_LEVEL_ERROR, text);
}

/* "127.0.0.1:1234"; of a unix socket who has connected: "pid 12, uid 0". */
static void name_peer(int fd, const struct sockaddr_storage *peer, socklen_t length, char *text)
{
    struct ucred credentials;
    socklen_t size = sizeof(credentials);

    endpoint_format((const struct sockaddr *)peer, length, text);
    if (text[0] == '\0' && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0) {
        snprintf(text, ENDPOINT_TEXT, "pid %d, uid %u", (int)credentials.pid, (unsigned)credentials.uid);
    }
}

/* The handler has returned, or thrown. Stack: [connection, log, ..., error or nothing] */
static int end_handler_k(lua_State *L, int status, lua_KContext context)
{
    (void)context;
    if (status != LUA_OK && status != LUA_YIELD) {
        const char *text = luaL_tolstring(L, -1, NULL); /* ..., error, text */

        log_limited(lua_touserdata(L, 2), LOG_LEVEL_ERROR, text);
    }
    return 0; /* the connection is closed with the function */
}

/* The task of one connection. Stack: [connection, log, handler] */
static int run_handler_lj(lua_State *L)
{
    lua_pushvalue(L, 1); /* connection, log, handler, connection */
    lua_toclose(L, 1);
    return end_handler_k(L, lua_pcallk(L, 1, 0, 0, 0, end_handler_k), 0);
}

/* Stack: [listener, handler, options, serving, connection] -> [listener, handler, options, serving] */
static void spawn_lj(lua_State *L, struct listener *listener)
{
    lua_pushvalue(L, LISTENER);                                         /* ..., connection, listener */
    connection_count_lj(L, lua_touserdata(L, SPARE), &listener->count); /* ..., connection */
    lua_pushcfunction(L, run_handler_lj);                               /* ..., connection, function */
    lua_insert(L, SPARE);                                               /* ..., function, connection */
    lua_pushlightuserdata(L, listener->log);                            /* ..., function, connection, log */
    lua_pushvalue(L, HANDLER);     /* ..., function, connection, log, handler */
    task_spawn_lj(L, FUNCTION, 3); /* ..., task */
    lua_settop(L, SERVING);        /* listener, handler, options, serving */
}

/* Takes certificates that have changed. Where they are faulty the old ones stay. */
static void renew_tls(struct listener *listener)
{
    char problem[CERTIFICATES_PATH + 256];
    struct tls_config *fresh;

    if (!certificates_changed(&listener->tls->certificates, &listener->tls->paths)) {
        return;
    }
    fresh = tls_config_open(listener->tls->budget, &listener->tls->paths, TLS_SERVER, true, problem,
                            sizeof(problem));
    if (fresh == NULL) {
        log_problem(listener->log, "new certificates cannot be used", problem);
        return;
    }
    tls_config_release(listener->tls);
    listener->tls = fresh;
}

/* Accepts one; 0, or an errno. Stack: [listener, handler, options, serving] or [..., spare] -> the same */
static int accept_lj(lua_State *L, struct listener *listener, const struct serving *serving)
{
    struct sockaddr_storage peer;
    char name[ENDPOINT_TEXT];
    socklen_t length;
    int fd;

    if (lua_gettop(L) < SPARE) { /* made before, so that an error cannot leave a descriptor behind */
        connection_new_lj(L, serving->idle, serving->longest); /* ..., connection */
    }
    fd = sockets_accept(descriptor_number(&listener->descriptor), &peer, &length);
    if (fd < 0) {
        return errno;
    }
    if (listener->address.kind == ENDPOINT_TCP) {
        sockets_keep_alive(fd);
    }
    name_peer(fd, &peer, length, name);
    connection_begin_lj(L, lua_touserdata(L, SPARE), fd, name);
    if (listener->tls != NULL) {
        renew_tls(listener);
        connection_secure_lj(L, lua_touserdata(L, SPARE), listener->tls, NULL);
    }
    spawn_lj(L, listener);
    return 0;
}

static int serve_k(lua_State *L, int status, lua_KContext context)
{
    struct listener *listener = lua_touserdata(L, LISTENER);
    const struct serving *serving = lua_touserdata(L, SERVING);

    (void)status;
    while (!listener_is_closed(listener)) {
        int problem;

        if (listener->count.open >= serving->most) {
            return task_wait_in_lj(L, &listener->count.below, DEADLINE_NONE, context, serve_k);
        }
        problem = accept_lj(L, listener, serving);
        if (problem == EAGAIN) {
            return descriptor_wait_lj(L, &listener->descriptor, EPOLLIN, DEADLINE_NONE, context, serve_k);
        }
        if (problem != 0) { /* descriptors are out, for one: the socket would be ready again at once */
            log_problem(listener->log, "cannot accept a connection", strerror(problem));
            return task_wait_in_lj(L, &listener->count.below, task_now(L) + PAUSE, context, serve_k);
        }
        budget_charge_lj(L, 32 * BUDGET_OF_STEP);
    }
    return 0;
}

int serve_lj(lua_State *L)
{
    static const char *const known[] = {"connections", "idle", "max_line", NULL};
    struct listener *listener = listener_check_lj(L);
    struct serving *serving;

    if (endpoint_is_datagram(listener->address.kind)) {
        return luaL_error(L, FUNCTION ": %s has no connections; use listener:datagrams",
                          endpoint_kind_name(listener->address.kind));
    }
    luaL_checktype(L, HANDLER, LUA_TFUNCTION);
    lua_settop(L, OPTIONS); /* listener, handler, options */
    task_check_lj(L, FUNCTION);
    options_check_lj(L, OPTIONS, FUNCTION, known);
    serving = lua_newuserdatauv(L, sizeof(*serving), 0); /* listener, handler, options, serving */
    serving->most =
        (int)options_integer_lj(L, OPTIONS, FUNCTION, "connections", MOST_CONNECTIONS, 1, 1000000);
    serving->idle = options_seconds_lj(L, OPTIONS, FUNCTION, "idle", IDLE);
    serving->longest = (size_t)options_integer_lj(L, OPTIONS, FUNCTION, "max_line",
                                                  (lua_Integer)listener->longest, 1, INT32_MAX);
    return serve_k(L, LUA_OK, 0);
}
